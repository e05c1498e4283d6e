#include "query/exec/found_rows.h"

#include <unordered_set>
#include <utility>

#include "query/expr/builder.h"
#include "query/plan/joined_rows.h"

namespace millrace::exec {

void KeepOnePerRow(const TableCodec& codec, FoundRows* found) {
  std::unordered_set<int64_t> seen;
  for (Batch& batch : found->batches) {
    const Column& seqs = batch.columns[codec.seq_column()];
    std::vector<uint32_t> kept;
    for (uint32_t row = 0; row < batch.rows; ++row) {
      if (seen.insert(seqs.value<int64_t>(row)).second) kept.push_back(row);
    }
    if (kept.size() < batch.rows) batch = batch.Select(kept);
  }
}

Result<JoinedReturning> BindReturning(const plan::JoinedRelations& joined,
                                      const TableDefinition& table, const FoundRows& found,
                                      size_t skipped) {
  JoinedReturning returning;
  ASSIGN_OR_RETURN(returning.projection,
                   plan::BindJoinedReturning(joined, table, found.schema, skipped));
  for (size_t i = skipped; i < found.schema.size(); ++i) {
    if (found.schema.fields[i].name == plan::kRelationMark) continue;
    Column& column = returning.relations.columns.emplace_back(found.schema.fields[i].type);
    for (const Batch& batch : found.batches) column.AppendAll(batch.columns[i]);
  }
  for (const Batch& batch : found.batches) returning.relations.rows += batch.rows;
  return returning;
}

Result<Column> Assigned(const Column& values, const ColumnDefinition& column,
                        expr::EvalContext& context) {
  const expr::NodePtr given = expr::MakeColumn(0, values.type(), column.name, true);
  Result<expr::NodePtr> node = expr::CoerceForAssignment(given, column.type);
  if (!node.ok()) {
    return InvalidArgument("column \"" + column.name + "\" is of type " + SqlName(column.type) +
                           " but the expression is of type " + SqlName(values.type()))
        .WithSqlState("42804")
        .WithHint("Rewrite the expression or CAST it.");
  }
  Batch batch;
  batch.rows = values.size();
  batch.columns.push_back(values);
  return expr::Evaluate(**node, batch, context);
}

}  // namespace millrace::exec
