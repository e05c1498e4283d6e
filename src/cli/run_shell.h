// `millrace sql`: the SQL shell.
#pragma once

#include "cli/options.h"

namespace millrace::cli {

// Runs -c and -f if there are any, else a prompt on a terminal, else the
// standard input. Returns the exit code (options.h). Blocks until done.
int RunShell(const ShellOptions& options);

}  // namespace millrace::cli
