#include "jobs/stream_eviction_job.h"

#include "jobs/stream_sweep.h"

namespace millrace {

static constexpr int64_t kPauseFactor = 20;

static bool NeedsEviction(const TableDefinition& table) {
  return table.kind == TableKind::kStream && !table.ephemeral &&
         (table.ttl_seconds > 0 || table.max_buffer > 0);
}

Status StreamEvictionJob::RunOnce(const StopToken& stop) {
  Status first_error;
  std::unordered_map<TableId, int64_t> not_before;  // without the tables that are gone
  for (const TablePtr& table : catalog_.Tables()) {
    if (stop.StopRequested()) return first_error;
    if (!NeedsEviction(*table)) continue;
    const int64_t started = clock_.MonotonicNanos();
    const auto pause = not_before_.find(table->id);
    if (pause != not_before_.end() && started < pause->second) {
      not_before.insert(*pause);
      continue;
    }
    StreamSweep sweep(table, store_, commit_log_, history_, clock_.WallMicros());
    const Status status = sweep.Run(stop);
    if (!status.ok() && first_error.ok()) first_error = status;
    const int64_t ended = clock_.MonotonicNanos();
    not_before[table->id] = ended + kPauseFactor * (ended - started);
  }
  not_before_ = std::move(not_before);
  return first_error;
}

}  // namespace millrace
