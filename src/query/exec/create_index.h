// CREATE INDEX, DROP INDEX, and the indexes of UNIQUE constraints.
#pragma once

#include "query/exec/executor.h"

namespace millrace::exec {

Task<Result<StatementResult>> ExecuteCreateIndex(const Services& services,
                                                 plan::PreparedPtr prepared, RequestPtr request);
Task<Result<StatementResult>> ExecuteDropIndex(const Services& services, plan::PreparedPtr prepared,
                                               RequestPtr request);

// Adds the index of a UNIQUE constraint to a table that has no rows. `name` may be empty.
// Errors: 42703, 42804, 42P07.
Status AddUnique(const std::vector<std::string>& columns, std::string name, TableDefinition* table);

}  // namespace millrace::exec
