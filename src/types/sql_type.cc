#include "types/sql_type.h"

#include <algorithm>
#include <vector>

#include "base/assert.h"
#include "base/nearest_name.h"
#include "types/decimal.h"

namespace millrace {
namespace {

constexpr int64_t kDimensionsMax = 8192;
constexpr int64_t kSecondsPrecisionMax = 9;
constexpr int64_t kLengthMax = 10'485'760;  // as PostgreSQL
constexpr int64_t kDisplayWidthMax = 255;   // as MySQL

// Which modifiers a name accepts.
enum class Modifier : uint8_t {
  kNone,
  kWidth,       // INT(11): display width, ignored
  kLength,      // VARCHAR(20): ignored, as the type stores any length
  kSeconds,     // TIMESTAMP(6): ignored, the resolution is always a microsecond
  kMantissa,    // FLOAT(24): 1..24 bits is FLOAT, 25..53 DOUBLE
  kDecimal,     // DECIMAL(10,2)
  kDimensions,  // EMBEDDING(384), required
};

struct NamedType {
  std::string_view name;
  TypeId id;
  Modifier modifier;
};

// Canonical names stand first among their aliases: a hint names the first match.
constexpr NamedType kNames[] = {
    {"BOOLEAN", TypeId::kBoolean, Modifier::kNone},
    {"BOOL", TypeId::kBoolean, Modifier::kNone},
    {"SMALLINT", TypeId::kSmallInt, Modifier::kWidth},
    {"INT2", TypeId::kSmallInt, Modifier::kNone},
    {"TINYINT", TypeId::kSmallInt, Modifier::kWidth},
    {"INT", TypeId::kInt, Modifier::kWidth},
    {"INTEGER", TypeId::kInt, Modifier::kWidth},
    {"INT4", TypeId::kInt, Modifier::kNone},
    {"MEDIUMINT", TypeId::kInt, Modifier::kWidth},
    {"BIGINT", TypeId::kBigInt, Modifier::kWidth},
    {"INT8", TypeId::kBigInt, Modifier::kNone},
    // The default of a serial column is a snowflake id: every size needs 64 bits.
    {"SERIAL", TypeId::kBigInt, Modifier::kNone},
    {"SERIAL2", TypeId::kBigInt, Modifier::kNone},
    {"SERIAL4", TypeId::kBigInt, Modifier::kNone},
    {"SERIAL8", TypeId::kBigInt, Modifier::kNone},
    {"SMALLSERIAL", TypeId::kBigInt, Modifier::kNone},
    {"BIGSERIAL", TypeId::kBigInt, Modifier::kNone},
    {"FLOAT", TypeId::kFloat, Modifier::kMantissa},
    {"REAL", TypeId::kFloat, Modifier::kNone},
    {"FLOAT4", TypeId::kFloat, Modifier::kNone},
    {"FLOAT32", TypeId::kFloat, Modifier::kNone},
    {"DOUBLE", TypeId::kDouble, Modifier::kNone},
    {"DOUBLE PRECISION", TypeId::kDouble, Modifier::kNone},
    {"FLOAT8", TypeId::kDouble, Modifier::kNone},
    {"FLOAT64", TypeId::kDouble, Modifier::kNone},
    {"DECIMAL", TypeId::kDecimal, Modifier::kDecimal},
    {"NUMERIC", TypeId::kDecimal, Modifier::kDecimal},
    {"DEC", TypeId::kDecimal, Modifier::kDecimal},
    {"TEXT", TypeId::kText, Modifier::kNone},
    {"VARCHAR", TypeId::kText, Modifier::kLength},
    {"CHAR", TypeId::kText, Modifier::kLength},
    {"STRING", TypeId::kText, Modifier::kLength},
    {"NVARCHAR", TypeId::kText, Modifier::kLength},
    {"NCHAR", TypeId::kText, Modifier::kLength},
    {"CHARACTER", TypeId::kText, Modifier::kLength},
    {"CHARACTER VARYING", TypeId::kText, Modifier::kLength},
    {"CHAR VARYING", TypeId::kText, Modifier::kLength},
    {"BYTES", TypeId::kBytes, Modifier::kLength},
    {"BYTEA", TypeId::kBytes, Modifier::kNone},
    {"BLOB", TypeId::kBytes, Modifier::kLength},
    {"BINARY", TypeId::kBytes, Modifier::kLength},
    {"VARBINARY", TypeId::kBytes, Modifier::kLength},
    {"JSON", TypeId::kJson, Modifier::kNone},
    {"JSONB", TypeId::kJson, Modifier::kNone},
    {"TIMESTAMP", TypeId::kTimestamp, Modifier::kSeconds},
    {"TIMESTAMP WITHOUT TIME ZONE", TypeId::kTimestamp, Modifier::kSeconds},
    {"DATETIME", TypeId::kDateTime, Modifier::kSeconds},
    {"TIMESTAMPTZ", TypeId::kDateTime, Modifier::kSeconds},
    {"TIMESTAMP WITH TIME ZONE", TypeId::kDateTime, Modifier::kSeconds},
    {"DATE", TypeId::kDate, Modifier::kNone},
    {"TIME", TypeId::kTime, Modifier::kSeconds},
    {"TIME WITHOUT TIME ZONE", TypeId::kTime, Modifier::kSeconds},
    {"UUID", TypeId::kUuid, Modifier::kNone},
    {"EMBEDDING", TypeId::kEmbedding, Modifier::kDimensions},
    {"FILE", TypeId::kFile, Modifier::kNone},
    {"INTERVAL", TypeId::kInterval, Modifier::kSeconds},
};

// Upper case, with every run of blanks as one space.
std::string Normalised(std::string_view name) {
  std::string result;
  for (const char c : name) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank) {
      result.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    } else if (!result.empty() && result.back() != ' ') {
      result.push_back(' ');
    }
  }
  if (!result.empty() && result.back() == ' ') result.pop_back();
  return result;
}

Status UnknownType(std::string_view written, std::string_view normalised) {
  Status status = NotFound("type \"" + std::string(written.substr(0, 64)) + "\" does not exist")
                      .WithSqlState("42704");
  if (normalised.size() > 40) return status;
  // A third of the letters may be wrong, at most two.
  size_t best_distance = std::min<size_t>(2, normalised.size() / 3) + 1;
  std::string_view best;
  for (const NamedType& candidate : kNames) {
    const size_t distance = EditDistance(normalised, candidate.name);
    if (distance >= best_distance) continue;
    best_distance = distance;
    best = candidate.name;
  }
  if (best.empty()) return status;
  return std::move(status).WithHint("Did you mean \"" + std::string(best) + "\"?");
}

Status BadModifier(std::string_view name, std::string_view rule) {
  std::string message = "type modifier of ";
  message.append(name).append(" must be ").append(rule);
  return InvalidArgument(std::move(message)).WithSqlState("22023");
}

bool IsWithin(int64_t value, int64_t low, int64_t high) { return value >= low && value <= high; }

Result<SqlType> DecimalType(std::string_view name, const int64_t* modifiers, size_t count) {
  if (count == 0) return SqlType::Decimal(decimal::kPrecisionMax, 10);
  const int64_t scale = count == 2 ? modifiers[1] : 0;
  if (!IsWithin(modifiers[0], 1, decimal::kPrecisionMax)) {
    return BadModifier(name, "a precision between 1 and 38");
  }
  if (!IsWithin(scale, 0, modifiers[0])) {
    return BadModifier(name, "a scale between 0 and the precision");
  }
  return SqlType::Decimal(static_cast<uint8_t>(modifiers[0]), static_cast<uint8_t>(scale));
}

Result<SqlType> ApplyModifiers(const NamedType& named, const int64_t* modifiers, size_t count) {
  const size_t count_max = named.modifier == Modifier::kNone      ? 0
                           : named.modifier == Modifier::kDecimal ? 2
                                                                  : 1;
  if (count > count_max) {
    return InvalidArgument("type " + std::string(named.name) + " takes at most " +
                           std::to_string(count_max) + " modifiers")
        .WithSqlState("22023");
  }
  const int64_t first = count == 0 ? 0 : modifiers[0];
  switch (named.modifier) {
    case Modifier::kDecimal:
      return DecimalType(named.name, modifiers, count);
    case Modifier::kDimensions:
      if (!IsWithin(first, 1, kDimensionsMax)) {
        return BadModifier(named.name, "a number of dimensions between 1 and 8192");
      }
      return SqlType::Embedding(static_cast<uint16_t>(first));
    case Modifier::kMantissa:
      if (count == 0) return SqlType(named.id);
      if (!IsWithin(first, 1, 53)) return BadModifier(named.name, "between 1 and 53");
      return SqlType(first <= 24 ? TypeId::kFloat : TypeId::kDouble);
    case Modifier::kSeconds:
      if (!IsWithin(first, 0, kSecondsPrecisionMax)) {
        return BadModifier(named.name, "between 0 and 9");
      }
      return SqlType(named.id);
    case Modifier::kLength:
    case Modifier::kWidth: {
      const int64_t most = named.modifier == Modifier::kLength ? kLengthMax : kDisplayWidthMax;
      if (count == 1 && !IsWithin(first, 1, most)) {
        return BadModifier(named.name, "between 1 and " + std::to_string(most));
      }
      return SqlType(named.id);
    }
    case Modifier::kNone:
      break;
  }
  return SqlType(named.id);
}

struct TypeNames {
  std::string_view sql;
  std::string_view wire;
};

TypeNames NamesOf(TypeId id) {
  switch (id) {
    case TypeId::kNull:
      return {"NULL", "Text"};
    case TypeId::kBoolean:
      return {"BOOLEAN", "Boolean"};
    case TypeId::kInt:
      return {"INT", "Int"};
    case TypeId::kBigInt:
      return {"BIGINT", "BigInt"};
    case TypeId::kDouble:
      return {"DOUBLE", "Double"};
    case TypeId::kFloat:
      return {"FLOAT", "Float"};
    case TypeId::kText:
      return {"TEXT", "Text"};
    case TypeId::kTimestamp:
      return {"TIMESTAMP", "Timestamp"};
    case TypeId::kDate:
      return {"DATE", "Date"};
    case TypeId::kDateTime:
      return {"DATETIME", "DateTime"};
    case TypeId::kTime:
      return {"TIME", "Time"};
    case TypeId::kJson:
      return {"JSON", "Json"};
    case TypeId::kBytes:
      return {"BYTES", "Bytes"};
    case TypeId::kEmbedding:
      return {"EMBEDDING", "Embedding"};
    case TypeId::kUuid:
      return {"UUID", "Uuid"};
    case TypeId::kDecimal:
      return {"DECIMAL", "Decimal"};
    case TypeId::kSmallInt:
      return {"SMALLINT", "SmallInt"};
    case TypeId::kFile:
      return {"FILE", "File"};
    case TypeId::kInterval:
      return {"INTERVAL", "Text"};
  }
  MR_ASSERT(false, "not a type id");
}

}  // namespace

PhysicalType PhysicalOf(TypeId id) {
  switch (id) {
    case TypeId::kNull:
    case TypeId::kBoolean:
      return PhysicalType::kBool;
    case TypeId::kSmallInt:
      return PhysicalType::kInt16;
    case TypeId::kInt:
    case TypeId::kDate:
      return PhysicalType::kInt32;
    case TypeId::kBigInt:
    case TypeId::kTimestamp:
    case TypeId::kDateTime:
    case TypeId::kTime:
      return PhysicalType::kInt64;
    case TypeId::kDecimal:
    case TypeId::kUuid:
      return PhysicalType::kInt128;
    case TypeId::kFloat:
      return PhysicalType::kFloat32;
    case TypeId::kDouble:
      return PhysicalType::kFloat64;
    case TypeId::kInterval:
      return PhysicalType::kInterval;
    case TypeId::kText:
    case TypeId::kJson:
    case TypeId::kBytes:
    case TypeId::kEmbedding:
    case TypeId::kFile:
      return PhysicalType::kBytes;
  }
  MR_ASSERT(false, "not a type id");
}

size_t WidthOf(PhysicalType physical) {
  switch (physical) {
    case PhysicalType::kBool:
      return 1;
    case PhysicalType::kInt16:
      return 2;
    case PhysicalType::kInt32:
    case PhysicalType::kFloat32:
      return 4;
    case PhysicalType::kInt64:
    case PhysicalType::kFloat64:
      return 8;
    case PhysicalType::kInt128:
    case PhysicalType::kInterval:
      return 16;
    case PhysicalType::kBytes:
      return 0;
  }
  MR_ASSERT(false, "not a physical type");
}

bool IsInteger(TypeId id) {
  return id == TypeId::kSmallInt || id == TypeId::kInt || id == TypeId::kBigInt;
}

bool IsNumeric(TypeId id) {
  return IsInteger(id) || id == TypeId::kFloat || id == TypeId::kDouble || id == TypeId::kDecimal;
}

bool IsTextual(TypeId id) {
  return id == TypeId::kText || id == TypeId::kJson || id == TypeId::kFile;
}

bool IsTemporal(TypeId id) {
  return id == TypeId::kTimestamp || id == TypeId::kDateTime || id == TypeId::kDate ||
         id == TypeId::kTime;
}

std::string SqlName(const SqlType& type) {
  std::string name(NamesOf(type.id).sql);
  if (type.id == TypeId::kDecimal) {
    name.append("(").append(std::to_string(type.precision)).append(",");
    name.append(std::to_string(type.scale)).append(")");
  } else if (type.id == TypeId::kEmbedding) {
    name.append("(").append(std::to_string(type.dimensions)).append(")");
  }
  return name;
}

std::string WireName(const SqlType& type) {
  if (type.id == TypeId::kDecimal) {
    return "{\"Decimal\":{\"precision\":" + std::to_string(type.precision) +
           ",\"scale\":" + std::to_string(type.scale) + "}}";
  }
  if (type.id == TypeId::kEmbedding) {
    return "{\"Embedding\":" + std::to_string(type.dimensions) + "}";
  }
  return "\"" + std::string(NamesOf(type.id).wire) + "\"";
}

Result<SqlType> TypeFromName(std::string_view name, const int64_t* modifiers,
                             size_t modifier_count) {
  const std::string normalised = Normalised(name);
  for (const NamedType& candidate : kNames) {
    if (candidate.name == normalised) return ApplyModifiers(candidate, modifiers, modifier_count);
  }
  return UnknownType(name, normalised);
}

}  // namespace millrace
