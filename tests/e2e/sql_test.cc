// SQL that is wrong, deep, endless or greedy, over the whole path.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "test_server.h"

namespace millrace::e2e {
namespace {

using ::testing::AnyOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;

class SqlTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = std::make_unique<TestServer>(); }
  static void TearDownTestSuite() { server_.reset(); }
  static std::unique_ptr<TestServer> server_;
};
std::unique_ptr<TestServer> SqlTest::server_;

std::string Repeat(std::string_view text, size_t times) {
  std::string repeated;
  for (size_t i = 0; i < times; ++i) repeated.append(text);
  return repeated;
}

TEST_F(SqlTest, GarbageIsAnErrorWithAPlace) {
  SqlClient root = server_->Root();
  for (const std::string_view sql :
       {"SELEC 1", "SELECT", "SELECT FROM WHERE", "SELECT 'open", "SELECT \"open", "SELECT /* open",
        "SELECT 1 +", "INSERT INTO", "CREATE TABLE", "((((", "SELECT 1)", "\\x", "@#$%",
        "SELECT $0", "SELECT 1e", "SELECT 0x", "SELECT * FROM a JOIN"}) {
    const SqlAnswer answer = root.Run(sql);
    EXPECT_EQ(answer.http_status, 400) << sql;
    EXPECT_EQ(answer.code, "INVALID_SQL") << sql << answer;
    EXPECT_THAT(answer.body, HasSubstr("\"line\":")) << sql;
  }
}

TEST_F(SqlTest, RandomBytesNeverKillTheServer) {
  SqlClient root = server_->Root();
  SeededRandom random(8'1);
  constexpr std::string_view kPieces[] = {"SELECT", "(",  ")",    ",",   "'",   "\"",   "FROM",
                                          "system", ".",  "jobs", "*",   "1",   "1e9",  "NULL",
                                          "CASE",   "$1", "--",   "/*",  ";",   "WITH", "AS",
                                          "INSERT", "::", "JSON", "->>", "[1]", "NOT",  "é"};
  for (int i = 0; i < 2000; ++i) {
    std::string sql;
    for (uint64_t words = 1 + random.Below(15); words > 0; --words) {
      sql.append(kPieces[random.Below(std::size(kPieces))]).append(" ");
    }
    const SqlAnswer answer = root.Run(sql);
    EXPECT_THAT(answer.http_status, AnyOf(Eq(200), Eq(400))) << sql << answer;
  }
}

// The parser's depth has a limit; a stack overflow would end the process.
TEST_F(SqlTest, DeepNestingIsRefusedNotCrashed) {
  SqlClient root = server_->Root();
  for (const std::string& sql :
       {"SELECT " + Repeat("(", 100'000) + "1" + Repeat(")", 100'000),
        "SELECT " + Repeat("NOT ", 200'000) + "true",
        "SELECT " + Repeat("-", 1) + Repeat("- ", 200'000) + "1",
        "SELECT " + Repeat("CASE WHEN true THEN ", 20'000) + "1" + Repeat(" END", 20'000),
        Repeat("SELECT * FROM (", 20'000) + "SELECT 1" + Repeat(")", 20'000),
        Repeat("EXPLAIN ", 50'000) + "SELECT 1",
        Repeat("EXECUTE AS USER 'root' (", 20'000) + "SELECT 1" + Repeat(")", 20'000)}) {
    const SqlAnswer answer = root.Run(sql);
    EXPECT_EQ(answer.http_status, 400) << sql.substr(0, 40) << answer;
    EXPECT_THAT(answer.sqlstate, AnyOf(Eq("54001"), Eq("42601"))) << sql.substr(0, 40) << answer;
  }
}

// Long without being deep for a reader, but a chain for a tree.
TEST_F(SqlTest, LongChainsAreAnsweredOrRefused) {
  SqlClient root = server_->Root();
  for (const std::string& sql :
       {"SELECT 1" + Repeat(" + 1", 50'000), "SELECT true" + Repeat(" AND true", 50'000),
        "SELECT 'a'" + Repeat(" || 'a'", 50'000),
        "SELECT 1" + Repeat(" UNION ALL SELECT 1", 20'000),
        "SELECT 1 IN (0" + Repeat(",0", 100'000) + ")", "SELECT 1" + Repeat("::BIGINT", 50'000)}) {
    const SqlAnswer answer = root.Run(sql);
    EXPECT_THAT(answer.http_status, AnyOf(Eq(200), Eq(400))) << sql.substr(0, 40) << answer;
  }
  EXPECT_EQ(root.Text("SELECT 1"), "1");
}

TEST_F(SqlTest, ManyRowsInOneInsertArrive) {
  SqlClient root = server_->Root();
  root.Text("CREATE TABLE wide (id BIGINT PRIMARY KEY, t TEXT)");
  std::string sql = "INSERT INTO wide VALUES (0, 'x')";
  for (int i = 1; i < 20'000; ++i) sql += ",(" + std::to_string(i) + ",'some text')";
  EXPECT_EQ(root.Run(sql).row_count, 20'000);
  EXPECT_EQ(root.Text("SELECT COUNT(*), MAX(id) FROM wide"), "20000,19999");
}

TEST_F(SqlTest, TheServersFilesAndSettingsAreOutOfReach) {
  SqlClient root = server_->Root();
  for (const std::string_view sql :
       {"SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/passwd')", "COPY (SELECT 1) TO '/tmp/millrace_e2e'",
        "ATTACH '/tmp/x.db'", "INSTALL httpfs", "LOAD httpfs", "PRAGMA version",
        "SELECT * FROM duckdb_settings()", "CALL pragma_version()", "SELECT getenv('HOME')",
        "EXPORT DATABASE '/tmp/x'", "SELECT * FROM glob('/*')"}) {
    const SqlAnswer answer = root.Run(sql);
    EXPECT_EQ(answer.http_status, 400) << sql << answer;
    EXPECT_THAT(answer.body, Not(HasSubstr("root:x:"))) << sql;
  }
}

TEST_F(SqlTest, UsersSeeNoInternals) {
  SqlClient una = server_->As("una");
  for (const std::string_view sql :
       {"SELECT * FROM system.users", "SELECT * FROM system.jobs", "CREATE NAMESPACE mine",
        "CREATE USER 'x' WITH PASSWORD 'good password 1' ROLE dba",
        "CREATE SHARED TABLE s (id INT PRIMARY KEY)", "DROP TABLE anything",
        "EXECUTE AS USER 'root' (SELECT 1)"}) {
    const SqlAnswer answer = una.Run(sql);
    EXPECT_EQ(answer.http_status, 403) << sql << answer;
  }
}

class LimitsTest : public ::testing::Test {
 protected:
  static ServerOptions Tight() {
    ServerOptions options = TestServer::Defaults();
    options.statement_timeout_ms = 700;
    options.query_memory_bytes = uint64_t{32} << 20;
    return options;
  }
};

constexpr std::string_view kEndless =
    "SELECT COUNT(*) FROM generate_series(1, 100000) AS a(i), generate_series(1, 100000) AS b(j) "
    "WHERE (a.i * 7 + b.j * 13) % 1000003 = 5";

TEST_F(LimitsTest, AStatementThatTakesTooLongIsEnded) {
  TestServer server(Tight());
  SqlClient root = server.Root();
  const SqlAnswer answer = root.Run(kEndless);
  EXPECT_EQ(answer.sqlstate, "57014") << answer;
  EXPECT_EQ(root.Text("SELECT 1"), "1");
}

// It would need more memory than a query may have, and cannot spill that.
TEST_F(LimitsTest, AQueryThatNeedsTooMuchMemoryIsRefusedAndTheNextOneWorks) {
  ServerOptions options = Tight();
  options.statement_timeout_ms = 60'000;
  TestServer server(std::move(options));
  SqlClient root = server.Root();
  const SqlAnswer answer = root.Run(
      "SELECT length(string_agg(repeat('x', 1000) || i, '')) FROM generate_series(1, 500000) AS "
      "t(i)");
  EXPECT_EQ(answer.sqlstate, "53200") << answer;
  EXPECT_EQ(root.Text("SELECT COUNT(*) FROM generate_series(1, 1000) AS t(i)"), "1000");
}

}  // namespace
}  // namespace millrace::e2e
