#include "types/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/assert.h"
#include "types/text_scanner.h"

namespace millrace::decimal {
namespace {

constexpr std::array<Int128, kPrecisionMax + 1> kPowers = [] {
  std::array<Int128, kPrecisionMax + 1> powers{};
  powers[0] = 1;
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

Uint128 Magnitude(Int128 value) {
  return value < 0 ? ~static_cast<Uint128>(value) + 1 : static_cast<Uint128>(value);
}

Int128 Signed(Uint128 magnitude, bool negative) {
  return static_cast<Int128>(negative ? ~magnitude + 1 : magnitude);
}

// 22003 in the words of PostgreSQL.
Status Overflow(int precision, int scale) {
  return OutOfRange("numeric field overflow")
      .WithSqlState("22003")
      .WithDetail("A field with precision " + std::to_string(precision) + ", scale " +
                  std::to_string(scale) + " must round to an absolute value less than 10^" +
                  std::to_string(precision - scale) + ".");
}

Status NotANumber(std::string_view text) {
  return InvalidArgument("invalid input syntax for type DECIMAL: " + Quoted(text))
      .WithSqlState("22P02");
}

// The parts of a number as written; the value is
// 0.<whole><fraction> * 10^(whole.size() + exponent).
struct Written {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  int64_t exponent = 0;

  size_t digits() const { return whole.size() + fraction.size(); }
  int digit(size_t i) const {
    if (i < whole.size()) return whole[i] - '0';
    i -= whole.size();
    return i < fraction.size() ? fraction[i] - '0' : 0;
  }
};

// Takes a sign; true for a minus.
bool TakeMinus(TextScanner* in) {
  if (in->Take('-')) return true;
  in->Take('+');
  return false;
}

std::optional<Written> Scan(std::string_view text) {
  TextScanner in(text);
  Written written;
  written.negative = TakeMinus(&in);
  written.whole = in.TakeDigits();
  if (in.Take('.')) written.fraction = in.TakeDigits();
  if (written.digits() == 0) return std::nullopt;
  if (in.Take('e') || in.Take('E')) {
    const bool negative = TakeMinus(&in);
    const std::string_view digits = in.TakeDigits();
    if (digits.empty()) return std::nullopt;
    // Saturates: past any exponent that text of a sane length can balance.
    for (const char c : digits) {
      written.exponent = std::min<int64_t>(written.exponent * 10 + (c - '0'), int64_t{1} << 40);
    }
    if (negative) written.exponent = -written.exponent;
  }
  if (!in.empty()) return std::nullopt;
  return written;
}

// Half or more of `divisor` is left over.
bool RoundsUp(Uint128 remainder, Uint128 divisor) { return remainder >= divisor - remainder; }

// One decimal digit of long division: remainder * 10 = digit * divisor + new
// remainder, by doublings so that nothing exceeds 128 bits. remainder < divisor < 2^127.
int NextDigit(Uint128* remainder, Uint128 divisor) {
  const Uint128 once = *remainder;
  int digit = 0;
  auto reduce = [&] {
    if (*remainder < divisor) return;
    *remainder -= divisor;
    ++digit;
  };
  auto twice = [&] {
    *remainder *= 2;
    digit *= 2;
    reduce();
  };
  twice();
  twice();
  *remainder += once;
  reduce();
  twice();
  return digit;
}

std::optional<Int128> Checked(Uint128 magnitude, bool negative) {
  if (magnitude >= static_cast<Uint128>(kPowers[kPrecisionMax])) return std::nullopt;
  return Signed(magnitude, negative);
}

}  // namespace

Int128 PowerOfTen(int n) {
  MR_ASSERT(n >= 0 && n <= kPrecisionMax, "no such power of ten");
  return kPowers[static_cast<size_t>(n)];
}

bool Fits(Int128 value, int precision) {
  return Magnitude(value) < static_cast<Uint128>(PowerOfTen(precision));
}

Result<Int128> Parse(std::string_view text, int precision, int scale) {
  const std::optional<Written> written = Scan(text);
  if (!written.has_value()) return NotANumber(text);
  // How many of the digits stand before the last one of the scale.
  const int64_t kept = static_cast<int64_t>(written->whole.size()) + written->exponent + scale;
  const auto limit = static_cast<Uint128>(PowerOfTen(precision));
  const auto count = static_cast<int64_t>(written->digits());
  Uint128 magnitude = 0;
  for (int64_t i = 0; i < kept; ++i) {
    if (i >= count && magnitude == 0) break;
    if (magnitude >= limit / 10) return Overflow(precision, scale);
    magnitude = magnitude * 10 + static_cast<unsigned>(written->digit(static_cast<size_t>(i)));
  }
  if (kept >= 0 && kept < count && written->digit(static_cast<size_t>(kept)) >= 5) ++magnitude;
  if (magnitude >= limit) return Overflow(precision, scale);
  return Signed(magnitude, written->negative);
}

void AppendTo(std::string* out, Int128 value, int scale) {
  char buffer[64];
  char* const end = buffer + sizeof(buffer);
  char* at = end;
  Uint128 rest = Magnitude(value);
  // Nine digits at a time while the number is wide: a 128-bit division is a call.
  int written = 0;
  auto put = [&](uint64_t digit) {
    *--at = static_cast<char>('0' + digit);
    if (++written == scale) *--at = '.';
  };
  while (rest > UINT64_MAX) {
    auto low = static_cast<uint64_t>(rest % 1'000'000'000);
    rest /= 1'000'000'000;
    for (int i = 0; i < 9; ++i, low /= 10) put(low % 10);
  }
  // At least one digit before the point and all of the scale behind it.
  auto low = static_cast<uint64_t>(rest);
  while (low != 0 || written <= scale) {
    put(low % 10);
    low /= 10;
  }
  if (value < 0) *--at = '-';
  out->append(at, static_cast<size_t>(end - at));
}

std::string ToString(Int128 value, int scale) {
  std::string text;
  AppendTo(&text, value, scale);
  return text;
}

Result<Int128> Rescale(Int128 value, int from_scale, int to_scale, int precision) {
  Uint128 magnitude = Magnitude(value);
  const auto limit = static_cast<Uint128>(PowerOfTen(precision));
  if (to_scale >= from_scale) {
    const auto factor = static_cast<Uint128>(PowerOfTen(to_scale - from_scale));
    if (magnitude > (limit - 1) / factor) return Overflow(precision, to_scale);
    return Signed(magnitude * factor, value < 0);
  }
  const auto divisor = static_cast<Uint128>(PowerOfTen(from_scale - to_scale));
  const Uint128 remainder = magnitude % divisor;
  magnitude = magnitude / divisor + (RoundsUp(remainder, divisor) ? 1 : 0);
  if (magnitude >= limit) return Overflow(precision, to_scale);
  return Signed(magnitude, value < 0);
}

std::optional<Int128> Add(Int128 left, Int128 right) {
  Int128 sum = 0;
  if (__builtin_add_overflow(left, right, &sum) || !Fits(sum, kPrecisionMax)) return std::nullopt;
  return sum;
}

std::optional<Int128> Subtract(Int128 left, Int128 right) {
  Int128 difference = 0;
  if (__builtin_sub_overflow(left, right, &difference)) return std::nullopt;
  if (!Fits(difference, kPrecisionMax)) return std::nullopt;
  return difference;
}

std::optional<Int128> Multiply(Int128 left, Int128 right) {
  Int128 product = 0;
  if (__builtin_mul_overflow(left, right, &product)) return std::nullopt;
  if (!Fits(product, kPrecisionMax)) return std::nullopt;
  return product;
}

std::optional<Int128> Divide(Int128 left, int left_scale, Int128 right, int right_scale,
                             int result_scale) {
  MR_ASSERT(right != 0, "the caller reports division by zero");
  const bool negative = (left < 0) != (right < 0);
  const Uint128 dividend = Magnitude(left);
  Uint128 divisor = Magnitude(right);
  // result = dividend / divisor * 10^shift
  const int shift = result_scale + right_scale - left_scale;
  if (shift < 0) {
    const auto factor = static_cast<Uint128>(PowerOfTen(-shift));
    // A divisor past 2^128 is more than twice any dividend: the result rounds to 0.
    if (__builtin_mul_overflow(divisor, factor, &divisor)) return 0;
  }
  Uint128 scaled = dividend;
  int digits = std::max(shift, 0);
  // Nearly always the dividend can be scaled up at once.
  if (digits <= kPrecisionMax &&
      !__builtin_mul_overflow(dividend, static_cast<Uint128>(PowerOfTen(digits)), &scaled)) {
    digits = 0;
  } else {
    scaled = dividend;
  }
  Uint128 quotient = scaled / divisor;
  Uint128 remainder = scaled % divisor;
  for (int i = 0; i < digits; ++i) {
    if (quotient >= static_cast<Uint128>(kPowers[kPrecisionMax - 1])) return std::nullopt;
    quotient = quotient * 10 + static_cast<unsigned>(NextDigit(&remainder, divisor));
  }
  if (RoundsUp(remainder, divisor)) ++quotient;
  return Checked(quotient, negative);
}

double ToDouble(Int128 value, int scale) {
  // Both operands exact in a double: the division is correctly rounded.
  constexpr Int128 kExactMax = Int128{1} << 53;
  if (scale <= 22 && value >= -kExactMax && value <= kExactMax) {
    return static_cast<double>(value) / static_cast<double>(kPowers[static_cast<size_t>(scale)]);
  }
  const std::string text = ToString(value, scale);
  double result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

std::optional<Int128> FromDouble(double value, int precision, int scale) {
  if (!std::isfinite(value)) return std::nullopt;
  // By way of the shortest decimal that reads back as this double: 2.675 means
  // 2.675 and rounds to 2.68, though the double lies a little below.
  char buffer[32];
  const auto written = std::to_chars(buffer, buffer + sizeof(buffer), value);
  const std::string_view text(buffer, static_cast<size_t>(written.ptr - buffer));
  const Result<Int128> parsed = Parse(text, precision, scale);
  if (!parsed.ok()) return std::nullopt;
  return *parsed;
}

}  // namespace millrace::decimal
