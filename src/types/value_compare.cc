// SQL order of two values: within a type, among the numbers, among the points in
// time and among the texts.
#include <cmath>
#include <cstring>

#include "base/assert.h"
#include "types/decimal.h"
#include "types/value.h"

namespace millrace {
namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;

template <typename T>
int Order(T left, T right) {
  return left < right ? -1 : left > right ? 1 : 0;
}

// NaN equals NaN and is greater than everything else.
int OrderReal(double left, double right) {
  if (std::isnan(left) || std::isnan(right)) return Order(std::isnan(left), std::isnan(right));
  return Order(left, right);
}

int OrderBytes(std::string_view left, std::string_view right) {
  const int order = left.compare(right);
  return Order(order, 0);
}

// PostgreSQL's: a month counts 30 days, a day 24 hours.
int OrderIntervals(const Interval& left, const Interval& right) {
  auto micros = [](const Interval& interval) {
    return (Int128{interval.months} * 30 + interval.days) * kMicrosPerDay + interval.micros;
  };
  return Order(micros(left), micros(right));
}

// Number by number, as an array; the shorter first when one begins with the other.
int OrderEmbeddings(std::string_view left, std::string_view right) {
  const size_t count = std::min(left.size(), right.size()) / sizeof(float);
  for (size_t i = 0; i < count; ++i) {
    float a = 0;
    float b = 0;
    std::memcpy(&a, left.data() + i * sizeof(float), sizeof(float));
    std::memcpy(&b, right.data() + i * sizeof(float), sizeof(float));
    if (const int order = OrderReal(a, b); order != 0) return order;
  }
  return Order(left.size(), right.size());
}

double AsDouble(const Value& value) {
  if (IsInteger(value.type().id)) return static_cast<double>(value.integer());
  if (value.type().id == TypeId::kDecimal) {
    return decimal::ToDouble(value.wide(), value.type().scale);
  }
  return value.real();
}

// An integer or decimal as a whole part and a fraction in units of 10^-38, both
// of the value's sign: exact at any scale.
struct ExactNumber {
  Int128 whole;
  Int128 fraction;
};

ExactNumber AsExact(const Value& value) {
  if (IsInteger(value.type().id)) return {value.integer(), 0};
  const int scale = value.type().scale;
  const Int128 unit = decimal::PowerOfTen(scale);
  const Int128 fraction = value.wide() % unit;
  return {value.wide() / unit, fraction * decimal::PowerOfTen(decimal::kPrecisionMax - scale)};
}

// As in PostgreSQL, a comparison with a binary float is one of doubles.
int OrderNumbers(const Value& left, const Value& right) {
  auto is_exact = [](TypeId id) { return IsInteger(id) || id == TypeId::kDecimal; };
  if (!is_exact(left.type().id) || !is_exact(right.type().id)) {
    return OrderReal(AsDouble(left), AsDouble(right));
  }
  const ExactNumber a = AsExact(left);
  const ExactNumber b = AsExact(right);
  if (a.whole != b.whole) return Order(a.whole, b.whole);
  return Order(a.fraction, b.fraction);
}

bool IsPointInTime(TypeId id) { return IsTemporal(id) && id != TypeId::kTime; }

int64_t PointInTimeMicros(const Value& value) {
  return value.type().id == TypeId::kDate ? value.integer() * kMicrosPerDay : value.integer();
}

int OrderSameType(const Value& left, const Value& right) {
  switch (left.type().id) {
    case TypeId::kBoolean:
      return Order(left.boolean(), right.boolean());
    case TypeId::kUuid:
      return Order(static_cast<Uint128>(left.wide()), static_cast<Uint128>(right.wide()));
    case TypeId::kInterval:
      return OrderIntervals(left.interval(), right.interval());
    case TypeId::kEmbedding:
      return OrderEmbeddings(left.string(), right.string());
    case TypeId::kTime:
      return Order(left.integer(), right.integer());
    default:
      return OrderBytes(left.string(), right.string());
  }
}

}  // namespace

Result<int> CompareValues(const Value& left, const Value& right) {
  MR_ASSERT(!left.is_null() && !right.is_null(), "NULL has no order");
  const TypeId a = left.type().id;
  const TypeId b = right.type().id;
  if (IsInteger(a) && IsInteger(b)) return Order(left.integer(), right.integer());
  if (IsNumeric(a) && IsNumeric(b)) return OrderNumbers(left, right);
  if (IsPointInTime(a) && IsPointInTime(b)) {
    return Order(PointInTimeMicros(left), PointInTimeMicros(right));
  }
  if (a == b || (IsTextual(a) && IsTextual(b))) return OrderSameType(left, right);
  return InvalidArgument("cannot compare " + SqlName(left.type()) + " with " +
                         SqlName(right.type()))
      .WithSqlState("42883")
      .WithHint("Add an explicit CAST.");
}

}  // namespace millrace
