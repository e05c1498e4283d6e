// CREATE TABLE and DROP TABLE, and what ten thousand tables cost a server.
#include <algorithm>

#include "bench.h"
#include "rows.h"

namespace millrace::bench {
namespace {

constexpr int kTables = 10'000;
constexpr int kQuickTables = 200;
constexpr int kDroppedShare = 10;  // one table in so many is dropped
constexpr int kStarts = 5;

constexpr Goal kCreateTable = {"create_table", "ms", Better::kLess, Target::kLimit, 2};
constexpr Goal kDropTable = {"drop_table", "ms", Better::kLess, Target::kLimit, 2};
// Starts of an empty server differ by less than this limit among themselves.
constexpr Goal kSlowerStart = {"many_tables_slower_start", "ms", Better::kLess, Target::kLimit, 50};
constexpr Goal kMemory = {"many_tables_memory", "MB", Better::kLess, Target::kLimit, 200};

std::string TableName(int number) { return "bench.many_" + std::to_string(number); }

// The times in milliseconds that the statements for tables begin..end-1 took.
Result<std::vector<double>> TimeEach(Bench& bench, SqlClient& client, int begin, int end,
                                     std::string_view before, std::string_view after) {
  std::vector<double> times;
  for (int number = begin; number < end; ++number) {
    const std::string sql = std::string(before) + TableName(number) + std::string(after);
    const int64_t began = bench.clock().MonotonicNanos();
    RETURN_IF_ERROR(client.Execute(sql).status());
    times.push_back(bench.MillisSince(began));
  }
  return times;
}

Result<double> MedianStartMillis(OurSide& server) {
  std::vector<double> times;
  for (int start = 0; start < kStarts; ++start) {
    RETURN_IF_ERROR(server.Restart());
    times.push_back(static_cast<double>(server.server().start_nanos()) / 1e6);
  }
  return Median(times);
}

// Every table is there, empty, and takes a row.
Status CheckTable(SqlClient& client, int number) {
  const std::string count = "SELECT count(*) FROM " + TableName(number);
  ASSIGN_OR_RETURN(const AnswerRows before, client.Execute(count));
  RETURN_IF_ERROR(client.Execute(InsertStatement(TableName(number), 1, 1)).status());
  ASSIGN_OR_RETURN(const AnswerRows after, client.Execute(count));
  if (before == AnswerRows{{"0"}} && after == AnswerRows{{"1"}}) return Status::Ok();
  return DataLoss("wrong answer: " + TableName(number) + " does not hold what was inserted");
}

Status RunTables(Bench& bench) {
  const int tables = bench.options().quick ? kQuickTables : kTables;
  ASSIGN_OR_RETURN(const std::unique_ptr<OurSide> server, bench.StartOurs("tables"));
  ASSIGN_OR_RETURN(const double empty_start, MedianStartMillis(*server));
  ASSIGN_OR_RETURN(std::unique_ptr<SqlClient> client, server->ConnectSql());
  ASSIGN_OR_RETURN(
      const std::vector<double> creates,
      TimeEach(bench, *client, 0, tables, "CREATE TABLE ", " " + std::string(kTableColumns)));
  const auto tenth = std::max<std::ptrdiff_t>(1, tables / 10);
  Progress("create_table: median of the first tenth " +
           ShortNumber(Median({creates.begin(), creates.begin() + tenth})) +
           " ms, of the last tenth " + ShortNumber(Median({creates.end() - tenth, creates.end()})) +
           " ms, of " + std::to_string(tables) + " tables");
  bench.Add(kCreateTable, Median(creates));

  client.reset();
  ASSIGN_OR_RETURN(const double full_start, MedianStartMillis(*server));
  Progress("start: " + ShortNumber(empty_start) + " ms without tables, " + ShortNumber(full_start) +
           " ms with them");
  bench.Add(kSlowerStart, full_start - empty_start);
  ASSIGN_OR_RETURN(client, server->ConnectSql());
  for (const int number : {0, tables / 2, tables - 1}) {
    RETURN_IF_ERROR(CheckTable(*client, number));
  }
  ASSIGN_OR_RETURN(const testing::ProcessUsage usage,
                   testing::ReadProcessUsage(server->server().process().pid()));
  bench.Add(kMemory, static_cast<double>(usage.resident_bytes) / 1e6);

  ASSIGN_OR_RETURN(const std::vector<double> drops,
                   TimeEach(bench, *client, 0, tables / kDroppedShare, "DROP TABLE ", ""));
  if (client->Execute("SELECT count(*) FROM " + TableName(0)).ok()) {
    return DataLoss("wrong answer: a dropped table is still there");
  }
  bench.Add(kDropTable, Median(drops));
  client.reset();
  return server->Stop();
}

}  // namespace

const Case kTablesCase = {
    "CREATE and DROP TABLE, median; what 10,000 tables add to the start, and memory with them",
    {kCreateTable, kSlowerStart, kMemory, kDropTable},
    RunTables};

}  // namespace millrace::bench
