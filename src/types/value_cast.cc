// CAST and the implicit conversions.
#include <cmath>

#include "types/datetime_range.h"
#include "types/decimal.h"
#include "types/value.h"
#include "types/value_parse.h"

namespace millrace {
namespace {

using datetime::kMicrosPerDay;

constexpr std::string_view kNoCast = "42846";

Status NoCast(const Value& value, const SqlType& target) {
  return InvalidArgument("cannot cast type " + SqlName(value.type()) + " to " + SqlName(target))
      .WithSqlState(kNoCast);
}

bool IsReal(TypeId id) { return id == TypeId::kFloat || id == TypeId::kDouble; }

Result<Value> CastToInteger(const Value& value, const SqlType& target) {
  Int128 number = 0;
  if (IsReal(value.type().id)) {
    const double rounded = std::nearbyint(value.real());  // half to even
    // -2^63 and 2^63 are doubles, so the comparison is exact; NaN fails it.
    if (!(rounded >= -0x1p63 && rounded < 0x1p63)) return ValueOutOfRange(value.ToText(), target);
    number = static_cast<int64_t>(rounded);
  } else if (value.type().id == TypeId::kDecimal) {
    const int scale = value.type().scale;
    ASSIGN_OR_RETURN(number, decimal::Rescale(value.wide(), scale, 0, decimal::kPrecisionMax));
  } else {
    number = value.integer();
  }
  if (!IsInRange(number, target.id)) return ValueOutOfRange(value.ToText(), target);
  return Value::Integer(target, static_cast<int64_t>(number));
}

// Neither to infinity nor to zero: that would be another number.
Result<Value> NarrowToFloat(double number, const Value& value, const SqlType& target) {
  const auto narrow = static_cast<float>(number);
  if ((std::isinf(narrow) && !std::isinf(number)) || (narrow == 0 && number != 0)) {
    return ValueOutOfRange(value.ToText(), target);
  }
  return Value::Real(target, static_cast<double>(narrow));
}

Result<Value> CastToReal(const Value& value, const SqlType& target) {
  if (IsInteger(value.type().id)) {
    // In one step: by way of a double it would round twice.
    return Value::Real(target, target.id == TypeId::kFloat
                                   ? static_cast<double>(static_cast<float>(value.integer()))
                                   : static_cast<double>(value.integer()));
  }
  const double number = value.type().id == TypeId::kDecimal
                            ? decimal::ToDouble(value.wide(), value.type().scale)
                            : value.real();
  if (target.id == TypeId::kFloat) return NarrowToFloat(number, value, target);
  return Value::Real(target, number);
}

Result<Value> CastToDecimal(const Value& value, const SqlType& target) {
  if (IsReal(value.type().id)) {
    if (!std::isfinite(value.real())) return ValueOutOfRange(value.ToText(), target);
    // By way of the shortest text, of float digits for a float: see decimal::FromDouble.
    return ParseValue(value.ToText(), target);
  }
  const bool is_decimal = value.type().id == TypeId::kDecimal;
  const Int128 unscaled = is_decimal ? value.wide() : Int128{value.integer()};
  const int scale = is_decimal ? value.type().scale : 0;
  ASSIGN_OR_RETURN(const Int128 result,
                   decimal::Rescale(unscaled, scale, target.scale, target.precision));
  return Value::Wide(target, result);
}

Result<Value> CastNumber(const Value& value, const SqlType& target) {
  if (IsInteger(target.id)) return CastToInteger(value, target);
  if (IsReal(target.id)) return CastToReal(value, target);
  return CastToDecimal(value, target);
}

int64_t FloorDay(int64_t micros) {
  return micros / kMicrosPerDay - (micros % kMicrosPerDay < 0 ? 1 : 0);
}

Result<Value> CastTemporal(const Value& value, const SqlType& target) {
  const TypeId from = value.type().id;
  const int64_t payload = value.integer();
  const bool to_instant = target.id == TypeId::kTimestamp || target.id == TypeId::kDateTime;
  if (from == TypeId::kDate && to_instant) {
    int64_t micros = 0;
    if (__builtin_mul_overflow(payload, kMicrosPerDay, &micros)) {
      return OutOfRange("date out of range for type " + SqlName(target)).WithSqlState("22008");
    }
    return Value::Integer(target, micros);
  }
  if (from == TypeId::kDate || from == TypeId::kTime) return NoCast(value, target);
  if (to_instant) return Value::Integer(target, payload);
  const int64_t days = FloorDay(payload);
  if (target.id == TypeId::kDate) return Value::Integer(target, days);
  return Value::Integer(target, payload - days * kMicrosPerDay);
}

// Between different types, neither of them TEXT.
Result<Value> CastAcross(const Value& value, const SqlType& target) {
  const TypeId from = value.type().id;
  if (IsNumeric(from) && IsNumeric(target.id)) return CastNumber(value, target);
  if (from == TypeId::kBoolean && IsInteger(target.id)) {
    return Value::Integer(target, value.boolean() ? 1 : 0);
  }
  if (IsInteger(from) && target.id == TypeId::kBoolean) {
    return Value::Boolean(value.integer() != 0);
  }
  if (IsTemporal(from) && IsTemporal(target.id)) return CastTemporal(value, target);
  if (from == TypeId::kTime && target.id == TypeId::kInterval) {
    return Value::OfInterval({0, 0, value.integer()});
  }
  // JSON and FILE are both JSON text.
  if (IsTextual(from) && IsTextual(target.id)) return Value::String(target, value.string());
  return NoCast(value, target);
}

// A number that is the same after the conversion, not only near it.
bool IsSameNumber(const Value& before, const Value& after) {
  if (before.type().id == TypeId::kFloat && after.type().id == TypeId::kDecimal) {
    // Floats print, and so convert, with fewer digits than their double has.
    const auto narrow = static_cast<float>(decimal::ToDouble(after.wide(), after.type().scale));
    return static_cast<double>(narrow) == before.real();
  }
  const Result<int> order = CompareValues(before, after);
  return order.ok() && *order == 0;
}

Result<Value> CoerceNumber(const Value& value, const SqlType& target) {
  if (value.type() == target) return value;
  ASSIGN_OR_RETURN(Value converted, CastNumber(value, target));
  // Binary floats are approximate by nature; everything else stays exact.
  if (IsReal(target.id) || IsSameNumber(value, converted)) return converted;
  return InvalidArgument("value " + value.ToText() + " of type " + SqlName(value.type()) +
                         " is not exact in type " + SqlName(target))
      .WithSqlState("42804")
      .WithHint("Use CAST or ROUND to accept the rounding.");
}

bool IsImplicit(TypeId from, TypeId to) {
  if (from == TypeId::kText || (IsTextual(from) && IsTextual(to))) return true;
  const bool to_instant = to == TypeId::kTimestamp || to == TypeId::kDateTime;
  return to_instant &&
         (from == TypeId::kDate || from == TypeId::kTimestamp || from == TypeId::kDateTime);
}

}  // namespace

Result<Value> CastValue(const Value& value, const SqlType& target) {
  if (value.is_null()) return Value::Null(target);
  const SqlType& from = value.type();
  if (from.id == TypeId::kText) return ParseValue(value.string(), target);
  if (from == target) return value;
  if (target.id == TypeId::kText) return Value::String(target, value.ToText());
  if (from.id == TypeId::kEmbedding && target.id == TypeId::kEmbedding) {
    return InvalidArgument("expected " + std::to_string(target.dimensions) + " dimensions, not " +
                           std::to_string(from.dimensions))
        .WithSqlState("22P02");
  }
  return CastAcross(value, target);
}

Result<Value> CoerceValue(const Value& value, const SqlType& target) {
  if (value.is_null()) return Value::Null(target);
  const SqlType& from = value.type();
  if (IsNumeric(from.id) && IsNumeric(target.id)) return CoerceNumber(value, target);
  if (from.id == target.id || IsImplicit(from.id, target.id)) return CastValue(value, target);
  const Result<Value> cast = CastValue(value, target);
  if (!cast.ok() && cast.status().sqlstate() == kNoCast) return cast.status();
  return InvalidArgument("expected type " + SqlName(target) + " but the value is of type " +
                         SqlName(from))
      .WithSqlState("42804")
      .WithHint("Add an explicit CAST.");
}

}  // namespace millrace
