#include "query/exec/engine/values.h"

#include "base/assert.h"

namespace millrace::engine {
namespace {

constexpr const char* kFileAlias = "FILE";
constexpr int kInt64DigitsMax = 18;  // wider decimals are 128-bit

duckdb::Value DecimalValue(const Value& value) {
  const SqlType& type = value.type();
  if (type.precision <= kInt64DigitsMax) {
    return duckdb::Value::DECIMAL(static_cast<int64_t>(value.wide()), type.precision, type.scale);
  }
  return duckdb::Value::DECIMAL(ToHugeint(value.wide()), type.precision, type.scale);
}

duckdb::Value EmbeddingValue(const Value& value) {
  duckdb::vector<duckdb::Value> elements;
  elements.reserve(value.type().dimensions);
  for (size_t i = 0; i < value.type().dimensions; ++i) {
    float element;
    std::memcpy(&element, value.string().data() + i * sizeof(float), sizeof(float));
    elements.push_back(duckdb::Value::FLOAT(element));
  }
  return duckdb::Value::ARRAY(duckdb::LogicalType::FLOAT, std::move(elements));
}

duckdb::Value AliasedText(const Value& value) {
  duckdb::Value result(value.string());
  result.Reinterpret(LogicalTypeOf(value.type()));
  return result;
}

}  // namespace

duckdb::LogicalType LogicalTypeOf(const SqlType& type) {
  using duckdb::LogicalType;
  switch (type.id) {
    case TypeId::kNull:
      return LogicalType::SQLNULL;
    case TypeId::kBoolean:
      return LogicalType::BOOLEAN;
    case TypeId::kSmallInt:
      return LogicalType::SMALLINT;
    case TypeId::kInt:
      return LogicalType::INTEGER;
    case TypeId::kBigInt:
      return LogicalType::BIGINT;
    case TypeId::kFloat:
      return LogicalType::FLOAT;
    case TypeId::kDouble:
      return LogicalType::DOUBLE;
    case TypeId::kDecimal:
      return LogicalType::DECIMAL(type.precision, type.scale);
    case TypeId::kText:
      return LogicalType::VARCHAR;
    case TypeId::kJson:
      return LogicalType::JSON();
    case TypeId::kFile: {
      LogicalType file = LogicalType::VARCHAR;
      file.SetAlias(kFileAlias);
      return file;
    }
    case TypeId::kBytes:
      return LogicalType::BLOB;
    case TypeId::kTimestamp:
      return LogicalType::TIMESTAMP;
    case TypeId::kDateTime:
      return LogicalType::TIMESTAMP_TZ;
    case TypeId::kDate:
      return LogicalType::DATE;
    case TypeId::kTime:
      return LogicalType::TIME;
    case TypeId::kUuid:
      return LogicalType::UUID;
    case TypeId::kEmbedding:
      return LogicalType::ARRAY(LogicalType::FLOAT, type.dimensions);
    case TypeId::kInterval:
      return LogicalType::INTERVAL;
  }
  MR_ASSERT(false, "unknown type");
}

duckdb::Value ToEngineValue(const Value& value) {
  if (value.is_null()) return duckdb::Value(LogicalTypeOf(value.type()));
  switch (value.type().id) {
    case TypeId::kBoolean:
      return duckdb::Value::BOOLEAN(value.boolean());
    case TypeId::kSmallInt:
      return duckdb::Value::SMALLINT(static_cast<int16_t>(value.integer()));
    case TypeId::kInt:
      return duckdb::Value::INTEGER(static_cast<int32_t>(value.integer()));
    case TypeId::kBigInt:
      return duckdb::Value::BIGINT(value.integer());
    case TypeId::kFloat:
      return duckdb::Value::FLOAT(static_cast<float>(value.real()));
    case TypeId::kDouble:
      return duckdb::Value::DOUBLE(value.real());
    case TypeId::kDecimal:
      return DecimalValue(value);
    case TypeId::kText:
      return duckdb::Value(value.string());
    case TypeId::kJson:
    case TypeId::kFile:
      return AliasedText(value);
    case TypeId::kBytes:
      return duckdb::Value::BLOB(reinterpret_cast<const uint8_t*>(value.string().data()),
                                 value.string().size());
    case TypeId::kTimestamp:
      return duckdb::Value::TIMESTAMP(duckdb::timestamp_t(value.integer()));
    case TypeId::kDateTime:
      return duckdb::Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(value.integer()));
    case TypeId::kDate:
      return duckdb::Value::DATE(duckdb::date_t(static_cast<int32_t>(value.integer())));
    case TypeId::kTime:
      return duckdb::Value::TIME(duckdb::dtime_t(value.integer()));
    case TypeId::kUuid:
      return duckdb::Value::UUID(ToHugeint(FlipTopBit(value.wide())));
    case TypeId::kEmbedding:
      return EmbeddingValue(value);
    case TypeId::kInterval:
      return duckdb::Value::INTERVAL(value.interval().months, value.interval().days,
                                     value.interval().micros);
    case TypeId::kNull:
      break;
  }
  MR_ASSERT(false, "a value of no type that is not null");
}

std::optional<Value> BoundFromEngineValue(const duckdb::Value& value, const SqlType& type) {
  if (value.IsNull() || value.type() != LogicalTypeOf(type)) return std::nullopt;
  switch (type.id) {
    case TypeId::kBoolean:
      return Value::Boolean(duckdb::BooleanValue::Get(value));
    case TypeId::kFloat:
      return Value::Real(type, duckdb::FloatValue::Get(value));
    case TypeId::kDouble:
      return Value::Real(type, duckdb::DoubleValue::Get(value));
    case TypeId::kText:
    case TypeId::kJson:
    case TypeId::kFile:
    case TypeId::kBytes:
      return Value::String(type, duckdb::StringValue::Get(value));
    case TypeId::kSmallInt:
    case TypeId::kInt:
    case TypeId::kBigInt:
    case TypeId::kTimestamp:
    case TypeId::kDateTime:
    case TypeId::kDate:
    case TypeId::kTime:
      return Value::Integer(type,
                            static_cast<int64_t>(FromHugeint(duckdb::IntegralValue::Get(value))));
    case TypeId::kDecimal:
      return Value::Wide(type, FromHugeint(duckdb::IntegralValue::Get(value)));
    case TypeId::kUuid:
      return Value::Wide(type, FlipTopBit(FromHugeint(duckdb::IntegralValue::Get(value))));
    case TypeId::kNull:
    case TypeId::kEmbedding:
    case TypeId::kInterval:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace millrace::engine
