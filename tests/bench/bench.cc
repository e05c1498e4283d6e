// How a run goes: the sides, the turns, and the checks that every case shares.
#include "bench.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "rows.h"

namespace millrace::bench {
namespace {

constexpr uint64_t kRowsPerStatement = 1000;
constexpr int kRounds = 3;
constexpr int64_t kRoundNanos = 3'000'000'000;
constexpr int64_t kQuickRoundNanos = 500'000'000;
// Plans, caches and connections become warm, uncounted.
constexpr int64_t kWarmUpNanos = 500'000'000;
constexpr int64_t kQuickWarmUpNanos = 50'000'000;

// What one side has done in the course of the turns.
struct Turns {
  Side* side = nullptr;
  std::vector<std::unique_ptr<LoadConnection>> connections;
  uint64_t operations = 0;
  std::vector<double> rates;

  Result<LoadResult> Run(int64_t duration_nanos, const Clock& clock) {
    ASSIGN_OR_RETURN(const LoadResult result,
                     RunLoad(connections, {duration_nanos, operations}, clock));
    operations += result.operations;
    return result;
  }
};

}  // namespace

Bench::Bench(const Options& options, std::string directory, const Clock& clock)
    : options_(options),
      directory_(std::move(directory)),
      clock_(clock),
      has_peer_(PgVersion(options.peer_programs).has_value()) {}

bool Bench::Wants(const Goal& goal) const {
  return goal.name.find(options_.only) != std::string_view::npos;
}

void Bench::Add(const Goal& goal, std::optional<double> ours, std::optional<double> peer) {
  if (Wants(goal)) rows_.push_back({goal, ours, peer});
}

Result<std::vector<Side*>> Bench::Sides() {
  if (ours_ == nullptr) {
    ASSIGN_OR_RETURN(ours_, StartOurs("ours"));
  }
  std::vector<Side*> sides = {ours_.get()};
  ASSIGN_OR_RETURN(Side* const peer, Peer());
  if (peer != nullptr) sides.push_back(peer);
  return sides;
}

Result<std::unique_ptr<OurSide>> Bench::StartOurs(std::string_view name) {
  return OurSide::Start(options_.program, directory_ + "/" + std::string(name), clock_);
}

Result<Side*> Bench::Peer() {
  if (has_peer_ && peer_ == nullptr) {
    ASSIGN_OR_RETURN(peer_, PeerSide::Start(options_.peer_programs, directory_ + "/peer", clock_));
  }
  return peer_.get();
}

Status Bench::StopSides() {
  if (ours_ != nullptr) RETURN_IF_ERROR(ours_->Stop());
  if (peer_ != nullptr) RETURN_IF_ERROR(peer_->Stop());
  return Status::Ok();
}

double Bench::MillisSince(int64_t monotonic_nanos) const {
  return static_cast<double>(clock_.MonotonicNanos() - monotonic_nanos) / 1e6;
}

void Progress(const std::string& line) { std::fprintf(stderr, "  %s\n", line.c_str()); }

std::string ShortNumber(double number) {
  char text[40];
  const int size = std::snprintf(text, sizeof(text), number < 100 ? "%.2f" : "%.0f", number);
  return {text, static_cast<size_t>(size)};
}

Status CreateAndFill(Side& side, std::string_view table, uint64_t count) {
  const std::string name = "bench." + std::string(table);
  ASSIGN_OR_RETURN(const std::unique_ptr<SqlClient> client, side.ConnectSql());
  RETURN_IF_ERROR(
      client->Execute("CREATE TABLE " + name + " " + std::string(kTableColumns)).status());
  for (uint64_t first = 1; first <= count; first += kRowsPerStatement) {
    const uint64_t rows = std::min(kRowsPerStatement, count - first + 1);
    RETURN_IF_ERROR(client->Execute(InsertStatement(name, first, rows)).status());
  }
  return Status::Ok();
}

Status CheckTotals(Side& side, std::string_view table, uint64_t count, uint64_t added_amount) {
  ASSIGN_OR_RETURN(const std::unique_ptr<SqlClient> client, side.ConnectSql());
  ASSIGN_OR_RETURN(const AnswerRows rows,
                   client->Execute("SELECT count(*), CAST(sum(id) AS BIGINT), "
                                   "CAST(sum(amount) AS BIGINT) FROM bench." +
                                   std::string(table)));
  const Totals totals = TotalsOf(count);
  const AnswerRows expected = {{std::to_string(totals.count), std::to_string(totals.ids),
                                std::to_string(totals.amounts + added_amount)}};
  if (rows == expected) return Status::Ok();
  std::string found;
  for (const std::vector<std::string>& row : rows) {
    for (const std::string& cell : row) found += cell + " ";
  }
  return DataLoss("wrong answer: " + std::string(side.name()) + " holds in " + std::string(table) +
                  " count, ids, amounts " + found + "and not " + expected[0][0] + " " +
                  expected[0][1] + " " + expected[0][2]);
}

Result<std::vector<uint64_t>> RunInTurns(Bench& bench, const Goal& goal, const Work& work,
                                         size_t connections, uint64_t units) {
  const bool quick = bench.options().quick;
  ASSIGN_OR_RETURN(const std::vector<Side*> sides, bench.Sides());
  std::vector<Turns> turns;
  for (Side* side : sides) {
    turns.push_back({side, {}, 0, {}});
    ASSIGN_OR_RETURN(turns.back().connections, side->ConnectLoad(work, connections));
    RETURN_IF_ERROR(
        turns.back().Run(quick ? kQuickWarmUpNanos : kWarmUpNanos, bench.clock()).status());
  }
  for (int round = 0; round < (quick ? 1 : kRounds); ++round) {
    for (Turns& turn : turns) {
      ASSIGN_OR_RETURN(const LoadResult result,
                       turn.Run(quick ? kQuickRoundNanos : kRoundNanos, bench.clock()));
      turn.rates.push_back(result.rate() * static_cast<double>(units));
      Progress(std::string(goal.name) + ", " + std::string(turn.side->name()) + ": " +
               ShortNumber(turn.rates.back()) + " " + std::string(goal.unit) + ", median " +
               ShortNumber(result.median_ms) + " ms, 99 % within " +
               ShortNumber(result.slowest_percent_ms) + " ms");
    }
  }
  std::optional<double> peer;
  if (turns.size() > 1) peer = Median(turns[1].rates);
  bench.Add(goal, Median(turns[0].rates), peer);
  std::vector<uint64_t> operations;
  for (const Turns& turn : turns) operations.push_back(turn.operations);
  return operations;
}

}  // namespace millrace::bench
