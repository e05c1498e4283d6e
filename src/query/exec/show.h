// SHOW and DESCRIBE: answers from the catalog, no scan.
#pragma once

#include "query/exec/exec_context.h"
#include "query/exec/result.h"
#include "query/sql/ast.h"

namespace millrace::exec {

// 0A000 for what comes with a later feature. SHOW STATS asks the store: worker threads
// only; the rest answers from memory.
Result<StatementResult> Show(const Services& services, const sql::Show& show,
                             const Request& request);
// Columns as docs/user_guide says; with HISTORY one row per version and column.
Result<StatementResult> Describe(const Services& services, const sql::Describe& describe,
                                 const Request& request);

}  // namespace millrace::exec
