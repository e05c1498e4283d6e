// A suspended coroutine and the loop it belongs to: what every awaiter of the
// runtime keeps, so that resumption is always on the waiter's own loop.
#pragma once

#include <coroutine>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/mutex.h"
#include "runtime/event_loop.h"

namespace millrace {

struct Waiter {
  EventLoop* loop = nullptr;
  std::coroutine_handle<> handle;

  // Call from await_suspend, before the handle can be seen by another thread.
  static Waiter Here(std::coroutine_handle<> handle) {
    AssertNoMutexHeld();
    EventLoop* loop = EventLoop::Current();
    MR_ASSERT(loop != nullptr, "a coroutine suspends outside an event loop");
    return Waiter{loop, handle};
  }
  // From any thread. The coroutine may run, and end, before this returns.
  void Resume() const { loop->ResumeSoon(handle); }
};

// Collects waiters and resumes them with one post per loop: how one thread completes
// a whole commit group. Not thread-safe. The destructor flushes.
class ResumeBatch {
 public:
  ResumeBatch() = default;
  ~ResumeBatch() { Flush(); }
  ResumeBatch(const ResumeBatch&) = delete;
  ResumeBatch& operator=(const ResumeBatch&) = delete;

  void Add(Waiter waiter) {
    for (auto& [loop, handles] : loops_) {
      if (loop == waiter.loop) {
        handles.push_back(waiter.handle);
        return;
      }
    }
    loops_.push_back({waiter.loop, {waiter.handle}});
  }
  void Flush() {
    for (auto& [loop, handles] : loops_) {
      if (!handles.empty()) loop->ResumeSoon(handles);
      handles.clear();
    }
  }

 private:
  // There are as many loops as cores: a linear search is the fast one.
  std::vector<std::pair<EventLoop*, std::vector<std::coroutine_handle<>>>> loops_;
};

}  // namespace millrace
