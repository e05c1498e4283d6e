// INSERT … ON CONFLICT: looks at the rows that are there and decides for each new
// row whether it is inserted, updates the old one, or is left out.
#pragma once

#include <vector>

#include "query/exec/write_retry.h"

namespace millrace::exec {

// Blocking. The mutation's conditions make sure that what was looked at still
// holds when it is applied; otherwise the caller comes back. Errors: 21000 when
// DO UPDATE meets the same key twice.
Result<PendingWrite> InsertOrUpdate(const Services& services, const plan::InsertPlan& plan,
                                    const PreparedTable& table, std::vector<RowValues> rows,
                                    const Request& request);

}  // namespace millrace::exec
