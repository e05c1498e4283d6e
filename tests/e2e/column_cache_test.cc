// The column cache over the whole path: what SQL, EXPLAIN ANALYZE and /metrics
// show of it, and that answers never show it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "test_server.h"

namespace millrace::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kRows = 9000;
constexpr std::string_view kSum = "SELECT count(*), sum(n) FROM t WHERE n > -1";

// Rows 0 to kRows - 1, n = id.
void Fill(SqlClient& client, std::string_view table) {
  for (int first = 0; first < kRows; first += 1000) {
    std::string sql = "INSERT INTO " + std::string(table) + " VALUES ";
    for (int id = first; id < first + 1000; ++id) {
      if (id > first) sql.append(",");
      sql.append("(" + std::to_string(id) + "," + std::to_string(id) + ")");
    }
    ASSERT_TRUE(client.Run(sql).ok());
  }
}

// "9000,40495500": of `rows` rows whose numbers sum up to that of 0 … kRows - 1 and `more`.
std::string Expected(int64_t rows, int64_t more) {
  return std::to_string(rows) + "," + std::to_string(int64_t{kRows} * (kRows - 1) / 2 + more);
}

std::string Plan(SqlClient& client) { return client.Text("EXPLAIN ANALYZE " + std::string(kSum)); }

TEST(ColumnCacheTest, ExplainAnalyzeAndMetricsTellWhereColumnsCameFrom) {
  TestServer server;
  SqlClient root = server.Root();
  ASSERT_TRUE(root.Run("CREATE TABLE t (id INT PRIMARY KEY, n INT)").ok());
  Fill(root, "t");
  ASSERT_TRUE(server.server().store().Flush().ok());
  EXPECT_THAT(Plan(root), HasSubstr("Columns from cache: 0 of "));
  EXPECT_EQ(server.Metric("tables_column_cache_hits_total"), 0);
  EXPECT_GT(server.Metric("tables_column_cache_misses_total"), 0);
  EXPECT_GT(server.Metric("tables_column_cache_bytes"), kRows * 4);
  EXPECT_EQ(root.Text(kSum), Expected(kRows, 0));
  EXPECT_GT(server.Metric("tables_column_cache_hits_total"), 0);
  const std::string again = Plan(root);
  EXPECT_THAT(again, HasSubstr("Columns from cache: "));
  EXPECT_THAT(again, Not(HasSubstr("Columns from cache: 0 of ")));
  // What was acknowledged is seen by the next query.
  ASSERT_TRUE(root.Run("UPDATE t SET n = n + 5 WHERE id = 4000").ok());
  EXPECT_EQ(root.Text(kSum), Expected(kRows, 5));
  ASSERT_TRUE(root.Run("DELETE FROM t WHERE id = 0").ok());
  EXPECT_EQ(root.Text(kSum), Expected(kRows - 1, 5));
}

TEST(ColumnCacheTest, DropTableFreesItAndAlterTableStartsAnew) {
  TestServer server;
  SqlClient root = server.Root();
  ASSERT_TRUE(root.Run("CREATE TABLE t (id INT PRIMARY KEY, n INT)").ok());
  Fill(root, "t");
  ASSERT_TRUE(server.server().store().Flush().ok());
  EXPECT_EQ(root.Text(kSum), Expected(kRows, 0));
  ASSERT_TRUE(root.Run("ALTER TABLE t ADD COLUMN d INT DEFAULT 7").ok());
  EXPECT_EQ(server.Metric("tables_column_cache_bytes"), 0);
  for (int repeat = 0; repeat < 2; ++repeat) {
    EXPECT_EQ(root.Text("SELECT sum(n), min(d), max(d) FROM t WHERE n > -1"),
              root.Text("SELECT 40495500, min(d), min(d) FROM t WHERE id = 3"));
  }
  EXPECT_GT(server.Metric("tables_column_cache_bytes"), 0);
  ASSERT_TRUE(root.Run("DROP TABLE t").ok());
  EXPECT_EQ(server.Metric("tables_column_cache_bytes"), 0);
}

TEST(ColumnCacheTest, EveryUserSumsHisOwnRows) {
  TestServer server;
  SqlClient root = server.Root();
  ASSERT_TRUE(root.Run("CREATE USER TABLE t (id INT PRIMARY KEY, n INT)").ok());
  SqlClient ann = server.As("ann");
  SqlClient annabel = server.As("annabel");
  Fill(ann, "t");
  ASSERT_TRUE(annabel.Run("INSERT INTO t VALUES (1, 1), (2, 2)").ok());
  for (int repeat = 0; repeat < 2; ++repeat) {
    EXPECT_EQ(ann.Text(kSum), Expected(kRows, 0));
    EXPECT_EQ(annabel.Text(kSum), "2,3");
    EXPECT_EQ(root.Text("SELECT count(*) FROM t WHERE n > -1"), "0");
  }
}

TEST(ColumnCacheTest, ZeroBytesTurnItOff) {
  ServerOptions options = TestServer::Defaults();
  options.column_cache_bytes = 0;
  TestServer server(options);
  SqlClient root = server.Root();
  ASSERT_TRUE(root.Run("CREATE TABLE t (id INT PRIMARY KEY, n INT)").ok());
  Fill(root, "t");
  for (int repeat = 0; repeat < 2; ++repeat) {
    EXPECT_EQ(root.Text(kSum), Expected(kRows, 0));
    EXPECT_THAT(Plan(root), Not(HasSubstr("cache")));
  }
}

// A transfer moves an amount between two rows of one commit: every sum is the same.
TEST(ColumnCacheTest, SumsAmongWritersAreOfWholeCommits) {
  TestServer server;
  SqlClient root = server.Root();
  ASSERT_TRUE(root.Run("CREATE TABLE t (id INT PRIMARY KEY, n INT)").ok());
  Fill(root, "t");
  ASSERT_TRUE(server.server().store().Flush().ok());
  std::thread writer([&] {
    SqlClient client = server.Root();
    for (int id = 1; id < 200; ++id) {
      const std::string low = std::to_string(id);
      const std::string high = std::to_string(kRows - id);
      ASSERT_TRUE(client
                      .Run("UPDATE t SET n = CASE WHEN id = " + low +
                           " THEN n + 1 ELSE n - 1 END WHERE id IN (" + low + ", " + high + ")")
                      .ok());
    }
  });
  for (int repeat = 0; repeat < 60; ++repeat) EXPECT_EQ(root.Text(kSum), Expected(kRows, 0));
  writer.join();
  EXPECT_EQ(root.Text(kSum), Expected(kRows, 0));
}

}  // namespace
}  // namespace millrace::e2e
