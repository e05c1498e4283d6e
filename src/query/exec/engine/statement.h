// The adapter's own wall: what text may reach the engine at all.
//
// The planner has checked the user's statement before it printed this text; the
// wall checks the print again, so that a hole in the one is not a hole in both.
// Passes one SELECT (or VALUES) made of sub-selects, joins, CTEs, VALUES,
// millrace_scan and the functions of functions.h. Refuses every other statement,
// every catalog name, and therefore files, views, settings and replacement scans.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "duckdb.hpp"
#include "types/value.h"

namespace millrace::engine {

inline constexpr const char* kScanFunction = "millrace_scan";

// Parses `sql`, checks it and puts the parameters in as typed constants (a text
// parameter then adapts to what it is compared with, as an untyped one does in
// PostgreSQL). Errors: 42601 syntax, 42501 something not allowed, 42883 an
// unknown function, 42P02 a parameter that was not given.
Result<duckdb::unique_ptr<duckdb::SQLStatement>> ParseStatement(
    const std::string& sql, const std::vector<Value>& params, const duckdb::ParserOptions& options);

}  // namespace millrace::engine
