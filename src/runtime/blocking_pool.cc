#include "runtime/blocking_pool.h"

#include <pthread.h>

#include "base/assert.h"
#include "base/thread_role.h"

namespace millrace {

using blocking_internal::Work;

BlockingPool::BlockingPool(BlockingPoolOptions options, const Clock& clock, Metrics& metrics)
    : options_(std::move(options)),
      clock_(clock),
      queued_(metrics.AddGauge("runtime_pool_queued_operations",
                               "Operations that wait for a thread.", {{"pool", options_.name}})),
      busy_(metrics.AddGauge("runtime_pool_busy_threads", "Threads that run an operation.",
                             {{"pool", options_.name}})),
      wait_(metrics.AddHistogram("runtime_pool_wait_seconds",
                                 "Time an operation waited for a thread.",
                                 HistogramOptions::Seconds(), {{"pool", options_.name}})),
      rejected_(metrics.AddCounter("runtime_pool_rejected_total",
                                   "Operations refused because the queue was full.",
                                   {{"pool", options_.name}})) {
  MR_ASSERT(options_.threads > 0, "a pool has at least one thread");
  for (uint32_t i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this, i] { RunThread(i); });
  }
}

BlockingPool::~BlockingPool() { Stop(); }

Status BlockingPool::Submit(Work* work) {
  work->queued_nanos = clock_.MonotonicNanos();
  MutexLock lock(mutex_);
  if (stopping_) return Unavailable("the blocking pool has stopped");
  // A thread that is idle takes its work at once: that one does not wait in the queue.
  if (queue_length_ >= options_.queue_max + idle_) {
    rejected_.Add();
    return ResourceExhausted("too many operations wait for a thread of pool \"" + options_.name +
                             "\"");
  }
  (tail_ == nullptr ? head_ : tail_->next) = work;
  tail_ = work;
  ++queue_length_;
  queued_.Add(1);
  if (idle_ > 0) wake_.NotifyOne();
  return Status::Ok();
}

void BlockingPool::RunThread(uint32_t index) {
  ScopedThreadRole role(ThreadRole::kBlocking);
  const std::string name = (options_.name + "-" + std::to_string(index)).substr(0, 15);
  pthread_setname_np(pthread_self(), name.c_str());
  MutexLock lock(mutex_);
  while (true) {
    ++idle_;
    wake_.Wait(lock, [&] { return head_ != nullptr || stopping_; });
    --idle_;
    Work* work = head_;
    if (work == nullptr) return;
    head_ = work->next;
    if (head_ == nullptr) tail_ = nullptr;
    --queue_length_;
    lock.Unlock();

    queued_.Add(-1);
    wait_.ObserveNanos(clock_.MonotonicNanos() - work->queued_nanos);
    busy_.Add(1);
    // Copied first: the awaiter may be gone as soon as its coroutine is resumed.
    const Waiter waiter = work->waiter;
    work->Execute();
    busy_.Add(-1);
    waiter.Resume();
    lock.Lock();
  }
}

void BlockingPool::Stop() {
  MayBlock();
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    wake_.NotifyAll();
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace millrace
