#include "types/key_coding.h"

#include <cmath>
#include <limits>

#include "base/assert.h"

namespace millrace {
namespace {

constexpr char kEscape = '\0';
constexpr char kEscapedZero = '\xff';  // 00 ff: a zero byte of the text
constexpr char kEnd = '\x01';          // 00 01: the end; sorts before every longer text

template <typename Unsigned>
void PutBigEndian(std::string* key, Unsigned value) {
  char bytes[sizeof(Unsigned)];
  for (size_t i = sizeof(Unsigned); i-- > 0;) {
    bytes[i] = static_cast<char>(value & 0xff);
    value = static_cast<Unsigned>(value >> 8);
  }
  key->append(bytes, sizeof(bytes));
}

template <typename Unsigned>
Unsigned ReadBigEndian(ByteReader* reader) {
  const std::string_view bytes = reader->Bytes(sizeof(Unsigned));
  Unsigned value = 0;
  for (const char byte : bytes) {
    value = static_cast<Unsigned>((value << 8) | static_cast<uint8_t>(byte));
  }
  return value;
}

template <typename Unsigned>
constexpr Unsigned SignBit() {
  return static_cast<Unsigned>(Unsigned{1} << (sizeof(Unsigned) * 8 - 1));
}

template <typename Unsigned>
void PutSigned(std::string* key, Unsigned value) {
  PutBigEndian<Unsigned>(key, value ^ SignBit<Unsigned>());
}

template <typename Unsigned, typename Signed>
Signed ReadSigned(ByteReader* reader) {
  const Unsigned value = ReadBigEndian<Unsigned>(reader) ^ SignBit<Unsigned>();
  return static_cast<Signed>(value);
}

template <typename Float, typename Unsigned>
void PutFloat(std::string* key, Float value) {
  if (value == 0) value = 0;  // -0 equals 0 in SQL
  if (std::isnan(value)) value = std::numeric_limits<Float>::quiet_NaN();
  const Unsigned bits = std::bit_cast<Unsigned>(value);
  const bool negative = (bits & SignBit<Unsigned>()) != 0;
  PutBigEndian<Unsigned>(key, negative ? ~bits : bits ^ SignBit<Unsigned>());
}

Status BadKey(std::string message) { return DataLoss(std::move(message)); }

// Refuses what PutFloat never writes, so that equal values have equal keys.
template <typename Float, typename Unsigned>
Result<Value> ReadFloat(ByteReader* reader, const SqlType& type) {
  const Unsigned coded = ReadBigEndian<Unsigned>(reader);
  const bool positive = (coded & SignBit<Unsigned>()) != 0;
  const Unsigned bits = positive ? coded ^ SignBit<Unsigned>() : static_cast<Unsigned>(~coded);
  if (!reader->ok()) return BadKey("key ends within a floating-point number");
  const auto value = std::bit_cast<Float>(bits);
  const auto only_nan = std::bit_cast<Unsigned>(std::numeric_limits<Float>::quiet_NaN());
  if ((std::isnan(value) && bits != only_nan) || bits == SignBit<Unsigned>()) {
    return BadKey("key holds a floating-point number that is not in its one form");
  }
  return Value::Real(type, static_cast<double>(value));
}

Result<Value> ReadInteger(ByteReader* reader, const SqlType& type) {
  int64_t value = 0;
  switch (PhysicalOf(type.id)) {
    case PhysicalType::kInt16:
      value = ReadSigned<uint16_t, int16_t>(reader);
      break;
    case PhysicalType::kInt32:
      value = ReadSigned<uint32_t, int32_t>(reader);
      break;
    default:
      value = ReadSigned<uint64_t, int64_t>(reader);
  }
  if (!reader->ok()) return BadKey("key ends within an integer");
  return Value::Integer(type, value);
}

Result<Value> ReadWide(ByteReader* reader, const SqlType& type) {
  const Uint128 flip = type.id == TypeId::kDecimal ? SignBit<Uint128>() : 0;
  const Uint128 value = ReadBigEndian<Uint128>(reader) ^ flip;
  if (!reader->ok()) return BadKey("key ends within a 128-bit number");
  return Value::Wide(type, static_cast<Int128>(value));
}

void PutWide(std::string* key, TypeId id, Int128 value) {
  const Uint128 flip = id == TypeId::kDecimal ? SignBit<Uint128>() : 0;
  PutBigEndian<Uint128>(key, static_cast<Uint128>(value) ^ flip);
}

}  // namespace

bool CanBeKey(TypeId id) {
  return id != TypeId::kNull && id != TypeId::kEmbedding && id != TypeId::kInterval;
}

void AppendKeyText(std::string* key, std::string_view text) {
  while (true) {
    const size_t zero = text.find('\0');
    key->append(text.substr(0, zero));
    if (zero == std::string_view::npos) break;
    key->push_back(kEscape);
    key->push_back(kEscapedZero);
    text.remove_prefix(zero + 1);
  }
  key->push_back(kEscape);
  key->push_back(kEnd);
}

void AppendKeyPart(std::string* key, const Value& value) {
  const TypeId id = value.type().id;
  MR_ASSERT(CanBeKey(id) && !value.is_null(), "not a key value");
  switch (PhysicalOf(id)) {
    case PhysicalType::kBool:
      key->push_back(value.boolean() ? '\x01' : '\0');
      return;
    case PhysicalType::kInt16:
      return PutSigned(key, static_cast<uint16_t>(value.integer()));
    case PhysicalType::kInt32:
      return PutSigned(key, static_cast<uint32_t>(value.integer()));
    case PhysicalType::kInt64:
      return PutSigned(key, static_cast<uint64_t>(value.integer()));
    case PhysicalType::kInt128:
      return PutWide(key, id, value.wide());
    case PhysicalType::kFloat32:
      return PutFloat<float, uint32_t>(key, static_cast<float>(value.real()));
    case PhysicalType::kFloat64:
      return PutFloat<double, uint64_t>(key, value.real());
    case PhysicalType::kBytes:
      return AppendKeyText(key, value.string());
    case PhysicalType::kInterval:
      break;
  }
  MR_ASSERT(false, "not a key-able type");
}

void AppendKeyPart(std::string* key, const Column& column, size_t row) {
  const TypeId id = column.type().id;
  MR_ASSERT(CanBeKey(id) && !column.is_null(row), "not a key value");
  switch (column.physical()) {
    case PhysicalType::kBool:
      key->push_back(column.value<uint8_t>(row) != 0 ? '\x01' : '\0');
      return;
    case PhysicalType::kInt16:
      return PutSigned(key, column.value<uint16_t>(row));
    case PhysicalType::kInt32:
      return PutSigned(key, column.value<uint32_t>(row));
    case PhysicalType::kInt64:
      return PutSigned(key, column.value<uint64_t>(row));
    case PhysicalType::kInt128:
      return PutWide(key, id, column.value<Int128>(row));
    case PhysicalType::kFloat32:
      return PutFloat<float, uint32_t>(key, column.value<float>(row));
    case PhysicalType::kFloat64:
      return PutFloat<double, uint64_t>(key, column.value<double>(row));
    case PhysicalType::kBytes:
      return AppendKeyText(key, column.bytes(row));
    case PhysicalType::kInterval:
      break;
  }
  MR_ASSERT(false, "not a key-able type");
}

Result<std::string> ReadKeyText(ByteReader* reader) {
  std::string text;
  while (true) {
    const size_t zero = reader->rest().find('\0');
    if (zero == std::string_view::npos || zero + 1 >= reader->rest().size()) {
      return BadKey("key text has no end");
    }
    text.append(reader->Bytes(zero));
    const char mark = reader->Bytes(2)[1];
    if (mark == kEnd) return text;
    if (mark != kEscapedZero) return BadKey("key text holds an unknown escape");
    text.push_back('\0');
  }
}

Result<Value> ReadKeyPart(ByteReader* reader, const SqlType& type) {
  MR_ASSERT(CanBeKey(type.id), "not a key-able type");
  switch (PhysicalOf(type.id)) {
    case PhysicalType::kBool: {
      const std::string_view byte = reader->Bytes(1);
      if (byte != std::string_view("\0", 1) && byte != "\x01") {
        return BadKey("key holds no boolean");
      }
      return Value::Boolean(byte.front() != '\0');
    }
    case PhysicalType::kInt16:
    case PhysicalType::kInt32:
    case PhysicalType::kInt64:
      return ReadInteger(reader, type);
    case PhysicalType::kInt128:
      return ReadWide(reader, type);
    case PhysicalType::kFloat32:
      return ReadFloat<float, uint32_t>(reader, type);
    case PhysicalType::kFloat64:
      return ReadFloat<double, uint64_t>(reader, type);
    case PhysicalType::kBytes: {
      ASSIGN_OR_RETURN(std::string text, ReadKeyText(reader));
      return Value::String(type, std::move(text));
    }
    case PhysicalType::kInterval:
      break;
  }
  MR_ASSERT(false, "not a key-able type");
}

std::string PrefixSuccessor(std::string_view prefix) {
  const size_t last = prefix.find_last_not_of('\xff');
  if (last == std::string_view::npos) return {};
  std::string successor(prefix.substr(0, last + 1));
  successor.back() = static_cast<char>(static_cast<uint8_t>(successor.back()) + 1);
  return successor;
}

}  // namespace millrace
