// Assertions for what only a bug of ours can break. Never for what a client or
// a disk can cause: those are Status.
#pragma once

#include <string_view>

namespace millrace {

// Prints the message to stderr and aborts. Never returns.
[[noreturn]] void AssertionFailed(std::string_view condition, std::string_view message,
                                  std::string_view file, int line);

}  // namespace millrace

// Always on, in release builds too: a wrong state must not reach the disk.
#define MR_ASSERT(condition, message)                                            \
  do {                                                                           \
    if (!(condition)) [[unlikely]] {                                             \
      ::millrace::AssertionFailed(#condition, (message), __FILE__, __LINE__);    \
    }                                                                            \
  } while (false)
