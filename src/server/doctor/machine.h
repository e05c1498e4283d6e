// What the checks of `millrace doctor` ask the machine. An interface, so that tests can
// have full disks, stopped clocks and taken ports.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"

namespace millrace::doctor {

struct PathState {
  bool exists = false;
  bool is_directory = false;
  bool writable = false;           // by us
  bool open_to_others = false;     // group or others may read or write it
  std::string owner;               // name or number
  int64_t newest_file_micros = 0;  // last change of the newest file directly in it; 0: none
};

struct DiskSpace {
  uint64_t total_bytes = 0;
  uint64_t free_bytes = 0;   // for us, not for root
  uint64_t total_files = 0;  // 0: the file system does not count them
  uint64_t free_files = 0;
  std::string kind;  // "ext4", "xfs", "tmpfs", "nfs", …; "0x1234" when it is none we know
  bool read_only = false;
};

struct Memory {
  uint64_t total_bytes = 0;  // of the machine
  uint64_t available_bytes = 0;
  std::optional<uint64_t> limit_bytes;  // of the control group we are in
};

struct ClockState {
  int64_t wall_micros = 0;
  bool synchronized = false;  // as the kernel knows it from its time daemon
};

struct PortState {
  enum class Use : uint8_t { kFree, kTaken, kForbidden, kNoAddress };
  Use use = Use::kFree;
  std::string error;
  // Of the process that listens, when we may know: 0 and empty when not.
  int pid = 0;
  std::string program;
};

struct ServerAnswer {
  int http_status = 0;
  std::string body;
  int64_t micros = 0;
};

// Blocking.
class Machine {
 public:
  virtual ~Machine() = default;
  virtual std::string UserName() = 0;
  virtual PathState StateOf(const std::string& path) = 0;
  virtual Result<DiskSpace> SpaceOf(const std::string& path) = 0;
  // Writes and syncs a block `count` times in a file of its own in the directory, which
  // it removes: how long each took, in microseconds.
  virtual Result<std::vector<int64_t>> SyncMicros(const std::string& directory, int count) = 0;
  // The process that holds the lock of this file; nothing when nobody does.
  virtual std::optional<int> LockHolder(const std::string& path) = 0;
  // The first of the files whose name begins so, as text.
  virtual std::optional<std::string> ReadFileLike(const std::string& directory,
                                                  const std::string& prefix) = 0;
  virtual uint64_t OpenFilesMax() = 0;
  virtual Memory ReadMemory() = 0;
  virtual ClockState ReadClock() = 0;
  virtual PortState StateOfPort(const std::string& host, uint16_t port) = 0;
  // GET; fails when nothing answers.
  virtual Result<ServerAnswer> Ask(const std::string& url, const std::string& path) = 0;
};

// The machine we run on.
std::unique_ptr<Machine> ThisMachine();

}  // namespace millrace::doctor
