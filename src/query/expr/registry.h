// The built-in scalar functions and operators, and which of several of one name
// a call means.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "query/expr/function.h"

namespace millrace::expr {

// All functions of that name (lower case; operators by their symbol), in order
// of preference. Empty when there is none. Lives for ever; thread-safe.
std::span<const Function> FindFunctions(std::string_view name);

// Every function name that a user can call, sorted: for system.functions and hints.
std::span<const std::string_view> FunctionNames();

// Chooses the function for these arguments: the fewest and shortest implicit
// conversions win, then the earlier in the table; an untyped operand prefers the
// type of the other one. Errors: 42883, with a "did you mean" hint for an unknown
// name and the candidates for a known one.
Result<const Function*> ResolveFunction(std::string_view name, std::span<const NodePtr> arguments);

}  // namespace millrace::expr
