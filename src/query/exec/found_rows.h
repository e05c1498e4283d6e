// The rows that an UPDATE or DELETE is going to change, as they were found.
#pragma once

#include <optional>
#include <vector>

#include "query/exec/table_cache.h"
#include "query/expr/eval.h"
#include "query/plan/plan.h"
#include "types/batch.h"

namespace millrace::exec {

// Each batch holds all columns of the table and `_seq`; found by the engine, also the
// values of assignments, and the relations of a FROM or USING clause
// (plan/joined_rows.h).
struct FoundRows {
  std::vector<Batch> batches;
  Schema schema;  // of rows that the engine found
};

// Keeps one row of those that are of one row of the table: the first.
void KeepOnePerRow(const TableCodec& codec, FoundRows* found);

// The relations behind the first `skipped` columns, all rows in one batch, and what
// RETURNING makes of them.
struct JoinedReturning {
  plan::Projection projection;
  Batch relations;
};
Result<JoinedReturning> BindReturning(const plan::JoinedRelations& joined,
                                      const TableDefinition& table, const FoundRows& found,
                                      size_t skipped);

// The values, computed by the engine, as those of a column of the table. Errors: 42804
// they are of a type that cannot be assigned to it.
Result<Column> Assigned(const Column& values, const ColumnDefinition& column,
                        expr::EvalContext& context);

}  // namespace millrace::exec
