// Looks into the data directory of a server that is not running: things SQL does
// not show.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"

namespace millrace::crash {

struct StoreReport {
  uint64_t tables = 0;
  uint64_t rows = 0;
  uint64_t changes = 0;          // read from the change feeds
  uint64_t dropped_waiting = 0;  // dropped tables whose rows are still to be removed
};

// Checks that
// - the change feed of each table, replayed, gives exactly the rows of the table;
//   a feed that retention trimmed, and a STREAM table, from which expired rows go
//   without a word, are checked as far as they tell;
// - an insert meets no row, an update and a delete meet the row they name, and
//   `_seq` rises by one from change to change of a commit;
// - nothing is stored of a table that neither exists nor waits to be cleaned up.
// Opens the store, so it replays and writes to it. Blocking.
Result<StoreReport> CheckStore(const std::string& data_directory);

}  // namespace millrace::crash
