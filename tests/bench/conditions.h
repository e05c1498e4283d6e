// What the figures depend on: printed before them.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/status.h"

namespace millrace::bench {

// The median time in milliseconds of appending 4 KiB to a file of `directory` and
// making it durable with fdatasync.
Result<double> MedianSyncMillis(const std::string& directory, const Clock& clock);

// As Linux reports it.
std::string ProcessorDescription();

}  // namespace millrace::bench
