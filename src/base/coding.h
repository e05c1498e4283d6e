// Byte coding for everything on disk and in the log: little-endian fixed and
// varint for values, big-endian for keys. Readers check every length.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/status.h"

namespace millrace {

static_assert(std::endian::native == std::endian::little, "formats are written little-endian");

template <typename T>
void PutFixed(std::string* out, T value) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(T));
}

template <typename T>
T LoadFixed(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

// Big-endian: byte order is number order, for keys.
void PutBigEndian32(std::string* out, uint32_t value);
void PutBigEndian64(std::string* out, uint64_t value);
uint32_t LoadBigEndian32(const char* bytes);
uint64_t LoadBigEndian64(const char* bytes);

// LEB128, 1 to 10 bytes.
void PutVarint(std::string* out, uint64_t value);
// A varint length and the bytes.
void PutLengthPrefixed(std::string* out, std::string_view bytes);

// Reads a byte string front to back. After the first short read every further
// read returns zeros and ok() stays false: check once, at the end or before
// trusting a length. Borrows the bytes.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
  T Fixed() {
    if (rest_.size() < sizeof(T)) return Fail<T>();
    const T value = LoadFixed<T>(rest_.data());
    rest_.remove_prefix(sizeof(T));
    return value;
  }
  uint64_t Varint();
  std::string_view Bytes(size_t size);
  std::string_view LengthPrefixed() { return Bytes(static_cast<size_t>(Varint())); }

  bool ok() const { return ok_; }
  bool empty() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

 private:
  template <typename T>
  T Fail() {
    ok_ = false;
    rest_ = {};
    return T{};
  }
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace millrace
