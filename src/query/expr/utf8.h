// Characters in UTF-8 text that is known to be valid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::expr {

inline bool IsAscii(std::string_view text) {
  unsigned char seen = 0;
  for (const char c : text) seen |= static_cast<unsigned char>(c);
  return seen < 0x80;
}

// Bytes of the character that begins with `lead`; 1 for a stray byte.
inline size_t CharBytes(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0xc0) return 1;
  return byte < 0xe0 ? 2 : (byte < 0xf0 ? 3 : 4);
}

size_t CountChars(std::string_view text);
// The byte where character `index` begins; text.size() when there are fewer.
size_t ByteOfChar(std::string_view text, size_t index);

// The first character of a text that is not empty, and its length in bytes.
struct DecodedChar {
  uint32_t code = 0;
  size_t bytes = 1;
};
DecodedChar DecodeChar(std::string_view text);
void AppendChar(std::string* out, uint32_t code);

// Simple case mapping of Unicode 14, one character to one: 'ß' stays. ASCII is
// mapped without the table.
uint32_t LowerChar(uint32_t code);
uint32_t UpperChar(uint32_t code);
void AppendLower(std::string* out, std::string_view text);
void AppendUpper(std::string* out, std::string_view text);

}  // namespace millrace::expr
