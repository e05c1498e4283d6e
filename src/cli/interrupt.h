// Ctrl-C as a flag. A signal handler can reach nothing but a global, so the
// program's only one lives here.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>

namespace millrace::cli {

// Set by SIGINT once the handler is installed; whoever handles it clears it.
std::atomic<bool>& InterruptFlag();

// From now on SIGINT sets the flag and interrupts blocking system calls; a
// second SIGINT before the flag was cleared ends the program.
void InstallInterruptHandler();

// Waits; returns true at once when Ctrl-C comes, or was pending.
bool WaitForInterrupt(std::chrono::milliseconds time);

// While it lives Ctrl-C is for the program in the foreground alone: an editor, or a pager
// whose input is complete.
class ForegroundProgram {
 public:
  ForegroundProgram();
  ~ForegroundProgram();
  ForegroundProgram(const ForegroundProgram&) = delete;

 private:
  struct Saved;
  std::unique_ptr<Saved> saved_;
};

// While it lives a pipe that nobody reads is an error of the write and not the end of
// the process.
class BrokenPipesAreErrors {
 public:
  BrokenPipesAreErrors();
  ~BrokenPipesAreErrors();
  BrokenPipesAreErrors(const BrokenPipesAreErrors&) = delete;

 private:
  struct Saved;
  std::unique_ptr<Saved> saved_;
};

}  // namespace millrace::cli
