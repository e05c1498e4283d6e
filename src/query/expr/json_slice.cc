#include "query/expr/json_slice.h"

#include <charconv>
#include <limits>

#include "query/expr/utf8.h"

namespace millrace::expr {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

void SkipBlanks(std::string_view* text) {
  while (!text->empty() && IsBlank(text->front())) text->remove_prefix(1);
}

// Bytes of the string that `text` begins with, quotes included.
size_t StringBytes(std::string_view text) {
  size_t i = 1;
  while (i < text.size() && text[i] != '"') i += text[i] == '\\' ? 2 : 1;
  return std::min(i + 1, text.size());
}

// Bytes of the array or object that `text` begins with.
size_t ContainerBytes(std::string_view text) {
  size_t depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '"':
        i += StringBytes(text.substr(i)) - 1;
        break;
      case '[':
      case '{':
        ++depth;
        break;
      case ']':
      case '}':
        if (--depth == 0) return i + 1;
        break;
      default:
        break;
    }
  }
  return text.size();
}

size_t ValueBytes(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() == '"') return StringBytes(text);
  if (text.front() == '[' || text.front() == '{') return ContainerBytes(text);
  const size_t end = text.find_first_of(",]} \n\t\r");
  return end == std::string_view::npos ? text.size() : end;
}

// Takes the value that `rest` begins with, and blanks around it.
std::string_view TakeValue(std::string_view* rest) {
  SkipBlanks(rest);
  const size_t bytes = ValueBytes(*rest);
  const std::string_view value = rest->substr(0, bytes);
  rest->remove_prefix(bytes);
  SkipBlanks(rest);
  return value;
}

uint32_t HexValue(std::string_view digits) {
  uint32_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

// The character of a \u escape whose digits `rest` begins with; a surrogate pair
// is one character, half of one U+FFFD.
uint32_t TakeUnicodeEscape(std::string_view* rest) {
  const uint32_t first = HexValue(rest->substr(0, 4));
  rest->remove_prefix(std::min<size_t>(4, rest->size()));
  if (first < 0xd800 || first > 0xdfff) return first;
  if (first < 0xdc00 && rest->starts_with("\\u")) {
    const uint32_t second = HexValue(rest->substr(2, 4));
    if (second >= 0xdc00 && second <= 0xdfff) {
      rest->remove_prefix(std::min<size_t>(6, rest->size()));
      return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    }
  }
  return 0xfffd;
}

char Unescaped(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

std::string StringValue(const JsonSlice& slice) {
  std::string value;
  slice.AppendString(&value);
  return value;
}

bool SameString(const JsonSlice& slice, std::string_view value) {
  const std::string_view inside = slice.text().substr(1, slice.text().size() - 2);
  if (inside.find('\\') == std::string_view::npos) return inside == value;
  return StringValue(slice) == value;
}

}  // namespace

JsonSlice JsonSlice::Root(std::string_view document) { return JsonSlice(TakeValue(&document)); }

JsonKind JsonSlice::kind() const {
  switch (text_.empty() ? 'n' : text_.front()) {
    case '{':
      return JsonKind::kObject;
    case '[':
      return JsonKind::kArray;
    case '"':
      return JsonKind::kString;
    case 't':
    case 'f':
      return JsonKind::kBoolean;
    case 'n':
      return JsonKind::kNull;
    default:
      return JsonKind::kNumber;
  }
}

JsonSlice::Iterator::Iterator(const JsonSlice& container)
    : is_object_(container.kind() == JsonKind::kObject), key_({}), value_({}) {
  if (!is_object_ && container.kind() != JsonKind::kArray) return;
  rest_ = container.text_.substr(1);
}

bool JsonSlice::Iterator::Next() {
  SkipBlanks(&rest_);
  if (!rest_.empty() && rest_.front() == ',') rest_.remove_prefix(1);
  SkipBlanks(&rest_);
  if (rest_.empty() || rest_.front() == ']' || rest_.front() == '}') return false;
  if (is_object_) {
    key_ = JsonSlice(TakeValue(&rest_));
    if (!rest_.empty()) rest_.remove_prefix(1);  // the colon
  }
  value_ = JsonSlice(TakeValue(&rest_));
  return true;
}

std::optional<JsonSlice> JsonSlice::Member(std::string_view key) const {
  if (kind() != JsonKind::kObject) return std::nullopt;
  for (Iterator it(*this); it.Next();) {
    if (SameString(it.key(), key)) return it.value();
  }
  return std::nullopt;
}

std::optional<JsonSlice> JsonSlice::Element(int64_t index) const {
  if (kind() != JsonKind::kArray) return std::nullopt;
  if (index < 0) index += static_cast<int64_t>(size());
  if (index < 0) return std::nullopt;
  for (Iterator it(*this); it.Next(); --index) {
    if (index == 0) return it.value();
  }
  return std::nullopt;
}

std::optional<JsonSlice> JsonSlice::Step(std::string_view key_or_index) const {
  if (kind() != JsonKind::kArray) return Member(key_or_index);
  int64_t index = 0;
  const char* end = key_or_index.data() + key_or_index.size();
  const auto parsed = std::from_chars(key_or_index.data(), end, index);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return Element(index);
}

size_t JsonSlice::size() const {
  size_t count = 0;
  for (Iterator it(*this); it.Next();) ++count;
  return count;
}

void JsonSlice::AppendString(std::string* out) const {
  std::string_view rest = text_.substr(1, text_.size() - 2);
  while (!rest.empty()) {
    const size_t plain = std::min(rest.find('\\'), rest.size());
    out->append(rest.substr(0, plain));
    rest.remove_prefix(plain);
    if (rest.size() < 2) break;
    const char escape = rest[1];
    rest.remove_prefix(2);
    if (escape == 'u') {
      AppendChar(out, TakeUnicodeEscape(&rest));
    } else {
      *out += Unescaped(escape);
    }
  }
}

void JsonSlice::AppendText(std::string* out) const {
  if (kind() == JsonKind::kString) {
    AppendString(out);
  } else {
    AppendCompact(out);
  }
}

void JsonSlice::AppendCompact(std::string* out) const {
  std::string_view rest = text_;
  while (!rest.empty()) {
    if (rest.front() == '"') {
      const size_t bytes = StringBytes(rest);
      out->append(rest.substr(0, bytes));
      rest.remove_prefix(bytes);
    } else {
      if (!IsBlank(rest.front())) *out += rest.front();
      rest.remove_prefix(1);
    }
  }
}

std::optional<int64_t> JsonSlice::Integer() const {
  int64_t value = 0;
  const char* end = text_.data() + text_.size();
  const auto parsed = std::from_chars(text_.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

double JsonSlice::Number() const {
  double value = 0;
  const auto parsed = std::from_chars(text_.data(), text_.data() + text_.size(), value);
  if (parsed.ec != std::errc::result_out_of_range) return value;
  // Too large, or too small to be told from zero.
  const bool tiny = text_.find("e-") != std::string_view::npos ||
                    text_.find("E-") != std::string_view::npos ||
                    text_.find_first_of("eE") == std::string_view::npos;
  const double magnitude = tiny ? 0 : std::numeric_limits<double>::infinity();
  return text_.front() == '-' ? -magnitude : magnitude;
}

bool JsonSlice::SameScalar(const JsonSlice& other) const {
  if (kind() != other.kind()) return false;
  switch (kind()) {
    case JsonKind::kNull:
      return true;
    case JsonKind::kBoolean:
      return boolean() == other.boolean();
    case JsonKind::kNumber:
      return text_ == other.text_ || Number() == other.Number();
    case JsonKind::kString:
      return text_ == other.text_ || StringValue(*this) == StringValue(other);
    default:
      return false;
  }
}

bool JsonSlice::HasMember(const JsonSlice& key, const JsonSlice& value) const {
  const std::optional<JsonSlice> member = Member(StringValue(key));
  return member.has_value() && member->kind() == value.kind() && member->Contains(value);
}

bool JsonSlice::HasElement(const JsonSlice& value) const {
  for (Iterator it(*this); it.Next();) {
    if (it.value().kind() == value.kind() && it.value().Contains(value)) return true;
  }
  return false;
}

// PostgreSQL: an array also contains a single value among its elements.
bool JsonSlice::Contains(const JsonSlice& part) const {
  const bool part_is_scalar = part.kind() != JsonKind::kArray && part.kind() != JsonKind::kObject;
  if (kind() == JsonKind::kArray && part_is_scalar) return HasElement(part);
  if (kind() != part.kind()) return false;
  if (part_is_scalar) return SameScalar(part);
  for (Iterator it(part); it.Next();) {
    const bool found =
        kind() == JsonKind::kObject ? HasMember(it.key(), it.value()) : HasElement(it.value());
    if (!found) return false;
  }
  return true;
}

}  // namespace millrace::expr
