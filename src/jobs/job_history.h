// What background jobs did lately: the rows of system.jobs. In memory and bounded;
// a restart begins a new history.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "base/status.h"
#include "jobs/job_state.h"
#include "observe/log.h"

namespace millrace {

enum class JobType : uint8_t { kCleanup, kStreamEviction, kRetention, kIndexBuild };
inline constexpr size_t kJobTypes = 4;
// "cleanup", "stream_eviction", "retention", "index_build"
std::string_view JobTypeName(JobType type);
std::string_view JobTypePrefix(JobType type);  // "CL", "SE", "RT", "IB"

struct JobRecord {
  std::string job_id;  // "CL-" and twelve hexadecimal digits
  JobType type = JobType::kCleanup;
  JobState state = JobState::kQueued;
  std::string table;    // "ns.table" it is about, or "user name"
  std::string message;  // what was done, or why it failed
  // Wall microseconds; 0 = not yet.
  int64_t created_at = 0;
  int64_t updated_at = 0;
  int64_t started_at = 0;
  int64_t finished_at = 0;
};

struct JobHistoryOptions {
  size_t records_max = 1000;  // beyond it the oldest is forgotten
};

// Thread-safe; never blocks. All references must outlive it.
class JobHistory {
 public:
  JobHistory(JobHistoryOptions options, const Clock& clock, Random& random, Log& log)
      : options_(options), clock_(clock), random_(random), log_(log) {}

  // Oldest first.
  std::vector<JobRecord> List() const;

 private:
  friend class JobRun;
  std::string Begin(JobType type, std::string_view table, std::string job_id);
  void Apply(const std::string& job_id, JobEvent event, std::string message);
  void Progress(const std::string& job_id, std::string message);

  const JobHistoryOptions options_;
  const Clock& clock_;
  Random& random_;
  Log& log_;
  mutable Mutex mutex_;
  std::deque<JobRecord> records_;
};

// One run about one table: begins when constructed, and is cancelled when it is
// destroyed before it ended. A job makes one once it has found something to do, so
// that runs that find nothing leave no record.
class JobRun {
 public:
  // An empty id: one is made.
  JobRun(JobHistory& history, JobType type, std::string_view table, std::string job_id = {});
  ~JobRun();
  JobRun(const JobRun&) = delete;
  JobRun& operator=(const JobRun&) = delete;

  // What stands as its message while it runs.
  void Progress(std::string message) { history_.Progress(job_id_, std::move(message)); }
  // Ends it: completed with `message` when the status is Ok, else failed.
  void End(const Status& status, std::string message);

 private:
  JobHistory& history_;
  std::string job_id_;
  bool ended_ = false;
};

}  // namespace millrace
