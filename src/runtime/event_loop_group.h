// N event loops, each on a thread of its own, and the watchdog that tells when one
// of them does not answer. One loop per core is the intended size.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "runtime/event_loop.h"

namespace millrace {

struct EventLoopGroupOptions {
  uint32_t loops = 1;
  std::string name = "loop";  // loops are called name-0, name-1, …
  // A loop that does not run a ping for this long is a WARN `event_loop_stalled`
  // with the loop's name; when it answers, `event_loop_answered` tells how long.
  std::chrono::milliseconds stall_warning{100};
};

// Starts in the constructor. Metrics: `runtime_loop_lag_seconds{loop}`, from a ping
// sent every half stall_warning; `runtime_loop_posted_callbacks{loop}`;
// `runtime_loop_stalls_total{loop}`.
class EventLoopGroup {
 public:
  // `clock`, `metrics` and `log` must outlive the group.
  EventLoopGroup(EventLoopGroupOptions options, const Clock& clock, Metrics& metrics, Log& log);
  // The same when the system may refuse: kResourceExhausted for too many threads or file
  // descriptors.
  static Result<std::unique_ptr<EventLoopGroup>> Create(EventLoopGroupOptions options,
                                                        const Clock& clock, Metrics& metrics,
                                                        Log& log);
  // Stops the loops and joins their threads. Whatever runs on them must have ended:
  // close the gates first.
  ~EventLoopGroup();
  EventLoopGroup(const EventLoopGroup&) = delete;
  EventLoopGroup& operator=(const EventLoopGroup&) = delete;

  size_t size() const { return loops_.size(); }
  EventLoop& loop(size_t index) { return *loops_[index]->loop; }
  // The next loop, round robin. Thread-safe.
  EventLoop& Next();

 private:
  struct Member {
    std::unique_ptr<EventLoop> loop;
    std::thread thread;
    Metrics::CallbackGauge posted;
  };
  class Watchdog;

  EventLoopGroup(std::chrono::milliseconds stall_warning, const Clock& clock, Log& log);
  void AddLoop(const std::string& name, const Clock& clock, Metrics& metrics);

  std::vector<std::unique_ptr<Member>> loops_;
  std::atomic<uint32_t> next_{0};
  std::unique_ptr<Watchdog> watchdog_;
};

}  // namespace millrace
