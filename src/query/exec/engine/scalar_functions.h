// Functions of ours inside the engine, for what its own operators and casts
// answer differently from PostgreSQL and from query/expr. README.md says where
// the planner prints which.
//
//   millrace_divide(a, b), millrace_modulo(a, b)   22012 on zero, DECIMAL stays exact
//   millrace_power(a, b)                           2201F, 22003 instead of NaN and infinity
//   millrace_to_<type>(x), millrace_try_to_<type>(x)   CAST and TRY_CAST to the type
//   millrace_text(x)                               CAST(x AS TEXT)
//   millrace_concat(a, b)                          a || b
//   millrace_round(x)                              half to even for DOUBLE
#pragma once

#include "duckdb.hpp"

namespace duckdb {
class ExtensionLoader;
}

namespace millrace::engine {

void RegisterArithmetic(duckdb::ExtensionLoader& loader);
void RegisterCasts(duckdb::ExtensionLoader& loader);

}  // namespace millrace::engine
