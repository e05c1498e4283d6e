// Exact DECIMAL(38) arithmetic on unscaled 128-bit integers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "types/sql_type.h"

namespace millrace::decimal {

inline constexpr int kPrecisionMax = 38;

// 10^n for 0 <= n <= 38.
Int128 PowerOfTen(int n);
// True when |value| has at most `precision` digits.
bool Fits(Int128 value, int precision);

// Parses "[+-]digits[.digits][e[+-]digits]" into `scale` fraction digits, rounding half away from
// zero. Errors: 22P02 not a number, 22003 more than `precision` digits.
Result<Int128> Parse(std::string_view text, int precision, int scale);
// "-0.50" for (-50, 2): always `scale` fraction digits, the sign kept when the integer part is 0.
std::string ToString(Int128 value, int scale);
void AppendTo(std::string* out, Int128 value, int scale);

// Changes the scale, rounding half away from zero. 22003 when it no longer fits `precision`.
Result<Int128> Rescale(Int128 value, int from_scale, int to_scale, int precision);

// All give nullopt on overflow past 38 digits. Multiply's result has scale
// left_scale + right_scale; Divide rounds half away from zero to `result_scale`.
std::optional<Int128> Add(Int128 left, Int128 right);
std::optional<Int128> Subtract(Int128 left, Int128 right);
std::optional<Int128> Multiply(Int128 left, Int128 right);
std::optional<Int128> Divide(Int128 left, int left_scale, Int128 right, int right_scale,
                             int result_scale);
double ToDouble(Int128 value, int scale);
// Nearest decimal; nullopt for NaN, infinities and overflow.
std::optional<Int128> FromDouble(double value, int precision, int scale);

}  // namespace millrace::decimal
