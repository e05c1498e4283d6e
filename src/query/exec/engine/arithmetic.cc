// Division, modulo and power as query/expr computes them.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "duckdb/common/vector_operations/binary_executor.hpp"
#include "duckdb/function/scalar_function.hpp"
#include "duckdb/main/extension/extension_loader.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "query/exec/engine/errors.h"
#include "query/exec/engine/scalar_functions.h"
#include "query/exec/engine/values.h"
#include "types/decimal.h"

namespace millrace::engine {
namespace {

[[noreturn]] void DivisionByZero() {
  Throw(InvalidArgument("division by zero").WithSqlState("22012"));
}
[[noreturn]] void ResultOutOfRange() {
  Throw(OutOfRange("the result is out of range").WithSqlState("22003"));
}

template <typename T>
T CheckedFloat(T result, bool finite_arguments) {
  if (std::isinf(result) && finite_arguments) ResultOutOfRange();
  return result;
}

struct Divide {
  template <typename T>
  static T Operation(T left, T right) {
    if (right == T{0}) DivisionByZero();
    if constexpr (std::is_integral_v<T>) {
      if (right == T{-1} && left == std::numeric_limits<T>::min()) ResultOutOfRange();
      return static_cast<T>(left / right);
    } else {
      return CheckedFloat(left / right, std::isfinite(left));
    }
  }
};

struct Modulo {
  template <typename T>
  static T Operation(T left, T right) {
    if (right == T{0}) DivisionByZero();
    if constexpr (std::is_integral_v<T>) {
      return right == T{-1} ? T{0} : static_cast<T>(left % right);
    } else {
      return std::fmod(left, right);
    }
  }
};

struct Power {
  template <typename T>
  static T Operation(T left, T right) {
    const auto refuse = [](const char* message) {
      Throw(InvalidArgument(message).WithSqlState("2201F"));
    };
    if (left == 0 && right < 0) refuse("zero raised to a negative power is undefined");
    if (left < 0 && std::isfinite(right) && right != std::floor(right)) {
      refuse("a negative number raised to a non-integer power yields a complex result");
    }
    return CheckedFloat(std::pow(left, right), std::isfinite(left) && std::isfinite(right));
  }
};

template <typename T, typename Operator>
void Execute(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  duckdb::BinaryExecutor::Execute<T, T, T>(
      arguments.data[0], arguments.data[1], result, arguments.size(),
      [](T left, T right) { return Operator::template Operation<T>(left, right); });
}

// ---- DECIMAL ----

// The scales of both operands and of the result.
struct DecimalData : duckdb::FunctionData {
  int left = 0;
  int right = 0;
  int result = 0;

  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<DecimalData>(*this);
  }
  bool Equals(const duckdb::FunctionData& other) const override {
    const auto& data = other.Cast<DecimalData>();
    return left == data.left && right == data.right && result == data.result;
  }
};

struct DecimalShape {
  uint8_t precision = 1;  // of NULL
  uint8_t scale = 0;
};

DecimalShape ShapeOf(const duckdb::Expression& argument) {
  DecimalShape shape;
  argument.return_type.GetDecimalProperties(shape.precision, shape.scale);
  return shape;
}

duckdb::LogicalType WideDecimal(int scale) {
  return duckdb::LogicalType::DECIMAL(decimal::kPrecisionMax, static_cast<uint8_t>(scale));
}

// The result types are those of query/expr/arithmetic_decimal.h.
duckdb::unique_ptr<duckdb::FunctionData> BindDivide(
    duckdb::ClientContext& context, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  auto data = duckdb::make_uniq<DecimalData>();
  data->left = ShapeOf(*arguments[0]).scale;
  data->right = ShapeOf(*arguments[1]).scale;
  data->result = std::min(decimal::kPrecisionMax, std::max({6, data->left + 4, data->right}));
  function.arguments = {WideDecimal(data->left), WideDecimal(data->right)};
  function.return_type = WideDecimal(data->result);
  return data;
}

duckdb::unique_ptr<duckdb::FunctionData> BindModulo(
    duckdb::ClientContext& context, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const DecimalShape left = ShapeOf(*arguments[0]);
  const DecimalShape right = ShapeOf(*arguments[1]);
  auto data = duckdb::make_uniq<DecimalData>();
  data->left = data->right = data->result = std::max(left.scale, right.scale);
  function.arguments = {WideDecimal(data->left), WideDecimal(data->right)};
  // Wide, so that the payload is; the value fits the operands' own precision.
  function.return_type = WideDecimal(data->result);
  return data;
}

template <typename F>
void ExecuteDecimal(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
                    duckdb::Vector& result, F function) {
  const auto& data =
      state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info->Cast<DecimalData>();
  duckdb::BinaryExecutor::Execute<duckdb::hugeint_t, duckdb::hugeint_t, duckdb::hugeint_t>(
      arguments.data[0], arguments.data[1], result, arguments.size(),
      [&](duckdb::hugeint_t left, duckdb::hugeint_t right) {
        const Int128 divisor = FromHugeint(right);
        if (divisor == 0) DivisionByZero();
        const std::optional<Int128> value = function(data, FromHugeint(left), divisor);
        if (!value || !decimal::Fits(*value, decimal::kPrecisionMax)) ResultOutOfRange();
        return ToHugeint(*value);
      });
}

void DivideDecimals(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
                    duckdb::Vector& result) {
  ExecuteDecimal(arguments, state, result, [](const DecimalData& data, Int128 left, Int128 right) {
    return decimal::Divide(left, data.left, right, data.right, data.result);
  });
}

void ModuloDecimals(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
                    duckdb::Vector& result) {
  ExecuteDecimal(arguments, state, result,
                 [](const DecimalData&, Int128 left, Int128 right) -> std::optional<Int128> {
                   return left % right;
                 });
}

// ---- registration ----

void Add(duckdb::ScalarFunctionSet* set, const duckdb::LogicalType& type,
         duckdb::scalar_function_t execute, duckdb::bind_scalar_function_t bind = nullptr) {
  duckdb::ScalarFunction function({type, type}, type, std::move(execute), bind);
  duckdb::BaseScalarFunction::SetReturnsError(function);
  set->AddFunction(std::move(function));
}

template <typename Operator>
void AddIntegers(duckdb::ScalarFunctionSet* set) {
  Add(set, duckdb::LogicalType::SMALLINT, Execute<int16_t, Operator>);
  Add(set, duckdb::LogicalType::INTEGER, Execute<int32_t, Operator>);
  Add(set, duckdb::LogicalType::BIGINT, Execute<int64_t, Operator>);
}

}  // namespace

void RegisterArithmetic(duckdb::ExtensionLoader& loader) {
  const duckdb::LogicalType any_decimal(duckdb::LogicalTypeId::DECIMAL);
  duckdb::ScalarFunctionSet divide("millrace_divide");
  AddIntegers<Divide>(&divide);
  Add(&divide, any_decimal, DivideDecimals, BindDivide);
  Add(&divide, duckdb::LogicalType::FLOAT, Execute<float, Divide>);
  Add(&divide, duckdb::LogicalType::DOUBLE, Execute<double, Divide>);
  loader.RegisterFunction(std::move(divide));

  duckdb::ScalarFunctionSet modulo("millrace_modulo");
  AddIntegers<Modulo>(&modulo);
  Add(&modulo, any_decimal, ModuloDecimals, BindModulo);
  Add(&modulo, duckdb::LogicalType::DOUBLE, Execute<double, Modulo>);
  loader.RegisterFunction(std::move(modulo));

  duckdb::ScalarFunctionSet power("millrace_power");
  Add(&power, duckdb::LogicalType::DOUBLE, Execute<double, Power>);
  loader.RegisterFunction(std::move(power));
}

}  // namespace millrace::engine
