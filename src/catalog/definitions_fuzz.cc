// Reading definitions and commands from any bytes never crashes, and what reads is
// written and read the same. The first byte chooses the form, and whether the rest is
// its bytes or changes of a valid one.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "catalog/account_definitions.h"
#include "catalog/command.h"
#include "catalog/definitions.h"
#include "catalog/definitions_for_test.h"

namespace millrace {
namespace {

template <typename T>
void CheckRoundTrip(std::string_view bytes, Result<T> (*decode)(std::string_view),
                    std::string (*encode)(const T&)) {
  const auto first = decode(bytes);
  if (!first.ok()) return;
  const std::string encoded = encode(*first);
  const auto second = decode(encoded);
  MR_ASSERT(second.ok(), "what was written does not read");
  MR_ASSERT(encode(*second) == encoded, "a definition reads differently");
}

// A valid form, so that inputs can reach behind its first fields.
std::string ValidForm(int form) {
  TableDefinition table = testing::MakeTable("t", TableKind::kStream,
                                             {{"id", TypeId::kBigInt, true},
                                              {"price", SqlType::Decimal(10, 2)},
                                              {"v", SqlType::Embedding(2)}});
  auto next = std::make_shared<SchemaVersion>(table.current());
  next->version = 2;
  next->columns[1].initial = Value::Wide(SqlType::Decimal(10, 2), 5);
  next->columns[2].initial = Value::String(SqlType::Embedding(2), "12345678");
  table.versions.push_back(next);
  if (form == 0) return EncodeTable(table);
  if (form == 1) return EncodeUser({.id = "ann", .password_hash = "h", .created_at = 7});
  if (form == 2) return EncodeNamespace({.name = "app", .description = "d"});
  if (form == 4) return EncodeGrant({.grantee = "ann", .privileges = Privileges::kAll});
  if (form == 5) return EncodeApiKey({.id = "k", .hash = std::string(32, 'h')});
  if (form == 6) return EncodeRefreshState({.user_id = "ann", .refreshes = 300});
  return EncodeCatalogCommand({testing::PutNamespace("app"), testing::PutTable(table)});
}

// Input bytes are pairs: where to change the valid form, and to what.
std::string Edited(std::string form, std::string_view edits) {
  for (; edits.size() >= 2; edits.remove_prefix(2)) {
    form[static_cast<uint8_t>(edits[0]) % form.size()] = edits[1];
  }
  return form;
}

void CheckInput(std::string_view input) {
  if (input.empty()) return;
  // The bits as they were before there were more than four forms, for the inputs there are.
  const int form = (input.front() & 3) | ((input.front() & 8) >> 1);
  const bool edited = (input.front() & 4) != 0;
  input.remove_prefix(1);
  const std::string bytes = edited ? Edited(ValidForm(form), input) : std::string(input);
  if (form == 0) CheckRoundTrip(bytes, &DecodeTable, &EncodeTable);
  if (form == 1) CheckRoundTrip(bytes, &DecodeUser, &EncodeUser);
  if (form == 2) CheckRoundTrip(bytes, &DecodeNamespace, &EncodeNamespace);
  if (form == 3) CheckRoundTrip(bytes, &DecodeCatalogCommand, &EncodeCatalogCommand);
  if (form == 4) CheckRoundTrip(bytes, &DecodeGrant, &EncodeGrant);
  if (form == 5) CheckRoundTrip(bytes, &DecodeApiKey, &EncodeApiKey);
  if (form == 6) CheckRoundTrip(bytes, &DecodeRefreshState, &EncodeRefreshState);
}

}  // namespace
}  // namespace millrace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millrace::CheckInput({reinterpret_cast<const char*>(data), size});
  return 0;
}

extern "C" const char* MillraceFuzzSeed(size_t index) {
  static const char* const kSeeds[] = {"\x04",         "\x05", "\x06", "\x07",
                                       "\x01\x01\x03", "\x0c", "\x0d", "\x0e"};
  return index < std::size(kSeeds) ? kSeeds[index] : nullptr;
}
