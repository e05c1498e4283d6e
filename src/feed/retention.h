// Trims the change feed by age and size.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/ids.h"
#include "base/status.h"
#include "storage/hot/kv_store.h"

namespace millrace {

struct FeedRetention {
  int64_t age_micros_max = int64_t{24} * 3600 * 1'000'000;
  uint64_t table_bytes_max = uint64_t{4} << 30;
};

// Drops commits of one table that are older than the age, and the oldest ones
// while the table's feed is over the size. Returns the LSN trimmed through, 0
// when nothing was. Idempotent; blocking; one caller at a time.
Result<Lsn> TrimFeed(KvStore& store, TableId table, const FeedRetention& retention,
                     int64_t now_micros);

// Removes everything the feed holds of a dropped table. Blocking.
Status DropFeed(KvStore& store, TableId table);
// Removes what one table's feed holds of a dropped user. Nothing may write changes of
// that scope any more. Idempotent; blocking.
Status DropUserFeed(KvStore& store, TableId table, std::string_view row_scope);

}  // namespace millrace
