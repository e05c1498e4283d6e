// The engine's errors as Status, with the SQLSTATE PostgreSQL would give and
// without anything of the rewritten text in the message.
#pragma once

#include "base/status.h"
#include "duckdb.hpp"

namespace millrace::engine {

Status StatusOf(const duckdb::ErrorData& error);

// True when the instance it came from must not be used again.
bool MayHaveBrokenInstance(const duckdb::ErrorData& error);

}  // namespace millrace::engine
