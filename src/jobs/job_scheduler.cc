#include "jobs/job_scheduler.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/thread_role.h"

namespace millrace {

JobScheduler::JobScheduler(std::vector<Entry> jobs, size_t workers, const Clock& clock,
                           Metrics& metrics, Log& log)
    : clock_(clock), log_(log) {
  const int64_t now = clock_.MonotonicNanos();
  for (Entry& entry : jobs) {
    const MetricLabels labels = {{"type", std::string(JobTypeName(entry.job->type()))}};
    Slot slot{.job = std::move(entry.job),
              .interval_nanos = entry.interval.count(),
              .due_nanos = now + entry.first_after.count()};
    slot.runs = &metrics.AddCounter("jobs_runs_total", "Runs of background jobs.", labels);
    slot.failures =
        &metrics.AddCounter("jobs_failures_total", "Runs that ended with an error.", labels);
    slot.seconds = &metrics.AddHistogram("jobs_run_seconds", "How long a run took.",
                                         HistogramOptions::Seconds(), labels);
    slots_.push_back(std::move(slot));
  }
  for (size_t i = 0; i < workers; ++i) workers_.emplace_back([this] { RunWorker(); });
}

JobScheduler::~JobScheduler() { Stop(); }

void JobScheduler::Wake(JobType type) {
  const MutexLock lock(mutex_);
  for (Slot& slot : slots_) {
    if (slot.job->type() == type) slot.woken = true;
  }
  ++changes_;
  changed_.NotifyAll();
}

void JobScheduler::ClockAdvanced() {
  const MutexLock lock(mutex_);
  ++changes_;
  changed_.NotifyAll();
}

void JobScheduler::Stop() {
  MayBlock();
  stop_.RequestStop();
  ClockAdvanced();
  for (std::thread& worker : workers_) {
    if (worker.joinable()) worker.join();
  }
}

void JobScheduler::WaitUntilIdle() {
  MayBlock();
  MutexLock lock(mutex_);
  changed_.Wait(lock, [&] {
    const int64_t now = clock_.MonotonicNanos();
    return std::none_of(slots_.begin(), slots_.end(),
                        [&](const Slot& slot) { return slot.running || IsDue(slot, now); });
  });
}

JobScheduler::Slot* JobScheduler::FindDue(int64_t now_nanos) {
  for (Slot& slot : slots_) {
    if (IsDue(slot, now_nanos)) return &slot;
  }
  return nullptr;
}

std::chrono::nanoseconds JobScheduler::UntilNextDue(int64_t now_nanos) const {
  int64_t earliest = now_nanos + std::chrono::nanoseconds(std::chrono::hours(1)).count();
  for (const Slot& slot : slots_) {
    if (!slot.running) earliest = std::min(earliest, slot.due_nanos);
  }
  return std::chrono::nanoseconds(earliest - now_nanos);
}

void JobScheduler::RunWorker() {
  const ScopedThreadRole role(ThreadRole::kBackground);
  MutexLock lock(mutex_);
  while (!stop_.StopRequested()) {
    const int64_t now = clock_.MonotonicNanos();
    if (Slot* slot = FindDue(now)) {
      RunSlot(*slot, lock);
      continue;
    }
    const uint64_t seen = changes_;
    changed_.WaitFor(lock, UntilNextDue(now), [&] { return changes_ != seen; });
  }
}

void JobScheduler::RunSlot(Slot& slot, MutexLock& lock) {
  slot.running = true;
  slot.woken = false;
  lock.Unlock();
  const int64_t started = clock_.MonotonicNanos();
  const Status status = slot.job->RunOnce(stop_.token());
  const int64_t ended = clock_.MonotonicNanos();
  slot.runs->Add();
  slot.seconds->ObserveNanos(ended - started);
  if (!status.ok()) {
    slot.failures->Add();
    log_.Warn("job_run_failed",
              {{"type", JobTypeName(slot.job->type())}, {"error", status.ToString()}});
  }
  lock.Lock();
  slot.running = false;
  slot.due_nanos = ended + slot.interval_nanos;
  ++changes_;
  changed_.NotifyAll();
}

}  // namespace millrace
