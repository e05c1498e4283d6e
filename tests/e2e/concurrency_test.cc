// Many at once: users stay apart, small things stay quick beside large ones, and
// every increment counts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "query/plan/planner.h"
#include "query/sql/parser.h"
#include "runtime/await_on_worker.h"
#include "session/session.h"
#include "test_server.h"

namespace millrace::e2e {
namespace {

class ConcurrencyTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = std::make_unique<TestServer>(); }
  static void TearDownTestSuite() { server_.reset(); }
  static std::unique_ptr<TestServer> server_;
};
std::unique_ptr<TestServer> ConcurrencyTest::server_;

// Ids that are prefixes of one another, or differ in what a key coding might confuse.
const std::vector<std::string>& OddUsers() {
  static const std::vector<std::string> kUsers = {"a", "ab", "abc", "a.b", "a-", "b", "a_b", "aa"};
  return kUsers;
}

// One user's random writes, checked against a map of his own at every step.
class Owner {
 public:
  Owner(TestServer& server, std::string user, uint64_t seed)
      : user_(std::move(user)), client_(server.As(user_)), random_(seed) {}

  void Step() {
    const uint64_t id = random_.Below(20);
    const std::string key = std::to_string(id);
    const std::string text = user_ + std::to_string(random_.NextUint64() % 1000);
    switch (random_.Below(5)) {
      case 0:
        Expect(client_.Run("INSERT INTO own VALUES (" + key + ", '" + text +
                           "') ON CONFLICT (id) DO UPDATE SET t = excluded.t"),
               1);
        rows_[id] = text;
        break;
      case 1:
        Expect(client_.Run("UPDATE own SET t = '" + text + "' WHERE id = " + key),
               rows_.contains(id) ? 1 : 0);
        if (rows_.contains(id)) rows_[id] = text;
        break;
      case 2:
        Expect(client_.Run("DELETE FROM own WHERE id = " + key), rows_.erase(id));
        break;
      case 3:
        EXPECT_EQ(client_.Text("SELECT t FROM own WHERE id = " + key),
                  rows_.contains(id) ? rows_[id] : "")
            << user_;
        break;
      default:
        // By the row path and by the engine.
        ExpectAll("SELECT id, t FROM own ORDER BY id");
        ExpectAll("SELECT id, MAX(t) FROM own GROUP BY id ORDER BY id");
    }
  }

 private:
  void Expect(const SqlAnswer& answer, uint64_t rows) {
    EXPECT_TRUE(answer.ok()) << user_ << answer;
    EXPECT_EQ(answer.row_count, rows) << user_;
  }
  void ExpectAll(std::string_view sql) {
    std::string wanted;
    for (const auto& [id, text] : rows_) {
      wanted += (wanted.empty() ? "" : ";") + std::to_string(id) + "," + text;
    }
    EXPECT_EQ(client_.Text(sql), wanted) << user_;
  }

  const std::string user_;
  SqlClient client_;
  SeededRandom random_;
  std::map<uint64_t, std::string> rows_;
};

TEST_F(ConcurrencyTest, EveryUserSeesHisOwnRowsOnly) {
  server_->Root().Text("CREATE USER TABLE own (id BIGINT PRIMARY KEY, t TEXT)");
  std::vector<std::unique_ptr<Owner>> owners;
  for (size_t i = 0; i < OddUsers().size(); ++i) {
    owners.push_back(std::make_unique<Owner>(*server_, OddUsers()[i], i));
  }
  std::vector<std::thread> threads;
  for (const auto& owner : owners) {
    threads.emplace_back([&owner] {
      for (int i = 0; i < 150; ++i) owner->Step();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(ConcurrencyTest, ConcurrentIncrementsAllCount) {
  server_->Root().Text("CREATE TABLE hits (id BIGINT PRIMARY KEY, n BIGINT)");
  server_->Root().Text("INSERT INTO hits VALUES (1, 0)");
  constexpr int kThreads = 8;
  constexpr int kEach = 50;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([] {
      SqlClient client = server_->Root();
      for (int j = 0; j < kEach; ++j) client.Text("UPDATE hits SET n = n + 1 WHERE id = 1");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(server_->Root().Text("SELECT n FROM hits"), std::to_string(kThreads * kEach));
}

// Of many who insert the same key at once, one does.
TEST_F(ConcurrencyTest, OneOfManyInsertsOfAKeyWins) {
  server_->Root().Text("CREATE TABLE race (id BIGINT PRIMARY KEY, who BIGINT)");
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([i, &won] {
      SqlClient client = server_->Root();
      for (int id = 0; id < 40; ++id) {
        const SqlAnswer answer = client.Run("INSERT INTO race VALUES (" + std::to_string(id) +
                                            ", " + std::to_string(i) + ")");
        if (answer.ok()) ++won;
        if (!answer.ok()) EXPECT_EQ(answer.sqlstate, "23505") << answer;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 40);
  EXPECT_EQ(server_->Root().Text("SELECT COUNT(*) FROM race"), "40");
}

// Idle connections in between cost nothing.
TEST_F(ConcurrencyTest, ABurstOfQueriesOnATableAllSucceed) {
  server_->Root().Text("CREATE TABLE burst (id BIGINT PRIMARY KEY, n INT)");
  server_->Root().Text("INSERT INTO burst SELECT i, i % 10 FROM generate_series(1, 500) AS t(i)");
  std::vector<std::unique_ptr<HttpClient>> idle;
  for (int i = 0; i < 16; ++i) idle.push_back(std::make_unique<HttpClient>(server_->port()));
  std::vector<std::thread> threads;
  for (int i = 0; i < 32; ++i) {
    threads.emplace_back([i] {
      const std::string digit = std::to_string(i % 10);
      EXPECT_EQ(server_->Root().Text("SELECT COUNT(*) FROM burst WHERE n = " + digit), "50");
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(ConcurrencyTest, ThirtyTwoAnalyticalQueriesAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 1; i <= 32; ++i) {
    threads.emplace_back([i] {
      const std::string text = std::to_string(i);
      EXPECT_EQ(server_->Root().Text("SELECT COUNT(*), SUM(x % " + text +
                                     ") >= 0 FROM generate_series(1, 200000) AS t(x)"),
                "200000,true");
    });
  }
  for (std::thread& thread : threads) thread.join();
}

class PlannedTest : public ConcurrencyTest {
 protected:
  void SetUp() override {
    root_.Run("DROP TABLE IF EXISTS planned");
    root_.Run("CREATE TABLE IF NOT EXISTS planned_copy (id BIGINT, n BIGINT, PRIMARY KEY (id))");
    root_.Text("CREATE TABLE planned (id BIGINT PRIMARY KEY, n BIGINT)");
    root_.Text("INSERT INTO planned VALUES (1, 10), (2, 20)");
  }
  static plan::PreparedPtr Plan(std::string_view sql) {
    std::vector<sql::Statement> statements = *sql::ParseStatements(sql);
    const plan::Planner planner(server_->server().catalog());
    return *planner.Prepare(std::move(statements.at(0)), "default");
  }
  static Status Execute(const plan::PreparedPtr& prepared) {
    auto request = std::make_shared<exec::Request>();
    request->user_id = "root";
    request->role = Role::kSystem;
    request->planned_generation = prepared->generation;
    request->statement_time_micros = SystemClock().WallMicros();
    exec::Executor& executor = server_->server().sessions().executor();
    return AwaitOnWorker(server_->server().loops().loop(0), executor.Execute(prepared, request))
        .status();
  }

  SqlClient root_ = server_->Root();
};

// Every way to read a table.
const std::vector<std::string>& ReadsOfPlanned() {
  static const std::vector<std::string> kReads = {
      "SELECT n FROM planned WHERE id = 2",
      "SELECT n FROM planned WHERE id = 2 AND repeat('x', 1000000) <> ''",
      "SELECT * FROM planned",
      "SELECT n, COUNT(*) FROM planned GROUP BY n",
      "UPDATE planned SET n = 1 WHERE id = 2",
      "UPDATE planned SET n = n + 1 WHERE n >= 0",
      "UPDATE planned SET n = 0 WHERE id IN (SELECT MAX(id) FROM planned)",
      "DELETE FROM planned WHERE id = 2",
      "DELETE FROM planned WHERE TRUE",
      "INSERT INTO planned VALUES (2, 9) ON CONFLICT (id) DO UPDATE SET n = 9",
      "INSERT INTO planned_copy SELECT id, n FROM planned",
      "INSERT INTO planned_copy SELECT MAX(id), n FROM planned GROUP BY n",
      "EXPLAIN ANALYZE SELECT * FROM planned",
  };
  return kReads;
}

TEST_F(PlannedTest, AReadPlannedBeforeAnAlterIsToBePlannedAgain) {
  for (const std::string& sql : ReadsOfPlanned()) {
    SetUp();
    const plan::PreparedPtr prepared = Plan(sql);
    root_.Text("ALTER TABLE planned ADD COLUMN more TEXT DEFAULT 'x'");
    root_.Text("UPDATE planned SET more = 'y' WHERE TRUE");
    // EXPLAIN plans what it explains itself.
    const bool explains = sql.starts_with("EXPLAIN");
    EXPECT_EQ(Execute(prepared).code(), explains ? Code::kOk : Code::kAborted) << sql;
  }
}

TEST_F(PlannedTest, AReadPlannedBeforeADropFindsNoEmptyTable) {
  for (const std::string& sql : ReadsOfPlanned()) {
    SetUp();
    const plan::PreparedPtr prepared = Plan(sql);
    root_.Text("DROP TABLE planned");
    const Status status = Execute(prepared);
    const bool explains = sql.starts_with("EXPLAIN");
    EXPECT_EQ(status.code(), explains ? Code::kNotFound : Code::kAborted)
        << sql << status.ToString();
  }
}

TEST_F(PlannedTest, ChangesOfOtherTablesDoNotDisturbAPlan) {
  for (const std::string& sql : ReadsOfPlanned()) {
    SetUp();
    root_.Text("DELETE FROM planned_copy WHERE TRUE");
    const plan::PreparedPtr prepared = Plan(sql);
    root_.Text("CREATE TABLE unrelated (id BIGINT PRIMARY KEY)");
    root_.Text("DROP TABLE unrelated");
    EXPECT_TRUE(Execute(prepared).ok()) << sql;
  }
}

// Readers and a writer beside ALTERs: each answer is whole, and each increment counts.
TEST_F(ConcurrencyTest, AltersDisturbNobody) {
  server_->Root().Text("CREATE TABLE altered (id BIGINT PRIMARY KEY, n BIGINT)");
  server_->Root().Text("INSERT INTO altered SELECT i, 0 FROM generate_series(1, 100) AS t(i)");
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (const std::string_view sql :
       {"SELECT COUNT(n) = 100 FROM altered", "SELECT n >= 0 FROM altered WHERE id = 7",
        "SELECT n >= 0 FROM altered WHERE id >= 100", "SELECT MIN(n) >= 0 FROM altered"}) {
    threads.emplace_back([sql, &done] {
      SqlClient client = server_->Root();
      while (!done) EXPECT_EQ(client.Text(sql), "true") << sql;
    });
  }
  std::atomic<int> increments = 0;
  threads.emplace_back([&done, &increments] {
    SqlClient client = server_->Root();
    for (; !done; ++increments) client.Text("UPDATE altered SET n = n + 1 WHERE id <= 50");
  });
  SqlClient alterer = server_->Root();
  for (int i = 0; i < 100; ++i) {
    alterer.Text("ALTER TABLE altered ADD COLUMN more TEXT DEFAULT 'x'");
    alterer.Text("UPDATE altered SET more = 'y' WHERE id = 7 OR id = 100");
    alterer.Text("ALTER TABLE altered DROP COLUMN more");
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(alterer.Text("SELECT SUM(n) FROM altered"), std::to_string(increments * 50));
}

// A point read needs no worker and no engine, so it is quick while those are busy.
TEST_F(ConcurrencyTest, PointReadsStayQuickBesideAHeavyQuery) {
  SqlClient root = server_->Root();
  root.Text("CREATE TABLE points (id BIGINT PRIMARY KEY, t TEXT)");
  root.Text("INSERT INTO points VALUES (1, 'one')");
  const double hops = server_->Metric("exec_point_get_hops_total");
  SqlClient heavy = server_->Root();
  heavy.Start(
      "SELECT COUNT(*) FROM generate_series(1, 100000) AS a(i), generate_series(1, 100000) AS b(j) "
      "WHERE (a.i * 7 + b.j * 13) % 1000003 = 5");
  ASSERT_TRUE(server_->WaitForMetric("runtime_pool_busy_threads", 1));
  const SystemClock clock;
  std::vector<int64_t> nanos;
  for (int i = 0; i < 300; ++i) {
    const int64_t began = clock.MonotonicNanos();
    EXPECT_EQ(root.Text("SELECT t FROM points WHERE id = 1"), "one");
    nanos.push_back(clock.MonotonicNanos() - began);
  }
  EXPECT_GE(server_->Metric("runtime_pool_busy_threads"), 1) << "the heavy query ended too early";
  heavy.http().Reset();
  std::ranges::sort(nanos);
  // Generous, as the machine may be shared; a loop that waits for the query takes seconds.
  EXPECT_LT(nanos[nanos.size() / 2], 20'000'000);
  EXPECT_LT(nanos[nanos.size() * 95 / 100], 200'000'000);
  EXPECT_EQ(server_->Metric("exec_point_get_hops_total"), hops);
}

// Writers, readers, DDL and analytics together; what the loops measured meanwhile.
TEST_F(ConcurrencyTest, NothingBlocksTheLoopsUnderMixedLoad) {
  server_->Root().Text("CREATE TABLE mixed (id BIGINT PRIMARY KEY, n BIGINT)");
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([t] {
      SqlClient client = server_->Root();
      for (int i = 0; i < 60; ++i) {
        const std::string id = std::to_string(t * 1000 + i);
        client.Text("INSERT INTO mixed VALUES (" + id + ", 0)");
        client.Text("SELECT n FROM mixed WHERE id = " + id);
        if (i % 10 == 0) client.Text("SELECT n, COUNT(*) FROM mixed GROUP BY n");
      }
    });
  }
  threads.emplace_back([] {
    SqlClient client = server_->Root();
    for (int i = 0; i < 10; ++i) {
      client.Text("CREATE TABLE passing (id BIGINT PRIMARY KEY)");
      client.Text("ALTER TABLE passing ADD COLUMN c TEXT");
      client.Text("DROP TABLE passing");
    }
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(server_->Root().Text("SELECT COUNT(*) FROM mixed"), "180");
  EXPECT_EQ(BlockingViolations(), 0);
  EXPECT_LT(server_->Quantile99("runtime_loop_lag_seconds"), 0.25);
}

}  // namespace
}  // namespace millrace::e2e
