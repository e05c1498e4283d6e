// Removes expired rows and rows beyond max_buffer from every stream table.
//
// Readers do not depend on it for expiry, so a table whose sweep takes long is swept
// less often: sweeping takes at most a twentieth of the time.
#pragma once

#include <unordered_map>

#include "base/clock.h"
#include "catalog/catalog.h"
#include "jobs/job.h"
#include "storage/hot/kv_store.h"

namespace millrace {

class StreamEvictionJob final : public Job {
 public:
  // All references must outlive the job.
  StreamEvictionJob(KvStore& store, const Catalog& catalog, CommitLog& commit_log,
                    const Clock& clock, JobHistory& history)
      : store_(store),
        catalog_(catalog),
        commit_log_(commit_log),
        clock_(clock),
        history_(history) {}

  JobType type() const override { return JobType::kStreamEviction; }
  Status RunOnce(const StopToken& stop) override;

 private:
  KvStore& store_;
  const Catalog& catalog_;
  CommitLog& commit_log_;
  const Clock& clock_;
  JobHistory& history_;
  // When a table may be swept again, in monotonic nanoseconds.
  std::unordered_map<TableId, int64_t> not_before_;
};

}  // namespace millrace
