// The oracle for rows that every client increments: each acknowledged increment
// happened once, and each one that was cut off once or not at all.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "client/result.h"

namespace millrace::crash {

// Thread-safe but for Reconcile.
class Counters {
 public:
  static constexpr size_t kCount = 4;

  void Acknowledge(size_t counter) { ++counters_[counter].acknowledged; }
  void LeaveOpen(size_t counter) { ++counters_[counter].open; }

  // `rows` is (id, n) in order of id. While no client runs.
  Status Reconcile(const std::vector<client::Row>& rows);

 private:
  struct Counter {
    std::atomic<int64_t> acknowledged{0};
    std::atomic<int64_t> open{0};
  };
  std::array<Counter, kCount> counters_;
};

}  // namespace millrace::crash
