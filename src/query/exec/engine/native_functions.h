// Our own evaluator inside the engine: what query/expr can compute is computed by
// it there too, so that both paths give one answer. The printer, which does not
// know types, names the operation; the bind step, which does, hands it to
// query/expr, or to the engine's own operator where that is the same and faster.
//
//   millrace_call('name', x...)                  a function or operator of query/expr
//   millrace_cast(x, 'TYPE', modifiers...)       CAST; a text is read by our rules
//   millrace_try_cast(x, 'TYPE', modifiers...)   TRY_CAST
//   millrace_compare('op', a, b)                 =, <>, <, <=, >, >=, and with IS DISTINCT FROM
//                                                the names "distinct" and "not distinct"
//   millrace_between(x, low, high), millrace_between_symmetric(x, low, high)
//   millrace_in(x, item...), millrace_not_in(x, item...)
//   millrace_case(condition, result, ..., otherwise)
//   millrace_coalesce(x...), millrace_nullif(a, b)
//   millrace_condition('WHERE', x)               x, which must be BOOLEAN
//   millrace_regexp_replace(text, pattern, replacement, options)    the engine's, with our limits
//   millrace_sum(x)                              sum with PostgreSQL's result type for INT
//
// A text constant is untyped, as in SQL: it becomes what it meets. Lists, structs
// and maps are the engine's business: a call with one of them is the engine's
// function of that name.
#pragma once

namespace duckdb {
class ExtensionLoader;
}

namespace millrace::engine {

void RegisterCalls(duckdb::ExtensionLoader& loader);
void RegisterComparisons(duckdb::ExtensionLoader& loader);
void RegisterChoices(duckdb::ExtensionLoader& loader);
void RegisterSum(duckdb::ExtensionLoader& loader);
void RegisterRegexpReplace(duckdb::ExtensionLoader& loader);

}  // namespace millrace::engine
