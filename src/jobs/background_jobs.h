// All background work of the hot tier as one service: what the server owns.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "feed/retention.h"
#include "jobs/cleanup_job.h"
#include "jobs/index_build_job.h"
#include "jobs/job_history.h"
#include "jobs/job_scheduler.h"

namespace millrace {

struct BackgroundJobsOptions {
  size_t workers = 2;  // a long compaction must not hold up evictions
  std::chrono::seconds cleanup_interval{60};
  std::chrono::seconds eviction_interval{5};
  std::chrono::seconds retention_interval{60};
  CleanupOptions cleanup;
  FeedRetention feed;
  JobHistoryOptions history;
};

// What jobs work on. All must outlive the service.
struct BackgroundJobsServices {
  KvStore& store;
  const Catalog& catalog;
  CommitLog& commit_log;
  const Clock& clock;
  Random& random;
  Metrics& metrics;
  Log& log;
};

// Thread-safe.
class BackgroundJobs {
 public:
  // Starts at once; what a crash left to clean up is cleaned up first.
  BackgroundJobs(const BackgroundJobsOptions& options, const BackgroundJobsServices& services);
  // Stops and waits for running jobs. Blocking.
  ~BackgroundJobs() = default;

  // Call after DROP TABLE and DROP USER, or what they left waits for the interval. Never
  // blocks.
  void WakeCleanup() { scheduler_.Wake(JobType::kCleanup); }
  // Builds the index, whose definition is there, and waits for it. Errors: those of
  // IndexBuilds::Wait. Blocking.
  Status BuildIndex(TableId table, uint32_t index, const StopToken& stop) {
    scheduler_.Wake(JobType::kIndexBuild);
    return builds_.Wait(table, index, stop);
  }
  void Stop() {
    builds_.Stop();
    scheduler_.Stop();
  }

  std::vector<JobRecord> History() const { return history_.List(); }
  JobScheduler& scheduler() { return scheduler_; }

 private:
  JobHistory history_;
  IndexBuilds builds_;
  JobScheduler scheduler_;
};

}  // namespace millrace
