// Which functions a query for the engine may call, and what the engine calls them.
#pragma once

#include <functional>
#include <string_view>

#include "base/status.h"
#include "query/sql/ast.h"

namespace millrace::exec {

// Every query in a query, itself first: bodies of WITH, sides of set operations,
// derived tables, subqueries in expressions.
void ForEachQuery(sql::Query& root, const std::function<void(sql::Query&)>& callback);

// Whether every function, also those in FROM, is one that the engine may run.
// Errors: 42883 unknown, with the nearest name as a hint; 0A000 known, but not here.
Status CheckFunctions(sql::Query& query);

// Whether query/expr computes the call; otherwise the engine does.
bool IsNativeCall(const sql::FunctionCall& call);

// The engine's name of one of its functions: sum is millrace_sum.
std::string_view EngineName(std::string_view name);

// Aggregates whose list is to become JSON.
bool IsJsonList(std::string_view name);

}  // namespace millrace::exec
