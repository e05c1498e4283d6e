// Task<T>: a lazy coroutine. It starts when it is awaited, hands control over by
// symmetric transfer, and returns its result by value. Errors are Status or
// Result<T>; an exception that reaches the coroutine's edge aborts the process.
//
//   Task<Result<Row>> Find(Key key);
//   Result<Row> row = co_await Find(key);
//
// A Task runs on the event loop that first resumes it and stays there: every
// awaiter of the runtime resumes on the loop it suspended on.
// A Task must be awaited by one coroutine at most; destroying one that was never
// awaited frees its arguments. Parameters are taken by value (CONVENTIONS 17).
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "base/assert.h"

namespace millrace {

template <typename T>
class Task;

namespace task_internal {

// The coroutine that awaits this one, resumed when this one ends.
struct PromiseBase {
  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      return self.promise().continuation;
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  [[noreturn]] void unhandled_exception() const noexcept {
    AssertionFailed("no exception", "an exception left a coroutine", __FILE__, __LINE__);
  }

  std::coroutine_handle<> continuation = std::noop_coroutine();
};

template <typename T>
struct Promise : PromiseBase {
  Task<T> get_return_object() noexcept;
  template <typename U>
  void return_value(U&& value) {
    result.emplace(std::forward<U>(value));
  }
  T Take() { return std::move(*result); }
  std::optional<T> result;
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void Take() const noexcept {}
};

}  // namespace task_internal

template <typename T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = task_internal::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  class Awaiter {
   public:
    explicit Awaiter(Handle handle) : handle_(handle) {}
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) const noexcept {
      handle_.promise().continuation = awaiting;
      return handle_;
    }
    T await_resume() const { return handle_.promise().Take(); }

   private:
    Handle handle_;
  };

  // The Task must live until the await expression ends, as a temporary does.
  Awaiter operator co_await() && {
    MR_ASSERT(handle_ && !handle_.done(), "a Task is awaited once");
    return Awaiter(handle_);
  }

 private:
  friend promise_type;
  explicit Task(Handle handle) : handle_(handle) {}
  Handle handle_;
};

namespace task_internal {

template <typename T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise>::from_promise(*this));
}

inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise>::from_promise(*this));
}

// A coroutine that owns itself: starts at once, frees itself at its end.
struct Detached {
  struct promise_type {
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept {
      AssertionFailed("no exception", "an exception left a coroutine", __FILE__, __LINE__);
    }
  };
};

}  // namespace task_internal
}  // namespace millrace
