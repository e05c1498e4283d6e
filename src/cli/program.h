// Running another program of the user's choice on the terminal: a pager, an editor.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/status.h"

namespace millrace::cli {

// Runs `command` by the shell of the system, since $PAGER and $EDITOR may have options,
// with the arguments after it as they are. `input` is its standard input, -1 for ours;
// `environment` ("NAME=value") is added where the name is not set. Default actions for
// signals. kUnavailable when it cannot be started.
Result<pid_t> StartProgram(const std::string& command, const std::vector<std::string>& arguments,
                           int input, const std::vector<std::string>& environment = {});
// Its exit code, 128 + N when signal N ended it. Blocking.
int WaitForProgram(pid_t pid);

}  // namespace millrace::cli
