// `millrace export`.
#pragma once

#include "cli/options.h"

namespace millrace::cli {

// Returns the exit code (options.h). Blocks until done.
int RunExport(const ExportOptions& options);

}  // namespace millrace::cli
