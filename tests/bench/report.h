// What a run found: one row per goal, as a table to read and as JSON lines.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace millrace::bench {

// How `at_least` is meant: a ratio to the peer that must be reached, or a limit
// that our own figure must stay under.
enum class Target { kRatio, kLimit };

// Whether more of the unit is better (rates) or less (times, sizes).
enum class Better { kMore, kLess };

// What is measured and what it must reach. Written down beside its measurement.
struct Goal {
  std::string_view name;
  std::string_view unit;
  Better better = Better::kMore;
  Target target = Target::kRatio;
  double at_least = 0;
};

struct Row {
  Goal goal;
  std::optional<double> ours;  // nothing when it could not be measured
  std::optional<double> peer;

  // How many times better ours is than the peer's.
  std::optional<double> ratio() const;
  // Nothing when it cannot be told, because there is no peer.
  std::optional<bool> holds() const;
};

class Report {
 public:
  void PrintHeading() const;

  // Prints the row as soon as it is known.
  void Add(const Row& row);

  // False when a target is missed or could not be told.
  bool AllHold() const;

  // One object a line: name, unit, ours, peer, ratio, at_least, holds.
  Status WriteJson(const std::string& path) const;

 private:
  std::vector<Row> rows_;
};

// The middle one, or the mean of the two in the middle; `values` must not be empty.
double Median(std::vector<double> values);

}  // namespace millrace::bench
