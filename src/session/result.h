// What front doors see of a statement's result.
#pragma once

#include "query/exec/result.h"

namespace millrace {

using exec::RowStream;
using exec::StatementResult;

}  // namespace millrace
