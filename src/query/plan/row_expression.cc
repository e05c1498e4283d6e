#include "query/plan/row_expression.h"

#include <algorithm>
#include <utility>

#include "query/plan/draft.h"
#include "query/plan/expression_binder.h"
#include "query/sql/parser.h"
#include "query/sql/printer.h"
#include "query/sql/visitor.h"

namespace millrace::plan {
namespace {

// What messages call the expression.
constexpr std::string_view kCheck = "check constraint";
constexpr std::string_view kGeneration = "column generation expression";

RelationScope ScopeOf(const TableDefinition& table) {
  RelationScope scope;
  scope.Add(table.namespace_name, table.name, table.ToSchema().fields);
  return scope;
}

Status RefuseParameters(const sql::Expr& expression) {
  Status status;
  sql::VisitExpressions(expression, [&](const sql::Expr& part) {
    const auto* parameter = part.If<sql::Parameter>();
    if (parameter != nullptr && status.ok()) {
      const std::string token = "$" + std::to_string(parameter->index);
      status = AtPosition(InvalidArgument("there is no parameter " + token).WithSqlState("42P02"),
                          part.position, token);
    }
    return sql::Walk::kInto;
  });
  return status;
}

// "subqueries are not supported here" is told apart from an operation that only the
// engine knows by nothing but its text, which both have.
Status Explained(Status status, std::string_view what) {
  if (!IsNotNative(status)) return status;
  Status explained = Unimplemented("cannot use this in a " + std::string(what))
                         .WithDetail(std::string(status.message()) + ".");
  if (const SqlPosition* place = status.position()) {
    explained = std::move(explained).WithPosition(*place);
  }
  return explained;
}

std::vector<size_t> ColumnsRead(const expr::Node& node) {
  std::vector<size_t> columns;
  if (node.kind() == expr::NodeKind::kColumn) {
    columns.push_back(static_cast<const expr::ColumnNode&>(node).index());
  }
  for (const expr::NodePtr& child : node.children()) {
    for (const size_t column : ColumnsRead(*child)) columns.push_back(column);
  }
  std::ranges::sort(columns);
  columns.erase(std::ranges::unique(columns).begin(), columns.end());
  return columns;
}

// A long expression is found by its place alone.
std::string TokenOf(const sql::Expr& expression) {
  constexpr size_t kTokenBytesMax = 64;
  std::string token = sql::Print(expression);
  return token.size() <= kTokenBytesMax ? token : std::string();
}

Result<RowExpression> Finish(sql::Expr expression, expr::NodePtr node, std::string_view what) {
  if (node->volatility() != expr::Volatility::kImmutable) {
    return AtPosition(InvalidArgument("functions in a " + std::string(what) + " must be immutable")
                          .WithSqlState("42P17")
                          .WithDetail("The result may depend on nothing but the row."),
                      expression.position, TokenOf(expression));
  }
  sql::VisitExpressions(expression, [](sql::Expr& part) {
    if (auto* column = part.If<sql::ColumnRef>()) {
      column->namespace_name.clear();
      column->table.clear();
    }
    return sql::Walk::kInto;
  });
  RowExpression bound;
  bound.sql = sql::Print(expression);
  bound.columns = ColumnsRead(*node);
  bound.node = std::move(node);
  return bound;
}

}  // namespace

Result<RowExpression> BindCheck(sql::Expr condition, const TableDefinition& table) {
  RETURN_IF_ERROR(RefuseParameters(condition));
  Result<expr::NodePtr> node = BindCondition(condition, ScopeOf(table), Fallback::kNone, "CHECK");
  if (!node.ok()) return Explained(node.status(), kCheck);
  return Finish(std::move(condition), *std::move(node), kCheck);
}

Result<RowExpression> BindCheck(std::string_view check_sql, const TableDefinition& table) {
  ASSIGN_OR_RETURN(sql::Expr condition, sql::ParseExpression(check_sql));
  return BindCheck(std::move(condition), table);
}

Result<RowExpression> BindGenerated(sql::Expr expression, const TableDefinition& table,
                                    const ColumnDefinition& column) {
  RETURN_IF_ERROR(RefuseParameters(expression));
  Result<expr::NodePtr> node = BindAssignment(expression, ScopeOf(table), column.type, column.name);
  if (!node.ok()) return Explained(node.status(), kGeneration);
  const sql::SourcePosition position = expression.position;
  const std::string token = TokenOf(expression);
  ASSIGN_OR_RETURN(RowExpression bound,
                   Finish(std::move(expression), *std::move(node), kGeneration));
  for (const size_t read : bound.columns) {
    const ColumnDefinition& other = table.columns()[read];
    if (!other.generated() && other.id != column.id) continue;
    return AtPosition(InvalidArgument("cannot use generated column \"" + other.name +
                                      "\" in column generation expression")
                          .WithSqlState("42P17")
                          .WithDetail("A generated column cannot reference another generated "
                                      "column."),
                      position, token);
  }
  return bound;
}

Result<RowExpression> BindGenerated(const TableDefinition& table, const ColumnDefinition& column) {
  ASSIGN_OR_RETURN(sql::Expr expression, sql::ParseExpression(column.generated_sql));
  return BindGenerated(std::move(expression), table, column);
}

Result<std::vector<std::string>> ColumnsNamed(std::string_view stored_sql) {
  ASSIGN_OR_RETURN(const sql::Expr expression, sql::ParseExpression(stored_sql));
  std::vector<std::string> names;
  sql::VisitExpressions(expression, [&](const sql::Expr& part) {
    const auto* column = part.If<sql::ColumnRef>();
    if (column != nullptr && std::ranges::find(names, column->column) == names.end()) {
      names.push_back(column->column);
    }
    return sql::Walk::kInto;
  });
  return names;
}

Result<std::string> WithColumnRenamed(std::string_view stored_sql, std::string_view from,
                                      std::string_view to) {
  ASSIGN_OR_RETURN(sql::Expr expression, sql::ParseExpression(stored_sql));
  sql::VisitExpressions(expression, [&](sql::Expr& part) {
    auto* column = part.If<sql::ColumnRef>();
    if (column != nullptr && column->column == from) column->column = to;
    return sql::Walk::kInto;
  });
  return sql::Print(expression);
}

}  // namespace millrace::plan
