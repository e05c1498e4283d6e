// Which type two operands meet in, and which conversions happen without a CAST.
//
//   SMALLINT < INT < BIGINT < DECIMAL < DOUBLE, FLOAT < DOUBLE
//   DATE < TIMESTAMP < DATETIME
//   TEXT, JSON and FILE hold the same payload and pass for each other
//
// Untyped literals, NULL and untyped parameters take the type they meet.
#pragma once

#include <optional>
#include <span>

#include "query/expr/node.h"

namespace millrace::expr {

// A quoted literal, NULL or parameter whose type its surroundings decide.
bool IsUntyped(const Node& node);

// Whether payloads of one type can be read as the other without conversion.
bool SamePayload(const SqlType& a, const SqlType& b);

// How far a value of `from` is from `to` by implicit conversion: 0 the same
// payload, more for a wider type; nullopt when a CAST would be needed.
std::optional<int> ImplicitDistance(const SqlType& from, const SqlType& to);

// The type both convert to implicitly; nullopt when there is none.
std::optional<SqlType> CommonType(const SqlType& a, const SqlType& b);

// DECIMAL wide enough for every value of an integer type, or the type itself.
SqlType AsDecimal(const SqlType& type);

// A decimal type that keeps at least 38 - scale integer digits; precision is capped at 38.
SqlType DecimalType(int integer_digits, int scale);

// The conversion a parameter undergoes: CoerceValue, and anything to TEXT.
Result<Value> CoerceParameter(const Value& value, const SqlType& target);

}  // namespace millrace::expr
