// UPDATE, DELETE and TRUNCATE: which rows, and what becomes of them. Rows that our evaluator cannot
// find or compute are found by the engine, which then delivers them with what is assigned.
#include <algorithm>
#include <utility>

#include "query/plan/draft.h"
#include "query/plan/joined_rows.h"
#include "query/plan/projection.h"
#include "query/plan/row_statements.h"
#include "query/plan/table_scope.h"
#include "query/sql/visitor.h"

namespace millrace::plan {

// What the engine is asked for.
struct Planner::RowsToFind {
  sql::TableName table;
  std::string alias;  // as written
  sql::Box<sql::With> with;
  std::vector<sql::TableRef> others;  // FROM, USING
  sql::ExprPtr where;
  std::vector<sql::Expr> values;  // of assignments
  std::vector<std::string> relations_returned;
  std::string reason;
};

namespace {

// Whether a value is the same whatever the relations hold: then it takes the type of its
// column as in an UPDATE of one table.
bool IsWithoutNames(const sql::Expr& expression) {
  bool without = true;
  sql::VisitExpressions(expression, [&](const sql::Expr& part) {
    const bool names = part.Is<sql::ColumnRef>() || part.Is<sql::ScalarSubquery>() ||
                       part.Is<sql::Exists>() || part.Is<sql::InQuery>() ||
                       part.Is<sql::Quantified>() || part.Is<sql::ArrayQuery>();
    without &= !names;
    return names ? sql::Walk::kOver : sql::Walk::kInto;
  });
  return without;
}

// Among several relations a name may be that of another one, or of two: the engine says.
Result<SetColumn> BindSetAmongRelations(const sql::Assignment& assignment,
                                        const TableDefinition& table, const Scope& scope) {
  if (assignment.value.Is<sql::DefaultValue>() || IsWithoutNames(assignment.value)) {
    return BindSet(assignment, table, scope);
  }
  sql::Assignment target = assignment;
  target.value = sql::Expr(sql::DefaultValue{});
  ASSIGN_OR_RETURN(const SetColumn set, BindSet(target, table, scope));
  if (table.columns()[set.column].generated()) return BindSet(assignment, table, scope);
  return Unimplemented("an assignment from another relation").WithSqlState("0A000");
}

// Sets what a changed row gets; expressions the evaluator does not know are left
// to the engine, whose select list is extended by them.
Status BindAssignments(const std::vector<sql::Assignment>& assignments,
                       const TableDefinition& table, const Scope& scope, UpdatePlan* plan,
                       std::vector<sql::Expr>* for_engine) {
  for (const sql::Assignment& assignment : assignments) {
    Result<SetColumn> set = plan->joined.has_value()
                                ? BindSetAmongRelations(assignment, table, scope)
                                : BindSet(assignment, table, scope);
    if (!set.ok() && !IsNotNative(set.status())) return set.status();
    if (!set.ok()) {
      plan->engine_assignments.push_back(plan->assignments.size());
      for_engine->push_back(assignment.value);
      set = SetColumn{.column = *table.FindColumn(assignment.column)};
    }
    for (const SetColumn& before : plan->assignments) {
      if (before.column != set->column) continue;
      return AtPosition(
          InvalidArgument("multiple assignments to same column \"" + assignment.column + "\"")
              .WithSqlState("42601"),
          assignment.position, assignment.column);
    }
    plan->assignments.push_back(std::move(*set));
  }
  return Status::Ok();
}

// False when the engine has to find the rows.
Result<bool> BindRowsToChange(const sql::ExprPtr& where, const TableScope& scope, TableRead* read) {
  scope.UseAll();
  read->columns = scope.columns();
  if (!where) return true;
  Result<expr::NodePtr> node = BindCondition(*where, scope, Fallback::kEngine, "WHERE");
  if (!node.ok() && IsNotNative(node.status())) return false;
  ASSIGN_OR_RETURN(read->filter, std::move(node));
  read->columns = scope.columns();  // `_deleted` may have been named
  FindBounds(read);
  return true;
}

Status RequireWhere(const sql::ExprPtr& where, std::string_view verb) {
  if (where) return Status::Ok();
  return InvalidArgument(std::string(verb) + " needs a WHERE clause")
      .WithSqlState("42601")
      .WithHint("To change every row on purpose, write WHERE TRUE.");
}

// Empty without a FROM or USING clause. Errors: 42712 two relations of one name.
Result<std::optional<JoinedRelations>> Joined(const std::string& target,
                                              const std::vector<sql::TableRef>& others,
                                              const std::vector<sql::SelectItem>& returning) {
  if (others.empty()) return std::optional<JoinedRelations>();
  JoinedRelations joined{target, RelationNames(others), returning};
  std::vector<std::string> names = joined.names;
  names.push_back(target);
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice == names.end() || twice->empty()) return std::optional(std::move(joined));
  return AtPosition(InvalidArgument("table name \"" + *twice + "\" specified more than once")
                        .WithSqlState("42712")
                        .WithHint("Give one of them an alias."),
                    others.front().position, *twice);
}

void AddItem(sql::Expr expression, std::string alias, sql::Select* select) {
  sql::SelectItem item;
  item.expression = std::move(expression);
  item.alias = std::move(alias);
  select->items.push_back(std::move(item));
}

}  // namespace

Result<SelectEngine> Planner::PlanRowsQuery(RowsToFind find, const TableDefinition& table,
                                            Draft* draft) const {
  const std::string& name = find.alias.empty() ? find.table.name : find.alias;
  sql::Select select;
  for (const auto& column : table.columns()) {
    AddItem(sql::Expr(sql::ColumnRef{{}, name, column.name}), {}, &select);
  }
  AddItem(sql::Expr(sql::ColumnRef{{}, name, "_seq"}), {}, &select);
  for (sql::Expr& value : find.values) AddItem(std::move(value), {}, &select);
  for (const std::string& relation : find.relations_returned) {
    AddItem(sql::Expr(sql::Literal::Integer(1)), std::string(kRelationMark), &select);
    AddItem(sql::Expr(sql::Star{{}, relation}), {}, &select);
  }
  // With its namespace, so that no WITH query of that name is meant.
  find.table.namespace_name = table.namespace_name;
  select.from.push_back({.node = std::move(find.table), .alias = name});
  for (sql::TableRef& other : find.others) select.from.push_back(std::move(other));
  select.where = std::move(find.where);
  sql::Query query;
  query.with = std::move(find.with);
  query.body = sql::Box<sql::Select>(std::move(select));
  return PlanEngine(std::move(query), std::move(find.reason), draft);
}

Result<UpdatePlan> Planner::PlanUpdate(const sql::Update& update, Draft* draft) const {
  RETURN_IF_ERROR(RequireWhere(update.where, "UPDATE"));
  UpdatePlan plan;
  ASSIGN_OR_RETURN(plan.read.table, FindWritable(update.table, kToUpdate, draft));
  const TableDefinition& table = *plan.read.table;
  if (table.kind == TableKind::kStream) {
    return Unimplemented("UPDATE on a STREAM table is not supported")
        .WithHint("Rows of a stream are events: insert a new one.");
  }
  const std::string alias = update.alias.empty() ? table.name : update.alias;
  const TableScope scope(table, alias);
  ASSIGN_OR_RETURN(plan.joined, Joined(alias, update.from, update.returning));
  RowsToFind find{.table = update.table,
                  .alias = update.alias,
                  .with = update.with,
                  .others = update.from,
                  .where = update.where,
                  .reason = "rows to change need the engine"};
  bool native = !update.with && !plan.joined.has_value();
  if (native) {
    ASSIGN_OR_RETURN(native, BindRowsToChange(update.where, scope, &plan.read));
  }
  RETURN_IF_ERROR(BindAssignments(update.assignments, table, scope, &plan, &find.values));
  plan.read.needs_engine = !native || !find.values.empty();
  if (plan.read.needs_engine) {
    if (plan.joined.has_value()) find.reason = "UPDATE … FROM";
    if (plan.joined.has_value() && !update.returning.empty()) {
      find.relations_returned = plan.joined->names;
    }
    ASSIGN_OR_RETURN(plan.rows_query, PlanRowsQuery(std::move(find), table, draft));
  }
  if (plan.joined.has_value()) return plan;
  ASSIGN_OR_RETURN(plan.returning, BindReturning(update.returning, table, alias));
  return plan;
}

Result<DeletePlan> Planner::PlanDelete(const sql::Delete& statement, Draft* draft) const {
  RETURN_IF_ERROR(RequireWhere(statement.where, "DELETE"));
  DeletePlan plan;
  ASSIGN_OR_RETURN(plan.read.table, FindWritable(statement.table, kToDelete, draft));
  const TableDefinition& table = *plan.read.table;
  const std::string alias = statement.alias.empty() ? table.name : statement.alias;
  const TableScope scope(table, alias);
  ASSIGN_OR_RETURN(plan.joined, Joined(alias, statement.using_tables, statement.returning));
  bool native = !statement.with && !plan.joined.has_value();
  if (native) {
    ASSIGN_OR_RETURN(native, BindRowsToChange(statement.where, scope, &plan.read));
  }
  plan.read.needs_engine = !native;
  if (!native) {
    RowsToFind find{.table = statement.table,
                    .alias = statement.alias,
                    .with = statement.with,
                    .others = statement.using_tables,
                    .where = statement.where,
                    .reason = "rows to change need the engine"};
    if (plan.joined.has_value()) find.reason = "DELETE … USING";
    if (plan.joined.has_value() && !statement.returning.empty()) {
      find.relations_returned = plan.joined->names;
    }
    ASSIGN_OR_RETURN(plan.rows_query, PlanRowsQuery(std::move(find), table, draft));
  }
  if (plan.joined.has_value()) return plan;
  ASSIGN_OR_RETURN(plan.returning, BindReturning(statement.returning, table, alias));
  return plan;
}

Result<TruncatePlan> Planner::PlanTruncate(const sql::Truncate& truncate, Draft* draft) const {
  TruncatePlan plan;
  for (const sql::TableName& name : truncate.tables) {
    ASSIGN_OR_RETURN(TablePtr table, FindWritable(name, Privileges::kDelete, draft));
    if (std::ranges::find(plan.tables, table) == plan.tables.end()) {
      plan.tables.push_back(std::move(table));
    }
  }
  return plan;
}

}  // namespace millrace::plan
