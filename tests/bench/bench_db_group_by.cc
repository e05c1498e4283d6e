// GROUP BY over hot rows, and what a million of them cost at start and when idle.
#include <map>
#include <optional>

#include "bench.h"
#include "rows.h"

namespace millrace::bench {
namespace {

constexpr uint64_t kSmallRows = 10'000;
constexpr uint64_t kManyRows = 1'000'000;
constexpr uint64_t kQuickManyRows = 20'000;
constexpr int kRounds = 3;
constexpr int kRepeats = 9;
constexpr int kIdleMillis = 5'000;
constexpr int kQuickIdleMillis = 1'000;

// What SELECT category, count(*), sum(amount), max(id) … must answer.
AnswerRows ExpectedGroups(uint64_t rows) {
  struct Group {
    uint64_t count = 0;
    uint64_t amounts = 0;
    uint64_t last = 0;
  };
  std::map<uint64_t, Group> groups;
  for (uint64_t id = 1; id <= rows; ++id) {
    Group& group = groups[Category(id)];
    ++group.count;
    group.amounts += Amount(id);
    group.last = id;
  }
  AnswerRows answer;
  for (const auto& [category, group] : groups) {
    answer.push_back({std::to_string(category), std::to_string(group.count),
                      std::to_string(group.amounts), std::to_string(group.last)});
  }
  return answer;
}

// Runs it once, checks the answer and returns the milliseconds it took.
Result<double> TimeGroupBy(Bench& bench, Side& side, SqlClient& client, std::string_view table,
                           const AnswerRows& expected) {
  const std::string sql = "SELECT category, count(*), sum(amount), max(id) FROM bench." +
                          std::string(table) + " GROUP BY category ORDER BY category";
  const int64_t began = bench.clock().MonotonicNanos();
  ASSIGN_OR_RETURN(const AnswerRows answer, client.Execute(sql));
  const double millis = bench.MillisSince(began);
  if (answer == expected) return millis;
  std::string first;
  if (!answer.empty()) {
    for (const std::string& cell : answer[0]) first += cell + " ";
  }
  return DataLoss("wrong answer: GROUP BY of " + std::string(side.name()) + " has " +
                  std::to_string(answer.size()) + " groups, the first " + first);
}

constexpr Goal kSmall = {"group_by_10k_rows", "ms", Better::kLess, Target::kLimit, 5};
constexpr Goal kFirst = {"group_by_1m_rows_first", "ms", Better::kLess, Target::kRatio, 0.5};
constexpr Goal kRepeated = {"group_by_1m_rows_repeated", "ms", Better::kLess, Target::kRatio, 1};
constexpr Goal kStart = {"start_1m_rows", "ms", Better::kLess, Target::kLimit, 1000};
constexpr Goal kIdleMemory = {"idle_memory", "MB", Better::kLess, Target::kLimit, 100};
constexpr Goal kIdleProcessor = {"idle_cpu", "percent", Better::kLess, Target::kLimit, 1};

Status RunGroupBySmall(Bench& bench) {
  ASSIGN_OR_RETURN(const std::vector<Side*> sides, bench.Sides());
  const AnswerRows expected = ExpectedGroups(kSmallRows);
  std::vector<std::vector<double>> times(sides.size());
  for (size_t i = 0; i < sides.size(); ++i) {
    RETURN_IF_ERROR(CreateAndFill(*sides[i], "grouped", kSmallRows));
    ASSIGN_OR_RETURN(const std::unique_ptr<SqlClient> client, sides[i]->ConnectSql());
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
      ASSIGN_OR_RETURN(const double millis,
                       TimeGroupBy(bench, *sides[i], *client, "grouped", expected));
      times[i].push_back(millis);
    }
    Progress("group_by_10k_rows, " + std::string(sides[i]->name()) + ": first " +
             ShortNumber(times[i][0]) + " ms, median " + ShortNumber(Median(times[i])) + " ms");
  }
  bench.Add(kSmall, Median(times[0]));
  return Status::Ok();
}

// The times of one side, in milliseconds.
struct GroupByTimes {
  std::vector<double> first;
  std::vector<double> repeated;
};

Status TimeAfterRestart(Bench& bench, Side& side, const AnswerRows& expected, GroupByTimes& times) {
  ASSIGN_OR_RETURN(const std::unique_ptr<SqlClient> client, side.ConnectSql());
  ASSIGN_OR_RETURN(const double first, TimeGroupBy(bench, side, *client, "grouped_many", expected));
  times.first.push_back(first);
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    ASSIGN_OR_RETURN(const double millis,
                     TimeGroupBy(bench, side, *client, "grouped_many", expected));
    times.repeated.push_back(millis);
  }
  Progress("group_by_1m_rows, " + std::string(side.name()) + ": first " + ShortNumber(first) +
           " ms, then " + ShortNumber(Median(times.repeated)) + " ms");
  return Status::Ok();
}

// Of a server that was just started and asked nothing.
Status MeasureIdle(Bench& bench, OurSide& side) {
  testing::ChildProcess& process = side.server().process();
  ASSIGN_OR_RETURN(const testing::ProcessUsage before, testing::ReadProcessUsage(process.pid()));
  const int64_t began = bench.clock().MonotonicNanos();
  if (process.WaitForExit(bench.options().quick ? kQuickIdleMillis : kIdleMillis)) {
    return Unavailable("the server ended while it was idle");
  }
  const auto elapsed = static_cast<double>(bench.clock().MonotonicNanos() - began);
  ASSIGN_OR_RETURN(const testing::ProcessUsage after, testing::ReadProcessUsage(process.pid()));
  const auto used = static_cast<double>(after.processor_nanos - before.processor_nanos);
  bench.Add(kIdleMemory, static_cast<double>(after.resident_bytes) / 1e6);
  bench.Add(kIdleProcessor, used / elapsed * 100);
  return Status::Ok();
}

std::optional<double> MedianIfAny(const std::vector<double>& times) {
  if (times.empty()) return std::nullopt;
  return Median(times);
}

Status FillPeer(Bench& bench, Side& peer, uint64_t rows) {
  const int64_t began = bench.clock().MonotonicNanos();
  RETURN_IF_ERROR(CreateAndFill(peer, "grouped_many", rows));
  ASSIGN_OR_RETURN(const std::unique_ptr<SqlClient> client, peer.ConnectSql());
  // As its own background work would leave the table.
  RETURN_IF_ERROR(client->Execute("VACUUM ANALYZE bench.grouped_many").status());
  Progress("peer filled in " + ShortNumber(bench.MillisSince(began)) + " ms");
  return Status::Ok();
}

// Both sides start anew for each first time: what is in memory then is what a
// start brings there. The files stay in the cache of the operating system.
Status RunMillion(Bench& bench) {
  const uint64_t rows = bench.options().quick ? kQuickManyRows : kManyRows;
  const AnswerRows expected = ExpectedGroups(rows);
  ASSIGN_OR_RETURN(const std::unique_ptr<OurSide> ours, bench.StartOurs("million"));
  const int64_t began = bench.clock().MonotonicNanos();
  RETURN_IF_ERROR(CreateAndFill(*ours, "grouped_many", rows));
  Progress("ours filled in " + ShortNumber(bench.MillisSince(began)) + " ms");
  ASSIGN_OR_RETURN(Side* const peer, bench.Peer());
  if (peer != nullptr) RETURN_IF_ERROR(FillPeer(bench, *peer, rows));

  GroupByTimes our_times;
  GroupByTimes peer_times;
  std::vector<double> starts;
  for (int round = 0; round < (bench.options().quick ? 1 : kRounds); ++round) {
    RETURN_IF_ERROR(ours->Restart());
    starts.push_back(static_cast<double>(ours->server().start_nanos()) / 1e6);
    if (round == 0) RETURN_IF_ERROR(MeasureIdle(bench, *ours));
    RETURN_IF_ERROR(TimeAfterRestart(bench, *ours, expected, our_times));
    if (peer == nullptr) continue;
    RETURN_IF_ERROR(peer->Restart());
    RETURN_IF_ERROR(TimeAfterRestart(bench, *peer, expected, peer_times));
  }
  bench.Add(kStart, Median(starts));
  bench.Add(kFirst, Median(our_times.first), MedianIfAny(peer_times.first));
  bench.Add(kRepeated, Median(our_times.repeated), MedianIfAny(peer_times.repeated));
  return ours->Stop();
}

}  // namespace

const Case kGroupByCase = {"GROUP BY over 10,000 hot rows, median", {kSmall}, RunGroupBySmall};
const Case kMillionCase = {
    "with 1,000,000 hot rows: memory and processor time when idle, start, GROUP BY after a start "
    "and again",
    {kIdleMemory, kIdleProcessor, kStart, kFirst, kRepeated},
    RunMillion};

}  // namespace millrace::bench
