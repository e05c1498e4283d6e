// Binding select lists and RETURNING, and finding key bounds in a filter.
#pragma once

#include <vector>

#include "query/plan/expression_binder.h"
#include "query/plan/plan.h"
#include "query/plan/table_scope.h"

namespace millrace::plan {

// `table` and `table_scope` are what `*` stands for; null when there is no table.
Result<Projection> BindItems(const std::vector<sql::SelectItem>& items,
                             const TableDefinition* table, const TableScope* table_scope,
                             const Scope& scope);

// Sets read->bounds and read->point from the conjuncts of read->filter that compare
// a column with something that does not depend on the row.
void FindBounds(TableRead* read);

}  // namespace millrace::plan
