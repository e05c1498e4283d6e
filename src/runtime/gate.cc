#include "runtime/gate.h"

#include "base/assert.h"
#include "base/thread_role.h"

namespace millrace {

Gate::~Gate() { MR_ASSERT(inside() == 0, "a gate is destroyed while somebody is inside"); }

std::optional<Gate::Pass> Gate::Enter() {
  // Not a plain increment: a closed gate must not rise from zero again.
  uint64_t state = state_.load(std::memory_order_relaxed);
  do {
    if ((state & kClosed) != 0) return std::nullopt;
  } while (!state_.compare_exchange_weak(state, state + kOne, std::memory_order_acq_rel,
                                         std::memory_order_relaxed));
  return Pass(this);
}

void Gate::Leave() {
  const uint64_t before = state_.fetch_sub(kOne, std::memory_order_acq_rel);
  if (before == kOne + kClosed) Drained();
}

void Gate::Shut() {
  const uint64_t before = state_.fetch_or(kClosed, std::memory_order_acq_rel);
  if (before == 0) Drained();
}

void Gate::Drained() {
  std::vector<Waiter> waiters;
  {
    MutexLock lock(mutex_);
    drained_ = true;
    waiters.swap(waiters_);
    // Under the lock: the closing thread may destroy the gate once it gets the lock.
    condition_.NotifyAll();
  }
  for (const Waiter& waiter : waiters) waiter.Resume();
}

bool Gate::DrainAwaiter::await_suspend(std::coroutine_handle<> handle) {
  const Waiter waiter = Waiter::Here(handle);
  MutexLock lock(gate.mutex_);
  if (gate.drained_) return false;
  gate.waiters_.push_back(waiter);
  return true;
}

Task<void> Gate::Close() {
  Shut();
  co_await DrainAwaiter{*this};
}

void Gate::CloseBlocking() {
  MayBlock();
  Shut();
  MutexLock lock(mutex_);
  condition_.Wait(lock, [&] { return drained_; });
}

bool Gate::CloseBlockingFor(std::chrono::nanoseconds timeout) {
  MayBlock();
  Shut();
  MutexLock lock(mutex_);
  return condition_.WaitFor(lock, timeout, [&] { return drained_; });
}

namespace {

task_internal::Detached RunDetached(Gate::Pass pass, Task<void> task) {
  // Freed before `pass` leaves: the gate's owner may be gone afterwards.
  Task<void> running = std::move(task);
  co_await std::move(running);
}

}  // namespace

Status Spawn(EventLoop& loop, Gate& gate, Task<void> task) {
  std::optional<Gate::Pass> pass = gate.Enter();
  if (!pass) return Unavailable("the service is shutting down");
  if (loop.IsCurrent()) {
    RunDetached(*std::move(pass), std::move(task));
    return Status::Ok();
  }
  loop.Post([pass = *std::move(pass), task = std::move(task)]() mutable {
    RunDetached(std::move(pass), std::move(task));
  });
  return Status::Ok();
}

Status Spawn(Gate& gate, Task<void> task) {
  EventLoop* loop = EventLoop::Current();
  MR_ASSERT(loop != nullptr, "Spawn without a loop outside an event loop");
  return Spawn(*loop, gate, std::move(task));
}

}  // namespace millrace
