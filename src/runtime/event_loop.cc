#include "runtime/event_loop.h"

#include <atomic>
#include <boost/asio/post.hpp>
#include <optional>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "base/thread_role.h"
#include "runtime/asio.h"
#include "runtime/waiter.h"

namespace millrace {
namespace {

thread_local EventLoop* current_loop = nullptr;

// Makes the calling thread the loop's thread for a scope.
class BeingLoop {
 public:
  explicit BeingLoop(EventLoop* loop) : role_(ThreadRole::kEventLoop) {
    MR_ASSERT(current_loop == nullptr, "a thread runs one event loop at a time");
    current_loop = loop;
  }
  ~BeingLoop() { current_loop = nullptr; }

 private:
  ScopedThreadRole role_;
};

}  // namespace

void Timer::Cancel() {
  if (loop_ == nullptr) return;
  MR_ASSERT(loop_->IsCurrent() || EventLoop::Current() == nullptr,
            "a timer is cancelled on its own loop");
  std::exchange(loop_, nullptr)->impl().timers.Remove(*this);
  callback_ = nullptr;
}

EventLoop::EventLoop(std::string name, const Clock& clock)
    : name_(std::move(name)), clock_(clock), impl_(std::make_unique<Impl>()) {}

EventLoop::~EventLoop() {
  MR_ASSERT(current_loop != this, "an event loop is destroyed by its own work");
}

EventLoop* EventLoop::Current() { return current_loop; }

void EventLoop::Post(Callback callback) {
  bool wake = false;
  {
    MutexLock lock(impl_->mutex);
    impl_->posted.push_back({nullptr, std::move(callback)});
    wake = !std::exchange(impl_->drain_scheduled, true);
  }
  if (wake) boost::asio::post(impl_->context, [this] { Drain(); });
}

void EventLoop::ResumeSoon(std::coroutine_handle<> handle) {
  ResumeSoon(std::span<const std::coroutine_handle<>>(&handle, 1));
}

void EventLoop::ResumeSoon(std::span<const std::coroutine_handle<>> handles) {
  bool wake = false;
  {
    MutexLock lock(impl_->mutex);
    for (const std::coroutine_handle<> handle : handles) {
      impl_->posted.push_back({handle, nullptr});
    }
    wake = !std::exchange(impl_->drain_scheduled, true);
  }
  if (wake) boost::asio::post(impl_->context, [this] { Drain(); });
}

size_t EventLoop::posted() const {
  MutexLock lock(impl_->mutex);
  return impl_->posted.size();
}

// Runs what was posted before it began. What is posted meanwhile waits for the next
// round, so that sockets get their turn.
size_t EventLoop::Drain() {
  {
    MutexLock lock(impl_->mutex);
    impl_->draining.swap(impl_->posted);
  }
  for (Impl::Posted& posted : impl_->draining) {
    if (posted.handle) {
      posted.handle.resume();
    } else {
      std::exchange(posted.callback, nullptr)();
    }
  }
  const size_t count = impl_->draining.size();
  impl_->draining.clear();
  bool again = false;
  {
    MutexLock lock(impl_->mutex);
    again = impl_->drain_scheduled = !impl_->posted.empty();
  }
  if (again) boost::asio::post(impl_->context, [this] { Drain(); });
  return count;
}

void EventLoop::Stop() { impl_->context.stop(); }

void EventLoop::ClockAdvanced() {
  Post([this] {
    FireDueTimers();
    ArmTimer();
  });
}

void EventLoop::Run() {
  BeingLoop being(this);
  impl_->real_time = true;
  ArmTimer();
  while (!impl_->context.stopped()) {
    if (impl_->context.poll() == 0 && !KeepAwake()) impl_->context.run_one();
  }
  impl_->real_time = false;
}

// With several waiting there is work enough, and other threads need the processor.
bool EventLoop::KeepAwake() {
  constexpr int kWaitingMax = 2;
  const int waiting = impl_->stay_awake_count;
  if (waiting == 0 || waiting > kWaitingMax) return false;
  if (clock_.MonotonicNanos() >= impl_->awake_until_nanos) return false;
  std::this_thread::yield();
  return true;
}

EventLoop::StayAwake::StayAwake(EventLoop& loop, std::chrono::nanoseconds limit) : loop_(loop) {
  MR_ASSERT(loop.IsCurrent(), "a loop is kept awake by its own work");
  ++loop.impl_->stay_awake_count;
  loop.impl_->awake_until_nanos = loop.clock_.MonotonicNanos() + limit.count();
}

EventLoop::StayAwake::~StayAwake() { --loop_.impl_->stay_awake_count; }

void EventLoop::RunUntil(const std::function<bool()>& done) {
  BeingLoop being(this);
  impl_->real_time = true;
  ArmTimer();
  while (!done()) {
    const size_t ran = impl_->context.run_one();
    MR_ASSERT(ran > 0, "the loop was stopped while somebody waits for its work");
  }
  impl_->real_time = false;
}

size_t EventLoop::RunUntilIdle() {
  BeingLoop being(this);
  size_t total = 0;
  while (true) {
    const size_t ran = impl_->context.poll() + FireDueTimers();
    if (ran == 0) return total;
    total += ran;
  }
}

void EventLoop::ScheduleAfter(std::chrono::nanoseconds delay, Timer& timer, Callback callback) {
  MR_ASSERT(IsCurrent(), "a timer is set on its own loop");
  timer.Cancel();
  timer.loop_ = this;
  timer.callback_ = std::move(callback);
  impl_->timers.Add(timer, clock_.MonotonicNanos() + std::max<int64_t>(0, delay.count()));
  ArmTimer();
}

// Fires what was due and set when it began: a timer that sets itself anew cannot
// keep the loop here.
size_t EventLoop::FireDueTimers() {
  using timer_internal::TimerHeap;
  TimerHeap& timers = impl_->timers;
  const int64_t now_nanos = clock_.MonotonicNanos();
  const uint64_t order_end = timers.next_order();
  size_t count = 0;
  while (!timers.empty()) {
    Timer& timer = timers.earliest();
    if (TimerHeap::DeadlineOf(timer) > now_nanos || TimerHeap::OrderOf(timer) >= order_end) break;
    timers.Remove(timer);
    timer.loop_ = nullptr;
    // Moved out: the callback may set the timer anew, or destroy it.
    Callback callback = std::exchange(timer.callback_, nullptr);
    callback();
    ++count;
  }
  return count;
}

void EventLoop::ArmTimer() {
  using timer_internal::TimerHeap;
  if (!impl_->real_time || impl_->timers.empty()) return;
  const int64_t deadline = TimerHeap::DeadlineOf(impl_->timers.earliest());
  if (deadline >= impl_->armed_nanos) return;
  impl_->armed_nanos = deadline;
  const int64_t delay = std::max<int64_t>(0, deadline - clock_.MonotonicNanos());
  impl_->timer.expires_after(std::chrono::nanoseconds(delay));
  impl_->timer.async_wait([this](const boost::system::error_code& error) {
    if (error) return;  // armed anew for an earlier deadline
    impl_->armed_nanos = Impl::kNotArmed;
    FireDueTimers();
    ArmTimer();
  });
}

namespace {

// Whoever sets `done` first, the timer or the stop callback, resumes the sleeper.
class SleepAwaiter {
 public:
  SleepAwaiter(EventLoop& loop, std::chrono::nanoseconds delay, const StopToken& stop)
      : loop_(loop), delay_(delay), stop_(stop) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    waiter_ = Waiter::Here(handle);
    loop_.ScheduleAfter(delay_, timer_, [this] {
      if (!done_.exchange(true)) waiter_.handle.resume();
    });
    if (!stop_.CanStop()) return;
    // Resumption is posted to this very thread: it cannot happen before we return.
    on_stop_.emplace(stop_, [this] {
      if (done_.exchange(true)) return;
      stopped_ = true;
      waiter_.Resume();
    });
  }
  Status await_resume() {
    on_stop_.reset();
    timer_.Cancel();
    return stopped_ ? Cancelled("the sleep was stopped") : Status::Ok();
  }

 private:
  EventLoop& loop_;
  const std::chrono::nanoseconds delay_;
  const StopToken& stop_;
  Waiter waiter_;
  Timer timer_;
  std::optional<StopCallback> on_stop_;
  std::atomic<bool> done_{false};
  bool stopped_ = false;
};

}  // namespace

Task<Status> EventLoop::Sleep(std::chrono::nanoseconds delay, StopToken stop) {
  if (stop.StopRequested()) co_return Cancelled("the sleep was stopped");
  SleepAwaiter awaiter(*this, delay, stop);
  co_return co_await awaiter;
}

}  // namespace millrace
