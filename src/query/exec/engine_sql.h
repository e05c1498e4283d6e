// The text of a query as the analytical engine gets it, and back from its errors
// to the user's text. Pure functions.
#pragma once

#include <string>

#include "base/status.h"
#include "query/exec/exec_context.h"
#include "query/plan/plan.h"

namespace millrace::exec {

// The plan's query with parameters and the facts of the request filled in, tables
// as scans, and every operation spelled so that the engine's answer is the one of
// query/expr (engine/DIALECT.md). Errors: 42883 an unknown function; 0A000 what the
// engine cannot do; 42704 an unknown type; 08P01 a parameter without a value.
Result<std::string> PrintForEngine(const plan::SelectEngine& plan, const Request& request);

// The engine's error with the place of the column or table it names, when the query
// names it once.
Status AtNamedColumn(Status status, const sql::Query& query);

}  // namespace millrace::exec
