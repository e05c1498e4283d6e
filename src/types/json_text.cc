#include "types/json_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "base/coding.h"
#include "types/datetime.h"
#include "types/decimal.h"
#include "types/number_text.h"
#include "types/uuid.h"

namespace millrace {
namespace {

// How a byte is written inside a JSON string: 0 as it is, 'u' as \u00xx, else a
// backslash and this letter.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> escapes{};
  for (size_t i = 0; i < 0x20; ++i) escapes[i] = 'u';
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  return escapes;
}();

constexpr uint64_t kOnes = 0x0101010101010101;
constexpr uint64_t kHighs = 0x8080808080808080;

constexpr uint64_t ZeroBytes(uint64_t word) { return (word - kOnes) & ~word & kHighs; }

// Marks the high bit of each byte that needs an escape. Bytes above the lowest
// marked one may be marked wrongly (the borrow of the subtraction).
constexpr uint64_t EscapedBytes(uint64_t word) {
  const uint64_t control = (word - kOnes * 0x20) & ~word & kHighs;
  return control | ZeroBytes(word ^ kOnes * '"') | ZeroBytes(word ^ kOnes * '\\');
}

// Length of the leading run that needs no escape; eight bytes at a time.
size_t PlainRun(const char* text, size_t size) {
  size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    const uint64_t marked = EscapedBytes(LoadFixed<uint64_t>(text + at));
    if (marked != 0) return at + static_cast<size_t>(std::countr_zero(marked)) / 8;
  }
  while (at < size && kEscapes[static_cast<uint8_t>(text[at])] == 0) ++at;
  return at;
}

bool IsAscii(std::string_view text) {
  uint64_t seen = 0;
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) seen |= LoadFixed<uint64_t>(text.data() + at);
  for (; at < text.size(); ++at) seen |= static_cast<uint8_t>(text[at]);
  return (seen & kHighs) == 0;
}

void AppendEscaped(std::string* out, char c) {
  constexpr char kHex[] = "0123456789abcdef";
  const auto byte = static_cast<uint8_t>(c);
  const char letter = kEscapes[byte];
  out->push_back('\\');
  out->push_back(letter);
  if (letter != 'u') return;
  const char digits[4] = {'0', '0', kHex[byte >> 4], kHex[byte & 0xf]};
  out->append(digits, sizeof(digits));
}

// The text between the quotes, known to be valid UTF-8.
void AppendValid(std::string* out, std::string_view text) {
  while (!text.empty()) {
    const size_t plain = PlainRun(text.data(), text.size());
    out->append(text.substr(0, plain));
    if (plain == text.size()) return;
    AppendEscaped(out, text[plain]);
    text.remove_prefix(plain + 1);
  }
}

// Bytes of the character that `text` begins with, by its first byte; 1 for a byte
// that begins none.
size_t CharacterLength(std::string_view text) {
  const auto first = static_cast<uint8_t>(text.front());
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return std::min(length, text.size());
}

// Rare and slow: character by character, U+FFFD for each byte that is part of none.
void AppendRepaired(std::string* out, std::string_view text) {
  while (!text.empty()) {
    const size_t length = CharacterLength(text);
    if (IsValidUtf8(text.substr(0, length))) {
      AppendValid(out, text.substr(0, length));
      text.remove_prefix(length);
    } else {
      out->append("\\ufffd");
      text.remove_prefix(1);
    }
  }
}

void AppendQuotedInteger(std::string* out, int64_t value) {
  out->push_back('"');
  AppendInteger(out, value);
  out->push_back('"');
}

void AppendByteArray(std::string* out, std::string_view bytes) {
  out->push_back('[');
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0) out->push_back(',');
    AppendInteger(out, static_cast<uint8_t>(bytes[i]));
  }
  out->push_back(']');
}

void AppendFloatArray(std::string* out, std::string_view floats) {
  out->push_back('[');
  for (size_t at = 0; at + sizeof(float) <= floats.size(); at += sizeof(float)) {
    if (at > 0) out->push_back(',');
    AppendJsonFloat(out, LoadFixed<float>(floats.data() + at));
  }
  out->push_back(']');
}

void AppendBytesCell(std::string* out, TypeId id, std::string_view bytes) {
  if (id == TypeId::kBytes) return AppendByteArray(out, bytes);
  if (id == TypeId::kEmbedding) return AppendFloatArray(out, bytes);
  AppendJsonString(out, bytes);
}

void AppendWideCell(std::string* out, const SqlType& type, Int128 value) {
  out->push_back('"');
  if (type.id == TypeId::kUuid) {
    uuid::AppendTo(out, value);
  } else {
    decimal::AppendTo(out, value, type.scale);
  }
  out->push_back('"');
}

void AppendInt64Cell(std::string* out, TypeId id, int64_t value) {
  if (id == TypeId::kBigInt) return AppendQuotedInteger(out, value);
  AppendInteger(out, value);
}

void AppendIntervalCell(std::string* out, const Interval& interval) {
  out->push_back('"');
  datetime::AppendInterval(out, interval);
  out->push_back('"');
}

template <typename Float>
void AppendFloatNumber(std::string* out, Float value) {
  if (std::isfinite(value)) return AppendReal(out, value);
  out->push_back('"');
  AppendReal(out, value);
  out->push_back('"');
}

}  // namespace

void AppendJsonString(std::string* out, std::string_view text) {
  out->push_back('"');
  if (IsAscii(text) || IsValidUtf8(text)) {
    AppendValid(out, text);
  } else {
    AppendRepaired(out, text);
  }
  out->push_back('"');
}

void AppendJsonDouble(std::string* out, double value) { AppendFloatNumber(out, value); }
void AppendJsonFloat(std::string* out, float value) { AppendFloatNumber(out, value); }

void AppendJsonCell(std::string* out, const Column& column, size_t row) {
  if (column.is_null(row)) {
    out->append("null");
    return;
  }
  const SqlType& type = column.type();
  switch (column.physical()) {
    case PhysicalType::kBool:
      out->append(column.value<uint8_t>(row) != 0 ? "true" : "false");
      return;
    case PhysicalType::kInt16:
      return AppendInteger(out, column.value<int16_t>(row));
    case PhysicalType::kInt32:
      return AppendInteger(out, column.value<int32_t>(row));
    case PhysicalType::kInt64:
      return AppendInt64Cell(out, type.id, column.value<int64_t>(row));
    case PhysicalType::kInt128:
      return AppendWideCell(out, type, column.value<Int128>(row));
    case PhysicalType::kFloat32:
      return AppendJsonFloat(out, column.value<float>(row));
    case PhysicalType::kFloat64:
      return AppendJsonDouble(out, column.value<double>(row));
    case PhysicalType::kInterval:
      return AppendIntervalCell(out, column.value<Interval>(row));
    case PhysicalType::kBytes:
      return AppendBytesCell(out, type.id, column.bytes(row));
  }
}

void AppendJsonCell(std::string* out, const Value& value) {
  if (value.is_null()) {
    out->append("null");
    return;
  }
  const SqlType& type = value.type();
  switch (PhysicalOf(type.id)) {
    case PhysicalType::kBool:
      out->append(value.boolean() ? "true" : "false");
      return;
    case PhysicalType::kInt16:
    case PhysicalType::kInt32:
    case PhysicalType::kInt64:
      return AppendInt64Cell(out, type.id, value.integer());
    case PhysicalType::kInt128:
      return AppendWideCell(out, type, value.wide());
    case PhysicalType::kFloat32:
      return AppendJsonFloat(out, static_cast<float>(value.real()));
    case PhysicalType::kFloat64:
      return AppendJsonDouble(out, value.real());
    case PhysicalType::kInterval:
      return AppendIntervalCell(out, value.interval());
    case PhysicalType::kBytes:
      return AppendBytesCell(out, type.id, value.string());
  }
}

void AppendJsonRow(std::string* out, const Batch& batch, size_t row) {
  out->push_back('[');
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    if (i > 0) out->push_back(',');
    AppendJsonCell(out, batch.columns[i], row);
  }
  out->push_back(']');
}

}  // namespace millrace
