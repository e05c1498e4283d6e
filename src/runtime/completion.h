// Completion<T>: a value that one thread sets once and one coroutine (or one worker
// thread) waits for. It usually lives in the waiting coroutine's frame.
//
//   empty --Set--> set            (the waiter finds it ready)
//   empty --await--> waiting --Set--> set, waiter resumed on its own loop
//
// Set touches nothing of the Completion after the waiter may have seen the value,
// so the waiter may destroy it at once.
#pragma once

#include <atomic>
#include <coroutine>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "base/mutex.h"
#include "base/thread_role.h"
#include "runtime/waiter.h"

namespace millrace {

template <typename T>
class Completion {
 public:
  Completion() = default;
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;
  ~Completion() {
    MR_ASSERT(state_.load(std::memory_order_acquire) != State::kWaiting,
              "a Completion is destroyed under its waiter");
  }

  // From any thread, once.
  void Set(T value) {
    if (std::optional<Woken> woken = Store(std::move(value))) woken->Wake();
  }
  // The same, but a waiting coroutine is resumed by the batch.
  void Set(T value, ResumeBatch& batch) {
    std::optional<Woken> woken = Store(std::move(value));
    if (!woken) return;
    if (woken->blocked == nullptr) {
      batch.Add(woken->waiter);
    } else {
      woken->Wake();
    }
  }

  bool ready() const { return state_.load(std::memory_order_acquire) == State::kSet; }

  // co_await completion: the value. One waiter, once, on an event loop.
  auto operator co_await() { return Awaiter{*this}; }

  // The same for a thread that may block; aborts on an event-loop thread.
  T WaitBlocking() {
    MayBlock();
    Blocked blocked;
    woken_.blocked = &blocked;
    if (Announce()) {
      MutexLock lock(blocked.mutex);
      blocked.condition.Wait(lock, [&] { return blocked.done; });
    }
    return std::move(*value_);
  }

 private:
  enum class State : uint8_t { kEmpty, kWaiting, kSet };

  // A thread waiting in WaitBlocking, on its stack.
  struct Blocked {
    Mutex mutex;
    ConditionVariable condition;
    bool done = false;
  };

  struct Woken {
    Waiter waiter;
    Blocked* blocked = nullptr;
    void Wake() {
      if (blocked == nullptr) {
        waiter.Resume();
        return;
      }
      // Notified under the lock: the waiter cannot leave its stack frame before.
      MutexLock lock(blocked->mutex);
      blocked->done = true;
      blocked->condition.NotifyOne();
    }
  };

  struct Awaiter {
    Completion& completion;
    bool await_ready() const { return completion.ready(); }
    bool await_suspend(std::coroutine_handle<> handle) {
      completion.woken_.waiter = Waiter::Here(handle);
      return completion.Announce();
    }
    T await_resume() { return std::move(*completion.value_); }
  };

  // False when the value came first and there is nothing to wait for.
  bool Announce() {
    State expected = State::kEmpty;
    if (state_.compare_exchange_strong(expected, State::kWaiting, std::memory_order_acq_rel)) {
      return true;
    }
    MR_ASSERT(expected == State::kSet, "a Completion has one waiter");
    return false;
  }

  std::optional<Woken> Store(T value) {
    value_.emplace(std::move(value));
    const State before = state_.exchange(State::kSet, std::memory_order_acq_rel);
    MR_ASSERT(before != State::kSet, "a Completion is set once");
    // A waiter is suspended until it is woken, so woken_ is still there to be read.
    if (before == State::kWaiting) return woken_;
    return std::nullopt;
  }

  std::atomic<State> state_{State::kEmpty};
  Woken woken_;
  std::optional<T> value_;
};

}  // namespace millrace
