// One run of the benchmark: what was asked for, the two sides, the rows. A case
// is one function that measures one or more goals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "report.h"
#include "side.h"

namespace millrace::bench {

struct Options {
  bool quick = false;
  bool strict = false;
  bool list = false;
  std::string json_path;
  std::string only;           // a part of the names of the goals to measure
  std::string program;        // build/millrace
  std::string peer_programs;  // the folder of PostgreSQL 15's programs
  std::string directory;      // where both sides' data go; empty: the system's temporary one
};

class Bench {
 public:
  // `directory` exists and is ours. Without a peer every comparison says so.
  Bench(const Options& options, std::string directory, const Clock& clock);

  const Options& options() const { return options_; }
  const Clock& clock() const { return clock_; }
  bool has_peer() const { return has_peer_; }

  // Whether --only selects the goal.
  bool Wants(const Goal& goal) const;
  // Adds what a case measured, if the goal is wanted. It stays off the report until
  // the case has ended well: figures from wrong answers are worth nothing.
  void Add(const Goal& goal, std::optional<double> ours, std::optional<double> peer = {});
  std::vector<Row> TakeRows() { return std::exchange(rows_, {}); }

  // Ours, and the peer if there is one, started at the first call and kept for
  // every case that needs no server of its own.
  Result<std::vector<Side*>> Sides();
  // A server of ours on an empty directory, for one case.
  Result<std::unique_ptr<OurSide>> StartOurs(std::string_view name);
  // The peer that Sides() has too, or null.
  Result<Side*> Peer();
  Status StopSides();

  double MillisSince(int64_t monotonic_nanos) const;

 private:
  const Options options_;
  const std::string directory_;
  const Clock& clock_;
  const bool has_peer_;
  std::vector<Row> rows_;
  std::unique_ptr<OurSide> ours_;
  std::unique_ptr<PeerSide> peer_;
};

// A line about the progress of a long case, on standard error.
void Progress(const std::string& line);
std::string ShortNumber(double number);

// Creates `table` (without its namespace) on a side with the columns of rows.h and
// inserts the rows of ids 1..count, a thousand per statement.
Status CreateAndFill(Side& side, std::string_view table, uint64_t count);

// kDataLoss unless count(*), sum(id) and sum(amount) are those of ids 1..count,
// with `added_amount` on top.
Status CheckTotals(Side& side, std::string_view table, uint64_t count, uint64_t added_amount = 0);

// Runs a work on both sides in turns and reports the median rates. A rate counts
// `units` for each operation. Returns how many operations each side did in all, in
// the order of Bench::Sides.
Result<std::vector<uint64_t>> RunInTurns(Bench& bench, const Goal& goal, const Work& work,
                                         size_t connections, uint64_t units = 1);

// Measures its goals, in any order.
struct Case {
  std::string_view about;
  std::vector<Goal> goals;
  Status (*run)(Bench& bench);
};

// The cases, each in the file that measures it.
extern const Case kInsertCase;
extern const Case kInsertAloneCase;
extern const Case kUpdateCase;
extern const Case kSelectCase;
extern const Case kBulkInsertCase;
extern const Case kTablesCase;
extern const Case kGroupByCase;
extern const Case kMillionCase;
extern const Case kLoginsCase;

}  // namespace millrace::bench
