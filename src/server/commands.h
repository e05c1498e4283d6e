// The command line of the program: `millrace serve|sql|import`.
#pragma once

namespace millrace {

// Parses, runs, and gives the exit code of the process.
int RunProgram(int argc, char** argv);

}  // namespace millrace
