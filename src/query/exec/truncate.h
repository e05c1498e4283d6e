// TRUNCATE: all rows of tables at once, however many there are.
//
// One entry of the log names the tables; applying it removes ranges of keys, so it takes
// the same time for one row and for a hundred million. Writers beside it are decided in
// log order: a row that was there before is gone, an UPDATE of it finds nothing, a row
// inserted after stays. Readers keep the rows of their snapshots. Of USER and STREAM
// tables go the rows of the user who asks, and nobody else's.
#pragma once

#include "query/exec/executor.h"

namespace millrace::exec {

Task<Result<StatementResult>> ExecuteTruncate(const Services& services, TableCache& tables,
                                              plan::PreparedPtr prepared, RequestPtr request);

}  // namespace millrace::exec
