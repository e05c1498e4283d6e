#include "base/thread_role.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "base/assert.h"

namespace millrace {
namespace {

thread_local ThreadRole thread_role = ThreadRole::kUnknown;
thread_local bool blocking_allowed = false;

std::atomic<BlockingCheck> blocking_check{BlockingCheck::kFatal};
std::atomic<BlockingReporter> blocking_reporter{nullptr};
std::atomic<uint64_t> blocking_violations{0};

// True the first time a call site is seen. Call sites are few and violations rare.
bool FirstAt(const std::source_location& where) {
  static std::mutex mutex;
  static std::vector<std::pair<const char*, uint32_t>> seen;
  const std::pair<const char*, uint32_t> site{where.file_name(), where.line()};
  std::lock_guard lock(mutex);
  if (std::find(seen.begin(), seen.end(), site) != seen.end()) return false;
  seen.push_back(site);
  return true;
}

[[gnu::noinline]] void Violation(const std::source_location& where) {
  blocking_violations.fetch_add(1, std::memory_order_relaxed);
  if (blocking_check.load(std::memory_order_relaxed) == BlockingCheck::kFatal) {
    AssertionFailed("MayBlock()", "a blocking call on an event-loop thread", where.file_name(),
                    static_cast<int>(where.line()));
  }
  const BlockingReporter reporter = blocking_reporter.load(std::memory_order_relaxed);
  if (reporter != nullptr && FirstAt(where)) {
    reporter(where.file_name(), where.line(), where.function_name());
  }
}

}  // namespace

std::string_view ThreadRoleName(ThreadRole role) {
  switch (role) {
    case ThreadRole::kUnknown:
      return "unknown";
    case ThreadRole::kEventLoop:
      return "event loop";
    case ThreadRole::kBlocking:
      return "blocking";
    case ThreadRole::kCommitter:
      return "committer";
    case ThreadRole::kEngine:
      return "engine";
    case ThreadRole::kBackground:
      return "background";
  }
  return "unknown";
}

ThreadRole CurrentThreadRole() { return thread_role; }

ScopedThreadRole::ScopedThreadRole(ThreadRole role) : previous_(thread_role) { thread_role = role; }

ScopedThreadRole::~ScopedThreadRole() { thread_role = previous_; }

void SetBlockingCheck(BlockingCheck check, BlockingReporter reporter) {
  blocking_check.store(check, std::memory_order_relaxed);
  blocking_reporter.store(reporter, std::memory_order_relaxed);
}

uint64_t BlockingViolations() { return blocking_violations.load(std::memory_order_relaxed); }

void MayBlock(std::source_location where) {
  if (thread_role == ThreadRole::kEventLoop && !blocking_allowed) [[unlikely]]
    Violation(where);
}

AllowBlockingForTest::AllowBlockingForTest() : previous_(blocking_allowed) {
  blocking_allowed = true;
}

AllowBlockingForTest::~AllowBlockingForTest() { blocking_allowed = previous_; }

}  // namespace millrace
