// Fills an index whose definition is there already, while writers go on.
//
//   begin entry -> snapshot -> rows, in key order -> entries, a batch at a time
//
// When a batch is refused because a group of the log failed, it begins again. Entries
// that are there already are put again, which changes nothing: a build that a crash
// interrupted is simply repeated.
#pragma once

#include <cstdint>
#include <functional>

#include "base/status.h"
#include "catalog/catalog.h"
#include "log/commit_log.h"
#include "runtime/stop_token.h"
#include "storage/hot/kv_store.h"

namespace millrace {

struct IndexBuildServices {
  KvStore& store;
  const Catalog& catalog;
  CommitLog& commit_log;
};

// Told from time to time how many rows of about how many are done.
using IndexProgress = std::function<void(uint64_t rows, uint64_t of)>;

// Returns the number of rows. Errors: 23505 with the values when two rows have one key in
// a unique index; kAborted when the index or its table was dropped; kCancelled. Blocking.
Result<uint64_t> BuildIndex(const IndexBuildServices& services, TableId table, uint32_t index,
                            const StopToken& stop, const IndexProgress& progress);

// 23505 for values that two rows have; `values` may be empty when they are not known.
Status NotUnique(const TableDefinition& table, uint32_t index, std::string_view values);

}  // namespace millrace
