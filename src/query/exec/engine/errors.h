// The engine's errors as Status, with the SQLSTATE PostgreSQL would give and
// without anything of the rewritten text in the message.
#pragma once

#include <string_view>

#include "base/status.h"
#include "duckdb.hpp"

namespace millrace::engine {

// Every function of ours inside the engine is named so; only the planner's
// text calls them, and no message shows them.
inline constexpr std::string_view kInternalPrefix = "millrace_";

Status StatusOf(const duckdb::ErrorData& error);

// `status`, or a vague one with its SQLSTATE when it names what only the
// planner's text has.
Status WithoutInternalNames(Status status);

// Throws `status` through the engine; StatusOf gives it back with its SQLSTATE.
[[noreturn]] void Throw(const Status& status);

// True when the instance it came from must not be used again.
bool MayHaveBrokenInstance(const duckdb::ErrorData& error);

}  // namespace millrace::engine
