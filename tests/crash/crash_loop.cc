// A round: start armed, load until it is dead, start again, compare, kill again.
#include "crash_loop.h"

#include <algorithm>
#include <utility>

#include "store_check.h"

namespace millrace::crash {
namespace {

constexpr char kRootPassword[] = "root password of the crash test";
// A point that is not reached by then is not reached at all.
constexpr int kReachMillisMax = 30'000;
// What restarting may take. Generous: machines that run tests are slow and shared.
constexpr int64_t kRecoveryMillisMax = 20'000;
constexpr int kKilled = 128 + 9;

}  // namespace

CrashLoop::CrashLoop(CrashLoopOptions options, const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      data_directory_(options_.directory + "/data"),
      log_path_(options_.directory + "/server.log"),
      ddl_worker_(options_.seed) {
  for (int i = 0; i < options_.workers; ++i) {
    workers_.push_back(std::make_unique<Worker>(i, options_.seed, counters_));
  }
}

Result<testing::ServerProcess> CrashLoop::Start(const Kill* kill) {
  testing::ServerOptions server;
  server.program = options_.program;
  server.data_directory = data_directory_;
  server.root_password = kRootPassword;
  server.log_path = log_path_;
  // Often, so that jobs are met at work.
  server.arguments = {"--jobs-interval-seconds", "1"};
  if (kill != nullptr) {
    server.arguments.insert(server.arguments.end(), kill->arguments.begin(), kill->arguments.end());
    if (!kill->point.empty()) {
      server.environment.push_back("MILLRACE_CRASH_POINT=" + kill->point + ":" +
                                   std::to_string(kill->passage));
    }
  }
  return testing::ServerProcess::Start(server, clock_);
}

Status CrashLoop::SetUp() {
  ASSIGN_OR_RETURN(testing::ServerProcess server, Start(nullptr));
  ASSIGN_OR_RETURN(root_token_, LogIn(server.port(), "root", kRootPassword));
  ASSIGN_OR_RETURN(SqlSession root, SqlSession::Connect(Root(server.port())));
  for (const std::string& statement : WorkerTables()) {
    RETURN_IF_ERROR(root.Query(statement).status());
  }
  for (int i = 0; i < options_.workers; ++i) {
    const std::string user = Worker::UserName(i);
    RETURN_IF_ERROR(root.Query("CREATE USER '" + user + "' WITH PASSWORD '" + Worker::Password() +
                               "' ROLE user")
                        .status());
    ASSIGN_OR_RETURN(std::string token, LogIn(server.port(), user, Worker::Password()));
    worker_tokens_.push_back(std::move(token));
  }
  server.Kill();
  return Status::Ok();
}

uint64_t CrashLoop::acknowledged() const {
  uint64_t sum = ddl_worker_.acknowledged();
  for (const auto& worker : workers_) sum += worker->acknowledged();
  return sum;
}

std::string CrashLoop::Remark() const {
  return std::to_string(acknowledged() - acknowledged_before_) +
         " writes acknowledged, restarted in " + std::to_string(recovery_ms_) + " ms";
}

Status CrashLoop::Run(const Kill& kill) {
  acknowledged_before_ = acknowledged();
  RETURN_IF_ERROR(RunUntilDead(kill));
  RETURN_IF_ERROR(FirstFailure());
  return RestartAndVerify();
}

Status CrashLoop::RunUntilDead(const Kill& kill) {
  Result<testing::ServerProcess> server = Start(&kill);
  if (server.ok()) return LoadUntilDead(&*server, kill);
  // It may have met its point while it started.
  const bool killed =
      server.status().message().find("code " + std::to_string(kKilled)) != std::string::npos;
  return killed ? Status::Ok() : server.status();
}

Status CrashLoop::LoadUntilDead(testing::ServerProcess* server, const Kill& kill) {
  std::atomic<bool> stop = false;
  std::vector<std::thread> threads;
  const Endpoint root = Root(server->port());
  for (size_t i = 0; i < workers_.size(); ++i) {
    const Endpoint own{server->port(), worker_tokens_[i]};
    threads.emplace_back([this, i, own, root, &stop] { workers_[i]->Run(own, root, stop); });
  }
  threads.emplace_back([this, root, &stop] { ddl_worker_.Run(root, stop); });
  const int wait_ms = kill.point.empty() ? kill.after_ms : kReachMillisMax;
  const std::optional<int> code = server->process().WaitForExit(wait_ms);
  stop = !kill.point.empty();
  server->Kill();
  for (std::thread& thread : threads) thread.join();
  if (code.has_value() && *code != kKilled) {
    return Internal("the server ended with code " + std::to_string(*code) + ", see " + log_path_);
  }
  if (!code.has_value() && !kill.point.empty()) {
    return DeadlineExceeded("the crash point was not reached");
  }
  return Status::Ok();
}

Status CrashLoop::FirstFailure() const {
  for (const auto& worker : workers_) {
    if (!worker->failures().empty()) return DataLoss(worker->failures().front());
  }
  if (!ddl_worker_.failures().empty()) return DataLoss(ddl_worker_.failures().front());
  return Status::Ok();
}

Status CrashLoop::RestartAndVerify() {
  ASSIGN_OR_RETURN(testing::ServerProcess server, Start(nullptr));
  recovery_ms_ = server.start_nanos() / 1'000'000;
  longest_recovery_ms_ = std::max(longest_recovery_ms_, recovery_ms_);
  if (recovery_ms_ > kRecoveryMillisMax) {
    return DeadlineExceeded("restarting took " + std::to_string(recovery_ms_) + " ms");
  }
  RETURN_IF_ERROR(Verify(server.port()));
  // Another crash, with nothing going on: it must find the same again.
  server.Kill();
  return Status::Ok();
}

Status CrashLoop::Verify(uint16_t port) {
  const Endpoint root = Root(port);
  std::vector<uint64_t> seqs;
  for (size_t i = 0; i < workers_.size(); ++i) {
    RETURN_IF_ERROR(workers_[i]->Verify({port, worker_tokens_[i]}, root, &seqs));
  }
  std::ranges::sort(seqs);
  const auto twice = std::ranges::adjacent_find(seqs);
  if (twice != seqs.end()) {
    return DataLoss("_seq " + std::to_string(*twice) + " was given twice");
  }
  RETURN_IF_ERROR(ddl_worker_.Verify(root));
  return VerifyShared(root);
}

// Rows in nobody's range, and what all write to.
Status CrashLoop::VerifyShared(const Endpoint& root) {
  ASSIGN_OR_RETURN(SqlSession session, SqlSession::Connect(root));
  ASSIGN_OR_RETURN(const auto counters, session.Query("SELECT id, n FROM counters ORDER BY id"));
  RETURN_IF_ERROR(counters_.Reconcile(counters));
  for (const size_t table : {Worker::kShared, Worker::kRelaxed}) {
    size_t wanted = 0;
    for (const auto& worker : workers_) wanted += worker->RowsIn(table);
    const std::string name = Worker::TableName(table);
    ASSIGN_OR_RETURN(const auto rows, session.Query("SELECT COUNT(*) FROM " + name));
    if (rows.at(0).at(0).text != std::to_string(wanted)) {
      return DataLoss(name + " has " + rows[0][0].text + " rows, not " + std::to_string(wanted));
    }
  }
  return Status::Ok();
}

Status CrashLoop::StopAndCheckStore() {
  acknowledged_before_ = acknowledged();
  {
    ASSIGN_OR_RETURN(testing::ServerProcess server, Start(nullptr));
    recovery_ms_ = server.start_nanos() / 1'000'000;
    RETURN_IF_ERROR(Verify(server.port()));
    RETURN_IF_ERROR(server.Stop());
  }
  return CheckStore(data_directory_).status();
}

}  // namespace millrace::crash
