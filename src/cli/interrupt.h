// Ctrl-C as a flag. A signal handler can reach nothing but a global, so the
// program's only one lives here.
#pragma once

#include <atomic>

namespace millrace::cli {

// Set by SIGINT once the handler is installed; whoever handles it clears it.
std::atomic<bool>& InterruptFlag();

// From now on SIGINT sets the flag and interrupts blocking system calls; a
// second SIGINT before the flag was cleared ends the program.
void InstallInterruptHandler();

}  // namespace millrace::cli
