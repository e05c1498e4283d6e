#include "query/exec/engine/arithmetic.h"

#include <limits>

#include "duckdb/common/vector_operations/binary_executor.hpp"
#include "duckdb/function/scalar_function.hpp"
#include "duckdb/main/extension/extension_loader.hpp"

namespace millrace::engine {
namespace {

[[noreturn]] void DivisionByZero() {
  throw duckdb::Exception(duckdb::ExceptionType::DIVIDE_BY_ZERO, "division by zero");
}

struct Divide {
  template <typename T>
  static T Operation(T left, T right) {
    if (right == T{0}) DivisionByZero();
    if constexpr (std::is_integral_v<T>) {
      if (right == T{-1}) {
        if (left == std::numeric_limits<T>::min()) {
          throw duckdb::OutOfRangeException("integer out of range");
        }
        return static_cast<T>(-left);
      }
    }
    return static_cast<T>(left / right);
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

template <typename T, typename Operator>
void Execute(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  duckdb::BinaryExecutor::Execute<T, T, T>(
      arguments.data[0], arguments.data[1], result, arguments.size(),
      [](T left, T right) { return Operator::template Operation<T>(left, right); });
}

template <typename Operator>
duckdb::ScalarFunctionSet FunctionSet(const char* name) {
  duckdb::ScalarFunctionSet set(name);
  const auto add = [&](const duckdb::LogicalType& type, duckdb::scalar_function_t execute) {
    duckdb::ScalarFunction function({type, type}, type, std::move(execute));
    duckdb::BaseScalarFunction::SetReturnsError(function);
    set.AddFunction(function);
  };
  add(duckdb::LogicalType::SMALLINT, Execute<int16_t, Operator>);
  add(duckdb::LogicalType::INTEGER, Execute<int32_t, Operator>);
  add(duckdb::LogicalType::BIGINT, Execute<int64_t, Operator>);
  add(duckdb::LogicalType::FLOAT, Execute<float, Operator>);
  add(duckdb::LogicalType::DOUBLE, Execute<double, Operator>);
  return set;
}

}  // namespace

void RegisterArithmetic(duckdb::ExtensionLoader& loader) {
  loader.RegisterFunction(FunctionSet<Divide>("millrace_divide"));
  loader.RegisterFunction(FunctionSet<Modulo>("millrace_modulo"));
}

}  // namespace millrace::engine
