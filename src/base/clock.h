// Time, injected. Nothing in the project reads the system clock except SystemClock.
#pragma once

#include <cstdint>

namespace millrace {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall time in microseconds since 1970-01-01 UTC. May step backwards.
  virtual int64_t WallMicros() const = 0;
  // Monotonic time in nanoseconds from an arbitrary origin, for durations.
  virtual int64_t MonotonicNanos() const = 0;
};

class SystemClock final : public Clock {
 public:
  int64_t WallMicros() const override;
  int64_t MonotonicNanos() const override;
};

// A clock that stands still until it is told to move: for tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t wall_micros = 1'700'000'000'000'000) : wall_micros_(wall_micros) {}
  int64_t WallMicros() const override { return __atomic_load_n(&wall_micros_, __ATOMIC_ACQUIRE); }
  int64_t MonotonicNanos() const override { return WallMicros() * 1000; }
  void AdvanceMicros(int64_t micros) {
    __atomic_add_fetch(&wall_micros_, micros, __ATOMIC_ACQ_REL);
  }

 private:
  int64_t wall_micros_;
};

}  // namespace millrace
