// One SQL value with its type. Used where values come one at a time: literals,
// parameters, keys, defaults. Data in bulk lives in columns (types/batch.h).
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/status.h"
#include "types/sql_type.h"

namespace millrace {

class Value {
 public:
  Value() = default;  // NULL of no type
  static Value Null(SqlType type = {}) { return Value(type, std::monostate{}); }
  static Value Boolean(bool value) { return Value(TypeId::kBoolean, value); }
  // SmallInt, Int, BigInt, Timestamp, DateTime, Date, Time: held as int64.
  static Value Integer(SqlType type, int64_t value) { return Value(type, value); }
  static Value BigInt(int64_t value) { return Value(TypeId::kBigInt, value); }
  // Float (already rounded to float32) and Double.
  static Value Real(SqlType type, double value) { return Value(type, value); }
  static Value Double(double value) { return Value(TypeId::kDouble, value); }
  // Decimal (unscaled) and Uuid.
  static Value Wide(SqlType type, Int128 value) { return Value(type, value); }
  // Text, Json, Bytes, File, Embedding.
  static Value String(SqlType type, std::string value) { return Value(type, std::move(value)); }
  static Value Text(std::string value) { return Value(TypeId::kText, std::move(value)); }
  static Value OfInterval(Interval value) { return Value(TypeId::kInterval, value); }

  const SqlType& type() const { return type_; }
  bool is_null() const { return std::holds_alternative<std::monostate>(payload_); }
  // Each asserts that the payload is of its kind.
  bool boolean() const { return Get<bool>(); }
  int64_t integer() const { return Get<int64_t>(); }
  double real() const { return Get<double>(); }
  Int128 wide() const { return Get<Int128>(); }
  const std::string& string() const { return Get<std::string>(); }
  const Interval& interval() const { return Get<Interval>(); }

  // Same type and same payload; NULL equals NULL; NaN equals NaN. For tests and
  // maps, not SQL equality.
  bool operator==(const Value& other) const;

  // The value as a SQL literal with its type where needed: `'it''s'`, `NULL`,
  // `DATE '2026-01-02'`, `CAST('12.50' AS DECIMAL(10,2))`. Parses back to an equal
  // value, save that integers of every width are written as plain digits and NULL
  // without its type.
  std::string ToSqlLiteral() const;
  // The text a CAST to TEXT gives; "NULL" for NULL.
  std::string ToText() const;

 private:
  template <typename T>
  Value(SqlType type, T payload) : type_(type), payload_(std::move(payload)) {}
  template <typename T>
  const T& Get() const {
    const T* payload = std::get_if<T>(&payload_);
    MR_ASSERT(payload != nullptr, "the value's payload is of another kind");
    return *payload;
  }
  SqlType type_;
  std::variant<std::monostate, bool, int64_t, double, Int128, Interval, std::string> payload_;
};

// What a failed conversion does: an error (CAST), or NULL (TRY_CAST).
// Converts by the rules of SQL CAST, as PostgreSQL does where it has the type:
// text to anything parses, numbers round half away from zero for DECIMAL and
// half to even for binary floats to integers, a narrower type checks its range.
// Errors: 22P02 bad text for the type, 22003 out of range, 22007 bad datetime,
// 42846 no such cast.
Result<Value> CastValue(const Value& value, const SqlType& target);

// The conversion that INSERT, UPDATE and comparisons with literals apply by
// themselves: numbers among each other when nothing is lost, text literals to
// anything, anything numeric to a wider number. Same errors as CastValue; 42804
// where an explicit CAST would be needed.
Result<Value> CoerceValue(const Value& value, const SqlType& target);

// SQL order of two non-null values of comparable types: <0, 0, >0. NaN is equal
// to itself and greater than every other number, as in PostgreSQL.
Result<int> CompareValues(const Value& left, const Value& right);

}  // namespace millrace
