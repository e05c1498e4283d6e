#include "types/uuid.h"

#include <optional>

#include "types/text_scanner.h"

namespace millrace::uuid {
namespace {

constexpr size_t kDigits = 32;

std::optional<unsigned> HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::optional<Int128> Scan(std::string_view text) {
  if (text.starts_with('{')) {
    if (!text.ends_with('}')) return std::nullopt;
    text = text.substr(1, text.size() - 2);
  }
  Uint128 number = 0;
  size_t digits = 0;
  bool after_dash = true;  // none may come first, nor two in a row
  for (const char c : text) {
    if (c == '-') {
      if (after_dash || digits % 4 != 0 || digits == kDigits) return std::nullopt;
      after_dash = true;
      continue;
    }
    const std::optional<unsigned> digit = HexDigit(c);
    if (!digit.has_value() || digits == kDigits) return std::nullopt;
    number = (number << 4) | *digit;
    ++digits;
    after_dash = false;
  }
  if (digits != kDigits) return std::nullopt;
  return static_cast<Int128>(number);
}

}  // namespace

Result<Int128> Parse(std::string_view text) {
  const std::optional<Int128> uuid = Scan(text);
  if (uuid.has_value()) return *uuid;
  return InvalidArgument("invalid input syntax for type UUID: " + Quoted(text))
      .WithSqlState("22P02");
}

void AppendTo(std::string* out, Int128 uuid) {
  constexpr char kHex[] = "0123456789abcdef";
  char buffer[36];
  auto rest = static_cast<Uint128>(uuid);
  for (size_t i = sizeof(buffer); i-- > 0;) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      buffer[i] = '-';
      continue;
    }
    buffer[i] = kHex[static_cast<unsigned>(rest & 0xf)];
    rest >>= 4;
  }
  out->append(buffer, sizeof(buffer));
}

}  // namespace millrace::uuid
