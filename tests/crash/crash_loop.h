// Kills a server under load, starts it again and compares; again and again, on one
// data directory.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/status.h"
#include "counters.h"
#include "ddl_worker.h"
#include "testing/server_process.h"
#include "worker.h"

namespace millrace::crash {

// How a round ends.
struct Kill {
  // A crash point (base/crash_point.h) and its passage; empty: SIGKILL after `after_ms`.
  std::string point;
  uint64_t passage = 1;
  int after_ms = 0;
  std::vector<std::string> arguments;  // of the server, on top of the loop's own
};

struct CrashLoopOptions {
  std::string program;
  std::string directory;  // for data and logs; must exist
  uint64_t seed = 0;
  int workers = 4;
};

// Not thread-safe. Use it from the main thread: children end with the thread that
// started them.
class CrashLoop {
 public:
  CrashLoop(CrashLoopOptions options, const Clock& clock);

  // Makes users and tables.
  Status SetUp();
  // One round: load, crash, restart, comparison. A point that is not reached is an
  // error.
  Status Run(const Kill& kill);
  // Stops the server as an operator would and looks into its files.
  Status StopAndCheckStore();

  // About the last round.
  std::string Remark() const;
  int64_t longest_recovery_ms() const { return longest_recovery_ms_; }
  uint64_t acknowledged() const;

 private:
  Result<testing::ServerProcess> Start(const Kill* kill);
  Status RunUntilDead(const Kill& kill);
  Status LoadUntilDead(testing::ServerProcess* server, const Kill& kill);
  Status RestartAndVerify();
  Status Verify(uint16_t port);
  Status VerifyShared(const Endpoint& root);
  Status FirstFailure() const;
  Endpoint Root(uint16_t port) const { return {port, root_token_}; }

  const CrashLoopOptions options_;
  const Clock& clock_;
  const std::string data_directory_;
  const std::string log_path_;
  Counters counters_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::string> worker_tokens_;
  std::string root_token_;
  DdlWorker ddl_worker_;
  int64_t recovery_ms_ = 0;
  int64_t longest_recovery_ms_ = 0;
  uint64_t acknowledged_before_ = 0;
};

}  // namespace millrace::crash
