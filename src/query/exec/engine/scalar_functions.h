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
//   millrace_subtract(a, b)                        DATE - DATE is an INT
//   millrace_date_trunc(u, x)                      never a DATE
//   millrace_length(x), millrace_octet_length(x)   of TEXT and BYTES
#pragma once

#include <string>

#include "duckdb.hpp"
#include "duckdb/function/scalar_function.hpp"

namespace duckdb {
class ExtensionLoader;
}

namespace millrace::engine {

void RegisterArithmetic(duckdb::ExtensionLoader& loader);
void RegisterCasts(duckdb::ExtensionLoader& loader);
void RegisterOverloads(duckdb::ExtensionLoader& loader);

// A function that is only a name: `bind` replaces each call.
void RegisterName(duckdb::ExtensionLoader& loader, const std::string& name, size_t arguments,
                  const duckdb::LogicalType& result, duckdb::function_bind_expression_t bind);

using Children = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;

// A bound call of `name`. The binder makes an untyped NULL of a call with a
// constant NULL; `type` is what it is then.
duckdb::unique_ptr<duckdb::Expression> Call(duckdb::ClientContext& context, const std::string& name,
                                            Children children, const duckdb::LogicalType& type);
duckdb::unique_ptr<duckdb::Expression> Call(duckdb::ClientContext& context, const std::string& name,
                                            duckdb::unique_ptr<duckdb::Expression> argument,
                                            const duckdb::LogicalType& type);

// `argument` as our text.
duckdb::unique_ptr<duckdb::Expression> AsText(duckdb::ClientContext& context,
                                              duckdb::unique_ptr<duckdb::Expression> argument);

}  // namespace millrace::engine
