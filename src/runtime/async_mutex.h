// AsyncMutex: mutual exclusion between coroutines that may suspend while they hold
// it, unlike Mutex. Waiters are served in order and resume on their own loop.
#pragma once

#include <coroutine>
#include <deque>
#include <optional>
#include <utility>

#include "base/mutex.h"
#include "runtime/waiter.h"

namespace millrace {

// Thread-safe. Must outlive its guards.
class AsyncMutex {
 public:
  // Holds the mutex until destroyed.
  class [[nodiscard]] Guard {
   public:
    Guard(Guard&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
    Guard& operator=(Guard&& other) noexcept {
      std::swap(mutex_, other.mutex_);
      return *this;
    }
    ~Guard() {
      if (mutex_ != nullptr) mutex_->Unlock();
    }

   private:
    friend class AsyncMutex;
    explicit Guard(AsyncMutex* mutex) : mutex_(mutex) {}
    AsyncMutex* mutex_;
  };

  // `AsyncMutex::Guard guard = co_await mutex.Lock();`
  auto Lock() { return LockAwaiter{*this}; }

 private:
  struct LockAwaiter {
    AsyncMutex& mutex;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> handle) {
      const Waiter waiter = Waiter::Here(handle);
      MutexLock lock(mutex.mutex_);
      if (!std::exchange(mutex.locked_, true)) return false;
      mutex.waiters_.push_back(waiter);
      return true;
    }
    Guard await_resume() const noexcept { return Guard(&mutex); }
  };

  // Hands over to the next waiter without ever being free in between.
  void Unlock() {
    std::optional<Waiter> next;
    {
      MutexLock lock(mutex_);
      if (waiters_.empty()) {
        locked_ = false;
        return;
      }
      next = waiters_.front();
      waiters_.pop_front();
    }
    next->Resume();
  }

  Mutex mutex_;
  bool locked_ = false;
  std::deque<Waiter> waiters_;
};

}  // namespace millrace
