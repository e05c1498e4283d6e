#include "cli/import/progress.h"

#include <algorithm>
#include <cstdio>

namespace millrace::cli {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kBarPeriod = kNanosPerSecond / 10;
constexpr int64_t kLinePeriod = 5 * kNanosPerSecond;
constexpr int kBarCells = 20;

double Seconds(int64_t nanos) { return static_cast<double>(nanos) / 1e9; }

// Below this an import is over before a rate means anything.
uint64_t Rate(uint64_t rows, int64_t nanos) {
  if (nanos <= 0) return rows;
  return static_cast<uint64_t>(static_cast<double>(rows) / Seconds(nanos));
}

// Two leading digits are all a rate is good for.
uint64_t Rounded(uint64_t number) {
  uint64_t unit = 1;
  while (number / unit >= 100) unit *= 10;
  return number / unit * unit;
}

}  // namespace

std::string Grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string BytesText(uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1000 && unit + 1 < std::size(kUnits)) {
    value /= 1000;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof(text), unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
  return text;
}

std::string DurationText(int64_t nanos) {
  char text[48];
  const int64_t seconds = nanos / kNanosPerSecond;
  if (seconds < 60) {
    std::snprintf(text, sizeof(text), "%.1f s", Seconds(nanos));
  } else {
    std::snprintf(text, sizeof(text), "%lld min %02d s", static_cast<long long>(seconds / 60),
                  static_cast<int>(seconds % 60));
  }
  return text;
}

namespace {

// How much is done; 0 when nobody knows. An estimate is never quite reached.
double ShareOf(const ProgressState& state) {
  if (state.bytes_total > 0) {
    return std::min(1.0,
                    static_cast<double>(state.bytes_done) / static_cast<double>(state.bytes_total));
  }
  if (state.rows_total == 0) return 0;
  return std::min(0.99, static_cast<double>(state.rows) / static_cast<double>(state.rows_total));
}

}  // namespace

std::string ProgressText(const ProgressState& state) {
  std::string text;
  const double share = ShareOf(state);
  if (state.bytes_total > 0 || state.rows_total > 0) {
    const int filled = static_cast<int>(share * kBarCells);
    text.append("[").append(static_cast<size_t>(filled), '=');
    if (filled < kBarCells)
      text.append(">").append(static_cast<size_t>(kBarCells - filled - 1), ' ');
    char percent[16];
    std::snprintf(percent, sizeof(percent), "] %3d %%  ", static_cast<int>(share * 100));
    text.append(percent).append(BytesText(state.bytes_done));
    if (state.bytes_total > 0) text.append(" of ").append(BytesText(state.bytes_total));
  } else {
    text.append(BytesText(state.bytes_done));
  }
  text.append("  ").append(Grouped(state.rows)).append(" rows");
  const uint64_t rate = Rate(state.rows, state.elapsed_nanos);
  text.append("  ").append(Grouped(Rounded(rate))).append(" rows/s");
  if (share > 0.01 && share < 1) {
    const double left = Seconds(state.elapsed_nanos) * (1 - share) / share;
    text.append("  ETA ").append(DurationText(static_cast<int64_t>(left * 1e9)));
  }
  return text;
}

namespace {

std::string Summary(const std::string& what, uint64_t rows, const std::string& where,
                    int64_t elapsed_nanos) {
  return what + Grouped(rows) + (rows == 1 ? " row " : " rows ") + where + " in " +
         DurationText(elapsed_nanos) + " (" + Grouped(Rounded(Rate(rows, elapsed_nanos))) +
         " rows/s)";
}

}  // namespace

std::string FinalText(uint64_t rows, const std::string& table, int64_t elapsed_nanos) {
  return Summary("imported ", rows, "into " + table, elapsed_nanos);
}

std::string ExportedText(uint64_t rows, const std::string& file, int64_t elapsed_nanos) {
  const std::string to = file == "-" ? "the standard output" : file;
  return Summary("exported ", rows, "to " + to, elapsed_nanos);
}

void ProgressReporter::Update(ProgressState state) {
  if (style_ == ProgressStyle::kNone) return;
  const int64_t now = clock_.MonotonicNanos();
  if (now - last_ < (style_ == ProgressStyle::kBar ? kBarPeriod : kLinePeriod)) return;
  last_ = now;
  state.elapsed_nanos = now - start_;
  if (style_ == ProgressStyle::kBar) {
    out_ << "\r\033[K" << ProgressText(state) << std::flush;
    shown_ = true;
  } else {
    out_ << ProgressText(state) << '\n' << std::flush;
  }
}

void ProgressReporter::Clear() {
  if (!shown_) return;
  out_ << "\r\033[K" << std::flush;
  shown_ = false;
}

}  // namespace millrace::cli
