// Ends statements and transactions whose time is up: one thread that sleeps until the
// next deadline.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <thread>

#include "base/clock.h"
#include "base/mutex.h"
#include "runtime/stop_token.h"

namespace millrace {

// Thread-safe.
class Deadlines {
 public:
  explicit Deadlines(const Clock& clock);
  ~Deadlines();

  // Asks `source` to stop after `millis`, unless Remove comes first.
  uint64_t Add(StopSource source, int64_t millis);
  // The same for anything short; it runs on the thread of the deadlines, which may block.
  uint64_t Add(std::function<void()> due, int64_t millis);
  // What is running already may still be running when this returns.
  void Remove(uint64_t id);

 private:
  struct Entry {
    uint64_t id;
    std::function<void()> due;
  };
  void Run();

  const Clock& clock_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::multimap<int64_t, Entry> entries_;  // by monotonic nanoseconds
  std::map<uint64_t, int64_t> deadlines_;  // id -> key in entries_
  uint64_t next_id_ = 1;
  bool stopping_ = false;
  std::thread thread_;
};

// A statement's right to run: stops when its client is gone or its time is up.
// May be destroyed on any thread.
class StatementScope {
 public:
  StatementScope(Deadlines& deadlines, const StopToken& client, int64_t timeout_ms);
  ~StatementScope();
  StatementScope(const StatementScope&) = delete;
  StatementScope& operator=(const StatementScope&) = delete;

  StopToken token() const { return source_.token(); }

 private:
  Deadlines& deadlines_;
  StopSource source_;
  uint64_t id_;
  StopCallback on_client_gone_;
};

}  // namespace millrace
