// Our SQL types and single values as the engine's, and back.
#pragma once

#include <optional>

#include "duckdb.hpp"
#include "types/value.h"

namespace millrace::engine {

// The engine's type of a column of ours. JSON and FILE are text with an alias,
// so that they come back as what they were.
duckdb::LogicalType LogicalTypeOf(const SqlType& type);

duckdb::Value ToEngineValue(const Value& value);
// `value` must have exactly LogicalTypeOf(type); nullopt when it has not, is
// null, or has no order (EMBEDDING).
std::optional<Value> BoundFromEngineValue(const duckdb::Value& value, const SqlType& type);

inline duckdb::hugeint_t ToHugeint(Int128 value) {
  return duckdb::hugeint_t(static_cast<int64_t>(value >> 64), static_cast<uint64_t>(value));
}
inline Int128 FromHugeint(duckdb::hugeint_t value) {
  return static_cast<Int128>((static_cast<Uint128>(static_cast<uint64_t>(value.upper)) << 64) |
                             value.lower);
}
// The engine flips the top bit of a UUID so that signed order is byte order.
inline Int128 FlipTopBit(Int128 value) {
  return static_cast<Int128>(static_cast<Uint128>(value) ^ (Uint128{1} << 127));
}

}  // namespace millrace::engine
