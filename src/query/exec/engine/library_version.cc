#include "query/exec/engine/library_version.h"

#include "duckdb.hpp"

namespace millrace::engine {

std::string LibraryVersion() { return duckdb::DuckDB::LibraryVersion(); }

}  // namespace millrace::engine
