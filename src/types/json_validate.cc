// Checks that a text is one JSON value (RFC 8259). Not simdjson: it refuses
// integers past 64 bits and numbers past a double, which are valid JSON and are
// kept as written, and it does not say where an error is.
#include <array>

#include "types/json_text.h"
#include "types/text_scanner.h"

namespace millrace {
namespace {

constexpr size_t kDepthMax = 1024;  // what simdjson reads

// Bytes that a string may hold as they are: neither control, quote nor backslash.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (size_t i = 0x20; i < plain.size(); ++i) plain[i] = i != '"' && i != '\\';
  return plain;
}();

// Each step moves `at_` past what it read and returns false at the first byte
// that is wrong, leaving `at_` there.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  size_t at() const { return at_; }
  bool too_deep() const { return too_deep_; }

  bool Document() {
    do {
      if (!OpenValue()) return false;
      if (!CloseValues()) return false;
    } while (!open_.empty());
    Blanks();
    return at_ == text_.size();
  }

 private:
  // NUL stands for the end; as a byte of the text it is wrong everywhere too.
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool Take(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }

  void Blanks() {
    while (Peek() == ' ' || Peek() == '\n' || Peek() == '\t' || Peek() == '\r') ++at_;
  }

  // Reads into nested values up to and with the first scalar or empty container.
  bool OpenValue() {
    while (true) {
      Blanks();
      const char c = Peek();
      if (c != '{' && c != '[') return Scalar(c);
      if (open_.size() == kDepthMax) {
        too_deep_ = true;
        return false;
      }
      ++at_;
      Blanks();
      if (Take(c == '{' ? '}' : ']')) return true;
      open_.push_back(c);
      if (c == '{' && !Key()) return false;
    }
  }

  // After a value: closes what ends here; stops behind a comma or at the very end.
  bool CloseValues() {
    while (!open_.empty()) {
      Blanks();
      if (Take(',')) {
        Blanks();
        return open_.back() != '{' || Key();
      }
      if (!Take(open_.back() == '{' ? '}' : ']')) return false;
      open_.pop_back();
    }
    return true;
  }

  bool Key() {
    if (!String()) return false;
    Blanks();
    return Take(':');
  }

  bool Scalar(char c) {
    switch (c) {
      case '"':
        return String();
      case 't':
        return Word("true");
      case 'f':
        return Word("false");
      case 'n':
        return Word("null");
      default:
        return Number();
    }
  }

  bool Word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  bool Digits() {
    if (!IsDigit(Peek())) return false;
    while (IsDigit(Peek())) ++at_;
    return true;
  }

  bool Number() {
    Take('-');
    if (!Take('0') && !Digits()) return false;
    if (Take('.') && !Digits()) return false;
    if (!Take('e') && !Take('E')) return true;
    if (!Take('+')) Take('-');
    return Digits();
  }

  bool String() {
    if (!Take('"')) return false;
    while (true) {
      while (at_ < text_.size() && kPlain[static_cast<uint8_t>(text_[at_])]) ++at_;
      if (Take('"')) return true;
      if (!Take('\\') || !Escape()) return false;
    }
  }

  bool Escape() {
    const char c = Peek();
    if (c != 'u') {
      if (c == '\0' || std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos) {
        return false;
      }
      ++at_;
      return true;
    }
    ++at_;
    unsigned unit = 0;
    if (!FourHexDigits(&unit)) return false;
    // A surrogate means something only as a pair of high and low.
    if (unit < 0xd800 || unit > 0xdfff) return true;
    unsigned low = 0;
    return unit < 0xdc00 && Take('\\') && Take('u') && FourHexDigits(&low) && low >= 0xdc00 &&
           low <= 0xdfff;
  }

  bool FourHexDigits(unsigned* unit) {
    for (int i = 0; i < 4; ++i) {
      const char c = Peek();
      const char lower = static_cast<char>(c | 0x20);
      if (!IsDigit(c) && !(lower >= 'a' && lower <= 'f')) return false;
      *unit = *unit * 16 + static_cast<unsigned>(IsDigit(c) ? c - '0' : lower - 'a' + 10);
      ++at_;
    }
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string open_;  // the brackets still open
  bool too_deep_ = false;
};

Status Invalid(std::string detail) {
  return InvalidArgument("invalid input syntax for type JSON")
      .WithSqlState("22P02")
      .WithDetail(std::move(detail));
}

}  // namespace

Status ValidateJson(std::string_view text) {
  Scanner scanner(text);
  if (!scanner.Document()) {
    const std::string at = " at byte " + std::to_string(scanner.at()) + ".";
    if (scanner.too_deep()) return Invalid("The value is nested too deep" + at);
    if (scanner.at() >= text.size()) return Invalid("The text ends too early" + at);
    return Invalid("The text is not JSON" + at);
  }
  if (!IsValidUtf8(text)) {
    return InvalidArgument("invalid byte sequence for encoding UTF8").WithSqlState("22021");
  }
  return Status::Ok();
}

}  // namespace millrace
