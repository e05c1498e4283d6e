// One program started by fork and exec. Its end is awaited through a descriptor
// of the process, so waiting needs no sleeping and ends as soon as the child does.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"

namespace millrace::testing {

struct ChildOptions {
  std::string program;  // a path; not looked up in PATH
  std::vector<std::string> arguments;
  std::vector<std::string> environment;  // "NAME=value", on top of our own environment
  std::string output_path;               // standard output and error, appended; empty: ours
  std::string user;                      // whom to run as, which takes root; empty: as we are
};

// Not thread-safe. The child is killed by the destructor, and by the kernel when
// the thread that started it ends.
class ChildProcess {
 public:
  static Result<ChildProcess> Start(const ChildOptions& options);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }

  // Does nothing once the end of the child was seen.
  void Signal(int signal);

  // Returns the exit code, 128 + N for a child ended by signal N, or nothing when
  // it still runs after `timeout_ms`. Blocks at most that long.
  std::optional<int> WaitForExit(int timeout_ms);

 private:
  ChildProcess(pid_t pid, int descriptor) : pid_(pid), descriptor_(descriptor) {}

  pid_t pid_ = -1;
  int descriptor_ = -1;  // a pidfd; -1 once moved from
  std::optional<int> exit_code_;
};

struct ProcessUsage {
  uint64_t resident_bytes = 0;
  int64_t processor_nanos = 0;  // of all threads, user and system, since it started
};

// Returns kNotFound when there is no such process.
Result<ProcessUsage> ReadProcessUsage(pid_t pid);

// Returns a port of 127.0.0.1 that nothing listens on. Another process may take
// it before the caller does.
Result<uint16_t> FreeLoopbackPort();

}  // namespace millrace::testing
