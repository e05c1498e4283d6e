// Decimal arithmetic against big integers of plain decimal digits.
#include "types/decimal.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "types/random_values_for_test.h"

namespace millrace::decimal {
namespace {

// The oracle: a natural number as its digits, lowest first.
using Digits = std::vector<int>;

Digits Trimmed(Digits digits) {
  while (!digits.empty() && digits.back() == 0) digits.pop_back();
  return digits;
}

Digits FromText(std::string_view text) {
  Digits digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') digits.insert(digits.begin(), c - '0');
  }
  return Trimmed(digits);
}

Digits Magnitude(Int128 value) { return FromText(ToString(value, 0)); }

Digits Times(const Digits& a, const Digits& b) {
  Digits product(a.size() + b.size() + 1, 0);
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = 0; j < b.size(); ++j) {
      product[i + j] += a[i] * b[j];
      product[i + j + 1] += product[i + j] / 10;
      product[i + j] %= 10;
    }
  }
  for (size_t i = 0; i + 1 < product.size(); ++i) {
    product[i + 1] += product[i] / 10;
    product[i] %= 10;
  }
  return Trimmed(product);
}

Digits Plus(Digits a, const Digits& b) {
  a.resize(std::max(a.size(), b.size()) + 1, 0);
  for (size_t i = 0; i + 1 < a.size(); ++i) {
    a[i] += i < b.size() ? b[i] : 0;
    a[i + 1] += a[i] / 10;
    a[i] %= 10;
  }
  return Trimmed(a);
}

bool Less(const Digits& a, const Digits& b) {
  if (a.size() != b.size()) return a.size() < b.size();
  return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
}

Digits TenTo(int n) {
  Digits digits(static_cast<size_t>(n) + 1, 0);
  digits.back() = 1;
  return digits;
}

Int128 Number(std::string_view text, int scale = 0) {
  const Result<Int128> value = Parse(text, 38, scale);
  EXPECT_TRUE(value.ok()) << text;
  return value.ok() ? *value : 0;
}

constexpr std::string_view kMaxText = "99999999999999999999999999999999999999";

TEST(DecimalToStringTest, PrintsScaleAndSign) {
  struct Case {
    Int128 value;
    int scale;
    std::string_view text;
  };
  const Case cases[] = {
      {-50, 2, "-0.50"}, {50, 2, "0.50"},    {0, 0, "0"},          {0, 3, "0.000"},
      {-1, 0, "-1"},     {5, 1, "0.5"},      {12345, 2, "123.45"}, {-100, 2, "-1.00"},
      {7, 5, "0.00007"}, {1000, 3, "1.000"},
  };
  for (const Case& test : cases) EXPECT_EQ(ToString(test.value, test.scale), test.text);
  const Int128 max = PowerOfTen(38) - 1;
  EXPECT_EQ(ToString(max, 0), kMaxText);
  EXPECT_EQ(ToString(-max, 38), "-0." + std::string(kMaxText));
  EXPECT_EQ(ToString(max, 37), "9." + std::string(kMaxText.substr(1)));
  const auto lowest = static_cast<Int128>(static_cast<Uint128>(1) << 127);
  EXPECT_EQ(ToString(lowest, 0), "-170141183460469231731687303715884105728");
}

TEST(DecimalParseTest, ReadsAndRoundsHalfAwayFromZero) {
  struct Case {
    std::string_view text;
    int scale;
    std::string_view printed;
  };
  const Case cases[] = {
      {"1", 2, "1.00"},
      {"-0.5", 2, "-0.50"},
      {"+12.345", 2, "12.35"},
      {"-12.345", 2, "-12.35"},
      {"12.344", 2, "12.34"},
      {".5", 0, "1"},
      {"0.49999", 0, "0"},
      {"5.", 1, "5.0"},
      {"1e3", 0, "1000"},
      {"1.5E-1", 2, "0.15"},
      {"125e-3", 2, "0.13"},
      {"0e999999999999999999999", 2, "0.00"},
      {"1e-999999999999", 2, "0.00"},
      {"000000000000000000000000000000000000000000001", 0, "1"},
      {"-0", 1, "0.0"},
      {"9.99", 1, "10.0"},
  };
  for (const Case& test : cases) {
    const Result<Int128> value = Parse(test.text, 38, test.scale);
    ASSERT_TRUE(value.ok()) << test.text << value.status().ToString();
    EXPECT_EQ(ToString(*value, test.scale), test.printed) << test.text;
  }
}

TEST(DecimalParseTest, RefusesWhatIsNoNumber) {
  for (const std::string_view text :
       {"", ".", "-", "e5", "1e", "1e+", "1.2.3", "--1", "1 ", " 1", "NaN", "abc", "0x1", "1_0"}) {
    const Result<Int128> value = Parse(text, 38, 2);
    ASSERT_FALSE(value.ok()) << text;
    EXPECT_EQ(value.status().sqlstate(), "22P02") << text;
  }
}

TEST(DecimalParseTest, RefusesWhatDoesNotFitThePrecision) {
  const std::pair<std::string, int> cases[] = {{"1000", 0},  {"999.5", 0}, {"10", 2},
                                               {"9.995", 2}, {"1e400", 0}, {"1e99999999999", 2}};
  for (const auto& [text, scale] : cases) {
    const Result<Int128> value = Parse(text, 3, scale);
    ASSERT_FALSE(value.ok()) << text;
    EXPECT_EQ(value.status().sqlstate(), "22003") << text;
  }
  EXPECT_TRUE(Parse("9.994", 3, 2).ok());
  EXPECT_FALSE(Parse("1" + std::string(38, '0'), 38, 0).ok());
  EXPECT_TRUE(Parse(kMaxText, 38, 0).ok());
  EXPECT_FALSE(Parse(std::string(kMaxText) + ".5", 38, 0).ok());
}

TEST(DecimalTest, RandomNumbersReadBack) {
  SeededRandom random(1);
  for (int i = 0; i < 5000; ++i) {
    const Int128 value = testing::RandomDecimal(random, 38);
    const int scale = static_cast<int>(random.Below(39));
    const Result<Int128> read = Parse(ToString(value, scale), 38, scale);
    ASSERT_TRUE(read.ok());
    ASSERT_TRUE(*read == value) << ToString(value, scale);
  }
}

TEST(DecimalTest, ProductsAgreeWithTheOracle) {
  SeededRandom random(2);
  for (int i = 0; i < 3000; ++i) {
    const Int128 left = testing::RandomDecimal(random, 38);
    const Int128 right = testing::RandomDecimal(random, 38);
    const Digits expected = Times(Magnitude(left), Magnitude(right));
    const std::optional<Int128> product = Multiply(left, right);
    ASSERT_EQ(product.has_value(), expected.size() <= 38);
    if (!product.has_value()) continue;
    ASSERT_EQ(Magnitude(*product), expected);
    if (*product != 0) {
      ASSERT_EQ(*product < 0, (left < 0) != (right < 0));
    }
  }
}

TEST(DecimalTest, SumsAgreeWithTheOracle) {
  SeededRandom random(3);
  for (int i = 0; i < 3000; ++i) {
    const Int128 left = testing::RandomDecimal(random, 38);
    const Int128 right = testing::RandomDecimal(random, 38);
    const std::optional<Int128> sum = Add(left, right);
    const std::optional<Int128> difference = Subtract(left, -right);
    ASSERT_EQ(sum.has_value(), difference.has_value());
    if ((left < 0) == (right < 0)) {
      const Digits expected = Plus(Magnitude(left), Magnitude(right));
      ASSERT_EQ(sum.has_value(), expected.size() <= 38);
      if (sum.has_value()) {
        ASSERT_EQ(Magnitude(*sum), expected);
      }
    } else {
      ASSERT_TRUE(sum.has_value());
      ASSERT_TRUE(*sum == left + right);
    }
    if (sum.has_value()) {
      ASSERT_TRUE(*sum == *difference);
    }
  }
}

// result = round(left/10^a / (right/10^b) * 10^c), half away from zero: that is,
// (2r-1) * R <= 2L < (2r+1) * R with both sides scaled to integers.
void ExpectQuotient(Int128 left, int a, Int128 right, int b, int c) {
  Digits dividend = Times(Magnitude(left), {2});
  Digits divisor = Magnitude(right);
  const int shift = c + b - a;
  (shift >= 0 ? dividend : divisor) =
      Times(shift >= 0 ? dividend : divisor, TenTo(std::abs(shift)));
  const std::optional<Int128> result = Divide(left, a, right, b, c);
  if (!result.has_value()) {
    // Too large even for the largest decimal, rounded down from half a unit above.
    const Digits limit = Times(FromText(std::string(kMaxText) + "5"), divisor);
    EXPECT_FALSE(Less(Times(dividend, {0, 1}), Times(limit, {2}))) << "refused but fits";
    return;
  }
  const Digits twice = Times(Magnitude(*result), {2});
  EXPECT_TRUE(Less(dividend, Times(Plus(twice, {1}), divisor))) << "too small";
  // dividend >= (2r - 1) * R, without subtracting.
  EXPECT_FALSE(Less(Plus(dividend, divisor), Times(twice, divisor))) << "too large";
  if (*result != 0) EXPECT_EQ(*result < 0, (left < 0) != (right < 0));
}

TEST(DecimalTest, QuotientsAgreeWithTheOracle) {
  SeededRandom random(4);
  for (int i = 0; i < 4000; ++i) {
    const Int128 left = testing::RandomDecimal(random, 38);
    Int128 right = testing::RandomDecimal(random, 38);
    if (right == 0) right = 3;
    const int a = static_cast<int>(random.Below(39));
    const int b = static_cast<int>(random.Below(39));
    const int c = static_cast<int>(random.Below(39));
    ExpectQuotient(left, a, right, b, c);
    if (HasFailure()) FAIL() << ToString(left, a) << " / " << ToString(right, b) << " to " << c;
  }
}

TEST(DecimalTest, DivisionRoundsHalfAwayFromZero) {
  EXPECT_TRUE(*Divide(1, 0, 8, 0, 2) == 13);  // 0.125
  EXPECT_TRUE(*Divide(-1, 0, 8, 0, 2) == -13);
  EXPECT_TRUE(*Divide(2, 0, 3, 0, 4) == 6667);
  EXPECT_TRUE(*Divide(100, 2, 4, 0, 0) == 0);  // 0.25
  EXPECT_TRUE(*Divide(200, 2, 4, 0, 0) == 1);  // 0.5
}

TEST(DecimalTest, RescaleRoundsAndChecks) {
  EXPECT_TRUE(*Rescale(12345, 2, 1, 38) == 1235);
  EXPECT_TRUE(*Rescale(-12345, 2, 1, 38) == -1235);
  EXPECT_TRUE(*Rescale(12344, 2, 1, 38) == 1234);
  EXPECT_TRUE(*Rescale(5, 0, 3, 38) == 5000);
  EXPECT_EQ(Rescale(1000, 0, 0, 3).status().sqlstate(), "22003");
  EXPECT_EQ(Rescale(9995, 1, 0, 3).status().sqlstate(), "22003");
  EXPECT_EQ(Rescale(10, 0, 37, 38).status().sqlstate(), "22003");
  EXPECT_TRUE(Rescale(9, 0, 37, 38).ok());
  EXPECT_TRUE(*Rescale(Number(kMaxText), 38, 0, 38) == 1);
}

TEST(DecimalTest, DoublesConvertByTheirShortestText) {
  EXPECT_TRUE(*FromDouble(2.675, 10, 2) == 268);
  EXPECT_TRUE(*FromDouble(-0.5, 10, 0) == -1);
  EXPECT_TRUE(*FromDouble(1e20, 38, 2) == Number("1e22"));
  EXPECT_EQ(FromDouble(NAN, 10, 2), std::nullopt);
  EXPECT_EQ(FromDouble(INFINITY, 10, 2), std::nullopt);
  EXPECT_EQ(FromDouble(1e9, 10, 2), std::nullopt);
  EXPECT_EQ(ToDouble(-50, 2), -0.5);
  EXPECT_EQ(ToDouble(1, 38), 1e-38);
  EXPECT_EQ(ToDouble(Number("12345678901234567890"), 10), 1234567890.1234567890);
}

TEST(DecimalTest, FitsCountsDigits) {
  EXPECT_TRUE(Fits(999, 3));
  EXPECT_TRUE(Fits(-999, 3));
  EXPECT_FALSE(Fits(1000, 3));
  EXPECT_FALSE(Fits(-1000, 3));
}

}  // namespace
}  // namespace millrace::decimal
