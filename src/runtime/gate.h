// Gate: counts running operations and lets their owner wait until none is left.
// Every background loop and detached task is inside a gate; an owner closes its
// gates before it is destroyed.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "runtime/event_loop.h"
#include "runtime/task.h"
#include "runtime/waiter.h"

namespace millrace {

// Thread-safe.
class Gate {
 public:
  // Being inside. Leaves when destroyed.
  class Pass {
   public:
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(gate_, other.gate_);
      return *this;
    }
    ~Pass() {
      if (gate_ != nullptr) gate_->Leave();
    }

   private:
    friend class Gate;
    explicit Pass(Gate* gate) : gate_(gate) {}
    Gate* gate_;
  };

  Gate() = default;
  // The gate must be closed and empty, or never entered.
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // Empty when the gate is closed. Two atomic operations per pass.
  std::optional<Pass> Enter();
  // Lets nobody in any more and waits until everybody has left. May be called again.
  Task<void> Close();
  // The same for a thread that may block.
  void CloseBlocking();
  // The same, but gives up waiting after `timeout`; false when somebody is still inside.
  bool CloseBlockingFor(std::chrono::nanoseconds timeout);
  // Lets nobody in any more, does not wait.
  void Shut();

  bool closed() const { return (state_.load(std::memory_order_acquire) & kClosed) != 0; }
  uint64_t inside() const { return state_.load(std::memory_order_acquire) / kOne; }

 private:
  static constexpr uint64_t kClosed = 1;
  static constexpr uint64_t kOne = 2;

  struct DrainAwaiter {
    Gate& gate;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> handle);
    void await_resume() const noexcept {}
  };

  void Leave();
  void Drained();

  std::atomic<uint64_t> state_{0};
  // The last to leave a closed gate sets drained_; nobody touches the gate after it.
  Mutex mutex_;
  ConditionVariable condition_;
  bool drained_ = false;
  std::vector<Waiter> waiters_;
};

// Starts a task nobody awaits, inside the gate: at once when the calling thread is on
// `loop` (it runs until its first suspension), else posted. kUnavailable, and the
// task is dropped unrun, when the gate is closed.
Status Spawn(EventLoop& loop, Gate& gate, Task<void> task);
// The same on the current loop.
Status Spawn(Gate& gate, Task<void> task);

}  // namespace millrace
