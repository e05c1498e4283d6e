// Channel<T>: a bounded queue between threads and coroutines; many writers, one
// reader. Both ends may be a coroutine (Push, Pop) or a thread that may block
// (PushBlocking, PopBlocking). A full channel holds its writers back.
//
//   open --Close()--> closed    the reader still gets what is inside, then nothing;
//                               writers that wait for room fail
//   open --Cancel()--> cancelled what is inside is dropped, every writer fails
//
// Close is the writers' end ("no more"), Cancel the reader's ("no longer wanted":
// a vanished client stops its query). Each waiter resumes on its own loop.
#pragma once

#include <coroutine>
#include <deque>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "base/mutex.h"
#include "base/status.h"
#include "base/thread_role.h"
#include "runtime/waiter.h"

namespace millrace {

// Thread-safe. Nobody may be waiting when it is destroyed.
template <typename T>
class Channel {
  struct Writer;

 public:
  class PushAwaiter;
  class PopAwaiter;

  // `capacity` >= 1 values may lie in the channel.
  explicit Channel(size_t capacity) : capacity_(capacity) {
    MR_ASSERT(capacity > 0, "a channel holds at least one value");
  }
  ~Channel() { MR_ASSERT(writers_.empty() && !reader_, "a channel is destroyed under a waiter"); }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // co_await Push(value): Ok once the value is in the channel; kCancelled when the
  // channel was closed or cancelled, before or while waiting.
  PushAwaiter Push(T value) { return PushAwaiter(*this, std::move(value)); }
  Status PushBlocking(T value) {
    MayBlock();
    Writer writer(std::move(value));
    WakeOne wake;
    MutexLock lock(mutex_);
    if (!Offer(writer, wake)) {
      ConditionVariable woken;
      writer.blocked = &woken;
      woken.Wait(lock, [&] { return writer.done; });
    }
    return writer.Outcome();
  }
  // Never waits: false when full; `value` is moved from only on success.
  Result<bool> TryPush(T& value) {
    WakeOne wake;
    MutexLock lock(mutex_);
    if (state_ != State::kOpen) return Gone();
    if (values_.size() >= capacity_) return false;
    values_.push_back(std::move(value));
    WakeReader(wake);
    return true;
  }

  // co_await Pop(): the next value; empty when closed and drained, or cancelled.
  PopAwaiter Pop() { return PopAwaiter(*this); }
  std::optional<T> PopBlocking() {
    MayBlock();
    WakeOne wake;
    MutexLock lock(mutex_);
    if (!Readable()) {
      MR_ASSERT(!reader_, "a channel has one reader");
      reader_blocked_ = true;
      reader_condition_.Wait(lock, [&] { return Readable(); });
      reader_blocked_ = false;
    }
    return Take(wake);
  }
  // Never waits: empty when there is nothing now.
  std::optional<T> TryPop() {
    WakeOne wake;
    MutexLock lock(mutex_);
    return Take(wake);
  }

  void Close() { End(State::kClosed); }
  void Cancel() { End(State::kCancelled); }

  bool cancelled() const {
    MutexLock lock(mutex_);
    return state_ == State::kCancelled;
  }
  size_t size() const {
    MutexLock lock(mutex_);
    return values_.size();
  }
  size_t capacity() const { return capacity_; }

 private:
  enum class State : uint8_t { kOpen, kClosed, kCancelled };

  // A value on its way in. Lives in the writer's frame or on its stack.
  struct Writer {
    explicit Writer(T v) : value(std::move(v)) {}
    T value;
    Waiter waiter;
    ConditionVariable* blocked = nullptr;
    bool done = false;
    bool accepted = false;
    Status Outcome() const { return accepted ? Status::Ok() : Gone(); }
  };

  // The coroutine to resume once the lock is released; declared before the lock.
  struct WakeOne {
    std::optional<Waiter> waiter;
    ~WakeOne() {
      if (waiter) waiter->Resume();
    }
  };

  static Status Gone() { return Cancelled("the channel is closed"); }
  bool Readable() const { return !values_.empty() || state_ != State::kOpen; }

  // True when the writer need not wait, because it was let in or turned away.
  bool Offer(Writer& writer, WakeOne& wake) {
    if (state_ != State::kOpen) return true;
    if (values_.size() >= capacity_) {
      writers_.push_back(&writer);
      return false;
    }
    Accept(writer);
    WakeReader(wake);
    return true;
  }
  void Accept(Writer& writer) {
    values_.push_back(std::move(writer.value));
    writer.accepted = true;
  }
  // Returns the coroutine to resume; a waiting thread is woken here.
  static std::optional<Waiter> Release(Writer& writer) {
    writer.done = true;
    if (writer.blocked == nullptr) return writer.waiter;
    writer.blocked->NotifyOne();
    return std::nullopt;
  }
  void WakeReader(WakeOne& wake) {
    if (reader_blocked_) reader_condition_.NotifyOne();
    if (reader_) wake.waiter = std::exchange(reader_, std::nullopt);
  }
  std::optional<T> Take(WakeOne& wake) {
    if (values_.empty()) return std::nullopt;
    std::optional<T> value(std::move(values_.front()));
    values_.pop_front();
    if (!writers_.empty()) {
      Writer& writer = *writers_.front();
      writers_.pop_front();
      Accept(writer);
      wake.waiter = Release(writer);
    }
    return value;
  }
  void End(State state) {
    std::deque<T> dropped;  // destroyed after the lock is released
    ResumeBatch released;
    WakeOne wake;
    MutexLock lock(mutex_);
    if (state_ == State::kCancelled || state_ == state) return;
    state_ = state;
    if (state == State::kCancelled) dropped.swap(values_);
    for (Writer* writer : writers_) {
      if (const std::optional<Waiter> waiter = Release(*writer)) released.Add(*waiter);
    }
    writers_.clear();
    WakeReader(wake);
  }

 public:
  class [[nodiscard]] PushAwaiter {
   public:
    PushAwaiter(Channel& channel, T value) : channel_(channel), writer_(std::move(value)) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> handle) {
      writer_.waiter = Waiter::Here(handle);
      WakeOne wake;
      MutexLock lock(channel_.mutex_);
      return !channel_.Offer(writer_, wake);
    }
    Status await_resume() { return writer_.Outcome(); }

   private:
    Channel& channel_;
    Writer writer_;
  };

  class [[nodiscard]] PopAwaiter {
   public:
    explicit PopAwaiter(Channel& channel) : channel_(channel) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> handle) {
      const Waiter waiter = Waiter::Here(handle);
      MutexLock lock(channel_.mutex_);
      if (channel_.Readable()) return false;
      MR_ASSERT(!channel_.reader_ && !channel_.reader_blocked_, "a channel has one reader");
      channel_.reader_ = waiter;
      return true;
    }
    std::optional<T> await_resume() { return channel_.TryPop(); }

   private:
    Channel& channel_;
  };

 private:
  const size_t capacity_;
  mutable Mutex mutex_;
  ConditionVariable reader_condition_;
  State state_ = State::kOpen;
  std::deque<T> values_;
  std::deque<Writer*> writers_;  // waiting, in order; bounded by the number of writers
  std::optional<Waiter> reader_;
  bool reader_blocked_ = false;
};

}  // namespace millrace
