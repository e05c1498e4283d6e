// SHOW and DESCRIBE: answers from the catalog, no scan.
#pragma once

#include "query/exec/exec_context.h"
#include "query/exec/result.h"
#include "query/sql/ast.h"

namespace millrace::exec {

// Shows only what the caller may read. 0A000 for what comes with a later feature.
Result<StatementResult> Show(const Services& services, const sql::Show& show,
                             const Request& request);
// Columns as docs/user_guide says; with HISTORY one row per version and column.
Result<StatementResult> Describe(const Services& services, const sql::Describe& describe,
                                 const Request& request);

}  // namespace millrace::exec
