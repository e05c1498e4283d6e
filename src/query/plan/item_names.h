// Names for select items without an alias, written into the query: the engine
// has other names for them than PostgreSQL ("count_star()").
#pragma once

#include "query/sql/ast.h"

namespace millrace::plan {

// Also in derived tables, CTEs and set operations, whose columns can be named by
// the queries around them. Columns keep the names they have.
void NameSelectItems(sql::Query* query);

}  // namespace millrace::plan
