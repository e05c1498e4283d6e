// + - * / % ^ and signs on numbers. Integers overflow with 22003 and divide
// towards zero, as in PostgreSQL; DECIMAL is exact (arithmetic_decimal.cc).
#include <cmath>
#include <limits>

#include "query/expr/arithmetic_decimal.h"
#include "query/expr/families.h"
#include "query/expr/kernel.h"

namespace millrace::expr {
namespace {

struct AddOp {
  template <typename T>
  static bool Overflows(T a, T b, T* out) {
    return __builtin_add_overflow(a, b, out);
  }
  template <typename T>
  static T OfFloats(T a, T b) {
    return a + b;
  }
};
struct SubtractOp {
  template <typename T>
  static bool Overflows(T a, T b, T* out) {
    return __builtin_sub_overflow(a, b, out);
  }
  template <typename T>
  static T OfFloats(T a, T b) {
    return a - b;
  }
};
struct MultiplyOp {
  template <typename T>
  static bool Overflows(T a, T b, T* out) {
    return __builtin_mul_overflow(a, b, out);
  }
  template <typename T>
  static T OfFloats(T a, T b) {
    return a * b;
  }
};

// All rows at once; only when some row overflowed is it looked which one, since
// the payload of a null may overflow without harm.
template <typename T, typename Op>
Status IntegerBinary(KernelCall& call, Column* out) {
  const std::span<T> payloads = out->Resize<T>(call.rows);
  bool any_overflow = false;
  ForEachPair<T, T>(call.arguments[0], call.arguments[1], call.rows,
                    [&](size_t i, T a, T b) { any_overflow |= Op::Overflows(a, b, &payloads[i]); });
  if (any_overflow) [[unlikely]] {
    for (size_t row = 0; row < call.rows; ++row) {
      T ignored;
      if (call.IsValid(row) && Op::Overflows(call.Get<T>(0, row), call.Get<T>(1, row), &ignored)) {
        return OutOfRangeFor(SqlName(call.type));
      }
    }
  }
  FinishNulls(call, out, payloads);
  return Status::Ok();
}

template <typename T, typename Op>
Status FloatBinary(KernelCall& call, Column* out) {
  const std::span<T> payloads = out->Resize<T>(call.rows);
  bool any_infinite = false;
  ForEachPair<T, T>(call.arguments[0], call.arguments[1], call.rows, [&](size_t i, T a, T b) {
    payloads[i] = Op::OfFloats(a, b);
    any_infinite |= std::isinf(payloads[i]);
  });
  if (any_infinite) [[unlikely]] {
    for (size_t row = 0; row < call.rows; ++row) {
      const bool from_finite =
          std::isfinite(call.Get<T>(0, row)) && std::isfinite(call.Get<T>(1, row));
      if (call.IsValid(row) && std::isinf(payloads[row]) && from_finite) {
        return OutOfRangeFor(SqlName(call.type));
      }
    }
  }
  FinishNulls(call, out, payloads);
  return Status::Ok();
}

template <typename T>
Status IntegerDivide(KernelCall& call, Column* out) {
  return MapRows<T, T>(call, out, [&](T a, T b) -> Result<T> {
    if (b == 0) return DivisionByZero();
    if (b == -1 && a == std::numeric_limits<T>::min()) return OutOfRangeFor(SqlName(call.type));
    return static_cast<T>(a / b);
  });
}

template <typename T>
Status IntegerModulo(KernelCall& call, Column* out) {
  return MapRows<T, T>(call, out, [](T a, T b) -> Result<T> {
    if (b == 0) return DivisionByZero();
    return b == -1 ? T{0} : static_cast<T>(a % b);
  });
}

template <typename T>
Result<T> CheckedFloat(T result, bool inputs_finite) {
  if (std::isinf(result) && inputs_finite) return OutOfRangeFor("floating-point result");
  return result;
}

template <typename T>
Status FloatDivide(KernelCall& call, Column* out) {
  return MapRows<T, T>(call, out, [](T a, T b) -> Result<T> {
    if (b == 0) return DivisionByZero();
    return CheckedFloat(a / b, std::isfinite(a));
  });
}

Status DoubleModulo(KernelCall& call, Column* out) {
  return MapRows<double, double>(call, out, [](double a, double b) -> Result<double> {
    if (b == 0) return DivisionByZero();
    return std::fmod(a, b);
  });
}

template <typename T>
Status IntegerNegate(KernelCall& call, Column* out) {
  return MapRows<T>(call, out, [&](T a) -> Result<T> {
    if (a == std::numeric_limits<T>::min()) return OutOfRangeFor(SqlName(call.type));
    return static_cast<T>(-a);
  });
}

template <typename T>
Status FloatNegate(KernelCall& call, Column* out) {
  return MapRows<T>(call, out, [](T a) { return -a; });
}

SqlType SameAsFirst(std::span<const NodePtr> arguments) { return arguments[0]->type(); }

template <typename T>
Status Identity(KernelCall& call, Column* out) {
  return MapRows<T>(call, out, [](T a) { return a; });
}

}  // namespace

Status PowerKernel(KernelCall& call, Column* out) {
  return MapRows<double, double>(call, out, [](double a, double b) -> Result<double> {
    const auto bad = [](std::string message) {
      return InvalidArgument(std::move(message)).WithSqlState("2201F");
    };
    if (a == 0 && b < 0) return bad("zero raised to a negative power is undefined");
    if (a < 0 && std::isfinite(b) && b != std::floor(b)) {
      return bad("a negative number raised to a non-integer power yields a complex result");
    }
    return CheckedFloat(std::pow(a, b), std::isfinite(a) && std::isfinite(b));
  });
}

void AddArithmetic(std::vector<Function>* functions) {
  const FunctionTraits add = {.is_operator = true, .result_rule = DecimalSumType};
  const FunctionTraits times = {.is_operator = true, .result_rule = DecimalProductType};
  const FunctionTraits divide = {.is_operator = true, .result_rule = DecimalQuotientType};
  const FunctionTraits modulo = {.is_operator = true, .result_rule = DecimalRemainderType};
  const FunctionTraits same = {.can_fail = false, .is_operator = true, .result_rule = SameAsFirst};
  const Function all[] = {
      Define("+(smallint, smallint) smallint", IntegerBinary<int16_t, AddOp>, kOperator),
      Define("+(int, int) int", IntegerBinary<int32_t, AddOp>, kOperator),
      Define("+(bigint, bigint) bigint", IntegerBinary<int64_t, AddOp>, kOperator),
      Define("+(decimal, decimal) decimal", DecimalAdd, add),
      Define("+(float, float) float", FloatBinary<float, AddOp>, kOperator),
      Define("+(double, double) double", FloatBinary<double, AddOp>, kOperator),
      Define("-(smallint, smallint) smallint", IntegerBinary<int16_t, SubtractOp>, kOperator),
      Define("-(int, int) int", IntegerBinary<int32_t, SubtractOp>, kOperator),
      Define("-(bigint, bigint) bigint", IntegerBinary<int64_t, SubtractOp>, kOperator),
      Define("-(decimal, decimal) decimal", DecimalSubtract, add),
      Define("-(float, float) float", FloatBinary<float, SubtractOp>, kOperator),
      Define("-(double, double) double", FloatBinary<double, SubtractOp>, kOperator),
      Define("*(smallint, smallint) smallint", IntegerBinary<int16_t, MultiplyOp>, kOperator),
      Define("*(int, int) int", IntegerBinary<int32_t, MultiplyOp>, kOperator),
      Define("*(bigint, bigint) bigint", IntegerBinary<int64_t, MultiplyOp>, kOperator),
      Define("*(decimal, decimal) decimal", DecimalMultiply, times),
      Define("*(float, float) float", FloatBinary<float, MultiplyOp>, kOperator),
      Define("*(double, double) double", FloatBinary<double, MultiplyOp>, kOperator),
      Define("/(smallint, smallint) smallint", IntegerDivide<int16_t>, kOperator),
      Define("/(int, int) int", IntegerDivide<int32_t>, kOperator),
      Define("/(bigint, bigint) bigint", IntegerDivide<int64_t>, kOperator),
      Define("/(decimal, decimal) decimal", DecimalDivide, divide),
      Define("/(float, float) float", FloatDivide<float>, kOperator),
      Define("/(double, double) double", FloatDivide<double>, kOperator),
      Define("%(smallint, smallint) smallint", IntegerModulo<int16_t>, kOperator),
      Define("%(int, int) int", IntegerModulo<int32_t>, kOperator),
      Define("%(bigint, bigint) bigint", IntegerModulo<int64_t>, kOperator),
      Define("%(decimal, decimal) decimal", DecimalModulo, modulo),
      Define("%(double, double) double", DoubleModulo, kOperator),
      Define("mod(smallint, smallint) smallint", IntegerModulo<int16_t>),
      Define("mod(int, int) int", IntegerModulo<int32_t>),
      Define("mod(bigint, bigint) bigint", IntegerModulo<int64_t>),
      Define("mod(decimal, decimal) decimal", DecimalModulo, {.result_rule = DecimalRemainderType}),
      Define("mod(double, double) double", DoubleModulo),
      Define("^(double, double) double", PowerKernel, kOperator),
      Define("-(smallint) smallint", IntegerNegate<int16_t>, kOperator),
      Define("-(int) int", IntegerNegate<int32_t>, kOperator),
      Define("-(bigint) bigint", IntegerNegate<int64_t>, kOperator),
      Define("-(decimal) decimal", FloatNegate<Int128>, same),
      Define("-(float) float", FloatNegate<float>, kTotalOperator),
      Define("-(double) double", FloatNegate<double>, kTotalOperator),
      Define("+(smallint) smallint", Identity<int16_t>, kTotalOperator),
      Define("+(int) int", Identity<int32_t>, kTotalOperator),
      Define("+(bigint) bigint", Identity<int64_t>, kTotalOperator),
      Define("+(decimal) decimal", Identity<Int128>, same),
      Define("+(float) float", Identity<float>, kTotalOperator),
      Define("+(double) double", Identity<double>, kTotalOperator),
  };
  functions->insert(functions->end(), std::begin(all), std::end(all));
}

}  // namespace millrace::expr
