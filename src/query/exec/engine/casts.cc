// Casts between text and other types by the rules of types/value.h: the
// engine's own read '1.5' as the integer 2 and write 1 as '1.0'.
//
// The printer does not know types, so the names it uses take anything, and the
// bind step puts in what fits the argument's type: ours or the engine's.
#include <cctype>
#include <string>

#include "duckdb/common/vector_operations/unary_executor.hpp"
#include "duckdb/function/scalar_function.hpp"
#include "duckdb/main/extension/extension_loader.hpp"
#include "duckdb/planner/expression/bound_cast_expression.hpp"
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

bool IsPlainText(const duckdb::LogicalType& type) {
  return type.id() == duckdb::LogicalTypeId::VARCHAR && !type.HasAlias();
}

std::string LowerName(TypeId type) {
  std::string name = SqlName(type);
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

template <TypeId kType, OnFailure kOnFailure>
std::string ParserName() {
  return (kOnFailure == OnFailure::kThrow ? "millrace_parse_" : "millrace_try_parse_") +
         LowerName(kType);
}

template <TypeId kType, OnFailure kOnFailure>
duckdb::unique_ptr<duckdb::Expression> BindCast(duckdb::FunctionBindExpressionInput& input) {
  auto& argument = input.children[0];
  if (IsPlainText(argument->return_type)) {
    return Call(input.context, ParserName<kType, kOnFailure>(), std::move(argument),
                LogicalTypeOf(kType));
  }
  return duckdb::BoundCastExpression::AddCastToType(
      input.context, std::move(argument), LogicalTypeOf(kType), kOnFailure == OnFailure::kNull);
}

template <typename T, TypeId kType, OnFailure kOnFailure>
void RegisterParser(duckdb::ExtensionLoader& loader) {
  duckdb::ScalarFunction parse(ParserName<kType, kOnFailure>(), {duckdb::LogicalType::VARCHAR},
                               LogicalTypeOf(kType), FromText<T, kType, kOnFailure>);
  if (kOnFailure == OnFailure::kThrow) duckdb::BaseScalarFunction::SetReturnsError(parse);
  loader.RegisterFunction(std::move(parse));
}

template <typename T, TypeId kType>
void RegisterFromText(duckdb::ExtensionLoader& loader) {
  RegisterParser<T, kType, OnFailure::kThrow>(loader);
  RegisterParser<T, kType, OnFailure::kNull>(loader);
  RegisterName(loader, "millrace_to_" + LowerName(kType), 1, LogicalTypeOf(kType),
               BindCast<kType, OnFailure::kThrow>);
  RegisterName(loader, "millrace_try_to_" + LowerName(kType), 1, LogicalTypeOf(kType),
               BindCast<kType, OnFailure::kNull>);
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

duckdb::unique_ptr<duckdb::Expression> BindText(duckdb::FunctionBindExpressionInput& input) {
  return AsText(input.context, std::move(input.children[0]));
}

}  // namespace

duckdb::unique_ptr<duckdb::Expression> AsText(duckdb::ClientContext& context,
                                              duckdb::unique_ptr<duckdb::Expression> argument) {
  switch (argument->return_type.id()) {
    case duckdb::LogicalTypeId::FLOAT:
    case duckdb::LogicalTypeId::DOUBLE:
    case duckdb::LogicalTypeId::BLOB:
    case duckdb::LogicalTypeId::INTERVAL:
      return Call(context, "millrace_write", std::move(argument), duckdb::LogicalType::VARCHAR);
    default:
      return duckdb::BoundCastExpression::AddCastToType(context, std::move(argument),
                                                        duckdb::LogicalType::VARCHAR);
  }
}

void RegisterCasts(duckdb::ExtensionLoader& loader) {
  RegisterFromText<bool, TypeId::kBoolean>(loader);
  RegisterFromText<int16_t, TypeId::kSmallInt>(loader);
  RegisterFromText<int32_t, TypeId::kInt>(loader);
  RegisterFromText<int64_t, TypeId::kBigInt>(loader);
  RegisterFromText<float, TypeId::kFloat>(loader);
  RegisterFromText<double, TypeId::kDouble>(loader);
  RegisterFromText<int32_t, TypeId::kDate>(loader);
  RegisterFromText<int64_t, TypeId::kTime>(loader);
  RegisterFromText<int64_t, TypeId::kTimestamp>(loader);
  RegisterFromText<int64_t, TypeId::kDateTime>(loader);
  RegisterFromText<duckdb::hugeint_t, TypeId::kUuid>(loader);
  RegisterFromText<duckdb::interval_t, TypeId::kInterval>(loader);

  duckdb::ScalarFunctionSet text("millrace_write");
  const auto add = [&](const duckdb::LogicalType& type, duckdb::scalar_function_t execute) {
    text.AddFunction(
        duckdb::ScalarFunction({type}, duckdb::LogicalType::VARCHAR, std::move(execute)));
  };
  add(duckdb::LogicalType::FLOAT, RealToText<float, TypeId::kFloat>);
  add(duckdb::LogicalType::DOUBLE, RealToText<double, TypeId::kDouble>);
  add(duckdb::LogicalType::BLOB, BytesToText);
  add(duckdb::LogicalType::INTERVAL, IntervalToText);
  loader.RegisterFunction(std::move(text));
  RegisterName(loader, "millrace_text", 1, duckdb::LogicalType::VARCHAR, BindText);
}

}  // namespace millrace::engine
