// Values as text and as SQL literals.
#include <charconv>
#include <cmath>

#include "base/coding.h"
#include "types/datetime.h"
#include "types/decimal.h"
#include "types/number_text.h"
#include "types/uuid.h"
#include "types/value.h"

namespace millrace {
namespace {

void AppendHex(std::string* out, std::string_view bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    out->push_back(kHex[byte >> 4]);
    out->push_back(kHex[byte & 0xf]);
  }
}

void AppendEmbedding(std::string* out, std::string_view floats) {
  out->push_back('[');
  for (size_t at = 0; at + sizeof(float) <= floats.size(); at += sizeof(float)) {
    if (at > 0) out->push_back(',');
    AppendReal(out, LoadFixed<float>(floats.data() + at));
  }
  out->push_back(']');
}

void AppendText(std::string* out, const Value& value) {
  switch (value.type().id) {
    case TypeId::kNull:
      return;
    case TypeId::kBoolean:
      out->append(value.boolean() ? "true" : "false");
      return;
    case TypeId::kSmallInt:
    case TypeId::kInt:
    case TypeId::kBigInt:
      return AppendInteger(out, value.integer());
    case TypeId::kFloat:
      return AppendReal(out, static_cast<float>(value.real()));
    case TypeId::kDouble:
      return AppendReal(out, value.real());
    case TypeId::kDecimal:
      return decimal::AppendTo(out, value.wide(), value.type().scale);
    case TypeId::kUuid:
      return uuid::AppendTo(out, value.wide());
    case TypeId::kTimestamp:
    case TypeId::kDateTime:
      return datetime::AppendTimestamp(out, value.integer(), value.type().id);
    case TypeId::kDate:
      return datetime::AppendDate(out, static_cast<int32_t>(value.integer()));
    case TypeId::kTime:
      return datetime::AppendTime(out, value.integer());
    case TypeId::kInterval:
      return datetime::AppendInterval(out, value.interval());
    case TypeId::kBytes:
      out->append("\\x");
      return AppendHex(out, value.string());
    case TypeId::kEmbedding:
      return AppendEmbedding(out, value.string());
    case TypeId::kText:
    case TypeId::kJson:
    case TypeId::kFile:
      out->append(value.string());
      return;
  }
}

std::string QuotedLiteral(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted.push_back('\'');
    quoted.push_back(c);
  }
  quoted.push_back('\'');
  return quoted;
}

// With an exponent, which makes a number a DOUBLE in SQL text.
std::string DoubleLiteral(double value) {
  char buffer[32];
  const auto written =
      std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::scientific);
  return {buffer, written.ptr};
}

}  // namespace

std::string Value::ToText() const {
  if (is_null()) return "NULL";
  std::string text;
  AppendText(&text, *this);
  return text;
}

std::string Value::ToSqlLiteral() const {
  if (is_null()) return "NULL";
  switch (type_.id) {
    case TypeId::kBoolean:
      return boolean() ? "TRUE" : "FALSE";
    case TypeId::kSmallInt:
    case TypeId::kInt:
    case TypeId::kBigInt:
      return ToText();
    case TypeId::kDouble:
      if (std::isfinite(real())) return DoubleLiteral(real());
      break;
    case TypeId::kText:
      return QuotedLiteral(string());
    case TypeId::kBytes: {
      std::string literal = "X'";
      AppendHex(&literal, string());
      literal.push_back('\'');
      return literal;
    }
    case TypeId::kTimestamp:
    case TypeId::kDate:
    case TypeId::kTime:
    case TypeId::kUuid:
    case TypeId::kInterval:
      return SqlName(type_) + " " + QuotedLiteral(ToText());
    default:
      break;
  }
  return "CAST(" + QuotedLiteral(ToText()) + " AS " + SqlName(type_) + ")";
}

}  // namespace millrace
