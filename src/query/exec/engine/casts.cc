// Casts between text and other types by the rules of types/value.h: the
// engine's own read '1.5' as the integer 2 and write 1 as '1.0'.
#include <string>

#include "duckdb/common/vector_operations/unary_executor.hpp"
#include "duckdb/function/scalar_function.hpp"
#include "duckdb/main/extension/extension_loader.hpp"
#include "query/exec/engine/errors.h"
#include "query/exec/engine/scalar_functions.h"
#include "query/exec/engine/values.h"

namespace millrace::engine {
namespace {

enum class OnFailure : uint8_t { kThrow, kNull };

template <typename T>
T PayloadOf(const Value& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value.boolean();
  } else if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(value.real());
  } else if constexpr (std::is_same_v<T, duckdb::hugeint_t>) {
    return ToHugeint(FlipTopBit(value.wide()));
  } else if constexpr (std::is_same_v<T, duckdb::interval_t>) {
    const Interval interval = value.interval();
    return {interval.months, interval.days, interval.micros};
  } else {
    return static_cast<T>(value.integer());
  }
}

template <typename T, TypeId kType, OnFailure kOnFailure>
void FromText(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
              duckdb::Vector& result) {
  duckdb::UnaryExecutor::ExecuteWithNulls<duckdb::string_t, T>(
      arguments.data[0], result, arguments.size(),
      [](duckdb::string_t text, duckdb::ValidityMask& mask, idx_t row) -> T {
        const Result<Value> value = CastValue(Value::Text(text.GetString()), kType);
        if (value.ok()) return PayloadOf<T>(*value);
        if (kOnFailure == OnFailure::kThrow) Throw(value.status());
        mask.SetInvalid(row);
        return T{};
      });
}

template <typename T, TypeId kType>
void RegisterFromText(duckdb::ExtensionLoader& loader, const std::string& type_name) {
  duckdb::ScalarFunction cast("millrace_to_" + type_name, {duckdb::LogicalType::VARCHAR},
                              LogicalTypeOf(kType), FromText<T, kType, OnFailure::kThrow>);
  duckdb::BaseScalarFunction::SetReturnsError(cast);
  loader.RegisterFunction(std::move(cast));
  loader.RegisterFunction(
      duckdb::ScalarFunction("millrace_try_to_" + type_name, {duckdb::LogicalType::VARCHAR},
                             LogicalTypeOf(kType), FromText<T, kType, OnFailure::kNull>));
}

template <typename T, typename Make>
void ToText(duckdb::DataChunk& arguments, duckdb::Vector& result, Make make) {
  duckdb::UnaryExecutor::Execute<T, duckdb::string_t>(
      arguments.data[0], result, arguments.size(),
      [&](T value) { return duckdb::StringVector::AddString(result, make(value).ToText()); });
}

template <typename T, TypeId kType>
void RealToText(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
                duckdb::Vector& result) {
  ToText<T>(arguments, result,
            [](T value) { return Value::Real(kType, static_cast<double>(value)); });
}

void BytesToText(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
                 duckdb::Vector& result) {
  ToText<duckdb::string_t>(arguments, result, [](duckdb::string_t bytes) {
    return Value::String(TypeId::kBytes, bytes.GetString());
  });
}

void IntervalToText(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
                    duckdb::Vector& result) {
  ToText<duckdb::interval_t>(arguments, result, [](duckdb::interval_t value) {
    return Value::OfInterval({value.months, value.days, value.micros});
  });
}

}  // namespace

void RegisterCasts(duckdb::ExtensionLoader& loader) {
  RegisterFromText<bool, TypeId::kBoolean>(loader, "boolean");
  RegisterFromText<int16_t, TypeId::kSmallInt>(loader, "smallint");
  RegisterFromText<int32_t, TypeId::kInt>(loader, "int");
  RegisterFromText<int64_t, TypeId::kBigInt>(loader, "bigint");
  RegisterFromText<float, TypeId::kFloat>(loader, "float");
  RegisterFromText<double, TypeId::kDouble>(loader, "double");
  RegisterFromText<int32_t, TypeId::kDate>(loader, "date");
  RegisterFromText<int64_t, TypeId::kTime>(loader, "time");
  RegisterFromText<int64_t, TypeId::kTimestamp>(loader, "timestamp");
  RegisterFromText<int64_t, TypeId::kDateTime>(loader, "datetime");
  RegisterFromText<duckdb::hugeint_t, TypeId::kUuid>(loader, "uuid");
  RegisterFromText<duckdb::interval_t, TypeId::kInterval>(loader, "interval");

  duckdb::ScalarFunctionSet text("millrace_text");
  const auto add = [&](const duckdb::LogicalType& type, duckdb::scalar_function_t execute) {
    text.AddFunction(
        duckdb::ScalarFunction({type}, duckdb::LogicalType::VARCHAR, std::move(execute)));
  };
  add(duckdb::LogicalType::FLOAT, RealToText<float, TypeId::kFloat>);
  add(duckdb::LogicalType::DOUBLE, RealToText<double, TypeId::kDouble>);
  add(duckdb::LogicalType::BLOB, BytesToText);
  add(duckdb::LogicalType::INTERVAL, IntervalToText);
  loader.RegisterFunction(std::move(text));
}

}  // namespace millrace::engine
