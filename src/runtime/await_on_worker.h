// How a thread that may block meets async code: AwaitOnWorker runs a Task on a loop
// and waits for it here. RunOnLoop does the same with a loop that has no thread.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "base/thread_role.h"
#include "runtime/completion.h"
#include "runtime/event_loop.h"
#include "runtime/task.h"

namespace millrace {

namespace await_internal {

struct Nothing {};
template <typename T>
using Value = std::conditional_t<std::is_void_v<T>, Nothing, T>;

// Runs `task` to its end and frees it before `deliver` tells anybody.
template <typename T, typename Deliver>
task_internal::Detached Start(Task<T> task, Deliver deliver) {
  std::optional<Value<T>> value;
  {
    Task<T> running = std::move(task);
    if constexpr (std::is_void_v<T>) {
      co_await std::move(running);
      value.emplace();
    } else {
      value.emplace(co_await std::move(running));
    }
  }
  deliver(*std::move(value));
}

}  // namespace await_internal

// Runs `task` on `loop`, which must be running on another thread, and blocks until its
// result is there. Aborts on an event-loop thread: there, co_await it.
template <typename T>
T AwaitOnWorker(EventLoop& loop, Task<T> task) {
  MR_ASSERT(CurrentThreadRole() != ThreadRole::kEventLoop, "AwaitOnWorker on an event-loop thread");
  Completion<await_internal::Value<T>> completion;
  loop.Post([&completion, task = std::move(task)]() mutable {
    auto deliver = [&completion](auto value) { completion.Set(std::move(value)); };
    await_internal::Start(std::move(task), deliver);
  });
  [[maybe_unused]] auto value = completion.WaitBlocking();
  if constexpr (!std::is_void_v<T>) return value;
}

// Runs `loop` on this thread until `task` has ended. The loop must not have a thread of
// its own. For tests and small programs.
template <typename T>
T RunOnLoop(EventLoop& loop, Task<T> task) {
  std::optional<await_internal::Value<T>> result;
  loop.Post([&result, task = std::move(task)]() mutable {
    auto deliver = [&result](auto value) { result.emplace(std::move(value)); };
    await_internal::Start(std::move(task), deliver);
  });
  loop.RunUntil([&result] { return result.has_value(); });
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace millrace
