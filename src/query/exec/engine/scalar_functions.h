// Functions of ours inside the engine, for what its own operators and casts
// answer differently from PostgreSQL and from query/expr. README.md says where
// the planner prints which.
//
//   millrace_divide(a, b), millrace_modulo(a, b)   22012 on zero, DECIMAL stays exact
//   millrace_power(a, b)                           2201F, 22003 instead of NaN and infinity
//   millrace_text(x)                               DOUBLE, FLOAT, BYTES, INTERVAL as our text
//   millrace_to_<type>(text)                       CAST(text AS type) by our rules
//   millrace_try_to_<type>(text)                   the same, NULL where that fails
#pragma once

#include "duckdb.hpp"

namespace duckdb {
class ExtensionLoader;
}

namespace millrace::engine {

void RegisterArithmetic(duckdb::ExtensionLoader& loader);
void RegisterCasts(duckdb::ExtensionLoader& loader);

}  // namespace millrace::engine
