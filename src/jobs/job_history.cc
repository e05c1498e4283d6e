#include "jobs/job_history.h"

#include <algorithm>
#include <array>
#include <utility>

namespace millrace {
namespace {

constexpr std::array<std::string_view, kJobTypes> kNames = {"cleanup", "stream_eviction",
                                                            "retention", "index_build"};
constexpr std::array<std::string_view, kJobTypes> kPrefixes = {"CL", "SE", "RT", "IB"};

std::string NewJobId(JobType type, Random& random) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id(JobTypePrefix(type));
  id.push_back('-');
  uint64_t bits = random.NextUint64();
  for (int i = 0; i < 12; ++i, bits >>= 4) id.push_back(kDigits[bits & 15]);
  return id;
}

}  // namespace

std::string_view JobTypeName(JobType type) { return kNames[static_cast<size_t>(type)]; }
std::string_view JobTypePrefix(JobType type) { return kPrefixes[static_cast<size_t>(type)]; }

std::vector<JobRecord> JobHistory::List() const {
  const MutexLock lock(mutex_);
  return {records_.begin(), records_.end()};
}

std::string JobHistory::Begin(JobType type, std::string_view table, std::string job_id) {
  JobRecord record;
  if (job_id.empty()) job_id = NewJobId(type, random_);
  record.job_id = job_id;
  record.type = type;
  record.table = table;
  record.created_at = record.updated_at = clock_.WallMicros();
  const MutexLock lock(mutex_);
  records_.push_back(std::move(record));
  if (records_.size() > options_.records_max) records_.pop_front();
  return job_id;
}

void JobHistory::Apply(const std::string& job_id, JobEvent event, std::string message) {
  JobRecord changed;
  {
    const MutexLock lock(mutex_);
    // From the newest: a run is seldom far from it. It may have been forgotten.
    const auto record = std::find_if(records_.rbegin(), records_.rend(),
                                     [&](const JobRecord& r) { return r.job_id == job_id; });
    if (record == records_.rend()) return;
    const std::optional<JobState> next = Next(record->state, event);
    MR_ASSERT(next.has_value(), "a job cannot do this in its state");
    record->state = *next;
    record->updated_at = clock_.WallMicros();
    if (event == JobEvent::kStart) {
      record->started_at = record->updated_at;
      return;
    }
    record->finished_at = record->updated_at;
    record->message = std::move(message);
    changed = *record;
  }
  const auto level = changed.state == JobState::kFailed ? LogLevel::kWarn : LogLevel::kInfo;
  log_.Write(level, "job_ended",
             {{"job_id", changed.job_id},
              {"type", JobTypeName(changed.type)},
              {"table", changed.table},
              {"status", JobStateName(changed.state)},
              {"message", changed.message},
              {"micros", changed.finished_at - changed.started_at}});
}

void JobHistory::Progress(const std::string& job_id, std::string message) {
  const MutexLock lock(mutex_);
  const auto record = std::find_if(records_.rbegin(), records_.rend(),
                                   [&](const JobRecord& r) { return r.job_id == job_id; });
  if (record == records_.rend()) return;
  record->message = std::move(message);
  record->updated_at = clock_.WallMicros();
}

JobRun::JobRun(JobHistory& history, JobType type, std::string_view table, std::string job_id)
    : history_(history), job_id_(history.Begin(type, table, std::move(job_id))) {
  history_.Apply(job_id_, JobEvent::kStart, "");
}

JobRun::~JobRun() {
  if (!ended_) history_.Apply(job_id_, JobEvent::kStop, "the server is stopping");
}

void JobRun::End(const Status& status, std::string message) {
  ended_ = true;
  if (status.ok()) {
    history_.Apply(job_id_, JobEvent::kSucceed, std::move(message));
  } else {
    history_.Apply(job_id_, JobEvent::kFail, status.ToString());
  }
}

}  // namespace millrace
