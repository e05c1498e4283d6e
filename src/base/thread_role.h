// What a thread is for, and the check that keeps blocking work off event loops.
// Every facade that may wait for a disk, a lock held for I/O, another process or
// a slow computation calls MayBlock() first.
#pragma once

#include <cstdint>
#include <source_location>
#include <string_view>

namespace millrace {

enum class ThreadRole : uint8_t {
  kUnknown,    // main and test threads: may block
  kEventLoop,  // must never block
  kBlocking,   // a worker of a BlockingPool
  kCommitter,  // the thread that writes and syncs the log
  kEngine,     // a thread of the analytical engine
  kBackground  // any other thread that may block
};

std::string_view ThreadRoleName(ThreadRole role);
ThreadRole CurrentThreadRole();

// Gives the calling thread a role until the end of the scope.
class ScopedThreadRole {
 public:
  explicit ScopedThreadRole(ThreadRole role);
  ~ScopedThreadRole();
  ScopedThreadRole(const ScopedThreadRole&) = delete;
  ScopedThreadRole& operator=(const ScopedThreadRole&) = delete;

 private:
  ThreadRole previous_;
};

// What MayBlock() does on an event-loop thread. kFatal, the default and what every
// test runs with, aborts. kReport counts, and tells the reporter once per call
// site: a server in production answers late rather than not at all.
enum class BlockingCheck : uint8_t { kFatal, kReport };
using BlockingReporter = void (*)(std::string_view file, uint32_t line, std::string_view function);

// A process option, set once by main before threads start. `reporter` may be null.
void SetBlockingCheck(BlockingCheck check, BlockingReporter reporter);
// How often MayBlock() was reached on an event-loop thread since start.
uint64_t BlockingViolations();

// Call at the entry of everything that can block. One thread-local read.
void MayBlock(std::source_location where = std::source_location::current());

// Switches MayBlock() off on this thread for the scope, for tests that drive a
// loop and a blocking store from one thread.
class AllowBlockingForTest {
 public:
  AllowBlockingForTest();
  ~AllowBlockingForTest();
  AllowBlockingForTest(const AllowBlockingForTest&) = delete;
  AllowBlockingForTest& operator=(const AllowBlockingForTest&) = delete;

 private:
  bool previous_;
};

}  // namespace millrace
