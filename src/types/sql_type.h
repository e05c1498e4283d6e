// The SQL types, their names in SQL and on the wire, and how a value of each is
// held in memory.
//
//   TypeId      physical            meaning of the payload
//   Null        –                   the type of a bare NULL, before it is bound
//   Boolean     kBool               0 or 1
//   SmallInt    kInt16
//   Int         kInt32
//   BigInt      kInt64
//   Float       kFloat32
//   Double      kFloat64
//   Decimal     kInt128             unscaled integer; value = payload / 10^scale
//   Text        kBytes              UTF-8 without NUL bytes
//   Bytes       kBytes              any bytes
//   Json        kBytes              JSON text, as written by the user
//   Timestamp   kInt64              microseconds since 1970-01-01 00:00, no zone
//   DateTime    kInt64              microseconds since 1970-01-01 00:00 UTC
//   Date        kInt32              days since 1970-01-01
//   Time        kInt64              microseconds since midnight, 0..86'400'000'000
//   Uuid        kInt128             big-endian number of the 16 bytes (unsigned order)
//   Embedding   kBytes              `dimensions` little-endian float32
//   File        kBytes              FileRef as JSON text
//   Interval    kInterval           only inside expressions, never in a table
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace millrace {

// Stored on disk and in the log: never renumber.
enum class TypeId : uint8_t {
  kNull = 0x00,
  kBoolean = 0x01,
  kInt = 0x02,
  kBigInt = 0x03,
  kDouble = 0x04,
  kFloat = 0x05,
  kText = 0x06,
  kTimestamp = 0x07,
  kDate = 0x08,
  kDateTime = 0x09,
  kTime = 0x0a,
  kJson = 0x0b,
  kBytes = 0x0c,
  kEmbedding = 0x0d,
  kUuid = 0x0e,
  kDecimal = 0x0f,
  kSmallInt = 0x10,
  kFile = 0x11,
  kInterval = 0x12,
};

enum class PhysicalType : uint8_t {
  kBool,
  kInt16,
  kInt32,
  kInt64,
  kInt128,
  kFloat32,
  kFloat64,
  kInterval,  // {int32 months, int32 days, int64 micros}
  kBytes,     // variable length
};

using Int128 = __int128;
using Uint128 = unsigned __int128;

struct Interval {
  int32_t months = 0;
  int32_t days = 0;
  int64_t micros = 0;
  bool operator==(const Interval&) const = default;
};

// A type with its parameters. A value; compares equal when all parts do.
struct SqlType {
  TypeId id = TypeId::kNull;
  uint8_t precision = 0;    // Decimal: 1..38
  uint8_t scale = 0;        // Decimal: 0..precision
  uint16_t dimensions = 0;  // Embedding: 1..8192

  constexpr SqlType() = default;
  constexpr SqlType(TypeId type_id) : id(type_id) {}  // NOLINT: a TypeId is a plain type
  static constexpr SqlType Decimal(uint8_t precision, uint8_t scale) {
    SqlType type(TypeId::kDecimal);
    type.precision = precision;
    type.scale = scale;
    return type;
  }
  static constexpr SqlType Embedding(uint16_t dimensions) {
    SqlType type(TypeId::kEmbedding);
    type.dimensions = dimensions;
    return type;
  }
  bool operator==(const SqlType&) const = default;
};

PhysicalType PhysicalOf(TypeId id);
// Bytes of one payload in a fixed-width column; 0 for kBytes.
size_t WidthOf(PhysicalType physical);

bool IsInteger(TypeId id);   // SmallInt, Int, BigInt
bool IsNumeric(TypeId id);   // integers, Float, Double, Decimal
bool IsTextual(TypeId id);   // Text, Json, File
bool IsTemporal(TypeId id);  // Timestamp, DateTime, Date, Time

// "BIGINT", "DECIMAL(10,2)", "EMBEDDING(3)": the canonical SQL spelling.
std::string SqlName(const SqlType& type);
// The wire's data_type as JSON text: `"BigInt"`, `{"Decimal":{"precision":10,"scale":2}}`.
// NULL and INTERVAL, which clients do not know, are "Text": so their cells read.
std::string WireName(const SqlType& type);

// A type by a SQL name in any case and any alias of the dialect, with its
// modifiers as written: ("VARCHAR", {20}), ("DECIMAL", {10, 2}).
// Errors: 42704 unknown type with a "did you mean" hint; 22023 bad modifier.
Result<SqlType> TypeFromName(std::string_view name, const int64_t* modifiers,
                             size_t modifier_count);

}  // namespace millrace
