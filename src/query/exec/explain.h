// EXPLAIN: which route a statement takes; with ANALYZE also what it cost.
#pragma once

#include "query/exec/executor.h"

namespace millrace::exec {

Task<Result<StatementResult>> Explain(Executor& executor, plan::PreparedPtr prepared,
                                      RequestPtr request);

}  // namespace millrace::exec
