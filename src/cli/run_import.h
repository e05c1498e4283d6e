// `millrace import`: files into a table.
#pragma once

#include "cli/options.h"

namespace millrace::cli {

// Connects, imports, reports. Returns the exit code (options.h). Blocks until done.
int RunImport(const ImportOptions& options);

}  // namespace millrace::cli
