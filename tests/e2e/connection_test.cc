// Clients that are slow, vanish, or come in crowds; and the end of the server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "test_server.h"
#include "testing/child_process.h"

namespace millrace::e2e {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kEndless =
    "SELECT COUNT(*) FROM generate_series(1, 100000) AS a(i), generate_series(1, 100000) AS b(j) "
    "WHERE (a.i * 7 + b.j * 13) % 1000003 = 5";
constexpr char kBusy[] = "runtime_pool_busy_threads";

class ConnectionTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ServerOptions options = TestServer::Defaults();
    options.http.head_timeout = std::chrono::milliseconds(300);
    options.http.body_timeout = std::chrono::milliseconds(300);
    options.http.probe_interval = std::chrono::milliseconds(50);
    options.http.sweep_interval = std::chrono::milliseconds(20);
    server_ = std::make_unique<TestServer>(std::move(options));
  }
  static void TearDownTestSuite() { server_.reset(); }
  void SetUp() override { ASSERT_TRUE(server_->WaitForMetricAtMost(kBusy, 0)); }

  static std::unique_ptr<TestServer> server_;
};
std::unique_ptr<TestServer> ConnectionTest::server_;

TEST_F(ConnectionTest, HalfARequestIsEndedByATimeoutAndHoldsNobodyUp) {
  std::vector<std::unique_ptr<HttpClient>> drips;
  for (int i = 0; i < 50; ++i) {
    drips.push_back(std::make_unique<HttpClient>(server_->port()));
    drips.back()->Send("POST /v1/api/sql HT");
  }
  EXPECT_EQ(server_->Root().Text("SELECT 1"), "1");
  for (const auto& drip : drips) EXPECT_EQ(drip->Receive().status, 408);
}

TEST_F(ConnectionTest, ABodyThatNeverComesIsEndedByATimeout) {
  HttpClient client(server_->port());
  client.Send("POST /v1/api/sql HTTP/1.1\r\nHost: e2e\r\nContent-Length: 100\r\n\r\n{");
  EXPECT_EQ(client.Receive().status, 408);
}

TEST_F(ConnectionTest, AClientThatClosedItsSendingSideGetsItsAnswer) {
  SqlClient client = server_->Root();
  client.Start("SELECT COUNT(*) FROM generate_series(1, 20000000) AS t(i) WHERE i % 3 = 0");
  client.http().ShutdownSend();
  EXPECT_EQ(ReadAnswer(client.http().Receive()).Text(), "6666666");
}

TEST_F(ConnectionTest, AQueryWhoseClientIsResetIsCancelled) {
  SqlClient client = server_->Root();
  client.Start(kEndless);
  ASSERT_TRUE(server_->WaitForMetric(kBusy, 1));
  client.http().Reset();
  EXPECT_TRUE(server_->WaitForMetricAtMost(kBusy, 0));
}

TEST_F(ConnectionTest, AQueryWhoseClientCloses_IsCancelled) {
  SqlClient client = server_->Root();
  client.Start(kEndless);
  ASSERT_TRUE(server_->WaitForMetric(kBusy, 1));
  client.http().Close();
  EXPECT_TRUE(server_->WaitForMetricAtMost(kBusy, 0));
}

// Readers of a large result that do not read cost a bounded amount of memory, and
// nobody else's time.
TEST_F(ConnectionTest, SlowReadersCostBoundedMemory) {
  SqlClient root = server_->Root();
  constexpr std::string_view kMillion =
      "SELECT i, i * 2, repeat('x', 100) FROM generate_series(1, 1000000) AS t(i)";
  root.Text("SELECT COUNT(*) FROM generate_series(1, 1000) AS t(i)");
  const uint64_t before = testing::ReadProcessUsage(::getpid())->resident_bytes;
  std::vector<std::unique_ptr<HttpClient>> readers;
  for (int i = 0; i < 8; ++i) {
    readers.push_back(std::make_unique<HttpClient>(server_->port(), 4096));
    readers.back()->Send(
        MakeRequest("POST", "/v1/api/sql", SqlBody(kMillion), Bearer(server_->root_token())));
  }
  const double sent = server_->Metric("net_http_sent_bytes_total");
  ASSERT_TRUE(server_->WaitForMetric("net_http_sent_bytes_total", sent + 100'000));
  for (int i = 0; i < 200; ++i)
    EXPECT_EQ(root.Text("SELECT " + std::to_string(i)), std::to_string(i));
  const uint64_t after = testing::ReadProcessUsage(::getpid())->resident_bytes;
  // Eight results of 130 MB each are under way.
  EXPECT_LT(after, before + (uint64_t{400} << 20));
  for (const auto& reader : readers) reader->Reset();
  EXPECT_TRUE(server_->WaitForMetricAtMost(kBusy, 0));
}

TEST_F(ConnectionTest, ASlowReaderGetsEveryRowInTheEnd) {
  SqlClient client(server_->port(), server_->root_token());
  client.Start("SELECT i FROM generate_series(1, 1000000) AS t(i)");
  for (int i = 0; i < 50; ++i) EXPECT_EQ(server_->Root().Text("SELECT 1"), "1");
  const SqlAnswer answer = ReadAnswer(client.http().Receive());
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer.row_count, 1'000'000);
  EXPECT_EQ(answer.rows.back().at(0), "1000000");
}

TEST_F(ConnectionTest, AThousandConnectionsAreServed) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < 3000) {
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 8192);
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  if (files.rlim_cur < 3000) GTEST_SKIP() << "too few files may be open";
  std::vector<std::unique_ptr<SqlClient>> clients;
  for (int i = 0; i < 1000; ++i) {
    clients.push_back(std::make_unique<SqlClient>(server_->port(), server_->root_token()));
    ASSERT_TRUE(clients.back()->http().connected()) << i;
  }
  for (int i = 0; i < 1000; ++i) clients[i]->Start("SELECT " + std::to_string(i));
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(ReadAnswer(clients[i]->http().Receive()).Text(), std::to_string(i));
  }
  EXPECT_GE(server_->Metric("net_http_connections"), 1000);
}

TEST(ShutdownTest, ARunningRequestIsAnsweredBeforeTheServerEnds) {
  ServerOptions options = TestServer::Defaults();
  options.shutdown_drain_ms = 60'000;
  TestServer server(std::move(options));
  SqlClient client = server.Root();
  SqlClient idle = server.Root();
  idle.Text("SELECT 1");
  client.Start("SELECT COUNT(*) FROM generate_series(1, 30000000) AS t(i) WHERE i % 3 = 0");
  ASSERT_TRUE(server.WaitForMetric(kBusy, 1));
  std::thread stopping([&server] { server.Stop(); });
  EXPECT_EQ(ReadAnswer(client.http().Receive()).Text(), "10000000");
  stopping.join();
  EXPECT_TRUE(idle.http().AtEnd());
}

TEST(ShutdownTest, ARequestThatOutlivesTheDrainIsCut) {
  ServerOptions options = TestServer::Defaults();
  options.shutdown_drain_ms = 50;
  options.statement_timeout_ms = 0;
  TestServer server(std::move(options));
  SqlClient client = server.Root();
  client.Start(kEndless);
  ASSERT_TRUE(server.WaitForMetric(kBusy, 1));
  server.Stop();
  EXPECT_FALSE(ReadAnswer(client.http().Receive()).ok());
}

TEST(ShutdownTest, WhatWasWrittenIsThereAfterARestart) {
  TestServer server;
  server.Root().Text("CREATE TABLE kept (id BIGINT PRIMARY KEY)");
  server.Root().Text("INSERT INTO kept VALUES (1), (2)");
  const std::string token = server.root_token();
  server.Restart();
  // Tokens stay good, too.
  EXPECT_EQ(SqlClient(server.port(), token).Text("SELECT id FROM kept ORDER BY id"), "1;2");
  EXPECT_EQ(server.server().recovery().wal_bytes, 0);
}

}  // namespace
}  // namespace millrace::e2e
