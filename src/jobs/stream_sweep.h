// One pass over one stream table: finds rows that expired and rows beyond the
// table's max_buffer, and removes them.
//
// Expired rows of a stream without a key are deleted in the store directly: their
// keys are never used again, and nobody sees them. All other rows go through the
// commit log, where a row that was replaced meanwhile is left alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "catalog/definitions.h"
#include "jobs/eviction_batch.h"
#include "jobs/job_history.h"
#include "runtime/stop_token.h"
#include "storage/hot/kv_store.h"

namespace millrace {

// Not thread-safe; blocking. Used once.
class StreamSweep {
 public:
  StreamSweep(TablePtr table, KvStore& store, CommitLog& commit_log, JobHistory& history,
              int64_t now_micros);

  // Leaves a record in the history when there was something to remove. Ok also when
  // it ended early because `stop` asked or the table was altered.
  Status Run(const StopToken& stop);

  uint64_t visited() const { return visited_; }

 private:
  // A kept row; the oldest is on top of the heap.
  struct Kept {
    uint64_t seq;
    std::string key;
    bool operator<(const Kept& other) const { return seq > other.seq; }
  };

  Status RunChunks(const StopToken& stop);
  void NoteWork();
  // Reads up to a chunk of rows from position_ on; false at the end.
  Result<bool> RunChunk();
  Status Visit(std::string_view key, std::string_view row, KvIterator* iterator);
  Status EnterUser(std::string_view relative_key);
  Status Expire(std::string_view key, uint64_t seq);
  Status Count(std::string_view relative_key, uint64_t seq);
  Status Flush();

  const TablePtr table_;
  KvStore& store_;
  JobHistory& history_;
  std::optional<JobRun> run_;
  const int64_t now_micros_;
  const std::string prefix_;
  const std::string end_;
  std::string position_;
  std::string scope_;  // relative key prefix of the user being read
  std::string user_;
  std::priority_queue<Kept> kept_;  // the newest rows of the user
  WriteBatch direct_;
  size_t direct_rows_ = 0;
  EvictionBatch expired_batch_;
  EvictionBatch surplus_batch_;
  uint64_t expired_ = 0;
  uint64_t surplus_ = 0;
  uint64_t visited_ = 0;
};

}  // namespace millrace
