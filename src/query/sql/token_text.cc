#include "query/sql/token_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <limits>
#include <system_error>

namespace millrace::sql {
namespace {

char LowerOf(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
char UpperOf(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = LowerOf(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string WithoutDoubled(std::string_view body, char quote) {
  std::string text;
  text.reserve(body.size());
  for (size_t i = 0; i < body.size(); ++i) {
    text.push_back(body[i]);
    if (body[i] == quote) ++i;  // the lexer saw that the next one is a quote too
  }
  return text;
}

void AppendUtf8(std::string& text, uint32_t code_point) {
  if (code_point < 0x80) {
    text.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    text.push_back(static_cast<char>(0xC0 | (code_point >> 6)));
    text.push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  } else if (code_point < 0x10000) {
    text.push_back(static_cast<char>(0xE0 | (code_point >> 12)));
    text.push_back(static_cast<char>(0x80 | ((code_point >> 6) & 0x3F)));
    text.push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  } else {
    text.push_back(static_cast<char>(0xF0 | (code_point >> 18)));
    text.push_back(static_cast<char>(0x80 | ((code_point >> 12) & 0x3F)));
    text.push_back(static_cast<char>(0x80 | ((code_point >> 6) & 0x3F)));
    text.push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  }
}

// Reads the body of E'..', escapes as in the PostgreSQL manual, 4.1.2.2.
class EscapeReader {
 public:
  explicit EscapeReader(std::string_view body) : body_(body) {}

  std::optional<std::string> Read() {
    text_.reserve(body_.size());
    while (at_ < body_.size()) {
      const char c = body_[at_++];
      if (c == '\'') ++at_;
      if (c != '\\') {
        text_.push_back(c);
      } else if (!ReadEscape()) {
        return std::nullopt;
      }
    }
    return std::move(text_);
  }

 private:
  bool ReadEscape() {
    if (at_ >= body_.size()) return false;
    const char c = body_[at_++];
    switch (c) {
      case 'b':
        text_.push_back('\b');
        return true;
      case 'f':
        text_.push_back('\f');
        return true;
      case 'n':
        text_.push_back('\n');
        return true;
      case 'r':
        text_.push_back('\r');
        return true;
      case 't':
        text_.push_back('\t');
        return true;
      case 'x':
        return ReadByte(16, 2);
      case 'u':
        return ReadCodePoint(4);
      case 'U':
        return ReadCodePoint(8);
      default:
        if (c >= '0' && c <= '7') {
          --at_;
          return ReadByte(8, 3);
        }
        text_.push_back(c);
        return true;
    }
  }

  bool ReadByte(int base, int digits_max) {
    int value = 0;
    int digits = 0;
    for (; digits < digits_max && at_ < body_.size(); ++digits, ++at_) {
      const int digit = HexValue(body_[at_]);
      if (digit < 0 || digit >= base) break;
      value = value * base + digit;
    }
    if (digits == 0 || value == 0 || value > 255) return false;
    text_.push_back(static_cast<char>(value));
    return true;
  }

  bool ReadHex(int digits, uint32_t& value) {
    value = 0;
    for (int i = 0; i < digits; ++i, ++at_) {
      const int digit = at_ < body_.size() ? HexValue(body_[at_]) : -1;
      if (digit < 0) return false;
      value = value * 16 + static_cast<uint32_t>(digit);
    }
    return true;
  }

  bool ReadCodePoint(int digits) {
    uint32_t code_point = 0;
    if (!ReadHex(digits, code_point)) return false;
    if (code_point >= 0xD800 && code_point < 0xDC00) {
      uint32_t low = 0;
      if (body_.substr(at_, 2) != "\\u") return false;
      at_ += 2;
      if (!ReadHex(4, low) || low < 0xDC00 || low > 0xDFFF) return false;
      code_point = 0x10000 + ((code_point - 0xD800) << 10) + (low - 0xDC00);
    }
    if (code_point == 0 || code_point > 0x10FFFF) return false;
    if (code_point >= 0xD800 && code_point <= 0xDFFF) return false;
    AppendUtf8(text_, code_point);
    return true;
  }

  std::string_view body_;
  size_t at_ = 0;
  std::string text_;
};

std::string HexBytes(std::string_view digits) {
  std::string bytes;
  bytes.reserve(digits.size() / 2);
  for (size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(HexValue(digits[i]) * 16 + HexValue(digits[i + 1])));
  }
  return bytes;
}

// The decimal digits of a hexadecimal number of any length.
std::string DecimalDigits(std::string_view hex_digits) {
  std::string reversed = "0";
  for (const char digit : hex_digits) {
    int carry = HexValue(digit);
    for (char& place : reversed) {
      const int value = (place - '0') * 16 + carry;
      place = static_cast<char>('0' + value % 10);
      carry = value / 10;
    }
    for (; carry > 0; carry /= 10) reversed.push_back(static_cast<char>('0' + carry % 10));
  }
  return {reversed.rbegin(), reversed.rend()};
}

}  // namespace

std::string ToLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = LowerOf(c);
  return lower;
}

std::string ToUpper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = UpperOf(c);
  return upper;
}

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return LowerOf(x) == LowerOf(y); });
}

std::string IdentifierText(std::string_view raw, const Token& token) {
  if (token.kind != TokenKind::kQuotedIdentifier) return ToLower(raw);
  const std::string_view body = raw.substr(1, raw.size() - 2);
  return token.has_escapes ? ToLower(WithoutDoubled(body, '"')) : ToLower(body);
}

std::optional<std::string> StringValue(std::string_view raw, const Token& token) {
  switch (token.kind) {
    case TokenKind::kEscapeString:
      return EscapeReader(raw.substr(2, raw.size() - 3)).Read();
    case TokenKind::kBytes:
      return HexBytes(raw.substr(2, raw.size() - 3));
    case TokenKind::kDollarString: {
      const size_t tag = raw.find('$', 1) + 1;
      return std::string(raw.substr(tag, raw.size() - 2 * tag));
    }
    default: {
      const std::string_view body = raw.substr(1, raw.size() - 2);
      return token.has_escapes ? WithoutDoubled(body, '\'') : std::string(body);
    }
  }
}

Literal NumberLiteral(std::string_view raw, const Token& token, bool negative) {
  std::string cleaned;
  if (token.has_escapes) {
    const bool hexadecimal = raw.starts_with("0x") || raw.starts_with("0X");
    if (hexadecimal) {
      cleaned = DecimalDigits(raw.substr(2));
    } else {
      std::ranges::copy_if(raw, std::back_inserter(cleaned), [](char c) { return c != '_'; });
    }
    raw = cleaned;
  }
  Literal literal;
  if (token.kind == TokenKind::kInteger) {
    constexpr uint64_t kLargest = std::numeric_limits<int64_t>::max();
    uint64_t magnitude = 0;
    const std::errc error = std::from_chars(raw.data(), raw.data() + raw.size(), magnitude).ec;
    if (error == std::errc() && magnitude <= kLargest + (negative ? 1 : 0)) {
      literal.kind = LiteralKind::kInteger;
      literal.integer = static_cast<int64_t>(negative ? 0 - magnitude : magnitude);
      return literal;
    }
    literal.kind = LiteralKind::kHugeInteger;
  } else {
    literal.kind = token.kind == TokenKind::kFloat ? LiteralKind::kFloat : LiteralKind::kDecimal;
  }
  if (negative) literal.text.push_back('-');
  literal.text.append(raw);
  return literal;
}

}  // namespace millrace::sql
