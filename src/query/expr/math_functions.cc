// Numeric functions. Those of DECIMAL stay exact; the rest are of DOUBLE.
#include <cmath>
#include <limits>
#include <numbers>

#include "query/expr/arithmetic_decimal.h"
#include "query/expr/coercion.h"
#include "query/expr/families.h"
#include "query/expr/kernel.h"
#include "types/decimal.h"

namespace millrace::expr {
namespace {

template <typename T>
Status Absolute(KernelCall& call, Column* out) {
  return MapRows<T>(call, out, [&](T a) -> Result<T> {
    if constexpr (std::is_floating_point_v<T>) {
      return std::fabs(a);
    } else {
      if (a == std::numeric_limits<T>::min()) return OutOfRangeFor(SqlName(call.type));
      return static_cast<T>(a < 0 ? -a : a);
    }
  });
}

template <typename T>
Status Identity(KernelCall& call, Column* out) {
  return MapRows<T>(call, out, [](T a) { return a; });
}

template <typename T>
Status Sign(KernelCall& call, Column* out) {
  return MapRows<T>(call, out, [](T a) { return static_cast<int16_t>((a > 0) - (a < 0)); });
}

template <double (*kFunction)(double)>
Status OfDouble(KernelCall& call, Column* out) {
  return MapRows<double>(call, out, [](double a) { return kFunction(a); });
}

Result<double> Finite(double result, double argument) {
  if (std::isinf(result) && std::isfinite(argument)) return OutOfRangeFor("floating-point result");
  return result;
}

Status Exp(KernelCall& call, Column* out) {
  return MapRows<double>(call, out, [](double a) { return Finite(std::exp(a), a); });
}

Status SquareRoot(KernelCall& call, Column* out) {
  return MapRows<double>(call, out, [](double a) -> Result<double> {
    if (a < 0) {
      return InvalidArgument("cannot take square root of a negative number").WithSqlState("2201F");
    }
    return std::sqrt(a);
  });
}

Status CheckLogarithm(double a) {
  if (a > 0 || std::isnan(a)) return Status::Ok();
  return InvalidArgument(a == 0 ? "cannot take logarithm of zero"
                                : "cannot take logarithm of a negative number")
      .WithSqlState("2201E");
}

template <double (*kFunction)(double)>
Status Logarithm(KernelCall& call, Column* out) {
  return MapRows<double>(call, out, [](double a) -> Result<double> {
    RETURN_IF_ERROR(CheckLogarithm(a));
    return kFunction(a);
  });
}

// log(base, x)
Status LogarithmOfBase(KernelCall& call, Column* out) {
  return MapRows<double, double>(call, out, [](double base, double a) -> Result<double> {
    RETURN_IF_ERROR(CheckLogarithm(base));
    RETURN_IF_ERROR(CheckLogarithm(a));
    const double divisor = std::log(base);
    if (divisor == 0) return DivisionByZero();
    return std::log(a) / divisor;
  });
}

double Natural(double a) { return std::log(a); }
double Decadic(double a) { return std::log10(a); }
double Binary(double a) { return std::log2(a); }
double Ceiling(double a) { return std::ceil(a); }
double Floored(double a) { return std::floor(a); }
double CubeRoot(double a) { return std::cbrt(a); }
double Sine(double a) { return std::sin(a); }
double Cosine(double a) { return std::cos(a); }
double Tangent(double a) { return std::tan(a); }
double ArcTangent(double a) { return std::atan(a); }
double Degrees(double a) { return a * 180 / std::numbers::pi; }
double Radians(double a) { return a * std::numbers::pi / 180; }

Status ArcTangent2(KernelCall& call, Column* out) {
  return MapRows<double, double>(call, out, [](double a, double b) { return std::atan2(a, b); });
}

Status Pi(KernelCall& call, Column* out) {
  return MapRows<>(call, out, [] { return std::numbers::pi; });
}

// ---- Rounding ---------------------------------------------------------------

enum class Rounding : uint8_t { kHalfAway, kTowardZero };

// Rounds to `digits` fraction digits, which may be negative. Half away from zero.
template <Rounding kRounding>
double RoundDouble(double a, int64_t digits) {
  const auto round = [](double x) {
    return kRounding == Rounding::kHalfAway ? std::round(x) : std::trunc(x);
  };
  if (!std::isfinite(a) || digits > 308) return a;
  if (digits < -308) return 0;
  const double factor = std::pow(10.0, static_cast<double>(std::abs(digits)));
  if (digits < 0) return round(a / factor) * factor;
  const double scaled = a * factor;
  return std::isinf(scaled) ? a : round(scaled) / factor;
}

template <Rounding kRounding>
Status RoundDoubleKernel(KernelCall& call, Column* out) {
  if (call.arguments.size() == 1) {
    // As in PostgreSQL: without digits a half goes to the even neighbour.
    return MapRows<double>(call, out, [](double a) {
      return kRounding == Rounding::kHalfAway ? std::nearbyint(a) : std::trunc(a);
    });
  }
  return MapRows<double, int32_t>(
      call, out, [](double a, int32_t digits) { return RoundDouble<kRounding>(a, digits); });
}

// A whole number stays one: only negative digits change it.
template <typename T, Rounding kRounding>
Status RoundIntegerKernel(KernelCall& call, Column* out) {
  if (call.arguments.size() == 1) return Identity<T>(call, out);
  return MapRows<T, int32_t>(call, out, [&](T a, int32_t digits) -> Result<T> {
    if (digits >= 0) return a;
    if (digits < -19) return T{0};
    const Int128 factor = decimal::PowerOfTen(-digits);
    const Int128 half = kRounding == Rounding::kHalfAway ? factor / 2 : 0;
    const Int128 rounded = (Int128{a} + (a < 0 ? -half : half)) / factor * factor;
    if (rounded > std::numeric_limits<T>::max() || rounded < std::numeric_limits<T>::min()) {
      return OutOfRangeFor(SqlName(call.type));
    }
    return static_cast<T>(rounded);
  });
}

// Fraction digits of the result: those asked for when that is a constant, else
// the argument's own.
int RoundedScale(std::span<const NodePtr> arguments) {
  const int scale = arguments[0]->type().scale;
  if (arguments.size() == 1) return 0;
  if (arguments[1]->kind() != NodeKind::kConstant) return scale;
  const Value& digits = static_cast<const ConstantNode&>(*arguments[1]).value();
  if (digits.is_null()) return scale;
  return static_cast<int>(std::clamp<int64_t>(digits.integer(), 0, scale));
}

// One integer digit more: 9.9 rounds to 10.
SqlType RoundedType(std::span<const NodePtr> arguments) {
  const SqlType& type = arguments[0]->type();
  return DecimalType(type.precision - type.scale + 1, RoundedScale(arguments));
}

// Drops the digits after `kept` fraction digits, leaving the scale as it is.
template <typename Decide>
Int128 DropDigits(Int128 value, int scale, int64_t kept, Decide decide) {
  if (kept >= scale) return value;
  const int64_t dropped = scale - kept;
  if (dropped > decimal::kPrecisionMax) return 0;
  const Int128 factor = decimal::PowerOfTen(static_cast<int>(dropped));
  return (value / factor + decide(value % factor, factor)) * factor;
}

// +1, 0 or -1 to add to the quotient, from the remainder.
int HalfAway(Int128 remainder, Int128 factor) {
  const Int128 magnitude = remainder < 0 ? -remainder : remainder;
  if (magnitude < factor - magnitude) return 0;
  return remainder < 0 ? -1 : 1;
}
int TowardZero(Int128, Int128) { return 0; }
int Upward(Int128 remainder, Int128) { return remainder > 0 ? 1 : 0; }
int Downward(Int128 remainder, Int128) { return remainder < 0 ? -1 : 0; }

template <int (*kDecide)(Int128, Int128)>
Status RoundDecimalKernel(KernelCall& call, Column* out) {
  const int scale = call.arguments[0].column().type().scale;
  const Int128 to_result_scale = decimal::PowerOfTen(scale - call.type.scale);
  const auto round = [&](Int128 a, int64_t digits) -> Result<Int128> {
    const Int128 rounded = DropDigits(a, scale, digits, kDecide) / to_result_scale;
    if (!decimal::Fits(rounded, call.type.precision)) return OutOfRangeFor(SqlName(call.type));
    return rounded;
  };
  if (call.arguments.size() == 1) {
    return MapRows<Int128>(call, out, [&](Int128 a) { return round(a, 0); });
  }
  return MapRows<Int128, int32_t>(call, out, round);
}

SqlType SameAsFirst(std::span<const NodePtr> arguments) { return arguments[0]->type(); }

void AddRounding(std::vector<Function>* functions) {
  const FunctionTraits rounded = {.result_rule = RoundedType};
  const Function all[] = {
      Define("ceil(bigint) bigint", Identity<int64_t>, kTotal),
      Define("ceil(decimal) decimal", RoundDecimalKernel<Upward>, rounded),
      Define("ceil(double) double", OfDouble<Ceiling>, kTotal),
      Define("ceiling(bigint) bigint", Identity<int64_t>, kTotal),
      Define("ceiling(decimal) decimal", RoundDecimalKernel<Upward>, rounded),
      Define("ceiling(double) double", OfDouble<Ceiling>, kTotal),
      Define("floor(bigint) bigint", Identity<int64_t>, kTotal),
      Define("floor(decimal) decimal", RoundDecimalKernel<Downward>, rounded),
      Define("floor(double) double", OfDouble<Floored>, kTotal),
      Define("round(int [, int]) int", RoundIntegerKernel<int32_t, Rounding::kHalfAway>),
      Define("round(bigint [, int]) bigint", RoundIntegerKernel<int64_t, Rounding::kHalfAway>),
      Define("round(decimal [, int]) decimal", RoundDecimalKernel<HalfAway>, rounded),
      Define("round(double [, int]) double", RoundDoubleKernel<Rounding::kHalfAway>, kTotal),
      Define("trunc(int [, int]) int", RoundIntegerKernel<int32_t, Rounding::kTowardZero>),
      Define("trunc(bigint [, int]) bigint", RoundIntegerKernel<int64_t, Rounding::kTowardZero>),
      Define("trunc(decimal [, int]) decimal", RoundDecimalKernel<TowardZero>, rounded),
      Define("trunc(double [, int]) double", RoundDoubleKernel<Rounding::kTowardZero>, kTotal),
  };
  functions->insert(functions->end(), std::begin(all), std::end(all));
}

}  // namespace

void AddMath(std::vector<Function>* functions) {
  const FunctionTraits same = {.result_rule = SameAsFirst};
  const Function all[] = {
      Define("abs(smallint) smallint", Absolute<int16_t>),
      Define("abs(int) int", Absolute<int32_t>),
      Define("abs(bigint) bigint", Absolute<int64_t>),
      Define("abs(decimal) decimal", Absolute<Int128>, same),
      Define("abs(float) float", Absolute<float>, kTotal),
      Define("abs(double) double", Absolute<double>, kTotal),
      Define("sign(bigint) smallint", Sign<int64_t>, kTotal),
      Define("sign(decimal) smallint", Sign<Int128>, kTotal),
      Define("sign(double) smallint", Sign<double>, kTotal),
      Define("sqrt(double) double", SquareRoot),
      Define("cbrt(double) double", OfDouble<CubeRoot>, kTotal),
      Define("exp(double) double", Exp),
      Define("ln(double) double", Logarithm<Natural>),
      Define("log(double) double", Logarithm<Decadic>),
      Define("log10(double) double", Logarithm<Decadic>),
      Define("log2(double) double", Logarithm<Binary>),
      Define("log(double, double) double", LogarithmOfBase),
      Define("power(double, double) double", PowerKernel),
      Define("pow(double, double) double", PowerKernel),
      Define("sin(double) double", OfDouble<Sine>, kTotal),
      Define("cos(double) double", OfDouble<Cosine>, kTotal),
      Define("tan(double) double", OfDouble<Tangent>, kTotal),
      Define("atan(double) double", OfDouble<ArcTangent>, kTotal),
      Define("atan2(double, double) double", ArcTangent2, kTotal),
      Define("degrees(double) double", OfDouble<Degrees>, kTotal),
      Define("radians(double) double", OfDouble<Radians>, kTotal),
      Define("pi() double", Pi, kTotal),
  };
  functions->insert(functions->end(), std::begin(all), std::end(all));
  AddRounding(functions);
}

}  // namespace millrace::expr
