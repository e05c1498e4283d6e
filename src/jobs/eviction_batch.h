// Rows of one table on their way out, deleted through the commit log a batch at a
// time. A row that changed since it was chosen is left alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/definitions.h"
#include "log/commit_log.h"
#include "tables/mutation.h"

namespace millrace {

// Not thread-safe; blocking.
class EvictionBatch {
 public:
  // kExpired: readers do not see the rows any more, nor does the feed see them go.
  // kSurplus: the rows are visible; their deletes are fed like any other.
  enum class Reason : uint8_t { kExpired, kSurplus };

  // Small batches: a commit that waits behind one waits about a millisecond.
  static constexpr size_t kRowsMax = 200;

  EvictionBatch(TablePtr table, Reason reason, CommitLog& commit_log)
      : table_(std::move(table)), reason_(reason), commit_log_(commit_log) {}

  // `relative_key` names a row of `user` that is at version `seq`.
  void Add(std::string_view user, std::string_view relative_key, uint64_t seq) {
    rows_.push_back({std::string(user), std::string(relative_key), seq});
  }
  bool full() const { return rows_.size() >= kRowsMax; }
  bool empty() const { return rows_.empty(); }

  // Deletes the rows that did not change; returns how many. kAborted when the table
  // was altered or dropped.
  Result<size_t> Commit(int64_t wall_micros);

 private:
  struct Row {
    std::string user;
    std::string key;
    uint64_t seq;
  };
  std::string Encode(int64_t wall_micros) const;

  TablePtr table_;
  Reason reason_;
  CommitLog& commit_log_;
  std::vector<Row> rows_;
};

}  // namespace millrace
