#include "query/exec/table_cache.h"

#include <algorithm>
#include <utility>

#include "query/plan/planner.h"
#include "query/plan/row_expression.h"

namespace millrace::exec {

static Status PrepareRowExpressions(const TableDefinition& table, PreparedTable* prepared) {
  prepared->columns_computed_with.resize(table.columns().size());
  auto count = [prepared](const plan::RowExpression& bound) {
    for (const size_t column : bound.columns) prepared->columns_computed_with[column] = true;
    prepared->default_work += expr::WorkOf(bound.node.get());
  };
  for (size_t i = 0; i < table.columns().size(); ++i) {
    if (!table.columns()[i].generated()) continue;
    ASSIGN_OR_RETURN(plan::RowExpression bound, plan::BindGenerated(table, table.columns()[i]));
    count(bound);
    prepared->columns_computed_with[i] = true;
    prepared->generated.push_back({i, std::move(bound.node)});
  }
  for (const ConstraintDefinition& constraint : table.constraints) {
    if (constraint.kind != ConstraintKind::kCheck) continue;
    ASSIGN_OR_RETURN(plan::RowExpression bound, plan::BindCheck(constraint.check_sql, table));
    count(bound);
    prepared->checks.push_back({constraint.name, std::move(bound.node)});
  }
  std::ranges::sort(prepared->checks, {}, &PreparedCheck::name);
  return Status::Ok();
}

static Result<PreparedTablePtr> Prepare(const TablePtr& table) {
  auto prepared = std::make_shared<PreparedTable>();
  prepared->codec = std::make_shared<const TableCodec>(table);
  for (const ColumnDefinition& column : table->columns()) {
    if (column.default_sql.empty()) {
      prepared->defaults.push_back(nullptr);
      continue;
    }
    ASSIGN_OR_RETURN(expr::NodePtr node,
                     plan::Planner::BindDefault(column.default_sql, column.type));
    prepared->default_work += expr::WorkOf(node.get());
    prepared->defaults.push_back(std::move(node));
  }
  RETURN_IF_ERROR(PrepareRowExpressions(*table, prepared.get()));
  return PreparedTablePtr(std::move(prepared));
}

Result<PreparedTablePtr> TableCache::Find(const TablePtr& table) {
  {
    const MutexLock lock(mutex_);
    const auto found = tables_.find(table.get());
    if (found != tables_.end()) return found->second;
  }
  ASSIGN_OR_RETURN(PreparedTablePtr prepared, Prepare(table));
  const MutexLock lock(mutex_);
  if (tables_.size() >= tables_max_) tables_.clear();
  tables_[table.get()] = prepared;
  return prepared;
}

}  // namespace millrace::exec
