#include "query/expr/coercion.h"

#include <algorithm>

namespace millrace::expr {
namespace {

// Decimal digits that hold every value of an integer type.
int DigitsOf(TypeId id) {
  switch (id) {
    case TypeId::kSmallInt:
      return 5;
    case TypeId::kInt:
      return 10;
    default:
      return 19;
  }
}

// Place in SMALLINT < INT < BIGINT < DECIMAL < FLOAT < DOUBLE.
int NumericRank(TypeId id) {
  switch (id) {
    case TypeId::kSmallInt:
      return 0;
    case TypeId::kInt:
      return 1;
    case TypeId::kBigInt:
      return 2;
    case TypeId::kDecimal:
      return 3;
    case TypeId::kFloat:
      return 4;
    default:
      return 5;
  }
}

int TemporalRank(TypeId id) {
  switch (id) {
    case TypeId::kDate:
      return 0;
    case TypeId::kTimestamp:
      return 1;
    default:
      return 2;
  }
}

bool HasTimestampRank(TypeId id) {
  return id == TypeId::kDate || id == TypeId::kTimestamp || id == TypeId::kDateTime;
}

bool IsBinaryFloat(TypeId id) { return id == TypeId::kFloat || id == TypeId::kDouble; }

SqlType CommonNumeric(const SqlType& a, const SqlType& b) {
  if (a.id == b.id && a.id != TypeId::kDecimal) return a;
  if (IsBinaryFloat(a.id) || IsBinaryFloat(b.id)) return TypeId::kDouble;
  if (a.id == TypeId::kDecimal || b.id == TypeId::kDecimal) {
    const SqlType left = AsDecimal(a);
    const SqlType right = AsDecimal(b);
    return DecimalType(std::max(left.precision - left.scale, right.precision - right.scale),
                       std::max(left.scale, right.scale));
  }
  return NumericRank(a.id) > NumericRank(b.id) ? a : b;
}

}  // namespace

bool IsUntyped(const Node& node) {
  if (node.type().id == TypeId::kNull) return true;
  return node.kind() == NodeKind::kConstant && static_cast<const ConstantNode&>(node).is_untyped();
}

bool SamePayload(const SqlType& a, const SqlType& b) {
  if (a == b) return true;
  if (IsTextual(a.id) && IsTextual(b.id)) return true;
  const auto is_timestamp = [](TypeId id) {
    return id == TypeId::kTimestamp || id == TypeId::kDateTime;
  };
  if (is_timestamp(a.id) && is_timestamp(b.id)) return true;
  if (a.id == TypeId::kDecimal && b.id == TypeId::kDecimal) return a.scale == b.scale;
  return false;
}

std::optional<int> ImplicitDistance(const SqlType& from, const SqlType& to) {
  if (from == to) return 0;
  if (IsTextual(from.id) && IsTextual(to.id)) return 0;
  if (IsNumeric(from.id) && IsNumeric(to.id)) {
    // An integer never becomes FLOAT by itself: it would lose digits.
    if (to.id == TypeId::kFloat) return std::nullopt;
    const int steps = NumericRank(to.id) - NumericRank(from.id);
    if (to.id == TypeId::kDecimal && from.id == TypeId::kDecimal) {
      const bool fits =
          to.scale >= from.scale && to.precision - to.scale >= from.precision - from.scale;
      return fits ? 0 : 1;  // checked at run time
    }
    if (steps < 0) return std::nullopt;
    return steps;
  }
  if (HasTimestampRank(from.id) && HasTimestampRank(to.id)) {
    const int steps = TemporalRank(to.id) - TemporalRank(from.id);
    // TIMESTAMP and DATETIME share their payload and pass for each other.
    if (steps < 0 && to.id == TypeId::kDate) return std::nullopt;
    return std::abs(steps);
  }
  return std::nullopt;
}

std::optional<SqlType> CommonType(const SqlType& a, const SqlType& b) {
  if (a == b) return a;
  if (a.id == TypeId::kNull) return b;
  if (b.id == TypeId::kNull) return a;
  if (IsNumeric(a.id) && IsNumeric(b.id)) return CommonNumeric(a, b);
  if (IsTextual(a.id) && IsTextual(b.id)) return SqlType(TypeId::kText);
  if (HasTimestampRank(a.id) && HasTimestampRank(b.id)) {
    return TemporalRank(a.id) > TemporalRank(b.id) ? a : b;
  }
  return std::nullopt;
}

SqlType AsDecimal(const SqlType& type) {
  if (!IsInteger(type.id)) return type;
  return SqlType::Decimal(static_cast<uint8_t>(DigitsOf(type.id)), 0);
}

SqlType DecimalType(int integer_digits, int scale) {
  const int capped_scale = std::min(scale, 38);
  const int precision = std::clamp(integer_digits + capped_scale, std::max(1, capped_scale), 38);
  return SqlType::Decimal(static_cast<uint8_t>(precision), static_cast<uint8_t>(capped_scale));
}

Result<Value> CoerceParameter(const Value& value, const SqlType& target) {
  if (value.is_null()) return Value::Null(target);
  if (value.type() == target) return value;
  if (target.id == TypeId::kText) return CastValue(value, target);
  return CoerceValue(value, target);
}

}  // namespace millrace::expr
