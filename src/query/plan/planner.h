// Binds a parsed statement to the catalog and chooses its route. Synchronous,
// does no I/O, thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "base/status.h"
#include "catalog/catalog.h"
#include "query/plan/plan.h"

namespace millrace::plan {

// An error with the place it is about; a position that is not known adds nothing.
Status AtPosition(Status status, const sql::SourcePosition& position, std::string token);
// 428C9: an INSERT has a value for a generated column.
Status GivenToGenerated(const ColumnDefinition& column);

class Planner {
 public:
  explicit Planner(const Catalog& catalog) : catalog_(catalog) {}

  // Unqualified names are looked up in `default_namespace`. Errors: 42P01 unknown
  // table, 42703 unknown column, 42804 and 42883 types, 23502, 42501 hidden
  // tables, 0A000 not supported; with the position in the text.
  Result<PreparedPtr> Prepare(sql::Statement statement, std::string_view default_namespace) const;

  // The expression of a DEFAULT, for a column of `type`.
  static Result<expr::NodePtr> BindDefault(const sql::Expr& expression, const SqlType& type);
  static Result<expr::NodePtr> BindDefault(std::string_view default_sql, const SqlType& type);

  Result<TablePtr> FindTable(const sql::TableName& name, std::string_view default_namespace) const;

 private:
  struct Draft;  // the Prepared being made
  Result<SelectPlan> PlanSelect(const sql::Query& query, Draft* draft) const;
  Result<std::optional<SelectPlan>> PlanNative(const sql::Query& query, Draft* draft) const;
  Result<SelectEngine> PlanEngine(sql::Query query, std::string reason, Draft* draft) const;
  struct RowsToFind;
  Result<SelectEngine> PlanRowsQuery(RowsToFind find, const TableDefinition& table,
                                     Draft* draft) const;
  Result<InsertPlan> PlanInsert(const sql::Insert& insert, Draft* draft) const;
  Status PlanInsertRows(const sql::Insert& insert, const TableDefinition& table, Draft* draft,
                        InsertPlan* plan) const;
  Result<UpdatePlan> PlanUpdate(const sql::Update& update, Draft* draft) const;
  Result<DeletePlan> PlanDelete(const sql::Delete& statement, Draft* draft) const;
  Result<TruncatePlan> PlanTruncate(const sql::Truncate& truncate, Draft* draft) const;
  Result<TablePtr> FindWritable(const sql::TableName& name, Privileges needs, Draft* draft) const;

  const Catalog& catalog_;
};

}  // namespace millrace::plan
