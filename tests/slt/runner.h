// Runs one file through one door against a server of its own and compares.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "door.h"
#include "script.h"

namespace millrace::slt {

enum class DoorKind : uint8_t { kInProcess, kHttp };
// "inprocess" or "http": what skipif and onlyif name.
std::string_view DoorName(DoorKind kind);

struct FileReport {
  size_t passed = 0;
  size_t failed = 0;
  // What the directives and expectations would have to be; for --update.
  std::vector<Rewrite> rewrites;
};

enum class Reporting : uint8_t { kSilent, kFailures };

// Failures go to standard error. A server that does not start is an error.
Result<FileReport> RunScript(const Script& script, DoorKind kind, Reporting reporting);

}  // namespace millrace::slt
