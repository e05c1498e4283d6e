#include "cli/import/column_type.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "cli/text_width.h"

namespace millrace::cli {
namespace {

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

bool IsBoolean(std::string_view text) {
  return EqualsIgnoringCase(text, "true") || EqualsIgnoringCase(text, "false");
}

ColumnType TypeOf(const client::Cell& cell, Strings strings) {
  switch (cell.kind) {
    case client::CellKind::kNull:
      return ColumnType::kUnseen;
    case client::CellKind::kBool:
      return ColumnType::kBoolean;
    case client::CellKind::kJson:
      return ColumnType::kText;
    case client::CellKind::kString:
      if (strings == Strings::kText) return ColumnType::kText;
      break;
    case client::CellKind::kNumber:
      break;
  }
  if (IsBigInt(cell.text)) return ColumnType::kBigInt;
  if (IsDouble(cell.text)) return ColumnType::kDouble;
  return IsBoolean(cell.text) ? ColumnType::kBoolean : ColumnType::kText;
}

}  // namespace

std::string_view SqlTypeName(ColumnType type) {
  switch (type) {
    case ColumnType::kBoolean:
      return "BOOLEAN";
    case ColumnType::kBigInt:
      return "BIGINT";
    case ColumnType::kDouble:
      return "DOUBLE";
    default:
      return "TEXT";
  }
}

ColumnType TypeFromName(std::string_view name) {
  std::string lower(name.substr(0, name.find_first_of("( {")));
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (lower == "bigint" || lower == "int" || lower == "integer" || lower == "smallint" ||
      lower == "int8" || lower == "int4" || lower == "int2") {
    return ColumnType::kBigInt;
  }
  if (lower == "double" || lower == "float" || lower == "real" || lower == "float8" ||
      lower == "float4") {
    return ColumnType::kDouble;
  }
  if (lower == "boolean" || lower == "bool") return ColumnType::kBoolean;
  if (lower == "text" || lower == "varchar" || lower == "string" || lower == "char") {
    return ColumnType::kText;
  }
  return ColumnType::kAny;
}

bool IsBigInt(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return false;
  const size_t first_digit = text[0] == '-' ? 1 : 0;
  const bool leading_zero = text[first_digit] == '0' && text.size() > 1;
  return !leading_zero;
}

bool IsDouble(std::string_view text) {
  const size_t first = text.starts_with('-') ? 1 : 0;
  if (text.size() <= first || text[first] < '0' || text[first] > '9') return false;
  const bool leading_zero = text[first] == '0' && text.size() > first + 1 &&
                            text[first + 1] >= '0' && text[first + 1] <= '9';
  if (leading_zero || text.back() == '.') return false;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

ColumnType Widen(ColumnType type, const client::Cell& cell, Strings strings) {
  const ColumnType seen = TypeOf(cell, strings);
  if (seen == ColumnType::kUnseen || seen == type) return type;
  if (type == ColumnType::kUnseen) return seen;
  const bool numeric = (type == ColumnType::kBigInt || type == ColumnType::kDouble) &&
                       (seen == ColumnType::kBigInt || seen == ColumnType::kDouble);
  return numeric ? ColumnType::kDouble : ColumnType::kText;
}

Status AppendQuoted(std::string& out, std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (const auto byte = static_cast<unsigned char>(text[at]); byte > 0 && byte < 0x80) {
      ++at;
      continue;
    }
    const uint32_t character = DecodeCharacter(text, at);
    if (character == kBadCharacter) {
      return InvalidArgument("the text is not UTF-8").WithSqlState("22021");
    }
    if (character == 0) {
      return InvalidArgument("the text holds a zero byte").WithSqlState("22021");
    }
  }
  out.push_back('\'');
  for (size_t quote; (quote = text.find('\'')) != std::string_view::npos;) {
    out.append(text.substr(0, quote)).append("''");
    text.remove_prefix(quote + 1);
  }
  out.append(text);
  out.push_back('\'');
  return Status::Ok();
}

void AppendIdentifier(std::string& out, std::string_view name) {
  out.push_back('"');
  for (const char c : name) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

Status AppendLiteral(std::string& out, const client::Cell& cell, ColumnType type) {
  using client::CellKind;
  if (cell.is_null()) {
    out.append("NULL");
    return Status::Ok();
  }
  const bool typed = cell.kind == CellKind::kNumber || cell.kind == CellKind::kBool;
  const bool numeric = (type == ColumnType::kBigInt || type == ColumnType::kDouble) &&
                       (IsBigInt(cell.text) || IsDouble(cell.text));
  if (numeric || (typed && type == ColumnType::kAny)) {
    out.append(cell.text);
    return Status::Ok();
  }
  if (type == ColumnType::kBoolean && IsBoolean(cell.text)) {
    out.append(EqualsIgnoringCase(cell.text, "true") ? "TRUE" : "FALSE");
    return Status::Ok();
  }
  return AppendQuoted(out, cell.text);
}

}  // namespace millrace::cli
