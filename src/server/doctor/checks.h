// The checks of `millrace doctor`: each looks at one thing that has stopped servers
// before, and says what to do.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "server/doctor/finding.h"
#include "server/doctor/machine.h"

namespace millrace::doctor {

struct Library {
  std::string name;
  std::string version;
};

struct Subject {
  std::vector<Status> problems;  // of the configuration
  std::string config_path;       // empty: no file
  std::string data_directory;
  std::string http_host;
  uint16_t http_port = 0;
  uint64_t block_cache_bytes = 0;  // 0: a quarter of the memory, at most 8 GiB
  uint64_t column_cache_bytes = 0;
  uint64_t query_memory_bytes = 0;
  std::string url;  // of a running server; empty: none is asked
  std::string program_version;
  std::string storage_version;  // of the library that reads the data
  std::vector<Library> libraries;
};

// Names for --only, in the order of the report.
std::span<const std::string_view> CheckNames();

// Runs the named checks, or all when `only` is empty; `server` is left out of all when
// there is no URL. Blocking.
std::vector<Finding> RunChecks(const Subject& subject, Machine& machine,
                               std::span<const std::string> only);

}  // namespace millrace::doctor
