// What the statements that change rows have in common. Included by this module's .cc
// files only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "query/plan/expression_scope.h"
#include "query/plan/plan.h"

namespace millrace::plan {

// Both must look at rows to find those they are about.
inline constexpr Privileges kToUpdate = Privileges::kUpdate | Privileges::kSelect;
inline constexpr Privileges kToDelete = Privileges::kDelete | Privileges::kSelect;

// One assignment of a SET. Errors: 42703 no such column; 42830 one of the key; 428C9 one
// that is generated; those of the expression.
Result<SetColumn> BindSet(const sql::Assignment& assignment, const TableDefinition& table,
                          const Scope& scope);

// Over a batch of all columns of the table and `_seq`; empty without items.
Result<std::optional<Projection>> BindReturning(const std::vector<sql::SelectItem>& items,
                                                const TableDefinition& table,
                                                const std::string& alias);

}  // namespace millrace::plan
