// `millrace serve` as a child process on a free port of 127.0.0.1: for the crash
// loop, the end-to-end tests and the benchmarks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "testing/child_process.h"

namespace millrace::testing {

struct ServerOptions {
  std::string program;  // build/millrace
  std::string data_directory;
  std::string root_password;
  std::string log_path;                  // empty: our own standard error
  std::vector<std::string> arguments;    // after `serve --data … --http …`
  std::vector<std::string> environment;  // "NAME=value"
};

// Not thread-safe. A server that still runs is killed by the destructor.
class ServerProcess {
 public:
  // Returns once the server answers /health with 200. Blocks. kUnavailable when
  // it ended before, kDeadlineExceeded when it did neither within a minute.
  static Result<ServerProcess> Start(const ServerOptions& options, const Clock& clock);

  uint16_t port() const { return port_; }
  // From before the fork to the first good answer of /health.
  int64_t start_nanos() const { return start_nanos_; }
  ChildProcess& process() { return process_; }

  // Asks it to stop (SIGTERM) and waits. An error when it ended with another code
  // than 0 or not within half a minute; it is gone in each case.
  Status Stop();

  // Ends it at once (SIGKILL), as a crash would, and waits until it is gone.
  void Kill();

 private:
  ServerProcess(ChildProcess process, uint16_t port) : process_(std::move(process)), port_(port) {}

  ChildProcess process_;
  uint16_t port_;
  int64_t start_nanos_ = 0;
};

}  // namespace millrace::testing
