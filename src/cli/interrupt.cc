#include "cli/interrupt.h"

#include <poll.h>
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

bool WaitForInterrupt(std::chrono::milliseconds time) {
  // Blocked until ppoll lets it in, so that none comes between the look and the wait.
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGINT);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  if (!interrupted.load(std::memory_order_acquire)) {
    const timespec limit = {.tv_sec = time.count() / 1000,
                            .tv_nsec = time.count() % 1000 * 1'000'000};
    ppoll(nullptr, 0, &limit, &before);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return interrupted.load(std::memory_order_acquire);
}

struct ForegroundProgram::Saved {
  struct sigaction interrupt = {};
  struct sigaction quit = {};
};

ForegroundProgram::ForegroundProgram() : saved_(std::make_unique<Saved>()) {
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGINT, &ignore, &saved_->interrupt);
  sigaction(SIGQUIT, &ignore, &saved_->quit);
}

ForegroundProgram::~ForegroundProgram() {
  sigaction(SIGINT, &saved_->interrupt, nullptr);
  sigaction(SIGQUIT, &saved_->quit, nullptr);
}

struct BrokenPipesAreErrors::Saved {
  struct sigaction pipe = {};
};

BrokenPipesAreErrors::BrokenPipesAreErrors() : saved_(std::make_unique<Saved>()) {
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &saved_->pipe);
}

BrokenPipesAreErrors::~BrokenPipesAreErrors() { sigaction(SIGPIPE, &saved_->pipe, nullptr); }

}  // namespace millrace::cli
