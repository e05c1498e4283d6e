// A mutex whose holders are counted per thread, so that a coroutine that suspends
// while it holds one is caught where it suspends. Use it instead of std::mutex in
// everything a coroutine may call.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/assert.h"

namespace millrace {

// How many MutexLocks the calling thread holds.
inline int& HeldMutexes() {
  static thread_local int held = 0;
  return held;
}

// Called by every awaiter of the runtime before it suspends.
inline void AssertNoMutexHeld() {
  MR_ASSERT(HeldMutexes() == 0, "a coroutine suspends while it holds a mutex");
}

// Locked through MutexLock only.
class Mutex {
 private:
  friend class MutexLock;
  std::mutex mutex_;
};

// Holds a Mutex for a scope; Unlock and Lock allow a gap in it.
class MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) : lock_(mutex.mutex_) { ++HeldMutexes(); }
  ~MutexLock() {
    if (lock_.owns_lock()) --HeldMutexes();
  }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void Unlock() {
    lock_.unlock();
    --HeldMutexes();
  }
  void Lock() {
    lock_.lock();
    ++HeldMutexes();
  }

 private:
  friend class ConditionVariable;
  std::unique_lock<std::mutex> lock_;
};

// Wakes threads that wait under a Mutex. Only for threads that may block.
class ConditionVariable {
 public:
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }
  template <typename Predicate>
  void Wait(MutexLock& lock, Predicate predicate) {
    condition_.wait(lock.lock_, predicate);
  }
  // Returns false when the predicate is still false after `timeout`.
  template <typename Predicate>
  bool WaitFor(MutexLock& lock, std::chrono::nanoseconds timeout, Predicate predicate) {
    return condition_.wait_for(lock.lock_, timeout, predicate);
  }

 private:
  std::condition_variable condition_;
};

}  // namespace millrace
