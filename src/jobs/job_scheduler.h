// Runs jobs at their intervals, or at once when woken, on a few threads of its own.
//
// Idle workers sleep until the next job is due: there is no polling.
#pragma once

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "jobs/job.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "runtime/stop_token.h"

namespace millrace {

// Thread-safe. All references must outlive it.
class JobScheduler {
 public:
  struct Entry {
    std::unique_ptr<Job> job;
    std::chrono::nanoseconds interval;  // from the end of a run to the next one
    std::chrono::nanoseconds first_after{0};
  };

  // Starts `workers` threads at once.
  JobScheduler(std::vector<Entry> jobs, size_t workers, const Clock& clock, Metrics& metrics,
               Log& log);
  // Stops, as Stop() does.
  ~JobScheduler();

  // Runs the job as soon as a worker is free; once more when it is running.
  void Wake(JobType type);
  // Looks at the clock again after a ManualClock moved.
  void ClockAdvanced();
  // Asks running jobs to stop and waits for them. May be called again. Blocking.
  void Stop();
  // Waits until no job is due or running. For tests. Blocking.
  void WaitUntilIdle();

 private:
  struct Slot {
    std::unique_ptr<Job> job;
    int64_t interval_nanos;
    int64_t due_nanos;
    bool woken = false;
    bool running = false;
    Counter* runs;
    Counter* failures;
    Histogram* seconds;
  };

  void RunWorker();
  bool IsDue(const Slot& slot, int64_t now_nanos) const {
    return !slot.running && (slot.woken || slot.due_nanos <= now_nanos);
  }
  // Null when none is due.
  Slot* FindDue(int64_t now_nanos);
  std::chrono::nanoseconds UntilNextDue(int64_t now_nanos) const;
  void RunSlot(Slot& slot, MutexLock& lock);

  const Clock& clock_;
  Log& log_;
  StopSource stop_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::vector<Slot> slots_;
  uint64_t changes_ = 0;  // counts what sleepers must look at
  std::vector<std::thread> workers_;
};

}  // namespace millrace
