// What goes on without being asked: cleaning up after DROP TABLE, stream rows that
// expire; and what the server tells about itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "base/coding.h"
#include "base/thread_role.h"
#include "feed/cursor.h"
#include "test_server.h"
#include "types/key_coding.h"

namespace millrace::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

// What is stored in the key spaces of rows, of one table.
size_t StoredRows(TestServer& server, TableId table) {
  std::string prefix;
  PutBigEndian32(&prefix, table.value);
  const auto iterator =
      server.server().store().NewIterator(KeySpace::kRows, prefix, PrefixSuccessor(prefix));
  size_t rows = 0;
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) ++rows;
  return rows;
}

ServerOptions Busy() {
  ServerOptions options = TestServer::Defaults();
  options.jobs.eviction_interval = std::chrono::seconds(1);
  return options;
}

class BackgroundTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = std::make_unique<TestServer>(Busy()); }
  static void TearDownTestSuite() { server_.reset(); }
  TableId IdOf(std::string_view name) const {
    return server_->server().catalog().FindTable("default", name)->id;
  }
  static std::unique_ptr<TestServer> server_;
};
std::unique_ptr<TestServer> BackgroundTest::server_;

TEST_F(BackgroundTest, DroppingATableFreesItsRows) {
  SqlClient root = server_->Root();
  root.Text("CREATE TABLE gone (id BIGINT PRIMARY KEY)");
  root.Text("INSERT INTO gone SELECT i FROM generate_series(1, 5000) AS t(i)");
  const TableId id = IdOf("gone");
  EXPECT_EQ(StoredRows(*server_, id), 5000);
  const SqlAnswer dropped = root.Run("DROP TABLE gone");
  EXPECT_THAT(dropped.message, HasSubstr("Cleanup job: CL-"));
  const std::string job = dropped.message.substr(dropped.message.find("CL-"));
  ASSERT_TRUE(server_->WaitForMetric("jobs_runs_total", 1));
  while (!server_->server().catalog().Dropped().empty()) {
    ASSERT_TRUE(server_->WaitForMetric("jobs_runs_total", server_->Metric("jobs_runs_total") + 1));
  }
  EXPECT_EQ(StoredRows(*server_, id), 0);
  EXPECT_EQ(root.Text("SELECT status FROM system.jobs WHERE job_id = '" + job + "'"), "completed");
}

TEST_F(BackgroundTest, DroppingAUserRemovesHisRowsAndNobodyElses) {
  SqlClient root = server_->Root();
  root.Text("CREATE USER TABLE diary (id BIGINT PRIMARY KEY)");
  const TableId id = IdOf("diary");
  server_->As("otto").Text("INSERT INTO diary SELECT i FROM generate_series(1, 3000) AS t(i)");
  server_->As("ottokar").Text("INSERT INTO diary VALUES (1), (2)");
  EXPECT_EQ(StoredRows(*server_, id), 3002);
  root.Text("DROP USER 'otto'");
  while (!server_->server().catalog().DroppedAccounts().empty()) {
    ASSERT_TRUE(server_->WaitForMetric("jobs_runs_total", server_->Metric("jobs_runs_total") + 1));
  }
  EXPECT_EQ(StoredRows(*server_, id), 2);
  EXPECT_EQ(root.Text("SELECT status FROM system.jobs WHERE parameters LIKE '%user otto\"%'"),
            "completed");
}

// "+2 *1": what the feed of a table got since `after`, which moves on.
std::string NewEvents(TestServer& server, TableId table, Lsn* after) {
  std::map<ChangeOp, int> counts;
  auto cursor = Cursor::OpenAfter(server.server().store(), table, *after);
  EXPECT_TRUE(cursor.ok()) << cursor.status().ToString();
  auto commits = cursor->Next(SIZE_MAX);
  EXPECT_TRUE(commits.ok()) << commits.status().ToString();
  for (const Commit& commit : *commits) {
    *after = commit.lsn;
    for (const Change& change : commit.changes) ++counts[change.op];
  }
  std::string text;
  for (const auto& [op, count] : counts) {
    text += (text.empty() ? "" : " ");
    text += " +*-"[static_cast<size_t>(op)] + std::to_string(count);
  }
  return text;
}

TEST_F(BackgroundTest, EveryWritePathMakesOneEventForEachRow) {
  SqlClient root = server_->Root();
  root.Text("CREATE USER TABLE written (id BIGINT PRIMARY KEY, n INT)");
  const TableId id = IdOf("written");
  Lsn seen(0);
  const auto events_of = [&](std::string_view sql) {
    const SqlAnswer answer = root.Run(sql);
    EXPECT_TRUE(answer.ok()) << answer;
    return NewEvents(*server_, id, &seen);
  };
  EXPECT_EQ(events_of("INSERT INTO written VALUES (1, 0), (2, 0)"), "+2");
  EXPECT_EQ(events_of("INSERT INTO written SELECT i, 0 FROM generate_series(3, 40) AS t(i)"),
            "+38");
  EXPECT_EQ(events_of("INSERT INTO written VALUES (1, 5), (50, 5) ON CONFLICT (id) "
                      "DO UPDATE SET n = excluded.n"),
            "+1 *1");
  EXPECT_EQ(events_of("INSERT INTO written VALUES (1, 6) ON CONFLICT DO NOTHING"), "");
  EXPECT_EQ(events_of("UPDATE written SET n = 7 WHERE id = 1"), "*1");
  EXPECT_EQ(events_of("UPDATE written SET n = n + 1 WHERE id % 2 = 0 AND id < 7"), "*3");
  EXPECT_EQ(events_of("DELETE FROM written WHERE id = 2"), "-1");
  EXPECT_EQ(events_of("DELETE FROM written WHERE id > 38"), "-3");
  server_->TokenOf("somebody");
  EXPECT_EQ(events_of("EXECUTE AS USER 'somebody' (INSERT INTO written VALUES (1, 1))"), "+1");
  EXPECT_EQ(root.Run("INSERT INTO written VALUES (60, 1), (1, 1)").sqlstate, "23505");
  EXPECT_EQ(NewEvents(*server_, id, &seen), "");
}

// The drop and its cleanup run beside point reads on the same loops.
TEST_F(BackgroundTest, DroppingALargeTableHoldsNobodyUp) {
  SqlClient root = server_->Root();
  root.Text("CREATE TABLE large (id BIGINT PRIMARY KEY, body TEXT)");
  root.Text("INSERT INTO large SELECT i, 'some text' FROM generate_series(1, 100000) AS t(i)");
  root.Text("CREATE TABLE other (id BIGINT PRIMARY KEY)");
  root.Text("INSERT INTO other VALUES (1)");
  const TableId id = IdOf("large");
  root.Text("DROP TABLE large");
  SqlClient reader = server_->Root();
  while (StoredRows(*server_, id) > 0) {
    ASSERT_EQ(reader.Text("SELECT id FROM other WHERE id = 1"), "1");
  }
  EXPECT_EQ(BlockingViolations(), 0);
  EXPECT_LT(server_->Quantile99("runtime_loop_lag_seconds"), 0.25);
}

// A table of the same name is another table, at once.
TEST_F(BackgroundTest, ADroppedTablesNameIsFreeAtOnceAndItsRowsStayGone) {
  SqlClient root = server_->Root();
  for (int i = 0; i < 20; ++i) {
    root.Text("CREATE TABLE again (id BIGINT PRIMARY KEY)");
    EXPECT_EQ(root.Text("SELECT COUNT(*) FROM again"), "0");
    root.Text("INSERT INTO again VALUES (1), (2), (3)");
    root.Text("DROP TABLE again");
    EXPECT_EQ(root.Run("SELECT * FROM again").code, "TABLE_NOT_FOUND");
  }
}

TEST_F(BackgroundTest, ExpiredStreamRowsAreHiddenThenRemoved) {
  SqlClient root = server_->Root();
  root.Text("CREATE STREAM TABLE brief (t TEXT) WITH (TTL_SECONDS = 1)");
  root.Text("INSERT INTO brief VALUES ('a'), ('b')");
  const TableId id = IdOf("brief");
  while (StoredRows(*server_, id) > 0) {
    ASSERT_TRUE(server_->WaitForMetric("jobs_runs_total", server_->Metric("jobs_runs_total") + 1));
  }
  EXPECT_EQ(root.Text("SELECT COUNT(*) FROM brief"), "0");
}

TEST_F(BackgroundTest, AStreamKeepsItsNewestRows) {
  SqlClient root = server_->Root();
  root.Text("CREATE STREAM TABLE newest (i BIGINT) WITH (TTL_SECONDS = 3600, MAX_BUFFER = 3)");
  root.Text("INSERT INTO newest VALUES (1), (2), (3), (4), (5)");
  const TableId id = IdOf("newest");
  while (StoredRows(*server_, id) > 3) {
    ASSERT_TRUE(server_->WaitForMetric("jobs_runs_total", server_->Metric("jobs_runs_total") + 1));
  }
  EXPECT_EQ(root.Text("SELECT i FROM newest ORDER BY i"), "3;4;5");
}

// Every line of the exposition format is a comment or `name{labels} number`, and a
// family's help and type come once, before its samples.
TEST_F(BackgroundTest, TheMetricsAreGoodPrometheusText) {
  server_->Root().Text("SELECT 1");
  const Response response = server_->Request("GET", "/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.Header("Content-Type"), StartsWith("text/plain; version=0.0.4"));
  std::istringstream lines(response.body);
  std::set<std::string> families;
  std::string line;
  std::string family;
  size_t samples = 0;
  while (std::getline(lines, line)) {
    if (line.starts_with("# HELP ")) continue;
    if (line.starts_with("# TYPE ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(families.insert(family).second) << line;
      continue;
    }
    ++samples;
    EXPECT_THAT(line, MatchesRegex("[a-z_]+(\\{[^}]*\\})? [-+0-9.eInfNa]+"));
    EXPECT_THAT(line, StartsWith(family));
  }
  EXPECT_GT(samples, 100);
  EXPECT_TRUE(families.contains("net_http_requests_total"));
  EXPECT_TRUE(families.contains("runtime_loop_lag_seconds"));
}

TEST_F(BackgroundTest, HealthSaysWhatAnswers) {
  for (const char* path : {"/health", "/v1/api/healthcheck"}) {
    const Response response = server_->Request("GET", path);
    EXPECT_EQ(JsonMember(response.body, "status"), "healthy") << response.body;
    EXPECT_FALSE(JsonMember(response.body, "version").empty());
  }
}

// Each ALTER leaves a version behind, in the catalog and nowhere else.
TEST_F(BackgroundTest, SchemaVersionsLiveInTheCatalog) {
  SqlClient root = server_->Root();
  root.Text("CREATE TABLE evolving (id BIGINT PRIMARY KEY)");
  root.Text("INSERT INTO evolving VALUES (1)");
  for (int i = 1; i <= 5; ++i) {
    root.Text("ALTER TABLE evolving ADD COLUMN c" + std::to_string(i) + " INT");
  }
  EXPECT_EQ(root.Text("SELECT COUNT(*), MAX(schema_version) FROM system.table_schemas "
                      "WHERE table_name = 'evolving'"),
            "6,6");
  EXPECT_EQ(root.Text("SELECT * FROM evolving"), "1,null,null,null,null,null");
}

// Disk faults become typed errors; reads go on, and writes when the fault is over.
TEST(FaultTest, AFullDiskIsATypedErrorAndPasses) {
  DiskFaults faults;
  ServerOptions options = TestServer::Defaults();
  options.faults = &faults;
  TestServer server(std::move(options));
  SqlClient root = server.Root();
  root.Text("CREATE TABLE t (id BIGINT PRIMARY KEY)");
  root.Text("INSERT INTO t VALUES (1)");
  faults.full = true;
  const SqlAnswer refused = root.Run("INSERT INTO t VALUES (2)");
  EXPECT_EQ(refused.sqlstate, "53100") << refused;
  EXPECT_EQ(refused.http_status, 503);
  EXPECT_EQ(root.Run("CREATE TABLE u (id BIGINT PRIMARY KEY)").sqlstate, "53100");
  EXPECT_EQ(root.Text("SELECT id FROM t"), "1");
  faults.full = false;
  root.Text("INSERT INTO t VALUES (2)");
  EXPECT_EQ(root.Text("SELECT id FROM t ORDER BY id"), "1;2");
}

}  // namespace
}  // namespace millrace::e2e
