// Comparisons of rows become comparisons of their columns, for every route:
//
//   (a, b) = (c, d)      a = c AND b = d
//   (a, b) < (c, d)      a < c OR (a = c AND b < d)
//   (a, b) IN (r1, r2)   (a, b) = r1 OR (a, b) = r2
//   (a, b) IS NULL       a IS NULL AND b IS NULL
//
// AND and OR then give the NULLs that the SQL standard and PostgreSQL want:
// (1, NULL) = (1, 2) is NULL, (1, NULL) = (2, 2) is false.
#pragma once

#include "base/status.h"
#include "query/sql/ast.h"

namespace millrace::plan {

// Errors: 42601 rows of different lengths; 54001 when the result would be too long.
Status ExpandRowComparisons(sql::Statement* statement);

}  // namespace millrace::plan
