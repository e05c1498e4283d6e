// UPDATE and DELETE: find the rows, compute the new ones, write on condition that
// the rows are still what was read.
#pragma once

#include "query/exec/executor.h"

namespace millrace::exec {

Task<Result<StatementResult>> ExecuteUpdate(const Services& services, TableCache& tables,
                                            plan::PreparedPtr prepared, RequestPtr request);
Task<Result<StatementResult>> ExecuteDelete(const Services& services, TableCache& tables,
                                            plan::PreparedPtr prepared, RequestPtr request);

}  // namespace millrace::exec
