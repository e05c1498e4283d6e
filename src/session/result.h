// What front doors see of a statement's result.
#pragma once

#include "query/exec/result.h"

namespace millrace {

using exec::RowStream;
using exec::StatementResult;

// In a script of several statements, says which one failed; `index` counts from 0.
Status AtStatement(Status status, size_t index, size_t count);

}  // namespace millrace
