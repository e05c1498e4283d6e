// Functions of ours inside the engine, for what its own operators answer
// differently from PostgreSQL: division and modulo (README.md says how the
// planner prints them).
#pragma once

#include "duckdb.hpp"

namespace duckdb {
class ExtensionLoader;
}

namespace millrace::engine {

void RegisterArithmetic(duckdb::ExtensionLoader& loader);

}  // namespace millrace::engine
