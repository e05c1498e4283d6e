// The timers of one loop: a binary heap of pointers in which every timer knows its
// place, so that cancelling is O(log n) and leaves nothing behind. Ordered by
// deadline, then by the order of setting. Not thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/event_loop.h"

namespace millrace::timer_internal {

class TimerHeap {
 public:
  bool empty() const { return timers_.empty(); }
  Timer& earliest() const { return *timers_.front(); }
  static int64_t DeadlineOf(const Timer& timer) { return timer.deadline_nanos_; }
  static uint64_t OrderOf(const Timer& timer) { return timer.order_; }
  // The order the next timer will get.
  uint64_t next_order() const { return next_order_; }

  void Add(Timer& timer, int64_t deadline_nanos);
  void Remove(Timer& timer);

 private:
  static bool Before(const Timer& a, const Timer& b) {
    if (a.deadline_nanos_ != b.deadline_nanos_) return a.deadline_nanos_ < b.deadline_nanos_;
    return a.order_ < b.order_;
  }
  void Place(size_t index, Timer* timer);
  void SiftUp(size_t index);
  void SiftDown(size_t index);

  std::vector<Timer*> timers_;
  uint64_t next_order_ = 1;
};

}  // namespace millrace::timer_internal
