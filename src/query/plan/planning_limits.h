// What a query for the analytical engine may consist of. The engine's planning
// cannot be interrupted and takes, in some dimensions, time beyond all measure:
// what could take it more than about two seconds is refused before it begins.
#pragma once

#include <cstddef>

#include "base/status.h"
#include "query/sql/ast_query.h"

namespace millrace::plan {

// The numbers are measured; the user guide states them ("Limits").
inline constexpr size_t kTablesInFromMax = 48;
inline constexpr size_t kCommonTablesMax = 256;
inline constexpr size_t kSubqueriesMax = 256;
inline constexpr size_t kResultColumnsMax = 1664;
inline constexpr size_t kOperationsMax = 20'000;
inline constexpr size_t kLiteralsMax = 131'072;

// Errors: 54001 too complex, 54011 too many result columns; each says what there
// is too much of, and how much there may be.
Status CheckPlanningLimits(const sql::Query& query);

}  // namespace millrace::plan
