// The last resort of a shutdown: ends the process when it has not ended by itself.
// A request that cannot be interrupted (the analytical engine while it plans) must
// not keep a service manager waiting until it kills us in the middle of a flush.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "base/mutex.h"
#include "observe/log.h"

namespace millrace {

// Armed when made, disarmed when destroyed. When `limit` passes first: calls
// `save`, logs `shutdown_forced` and exits with kExitCode, running no destructors.
class ShutdownDeadline {
 public:
  static constexpr int kExitCode = 1;

  ShutdownDeadline(std::chrono::milliseconds limit, std::function<void()> save, Log& log);
  ~ShutdownDeadline();
  ShutdownDeadline(const ShutdownDeadline&) = delete;
  ShutdownDeadline& operator=(const ShutdownDeadline&) = delete;

  // From now on `save` has nothing to do. Waits for one that runs.
  void ForgetSave();

 private:
  void Run(std::chrono::milliseconds limit);

  Log& log_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::function<void()> save_;
  bool disarmed_ = false;
  std::thread thread_;
};

}  // namespace millrace
