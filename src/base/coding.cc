#include "base/coding.h"

namespace millrace {

void PutBigEndian32(std::string* out, uint32_t value) { PutFixed(out, __builtin_bswap32(value)); }
void PutBigEndian64(std::string* out, uint64_t value) { PutFixed(out, __builtin_bswap64(value)); }
uint32_t LoadBigEndian32(const char* bytes) {
  return __builtin_bswap32(LoadFixed<uint32_t>(bytes));
}
uint64_t LoadBigEndian64(const char* bytes) {
  return __builtin_bswap64(LoadFixed<uint64_t>(bytes));
}

void PutVarint(std::string* out, uint64_t value) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

void PutLengthPrefixed(std::string* out, std::string_view bytes) {
  PutVarint(out, bytes.size());
  out->append(bytes);
}

uint64_t ByteReader::Varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) return Fail<uint64_t>();
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    if (shift == 63 && byte > 1) return Fail<uint64_t>();
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return Fail<uint64_t>();
}

std::string_view ByteReader::Bytes(size_t size) {
  if (rest_.size() < size) return Fail<std::string_view>();
  const std::string_view bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return bytes;
}

}  // namespace millrace
