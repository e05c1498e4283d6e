// The border between coroutines and blocking code: a fixed set of threads on which
// a coroutine runs one callable and waits for its result.
//
//   auto lookup = [snapshot, key] { return snapshot->Get(key); };
//   Result<Row> row = co_await pool.Run(lookup);
//
// A crossing costs 7-10 µs when idle: one per statement, not one per row. Name the
// callable before the co_await (CONVENTIONS 17). Only files that tidy lists may call
// Run. Work runs in the order it was submitted.
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "observe/metrics.h"
#include "runtime/waiter.h"

namespace millrace {

struct BlockingPoolOptions {
  std::string name = "blocking";
  uint32_t threads = 4;
  // Operations that may wait for a thread; their coroutines are suspended meanwhile.
  // Beyond it Run gives kResourceExhausted at once.
  uint32_t queue_max = 4096;
};

namespace blocking_internal {

// What co_await gives for a callable that returns R.
template <typename R>
struct Outcome {
  using type = Result<R>;
};
template <>
struct Outcome<void> {
  using type = Status;
};
template <>
struct Outcome<Status> {
  using type = Status;
};
template <typename T>
struct Outcome<Result<T>> {
  using type = Result<T>;
};

// One operation in the queue. Lives in the frame of the coroutine that waits for it.
struct Work {
  virtual void Execute() = 0;
  Waiter waiter;
  int64_t queued_nanos = 0;
  Work* next = nullptr;

 protected:
  ~Work() = default;
};

}  // namespace blocking_internal

// Thread-safe. Metrics, each labelled {pool}: `runtime_pool_queued_operations`,
// `runtime_pool_busy_threads`, `runtime_pool_wait_seconds`, `runtime_pool_rejected_total`.
class BlockingPool {
 public:
  template <typename F>
  class RunAwaiter;

  // `clock` and `metrics` must outlive the pool.
  BlockingPool(BlockingPoolOptions options, const Clock& clock, Metrics& metrics);
  // Calls Stop().
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  // Runs `callable` on a thread of the pool (role kBlocking) and resumes on the loop it
  // was awaited on. `callable` is moved into the caller's frame and destroyed there, so
  // whatever it captures by value lives until it has run; it cannot be cancelled: pass
  // it a StopToken if it takes long. Gives the callable's own Status or Result<T>;
  // Status for void; Result<T> for any other T. kResourceExhausted when the queue is
  // full, kUnavailable when the pool has stopped.
  template <typename F>
  RunAwaiter<std::decay_t<F>> Run(F&& callable) {
    return RunAwaiter<std::decay_t<F>>(*this, std::forward<F>(callable));
  }

  // Runs everything queued, then joins the threads. Later calls of Run fail. May be
  // called again. Blocks; the loops that wait for results must still be running or
  // never run again.
  void Stop();

  uint32_t threads() const { return static_cast<uint32_t>(threads_.size()); }

 private:
  Status Submit(blocking_internal::Work* work);
  void RunThread(uint32_t index);

  const BlockingPoolOptions options_;
  const Clock& clock_;
  Gauge& queued_;
  Gauge& busy_;
  Histogram& wait_;
  Counter& rejected_;

  Mutex mutex_;
  ConditionVariable wake_;
  // The queue, linked through the operations themselves.
  blocking_internal::Work* head_ = nullptr;
  blocking_internal::Work* tail_ = nullptr;
  uint32_t queue_length_ = 0;
  uint32_t idle_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

template <typename F>
class [[nodiscard]] BlockingPool::RunAwaiter final : blocking_internal::Work {
 public:
  using Returned = std::invoke_result_t<F&>;
  using Outcome = typename blocking_internal::Outcome<Returned>::type;

  template <typename G>
  RunAwaiter(BlockingPool& pool, G&& callable)
      : pool_(pool), callable_(std::forward<G>(callable)) {}
  RunAwaiter(const RunAwaiter&) = delete;
  RunAwaiter& operator=(const RunAwaiter&) = delete;

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> handle) {
    waiter = Waiter::Here(handle);
    // Once submitted, this coroutine may be resumed and gone: only locals below.
    Status submitted = pool_.Submit(this);
    if (submitted.ok()) return true;
    outcome_.emplace(std::move(submitted));
    return false;
  }
  Outcome await_resume() { return std::move(*outcome_); }

 private:
  void Execute() override {
    if constexpr (std::is_void_v<Returned>) {
      callable_();
      outcome_.emplace();
    } else {
      outcome_.emplace(callable_());
    }
  }

  BlockingPool& pool_;
  F callable_;
  std::optional<Outcome> outcome_;
};

}  // namespace millrace
