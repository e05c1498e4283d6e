// Reading keys from any bytes never crashes, and what reads codes to the same
// bytes again. The first byte chooses the type.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "types/key_coding.h"

namespace {

using millrace::SqlType;
using millrace::TypeId;

constexpr SqlType kTypes[] = {TypeId::kBoolean, TypeId::kSmallInt,  TypeId::kInt,
                              TypeId::kBigInt,  TypeId::kFloat,     TypeId::kDouble,
                              TypeId::kText,    TypeId::kTimestamp, TypeId::kDate,
                              TypeId::kTime,    TypeId::kUuid,      SqlType::Decimal(10, 2)};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  const SqlType type = kTypes[data[0] % std::size(kTypes)];
  bytes.remove_prefix(1);
  millrace::ByteReader reader(bytes);
  std::string coded;
  while (!reader.empty()) {
    const auto value = millrace::ReadKeyPart(&reader, type);
    if (!value.ok()) return 0;
    millrace::AppendKeyPart(&coded, *value);
    MR_ASSERT(coded == bytes.substr(0, bytes.size() - reader.rest().size()),
              "a key reads and codes differently");
  }
  return 0;
}

extern "C" const char* MillraceFuzzSeed(size_t index) {
  static const char* const kSeeds[] = {"\x06hello", "\x05\x80\x80\x80\x80\x80\x80\x80\x80",
                                       "\x04\x7f\x01\x02\x03", "\n0123456789abcdef",
                                       "\x02\x80\x01\x01\x01"};
  return index < std::size(kSeeds) ? kSeeds[index] : nullptr;
}
