// Telling how an import or export goes: a bar on a terminal, a line now and then elsewhere.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "base/clock.h"

namespace millrace::cli {

struct ProgressState {
  uint64_t rows = 0;
  uint64_t bytes_done = 0;
  uint64_t bytes_total = 0;  // 0: unknown
  int64_t elapsed_nanos = 0;
  uint64_t rows_total = 0;  // an estimate, when bytes_total is unknown; 0: none
};

// "63465" -> "63,465".
std::string Grouped(uint64_t number);
// "18.2 MB".
std::string BytesText(uint64_t bytes);
// "1.2 s", "3 min 05 s".
std::string DurationText(int64_t nanos);

// "[=====>    ]  45 %  8.1 of 18.0 MB  28,000 rows  52,000 rows/s  ETA 2 s".
std::string ProgressText(const ProgressState& state);
// "imported 63,465 rows into default.packages in 1.2 s (52,000 rows/s)".
std::string FinalText(uint64_t rows, const std::string& table, int64_t elapsed_nanos);
// "exported 63,465 rows to x.csv in 1.2 s (52,000 rows/s)".
std::string ExportedText(uint64_t rows, const std::string& file, int64_t elapsed_nanos);

enum class ProgressStyle : uint8_t { kNone, kBar, kLines };

// Not thread-safe.
class ProgressReporter {
 public:
  ProgressReporter(const Clock& clock, std::ostream& out, ProgressStyle style)
      : clock_(clock), out_(out), style_(style), start_(clock.MonotonicNanos()), last_(start_) {}

  // Prints when enough time has passed since the last time.
  void Update(ProgressState state);
  // Wipes the bar, so that other text can follow.
  void Clear();
  int64_t elapsed_nanos() const { return clock_.MonotonicNanos() - start_; }

 private:
  const Clock& clock_;
  std::ostream& out_;
  ProgressStyle style_;
  int64_t start_;
  int64_t last_;
  bool shown_ = false;
};

}  // namespace millrace::cli
