#include "client/json_scanner.h"

namespace millrace::client {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsNumberByte(char c) {
  return IsDigit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

bool IsLiteralByte(char c) { return c >= 'a' && c <= 'z'; }

size_t SkipDigits(std::string_view text, size_t at) {
  while (at < text.size() && IsDigit(text[at])) ++at;
  return at;
}

// RFC 8259, section 6.
bool IsNumber(std::string_view text) {
  size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const size_t whole = at;
  at = SkipDigits(text, at);
  if (at == whole || (text[whole] == '0' && at - whole > 1)) return false;
  if (at < text.size() && text[at] == '.') {
    const size_t fraction = at + 1;
    at = SkipDigits(text, fraction);
    if (at == fraction) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const size_t exponent = at;
    at = SkipDigits(text, exponent);
    if (at == exponent) return false;
  }
  return at == text.size();
}

void AppendUtf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (code >> 6)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (code >> 12)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (code >> 18)));
    out.push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

}  // namespace

Status JsonScanner::Fail(std::string_view what) const {
  return InvalidArgument("invalid JSON at byte " + std::to_string(offset_) + ": " +
                         std::string(what));
}

Status JsonScanner::Feed(std::string_view bytes) {
  if (!failure_.ok()) return failure_;
  const uint64_t base = offset_;
  size_t at = 0;
  while (at < bytes.size()) {
    offset_ = base + at;
    if (Status status = Consume(bytes, at); !status.ok()) {
      failure_ = status;
      return failure_;
    }
  }
  offset_ = base + bytes.size();
  return Status::Ok();
}

Status JsonScanner::Finish() {
  if (!failure_.ok()) return failure_;
  // A bare number or literal ends only with the input.
  if (token_ == Token::kNumber) RETURN_IF_ERROR(EndNumber());
  if (token_ == Token::kLiteral) RETURN_IF_ERROR(EndLiteral());
  if (expect_ != Expect::kNothing || token_ != Token::kNone) return Fail("it ends too early");
  return Status::Ok();
}

Status JsonScanner::Consume(std::string_view bytes, size_t& at) {
  switch (token_) {
    case Token::kString:
      return InString(bytes, at);
    case Token::kEscape:
      return InEscape(bytes[at++]);
    case Token::kUnicode:
      return InUnicode(bytes[at++]);
    case Token::kNumber:
    case Token::kLiteral:
      return InWord(bytes, at);
    case Token::kNone:
      break;
  }
  const char c = bytes[at];
  if (c == '"') {
    const bool fits = expect_ == Expect::kKey || expect_ == Expect::kKeyOrEnd ||
                      expect_ == Expect::kValue || expect_ == Expect::kValueOrEnd;
    if (!fits) return Fail("a string does not belong here");
    buffer_.clear();
    token_ = Token::kString;
    ++at;
    return Status::Ok();
  }
  if (!IsSpace(c) && (IsNumberByte(c) || IsLiteralByte(c))) {
    RETURN_IF_ERROR(BeginValue(c));
    return InWord(bytes, at);
  }
  ++at;
  return IsSpace(c) ? Status::Ok() : Structural(c);
}

Status JsonScanner::BeginValue(char c) {
  if (expect_ != Expect::kValue && expect_ != Expect::kValueOrEnd) {
    return Fail("a value does not belong here");
  }
  buffer_.clear();
  token_ = IsLiteralByte(c) ? Token::kLiteral : Token::kNumber;
  return Status::Ok();
}

Status JsonScanner::Structural(char c) {
  switch (c) {
    case '{':
    case '[':
      return Open(c);
    case '}':
    case ']':
      return Close(c);
    case ':':
      if (expect_ != Expect::kColon) return Fail("a colon does not belong here");
      expect_ = Expect::kValue;
      return Status::Ok();
    case ',':
      if (expect_ != Expect::kCommaOrEnd) return Fail("a comma does not belong here");
      expect_ = open_.back() == '{' ? Expect::kKey : Expect::kValue;
      return Status::Ok();
    default:
      return Fail("unexpected character");
  }
}

Status JsonScanner::Open(char c) {
  if (expect_ != Expect::kValue && expect_ != Expect::kValueOrEnd) {
    return Fail("a value does not belong here");
  }
  if (open_.size() == kDepthMax) return Fail("nested too deeply");
  open_.push_back(c);
  expect_ = c == '{' ? Expect::kKeyOrEnd : Expect::kValueOrEnd;
  return c == '{' ? handler_.OnBeginObject() : handler_.OnBeginArray();
}

Status JsonScanner::Close(char c) {
  const char opener = c == '}' ? '{' : '[';
  const Expect empty = c == '}' ? Expect::kKeyOrEnd : Expect::kValueOrEnd;
  if (open_.empty() || open_.back() != opener ||
      (expect_ != Expect::kCommaOrEnd && expect_ != empty)) {
    return Fail("a closing bracket does not belong here");
  }
  open_.pop_back();
  AfterValue();
  return c == '}' ? handler_.OnEndObject() : handler_.OnEndArray();
}

void JsonScanner::AfterValue() { expect_ = open_.empty() ? Expect::kNothing : Expect::kCommaOrEnd; }

Status JsonScanner::InString(std::string_view bytes, size_t& at) {
  const size_t start = at;
  while (at < bytes.size()) {
    const auto c = static_cast<unsigned char>(bytes[at]);
    if (c == '"' || c == '\\' || c < 0x20) break;
    ++at;
  }
  const std::string_view plain = bytes.substr(start, at - start);
  if (!plain.empty()) FlushSurrogate();
  if (at == bytes.size()) {
    buffer_.append(plain);
    return Status::Ok();
  }
  const char stop = bytes[at++];
  if (stop == '"') {
    FlushSurrogate();
    token_ = Token::kNone;
    if (buffer_.empty()) return EndString(plain);  // the usual case: no copy
    buffer_.append(plain);
    return EndString(buffer_);
  }
  if (stop != '\\') return Fail("a control character inside a string");
  buffer_.append(plain);
  token_ = Token::kEscape;
  return Status::Ok();
}

Status JsonScanner::InEscape(char c) {
  if (c == 'u') {
    token_ = Token::kUnicode;
    code_unit_ = 0;
    hex_digits_ = 0;
    return Status::Ok();
  }
  static constexpr std::string_view kNames = "\"\\/bfnrt";
  static constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
  const size_t index = kNames.find(c);
  if (index == std::string_view::npos) return Fail("an unknown escape in a string");
  FlushSurrogate();
  buffer_.push_back(kValues[index]);
  token_ = Token::kString;
  return Status::Ok();
}

Status JsonScanner::InUnicode(char c) {
  uint32_t digit = 0;
  if (IsDigit(c)) {
    digit = static_cast<uint32_t>(c - '0');
  } else if (c >= 'a' && c <= 'f') {
    digit = static_cast<uint32_t>(c - 'a' + 10);
  } else if (c >= 'A' && c <= 'F') {
    digit = static_cast<uint32_t>(c - 'A' + 10);
  } else {
    return Fail("a \\u escape needs four hexadecimal digits");
  }
  code_unit_ = code_unit_ * 16 + digit;
  if (++hex_digits_ == 4) {
    AppendCodeUnit(code_unit_);
    token_ = Token::kString;
  }
  return Status::Ok();
}

void JsonScanner::AppendCodeUnit(uint32_t unit) {
  const bool low = unit >= 0xDC00 && unit < 0xE000;
  if (low && high_surrogate_ != 0) {
    AppendUtf8(buffer_, 0x10000 + ((high_surrogate_ - 0xD800) << 10) + (unit - 0xDC00));
    high_surrogate_ = 0;
    return;
  }
  FlushSurrogate();
  if (unit >= 0xD800 && unit < 0xDC00) {
    high_surrogate_ = unit;
  } else {
    AppendUtf8(buffer_, low ? 0xFFFD : unit);
  }
}

// A high surrogate that no low one followed becomes the replacement character.
void JsonScanner::FlushSurrogate() {
  if (high_surrogate_ == 0) return;
  AppendUtf8(buffer_, 0xFFFD);
  high_surrogate_ = 0;
}

Status JsonScanner::EndString(std::string_view text) {
  if (expect_ == Expect::kKey || expect_ == Expect::kKeyOrEnd) {
    expect_ = Expect::kColon;
    return handler_.OnKey(text);
  }
  AfterValue();
  return handler_.OnString(text);
}

Status JsonScanner::InWord(std::string_view bytes, size_t& at) {
  const size_t start = at;
  const auto belongs = token_ == Token::kNumber ? IsNumberByte : IsLiteralByte;
  while (at < bytes.size() && belongs(bytes[at])) ++at;
  buffer_.append(bytes.substr(start, at - start));
  if (at == bytes.size()) return Status::Ok();
  return token_ == Token::kNumber ? EndNumber() : EndLiteral();
}

Status JsonScanner::EndNumber() {
  token_ = Token::kNone;
  if (!IsNumber(buffer_)) return Fail("malformed number");
  AfterValue();
  return handler_.OnNumber(buffer_);
}

Status JsonScanner::EndLiteral() {
  token_ = Token::kNone;
  AfterValue();
  if (buffer_ == "null") return handler_.OnNull();
  if (buffer_ == "true") return handler_.OnBool(true);
  if (buffer_ == "false") return handler_.OnBool(false);
  return Fail("unknown word");
}

}  // namespace millrace::client
