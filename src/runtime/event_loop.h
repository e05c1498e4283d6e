// One event loop: one thread, its sockets, its timers and the work posted to it.
//
// Nothing on a loop may block (base/thread_role.h): the loop's thread has the role
// kEventLoop and MayBlock() aborts there.
//
// Deterministic tests: make a loop with a ManualClock, do not start a thread, call
// RunUntilIdle(); advance the clock and call it again. Every timer that is due by
// the injected clock fires, in deadline order, and nothing depends on real time.
// When a loop does run on a thread of its own with a ManualClock, call
// ClockAdvanced() after moving the clock.
#pragma once

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "runtime/stop_token.h"
#include "runtime/task.h"

namespace millrace {

class EventLoop;

namespace timer_internal {
class TimerHeap;
}

// A callback that will run once on its loop, unless cancelled. Everything about a
// timer happens on its loop's thread. Destroying it cancels it.
class Timer {
 public:
  Timer() = default;
  ~Timer() { Cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // No effect on a timer that has fired or was never set.
  void Cancel();
  bool pending() const { return loop_ != nullptr; }

 private:
  friend class EventLoop;
  friend class timer_internal::TimerHeap;
  EventLoop* loop_ = nullptr;
  int64_t deadline_nanos_ = 0;
  uint64_t order_ = 0;  // equal deadlines fire in the order they were set
  size_t index_ = 0;    // place in the loop's heap
  std::move_only_function<void()> callback_;
};

class EventLoop {
 public:
  using Callback = std::move_only_function<void()>;

  // `clock` drives the timers and must outlive the loop.
  EventLoop(std::string name, const Clock& clock);
  // Nobody may use the loop any more; work still posted is dropped unrun.
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // From any thread. Posted work runs in the order it was posted, never inside the
  // call. Waking the loop costs once per batch, not once per call.
  void Post(Callback callback);
  void ResumeSoon(std::coroutine_handle<> handle);
  void ResumeSoon(std::span<const std::coroutine_handle<>> handles);
  // Ends Run(), now or the next time it is called. Work already posted may stay unrun.
  void Stop();
  // Looks at the timers again after a ManualClock moved.
  void ClockAdvanced();

  // Runs on the calling thread until Stop().
  void Run();
  // Runs what is ready and what is due, on the calling thread, without waiting.
  // Returns how many steps ran. For tests and simulations.
  size_t RunUntilIdle();
  // Runs on the calling thread, waiting for work, until `done` is true. For tests.
  void RunUntil(const std::function<bool()>& done);

  // The loop whose work the calling thread is running; null on any other thread.
  static EventLoop* Current();
  bool IsCurrent() const { return Current() == this; }

  // The rest on the loop's thread only.

  // Sets `timer` to run `callback` after `delay`; a pending timer is set anew.
  void ScheduleAfter(std::chrono::nanoseconds delay, Timer& timer, Callback callback);
  // Ok after `delay`; kCancelled as soon as `stop` asks (from any thread).
  Task<Status> Sleep(std::chrono::nanoseconds delay, StopToken stop = {});

  // While one lives, the loop looks for work again and again rather than sleeping, for
  // at most `limit` from now: for waits of a few dozen microseconds, which waking a
  // sleeping thread would double. Takes processor time that nobody else wants. No
  // effect in RunUntil and RunUntilIdle.
  class StayAwake {
   public:
    StayAwake(EventLoop& loop, std::chrono::nanoseconds limit);
    ~StayAwake();
    StayAwake(const StayAwake&) = delete;
    StayAwake& operator=(const StayAwake&) = delete;

   private:
    EventLoop& loop_;
  };

  // Lets everything else that is ready run first.
  struct YieldAwaiter {
    EventLoop& loop;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) const {
      AssertNoMutexHeld();
      loop.ResumeSoon(handle);
    }
    void await_resume() const noexcept {}
  };
  YieldAwaiter Yield() { return YieldAwaiter{*this}; }

  const Clock& clock() const { return clock_; }
  const std::string& name() const { return name_; }
  // Callbacks and coroutines posted and not yet run. From any thread.
  size_t posted() const;

  // The Asio side; its definition is in runtime/asio.h, which only runtime and net include.
  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  friend class Timer;
  bool KeepAwake();
  void ArmTimer();
  size_t FireDueTimers();
  size_t Drain();

  const std::string name_;
  const Clock& clock_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace millrace
