#include "server/shutdown_deadline.h"

#include <cstdlib>
#include <utility>

#include "base/thread_role.h"

namespace millrace {

ShutdownDeadline::ShutdownDeadline(std::chrono::milliseconds limit, std::function<void()> save,
                                   Log& log)
    : log_(log), save_(std::move(save)), thread_([this, limit] { Run(limit); }) {}

ShutdownDeadline::~ShutdownDeadline() {
  {
    const MutexLock lock(mutex_);
    disarmed_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

void ShutdownDeadline::ForgetSave() {
  const MutexLock lock(mutex_);
  save_ = nullptr;
}

void ShutdownDeadline::Run(std::chrono::milliseconds limit) {
  const ScopedThreadRole role(ThreadRole::kBackground);
  MutexLock lock(mutex_);
  if (changed_.WaitFor(lock, limit, [this] { return disarmed_; })) return;
  if (save_ != nullptr) save_();
  log_.Error("shutdown_forced",
             {{"waited_ms", limit.count()},
              {"reason", "a request could not be interrupted; acknowledged writes are safe"}});
  std::_Exit(kExitCode);
}

}  // namespace millrace
