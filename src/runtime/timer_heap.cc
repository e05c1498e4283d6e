#include "runtime/timer_heap.h"

#include "base/assert.h"

namespace millrace::timer_internal {

void TimerHeap::Place(size_t index, Timer* timer) {
  timers_[index] = timer;
  timer->index_ = index;
}

void TimerHeap::SiftUp(size_t index) {
  Timer* timer = timers_[index];
  while (index > 0) {
    const size_t parent = (index - 1) / 2;
    if (!Before(*timer, *timers_[parent])) break;
    Place(index, timers_[parent]);
    index = parent;
  }
  Place(index, timer);
}

void TimerHeap::SiftDown(size_t index) {
  Timer* timer = timers_[index];
  while (true) {
    size_t child = 2 * index + 1;
    if (child >= timers_.size()) break;
    if (child + 1 < timers_.size() && Before(*timers_[child + 1], *timers_[child])) ++child;
    if (!Before(*timers_[child], *timer)) break;
    Place(index, timers_[child]);
    index = child;
  }
  Place(index, timer);
}

void TimerHeap::Add(Timer& timer, int64_t deadline_nanos) {
  timer.deadline_nanos_ = deadline_nanos;
  timer.order_ = next_order_++;
  timers_.push_back(&timer);
  SiftUp(timers_.size() - 1);
}

void TimerHeap::Remove(Timer& timer) {
  const size_t index = timer.index_;
  MR_ASSERT(index < timers_.size() && timers_[index] == &timer, "a timer is in its loop's heap");
  Timer* last = timers_.back();
  timers_.pop_back();
  if (last == &timer) return;
  Place(index, last);
  SiftUp(index);
  SiftDown(last->index_);
}

}  // namespace millrace::timer_internal
