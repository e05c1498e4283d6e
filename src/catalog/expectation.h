// Whether an op's expectation holds. Included by catalog/*.cc only.
#pragma once

#include "catalog/command.h"
#include "log/commit_log.h"

namespace millrace {

// `expected` is an Expect.
Verdict ExpectationHolds(uint64_t expected, bool exists);

}  // namespace millrace
