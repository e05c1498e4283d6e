// An export without its command line: runs one statement and writes its rows to a file
// while they arrive. Holds one row and a buffer, whatever the size of the result.
#pragma once

#include <atomic>
#include <ostream>
#include <string>

#include "base/clock.h"
#include "cli/import/progress.h"
#include "cli/options.h"
#include "client/client.h"

namespace millrace::cli {

struct ExporterServices {
  client::Executor* executor = nullptr;
  const Clock* clock = nullptr;
  // Progress, errors and the final line: the rows may go to the standard output.
  std::ostream* messages = nullptr;
  const std::atomic<bool>* interrupt = nullptr;
  ProgressStyle progress = ProgressStyle::kNone;
};

struct ExportOutcome {
  Status status;
  uint64_t rows = 0;
  std::string sql;  // what was run, for the place of an error
};

// Writes options.file. Interrupted: Cancelled, and nothing is left. Blocking.
ExportOutcome Export(const ExportOptions& options, const ExporterServices& services);

// The same with the error and the final line told. Returns the exit code (options.h).
int RunExporter(const ExportOptions& options, const ExporterServices& services);

}  // namespace millrace::cli
