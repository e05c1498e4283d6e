// INSERT: from cells or selected rows to one mutation.
#pragma once

#include "query/exec/executor.h"

namespace millrace::exec {

Task<Result<StatementResult>> ExecuteInsert(const Services& services, TableCache& tables,
                                            plan::PreparedPtr prepared, RequestPtr request);

}  // namespace millrace::exec
