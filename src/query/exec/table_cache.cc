#include "query/exec/table_cache.h"

#include <utility>

#include "query/plan/planner.h"

namespace millrace::exec {

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
