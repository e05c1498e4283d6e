// INSERT: columns, rows, ON CONFLICT, RETURNING.
#include <algorithm>
#include <utility>

#include "query/plan/draft.h"
#include "query/plan/literal.h"
#include "query/plan/projection.h"
#include "query/plan/row_statements.h"
#include "query/plan/table_scope.h"
#include "query/sql/printer.h"

namespace millrace::plan {

Status GivenToGenerated(const ColumnDefinition& column) {
  return InvalidArgument("cannot insert a non-DEFAULT value into column \"" + column.name + "\"")
      .WithSqlState("428C9")
      .WithDetail("Column \"" + column.name + "\" is a generated column.");
}

Result<SetColumn> BindSet(const sql::Assignment& assignment, const TableDefinition& table,
                          const Scope& scope) {
  const auto position = table.FindColumn(assignment.column);
  if (!position.has_value()) {
    return AtPosition(UnknownColumn(&table, {{}, {}, assignment.column}), assignment.position,
                      assignment.column);
  }
  const auto& column = table.columns()[*position];
  if (table.IsKeyColumn(column.id)) {
    return AtPosition(InvalidArgument("column \"" + column.name + "\" is part of the primary key")
                          .WithSqlState("42830")
                          .WithHint("Delete the row and insert it under the new key."),
                      assignment.position, column.name);
  }
  if (assignment.value.Is<sql::DefaultValue>()) return SetColumn{.column = *position};
  if (column.generated()) {
    return AtPosition(
        InvalidArgument("column \"" + column.name + "\" can only be updated to DEFAULT")
            .WithSqlState("428C9")
            .WithDetail("Column \"" + column.name + "\" is a generated column."),
        assignment.position, column.name);
  }
  ASSIGN_OR_RETURN(expr::NodePtr node,
                   BindAssignment(assignment.value, scope, column.type, column.name));
  return SetColumn{.column = *position, .expression = std::move(node)};
}

Result<std::optional<Projection>> BindReturning(const std::vector<sql::SelectItem>& items,
                                                const TableDefinition& table,
                                                const std::string& alias) {
  if (items.empty()) return std::optional<Projection>();
  const TableScope scope(table, alias);
  scope.UseAll();
  ASSIGN_OR_RETURN(Projection projection, BindItems(items, &table, &scope, scope));
  return std::optional<Projection>(std::move(projection));
}

namespace {

Privileges RightsFor(const sql::Insert& insert) {
  Privileges rights = Privileges::kInsert;
  if (!insert.returning.empty()) rights = rights | Privileges::kSelect;
  const auto& conflict = insert.on_conflict;
  if (conflict.has_value() && conflict->action == sql::ConflictAction::kUpdate) {
    rights = rights | kToUpdate;
  }
  return rights;
}

Result<std::vector<size_t>> TargetColumns(const sql::Insert& insert, const TableDefinition& table) {
  std::vector<size_t> targets;
  if (insert.columns.empty()) {
    for (size_t i = 0; i < table.columns().size(); ++i) targets.push_back(i);
    return targets;
  }
  for (const std::string& name : insert.columns) {
    const auto position = table.FindColumn(name);
    if (!position.has_value()) {
      return AtPosition(UnknownColumn(&table, {{}, {}, name}), insert.table.position, name);
    }
    if (std::ranges::find(targets, *position) != targets.end()) {
      return InvalidArgument("column \"" + name + "\" specified more than once")
          .WithSqlState("42701");
    }
    targets.push_back(*position);
  }
  return targets;
}

Status BindCell(const sql::Expr& expression, const ColumnDefinition& column, InsertPlan* plan) {
  if (column.generated() && !expression.Is<sql::DefaultValue>()) {
    return AtPosition(GivenToGenerated(column), expression.position, sql::Print(expression));
  }
  if (const auto* literal = expression.If<sql::Literal>()) {
    Result<Value> value = LiteralForColumn(*literal, column);
    if (!value.ok()) {
      return AtPosition(value.status(), expression.position, sql::Print(expression));
    }
    plan->cells.push_back(std::move(*value));
    return Status::Ok();
  }
  ComputedCell computed{.cell = plan->cells.size()};
  if (!expression.Is<sql::DefaultValue>()) {
    ASSIGN_OR_RETURN(computed.expression,
                     BindAssignment(expression, EmptyScope(), column.type, column.name));
  }
  plan->computed.push_back(std::move(computed));
  plan->cells.emplace_back();
  return Status::Ok();
}

// With `all_targets`, the statement names its columns and each needs a value.
Status BindValues(const sql::Values& values, bool all_targets, const TableDefinition& table,
                  InsertPlan* plan) {
  if (values.columns > plan->targets.size()) {
    return InvalidArgument("INSERT has more expressions than target columns")
        .WithSqlState("42601")
        .WithDetail("There are " + std::to_string(plan->targets.size()) + " columns and " +
                    std::to_string(values.columns) + " expressions.");
  }
  if (all_targets && values.columns < plan->targets.size()) {
    return InvalidArgument("INSERT has more target columns than expressions")
        .WithSqlState("42601")
        .WithDetail("There are " + std::to_string(plan->targets.size()) + " columns and " +
                    std::to_string(values.columns) + " expressions.");
  }
  plan->targets.resize(values.columns);
  plan->rows = values.row_count();
  plan->cells.reserve(values.cells.size());
  for (size_t row = 0; row < plan->rows; ++row) {
    for (size_t column = 0; column < values.columns; ++column) {
      RETURN_IF_ERROR(
          BindCell(values.cell(row, column), table.columns()[plan->targets[column]], plan));
    }
  }
  return Status::Ok();
}

Status CheckConflictTarget(const sql::OnConflict& conflict, const TableDefinition& table) {
  std::vector<std::string> key;
  for (const size_t position : table.KeyPositions()) key.push_back(table.columns()[position].name);
  std::vector<std::string> target = conflict.columns;
  std::ranges::sort(key);
  std::ranges::sort(target);
  const bool matches =
      target.empty() ? conflict.action == sql::ConflictAction::kNothing : target == key;
  if (matches && !key.empty()) return Status::Ok();
  return InvalidArgument(
             "there is no unique or exclusion constraint matching the ON CONFLICT specification")
      .WithSqlState("42P10")
      .WithHint("Name the primary key: ON CONFLICT (" +
                (key.empty() ? std::string("…") : key.front()) + ") DO …");
}

Result<ConflictPlan> BindConflict(const sql::OnConflict& conflict, const TableDefinition& table,
                                  const std::string& alias) {
  RETURN_IF_ERROR(CheckConflictTarget(conflict, table));
  const ConflictScope scope(table, alias);
  ConflictPlan plan{.action = conflict.action};
  for (const sql::Assignment& assignment : conflict.assignments) {
    ASSIGN_OR_RETURN(SetColumn set, BindSet(assignment, table, scope));
    plan.assignments.push_back(std::move(set));
  }
  if (conflict.where) {
    ASSIGN_OR_RETURN(plan.filter, BindCondition(*conflict.where, scope, Fallback::kNone, "WHERE"));
  }
  return plan;
}

}  // namespace

// The rows with the statement's WITH in front of them. When they have one of their own,
// its names are inside.
static sql::Query WithClauseBefore(const sql::Box<sql::With>& with, sql::Query source) {
  if (!source.with) {
    source.with = with;
    return source;
  }
  sql::Select select;
  select.items.emplace_back().expression = sql::Expr(sql::Star{});
  select.from.push_back(
      {.node = sql::Box<sql::DerivedTable>({std::move(source)}), .alias = "rows"});
  sql::Query query;
  query.with = with;
  query.body = sql::Box<sql::Select>(std::move(select));
  return query;
}

// A list of rows is bound here; queries, and lists that hold subqueries, are planned
// as a SELECT.
Status Planner::PlanInsertRows(const sql::Insert& insert, const TableDefinition& table,
                               Draft* draft, InsertPlan* plan) const {
  const sql::Query& source = *insert.source;
  if (const auto* values = source.If<sql::Values>();
      values != nullptr && source.order_by.empty() && !source.limit && !source.offset) {
    Status bound = BindValues(*values, !insert.columns.empty(), table, plan);
    if (!IsNotNative(bound)) return bound;
    for (const sql::Expr& cell : values->cells) {
      if (cell.Is<sql::DefaultValue>()) return bound;
    }
    plan->cells.clear();
    plan->computed.clear();
    plan->rows = 0;
  }
  ASSIGN_OR_RETURN(SelectPlan select, insert.with
                                          ? PlanSelect(WithClauseBefore(insert.with, source), draft)
                                          : PlanSelect(source, draft));
  plan->source = std::make_shared<const SelectPlan>(std::move(select));
  return Status::Ok();
}

Result<InsertPlan> Planner::PlanInsert(const sql::Insert& insert, Draft* draft) const {
  InsertPlan plan;
  ASSIGN_OR_RETURN(plan.table, FindWritable(insert.table, RightsFor(insert), draft));
  const TableDefinition& table = *plan.table;
  const std::string alias = insert.alias.empty() ? table.name : insert.alias;
  ASSIGN_OR_RETURN(plan.targets, TargetColumns(insert, table));
  plan.names_targets = !insert.columns.empty();
  if (!insert.source) {
    plan.targets.clear();
    plan.rows = 1;
  } else {
    RETURN_IF_ERROR(PlanInsertRows(insert, table, draft, &plan));
  }
  if (insert.on_conflict.has_value()) {
    ASSIGN_OR_RETURN(plan.conflict, BindConflict(*insert.on_conflict, table, alias));
  }
  ASSIGN_OR_RETURN(plan.returning, BindReturning(insert.returning, table, alias));
  return plan;
}

}  // namespace millrace::plan
