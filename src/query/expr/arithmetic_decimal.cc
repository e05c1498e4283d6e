#include "query/expr/arithmetic_decimal.h"

#include <algorithm>
#include <array>
#include <optional>

#include "query/expr/coercion.h"
#include "query/expr/kernel.h"
#include "types/decimal.h"

namespace millrace::expr {
namespace {

struct Shape {
  int integer_digits;
  int scale;
};

Shape ShapeOf(const Node& node) {
  return {node.type().precision - node.type().scale, node.type().scale};
}

int ScaleOf(const KernelCall& call, size_t argument) {
  return call.arguments[argument].column().type().scale;
}

Status DecimalOutOfRange(const KernelCall& call) { return OutOfRangeFor(SqlName(call.type)); }

// The value with `digits` more fraction digits; nullopt on overflow.
std::optional<Int128> ScaleUp(Int128 value, int digits) {
  if (digits == 0) return value;
  return decimal::Multiply(value, decimal::PowerOfTen(digits));
}

// Applies `function(Int128, Int128) -> optional<Int128>` to both operands at the
// larger of their scales.
template <typename F>
Status AtCommonScale(KernelCall& call, Column* out, F function) {
  const int scale = std::max(ScaleOf(call, 0), ScaleOf(call, 1));
  const int left_digits = scale - ScaleOf(call, 0);
  const int right_digits = scale - ScaleOf(call, 1);
  return MapRows<Int128, Int128>(call, out, [&](Int128 a, Int128 b) -> Result<Int128> {
    const std::optional<Int128> left = ScaleUp(a, left_digits);
    const std::optional<Int128> right = ScaleUp(b, right_digits);
    if (!left.has_value() || !right.has_value()) return DecimalOutOfRange(call);
    const std::optional<Int128> result = function(*left, *right);
    if (!result.has_value() || !decimal::Fits(*result, call.type.precision)) {
      return DecimalOutOfRange(call);
    }
    return *result;
  });
}

// An unsigned number of 256 bits, least significant limb first: a product before
// its scale is lowered.
using Wide = std::array<uint64_t, 4>;

Wide MultiplyWide(Uint128 a, Uint128 b) {
  const std::array<uint64_t, 2> left = {static_cast<uint64_t>(a), static_cast<uint64_t>(a >> 64)};
  const std::array<uint64_t, 2> right = {static_cast<uint64_t>(b), static_cast<uint64_t>(b >> 64)};
  Wide product = {};
  for (size_t i = 0; i < 2; ++i) {
    Uint128 carry = 0;
    for (size_t j = 0; j < 2; ++j) {
      carry += Uint128{left[i]} * right[j] + product[i + j];
      product[i + j] = static_cast<uint64_t>(carry);
      carry >>= 64;
    }
    product[i + 2] = static_cast<uint64_t>(carry);
  }
  return product;
}

// Divides in place and returns the remainder.
uint64_t DivideWide(Wide* number, uint64_t divisor) {
  Uint128 remainder = 0;
  for (size_t i = number->size(); i-- > 0;) {
    remainder = (remainder << 64) | (*number)[i];
    (*number)[i] = static_cast<uint64_t>(remainder / divisor);
    remainder %= divisor;
  }
  return static_cast<uint64_t>(remainder);
}

// a * b without its last `dropped` digits (at least one), rounded half away from zero.
std::optional<Int128> MultiplyDropping(Int128 a, Int128 b, int dropped) {
  const bool negative = (a < 0) != (b < 0);
  const auto magnitude = [](Int128 v) {
    return v < 0 ? -static_cast<Uint128>(v) : static_cast<Uint128>(v);
  };
  Wide product = MultiplyWide(magnitude(a), magnitude(b));
  for (int digits = dropped - 1; digits > 0;) {
    const int step = std::min(digits, 18);
    DivideWide(&product, static_cast<uint64_t>(decimal::PowerOfTen(step)));
    digits -= step;
  }
  const bool round_up = DivideWide(&product, 10) >= 5;
  if (product[2] != 0 || product[3] != 0 || (product[1] >> 63) != 0) return std::nullopt;
  const auto value = static_cast<Int128>((Uint128{product[1]} << 64) | product[0]);
  const Int128 rounded = value + (round_up ? 1 : 0);
  return negative ? -rounded : rounded;
}

}  // namespace

SqlType DecimalSumType(std::span<const NodePtr> arguments) {
  const Shape left = ShapeOf(*arguments[0]);
  const Shape right = ShapeOf(*arguments[1]);
  return DecimalType(std::max(left.integer_digits, right.integer_digits) + 1,
                     std::max(left.scale, right.scale));
}

SqlType DecimalProductType(std::span<const NodePtr> arguments) {
  constexpr int kIntegerDigitsKept = 18;
  const Shape left = ShapeOf(*arguments[0]);
  const Shape right = ShapeOf(*arguments[1]);
  const int integer_digits = left.integer_digits + right.integer_digits;
  int scale = left.scale + right.scale;
  if (integer_digits + scale > decimal::kPrecisionMax) {
    const int room = decimal::kPrecisionMax - std::min(integer_digits, kIntegerDigitsKept);
    scale = std::min(scale, std::max({room, left.scale, right.scale}));
  }
  return DecimalType(integer_digits, scale);
}

SqlType DecimalQuotientType(std::span<const NodePtr> arguments) {
  const Shape left = ShapeOf(*arguments[0]);
  const Shape right = ShapeOf(*arguments[1]);
  const int scale = std::max({6, left.scale + 4, right.scale});
  return DecimalType(decimal::kPrecisionMax, scale);
}

SqlType DecimalRemainderType(std::span<const NodePtr> arguments) {
  const Shape left = ShapeOf(*arguments[0]);
  const Shape right = ShapeOf(*arguments[1]);
  return DecimalType(std::max(left.integer_digits, right.integer_digits),
                     std::max(left.scale, right.scale));
}

Status DecimalAdd(KernelCall& call, Column* out) { return AtCommonScale(call, out, decimal::Add); }

Status DecimalSubtract(KernelCall& call, Column* out) {
  return AtCommonScale(call, out, decimal::Subtract);
}

Status DecimalMultiply(KernelCall& call, Column* out) {
  const int dropped = ScaleOf(call, 0) + ScaleOf(call, 1) - call.type.scale;
  return MapRows<Int128, Int128>(call, out, [&](Int128 a, Int128 b) -> Result<Int128> {
    const std::optional<Int128> product =
        dropped == 0 ? decimal::Multiply(a, b) : MultiplyDropping(a, b, dropped);
    if (!product.has_value() || !decimal::Fits(*product, call.type.precision)) {
      return DecimalOutOfRange(call);
    }
    return *product;
  });
}

Status DecimalDivide(KernelCall& call, Column* out) {
  const int left_scale = ScaleOf(call, 0);
  const int right_scale = ScaleOf(call, 1);
  return MapRows<Int128, Int128>(call, out, [&](Int128 a, Int128 b) -> Result<Int128> {
    if (b == 0) return DivisionByZero();
    const std::optional<Int128> quotient =
        decimal::Divide(a, left_scale, b, right_scale, call.type.scale);
    if (!quotient.has_value() || !decimal::Fits(*quotient, call.type.precision)) {
      return DecimalOutOfRange(call);
    }
    return *quotient;
  });
}

Status DecimalModulo(KernelCall& call, Column* out) {
  bool by_zero = false;
  const Status status = AtCommonScale(call, out, [&](Int128 a, Int128 b) -> std::optional<Int128> {
    if (b == 0) {
      by_zero = true;
      return std::nullopt;
    }
    return a % b;
  });
  return by_zero ? DivisionByZero() : status;
}

}  // namespace millrace::expr
