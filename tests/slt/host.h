// The server under test with everything it is made of: a data directory of its
// own, a clock that stands still, seeded randomness, no log.
#pragma once

#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "base/random.h"
#include "base/status.h"
#include "observe/log.h"
#include "server/server.h"
#include "testing/temporary_directory.h"

namespace millrace::slt {

// Of root, and of every user that `user NAME ROLE` makes.
inline constexpr std::string_view kPassword = "correct horse battery";

// Not thread-safe. Blocking.
class Host {
 public:
  static Result<std::unique_ptr<Host>> Start();

  Server& server() { return *server_; }
  // Stops the server and starts it on the same data.
  Status Restart();
  void AdvanceClock(int64_t micros);

 private:
  explicit Host(testing::TemporaryDirectory directory) : directory_(std::move(directory)) {}
  Status StartServer();

  testing::TemporaryDirectory directory_;
  ManualClock clock_{1'767'225'600'000'000};  // 2026-01-01 00:00:00 UTC
  SeededRandom random_{1};
  NullLog log_;
  std::unique_ptr<Server> server_;
};

}  // namespace millrace::slt
