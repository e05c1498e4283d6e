#include "types/value_parse.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "base/coding.h"
#include "types/datetime.h"
#include "types/decimal.h"
#include "types/json_text.h"
#include "types/text_scanner.h"
#include "types/uuid.h"

namespace millrace {
namespace {

Status BadText(std::string_view text, const SqlType& type) {
  return InvalidArgument("invalid input syntax for type " + SqlName(type) + ": " + Quoted(text))
      .WithSqlState("22P02");
}

Result<Value> ParseBoolean(std::string_view text) {
  const std::string_view word = TrimBlanks(text);
  // Every prefix that means one of them only, as in PostgreSQL.
  constexpr std::string_view kTrue[] = {"t", "tr", "tru", "true", "y", "ye", "yes", "on", "1"};
  constexpr std::string_view kFalse[] = {"f", "fa", "fal", "fals", "false",
                                         "n", "no", "of",  "off",  "0"};
  for (const std::string_view candidate : kTrue) {
    if (EqualsIgnoringCase(word, candidate)) return Value::Boolean(true);
  }
  for (const std::string_view candidate : kFalse) {
    if (EqualsIgnoringCase(word, candidate)) return Value::Boolean(false);
  }
  return BadText(text, TypeId::kBoolean);
}

Result<Value> ParseInteger(std::string_view text, const SqlType& type) {
  std::string_view number = TrimBlanks(text);
  // from_chars takes no plus sign.
  if (number.starts_with('+') && !number.starts_with("+-")) number.remove_prefix(1);
  int64_t value = 0;
  const char* const end = number.data() + number.size();
  const auto read = std::from_chars(number.data(), end, value);
  if (read.ec == std::errc::invalid_argument || read.ptr != end) return BadText(text, type);
  if (read.ec == std::errc::result_out_of_range || !IsInRange(value, type.id)) {
    return ValueOutOfRange(Quoted(text), type);
  }
  return Value::Integer(type, value);
}

// "NaN" and the infinities, which from_chars would take with more spellings.
std::optional<double> ParseNonFinite(std::string_view number) {
  bool negative = false;
  if (number.starts_with('-') || number.starts_with('+')) {
    negative = number.front() == '-';
    number.remove_prefix(1);
  } else if (EqualsIgnoringCase(number, "nan")) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (!EqualsIgnoringCase(number, "infinity") && !EqualsIgnoringCase(number, "inf")) {
    return std::nullopt;
  }
  const double infinity = std::numeric_limits<double>::infinity();
  return negative ? -infinity : infinity;
}

template <typename Float>
Result<Value> ParseReal(std::string_view text, const SqlType& type) {
  std::string_view number = TrimBlanks(text);
  if (const std::optional<double> value = ParseNonFinite(number)) return Value::Real(type, *value);
  if (number.starts_with('+') && !number.starts_with("+-")) number.remove_prefix(1);
  Float value = 0;
  const char* const end = number.data() + number.size();
  const auto read = std::from_chars(number.data(), end, value);
  if (read.ec == std::errc::invalid_argument || read.ptr != end) return BadText(text, type);
  if (read.ec == std::errc::result_out_of_range) return ValueOutOfRange(Quoted(text), type);
  if (!std::isfinite(value)) return BadText(text, type);  // "nan(...)"
  return Value::Real(type, static_cast<double>(value));
}

std::optional<uint8_t> HexDigit(char c) {
  const char lower = ToLower(c);
  if (IsDigit(c)) return static_cast<uint8_t>(c - '0');
  if (lower >= 'a' && lower <= 'f') return static_cast<uint8_t>(lower - 'a' + 10);
  return std::nullopt;
}

// Behind "\x": pairs of digits, blanks between the pairs.
std::optional<std::string> BytesFromHex(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size();) {
    if (IsBlank(text[i])) {
      ++i;
      continue;
    }
    if (i + 1 == text.size()) return std::nullopt;
    const std::optional<uint8_t> high = HexDigit(text[i]);
    const std::optional<uint8_t> low = HexDigit(text[i + 1]);
    if (!high.has_value() || !low.has_value()) return std::nullopt;
    bytes.push_back(static_cast<char>(*high << 4 | *low));
    i += 2;
  }
  return bytes;
}

// PostgreSQL's older form: a backslash is doubled, any byte may be \ooo.
std::optional<std::string> BytesFromEscapes(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  auto octal = [&](size_t at, char most) { return text[at] >= '0' && text[at] <= most; };
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      bytes.push_back(text[i++]);
    } else if (i + 1 < text.size() && text[i + 1] == '\\') {
      bytes.push_back('\\');
      i += 2;
    } else if (i + 3 < text.size() && octal(i + 1, '3') && octal(i + 2, '7') && octal(i + 3, '7')) {
      bytes.push_back(static_cast<char>((text[i + 1] - '0') << 6 | (text[i + 2] - '0') << 3 |
                                        (text[i + 3] - '0')));
      i += 4;
    } else {
      return std::nullopt;
    }
  }
  return bytes;
}

Result<Value> ParseBytes(std::string_view text, const SqlType& type) {
  std::optional<std::string> bytes =
      text.starts_with("\\x") ? BytesFromHex(text.substr(2)) : BytesFromEscapes(text);
  if (!bytes.has_value()) return BadText(text, type);
  return Value::String(type, *std::move(bytes));
}

// "[0.1, 0.2]" with as many numbers as the type has dimensions.
Result<Value> ParseEmbedding(std::string_view text, const SqlType& type) {
  TextScanner in(TrimBlanks(text));
  if (!in.Take('[')) return BadText(text, type);
  std::string floats;
  floats.reserve(type.dimensions * sizeof(float));
  size_t count = 0;
  in.TakeBlanks();
  for (bool more = in.Peek() != ']'; more; more = in.Take(',')) {
    in.TakeBlanks();
    float value = 0;
    const char* const begin = in.rest().data();
    const auto read = std::from_chars(begin, begin + in.rest().size(), value);
    if (read.ec == std::errc::result_out_of_range) return ValueOutOfRange(Quoted(text), type);
    if (read.ec != std::errc() || !std::isfinite(value)) return BadText(text, type);
    in = TextScanner(in.rest().substr(static_cast<size_t>(read.ptr - begin)));
    PutFixed(&floats, value);
    ++count;
    in.TakeBlanks();
  }
  if (!in.Take(']') || !in.empty()) return BadText(text, type);
  if (count != type.dimensions) {
    return InvalidArgument("expected " + std::to_string(type.dimensions) + " dimensions, not " +
                           std::to_string(count))
        .WithSqlState("22P02");
  }
  return Value::String(type, std::move(floats));
}

Result<Value> ParseTemporal(std::string_view text, const SqlType& type) {
  int64_t payload = 0;
  if (type.id == TypeId::kDate) {
    ASSIGN_OR_RETURN(payload, datetime::ParseDate(text));
  } else if (type.id == TypeId::kTime) {
    ASSIGN_OR_RETURN(payload, datetime::ParseTime(text));
  } else {
    ASSIGN_OR_RETURN(payload, datetime::ParseTimestamp(text, type.id));
  }
  return Value::Integer(type, payload);
}

}  // namespace

bool IsInRange(Int128 value, TypeId integer_type) {
  auto within = [value]<typename T>(T) {
    return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
  };
  if (integer_type == TypeId::kSmallInt) return within(int16_t{});
  if (integer_type == TypeId::kInt) return within(int32_t{});
  return within(int64_t{});
}

Status ValueOutOfRange(std::string_view value, const SqlType& type) {
  return OutOfRange("value " + std::string(value) + " is out of range for type " + SqlName(type))
      .WithSqlState("22003");
}

Status CheckText(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    return InvalidArgument("invalid byte sequence for encoding UTF8: 0x00").WithSqlState("22021");
  }
  if (!IsValidUtf8(text)) {
    return InvalidArgument("invalid byte sequence for encoding UTF8").WithSqlState("22021");
  }
  return Status::Ok();
}

Result<Value> ParseValue(std::string_view text, const SqlType& type) {
  switch (type.id) {
    case TypeId::kBoolean:
      return ParseBoolean(text);
    case TypeId::kSmallInt:
    case TypeId::kInt:
    case TypeId::kBigInt:
      return ParseInteger(text, type);
    case TypeId::kFloat:
      return ParseReal<float>(text, type);
    case TypeId::kDouble:
      return ParseReal<double>(text, type);
    case TypeId::kDecimal: {
      ASSIGN_OR_RETURN(const Int128 value,
                       decimal::Parse(TrimBlanks(text), type.precision, type.scale));
      return Value::Wide(type, value);
    }
    case TypeId::kText:
      RETURN_IF_ERROR(CheckText(text));
      return Value::String(type, std::string(text));
    case TypeId::kJson:
    case TypeId::kFile:
      RETURN_IF_ERROR(ValidateJson(text));
      return Value::String(type, std::string(text));
    case TypeId::kBytes:
      return ParseBytes(text, type);
    case TypeId::kTimestamp:
    case TypeId::kDateTime:
    case TypeId::kDate:
    case TypeId::kTime:
      return ParseTemporal(text, type);
    case TypeId::kUuid: {
      ASSIGN_OR_RETURN(const Int128 value, uuid::Parse(TrimBlanks(text)));
      return Value::Wide(type, value);
    }
    case TypeId::kEmbedding:
      return ParseEmbedding(text, type);
    case TypeId::kInterval: {
      ASSIGN_OR_RETURN(const Interval value, datetime::ParseInterval(text));
      return Value::OfInterval(value);
    }
    case TypeId::kNull:
      break;
  }
  return BadText(text, type);
}

}  // namespace millrace
