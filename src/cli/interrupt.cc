#include "cli/interrupt.h"

#include <signal.h>
#include <unistd.h>

namespace millrace::cli {
namespace {

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void OnSignal(int) {
  constexpr int kExitOnSignal = 128 + SIGINT;
  if (interrupted.exchange(true, std::memory_order_acq_rel)) _exit(kExitOnSignal);
}

}  // namespace

std::atomic<bool>& InterruptFlag() { return interrupted; }

void InstallInterruptHandler() {
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = 0;  // no SA_RESTART: a blocked read must return
  sigaction(SIGINT, &action, nullptr);
}

}  // namespace millrace::cli
