// A job: a small piece of background work that is done again and again.
#pragma once

#include "base/status.h"
#include "jobs/job_history.h"
#include "runtime/stop_token.h"

namespace millrace {

class Job {
 public:
  virtual ~Job() = default;
  virtual JobType type() const = 0;
  // Does what there is to do, table by table, and goes on with the next table after
  // an error; returns the first one. Returns early, with Ok, when `stop` asks.
  // Idempotent: after a crash at any step the next run completes the work. Blocking;
  // never called twice at the same time.
  virtual Status RunOnce(const StopToken& stop) = 0;
};

}  // namespace millrace
