// What the engine's query needs to say that PostgreSQL takes for granted: names of
// select items, and which columns `*` stands for.
#pragma once

#include <vector>

#include "query/plan/plan.h"

namespace millrace::plan {

// Gives every select item without an alias the name it has in PostgreSQL: the
// engine's own would be "count_star()". Columns keep theirs.
void NameSelectItems(sql::Query* query);

// Writes `*` out where it stands for base tables whose scans deliver `_seq` and
// `_deleted`, too. Tables are marked by their number in `tables`. Errors: 0A000 for
// NATURAL JOIN, which would join by the hidden columns, and for `*` over USING.
Status ExpandStars(sql::Query* query, const std::vector<EngineTable>& tables);

}  // namespace millrace::plan
