// Which functions of the analytical engine a query may call. Everything that
// reads files, settings, the catalog, the environment, other texts of SQL or
// the state of the server is not in the list, nor is what the engine adds later.
//
// Names are compared as the engine does, without regard to case. Pure data: no
// locks, any thread.
#pragma once

#include <string_view>
#include <vector>

namespace millrace::engine {

// Scalar functions, macros and operators by their symbol ("||", "->>").
bool IsAllowedScalarFunction(std::string_view name);
// Functions that stand in FROM: generate_series, range, unnest, json_each, json_tree.
bool IsAllowedTableFunction(std::string_view name);
bool IsAggregate(std::string_view name);
// Functions that need OVER. Aggregates may have it too.
bool IsWindowFunction(std::string_view name);

// All of the above, for "did you mean". Symbols are left out.
std::vector<std::string_view> AllowedFunctionNames();

}  // namespace millrace::engine
