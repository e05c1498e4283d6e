// Builds feed records and adds them to the batch that writes the rows they describe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "feed/feed_format.h"
#include "storage/hot/kv_store.h"

namespace millrace {

// Changes of one commit to one table (and one user). Reusable; not thread-safe.
class FeedRecord {
 public:
  void Begin(TableId table, std::string_view user, int64_t wall_micros, uint64_t first_seq);
  // `new_row` is given in parts so that the caller need not splice its `_seq` in.
  void Add(ChangeOp op, std::string_view key, std::string_view new_head,
           std::string_view new_middle, std::string_view new_tail, std::string_view old_row);
  // All rows whose key begins with `prefix` are gone.
  void AddTruncate(std::string_view prefix);
  // Writes the record under the commit's LSN; `part` tells the records of one commit
  // apart. Does nothing when there is no change.
  void Finish(Lsn lsn, uint32_t part, WriteBatch* batch);

 private:
  TableId table_;
  std::string user_;
  std::string head_;
  std::string changes_;
  uint64_t count_ = 0;
};

}  // namespace millrace
