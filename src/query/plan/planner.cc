// Looking up tables and dispatching on the kind of statement.
#include "query/plan/planner.h"

#include <algorithm>
#include <utility>

#include "base/nearest_name.h"
#include "query/plan/draft.h"
#include "query/plan/row_comparison.h"
#include "query/plan/table_scope.h"
#include "query/plan/virtual_catalog.h"
#include "query/sql/parser.h"
#include "query/sql/printer.h"
#include "query/sql/visitor.h"

namespace millrace::plan {

Status AtPosition(Status status, const sql::SourcePosition& position, std::string token) {
  if (position.line == 0 || status.position() != nullptr) return status;
  return std::move(status).WithPosition({position.line, position.column, std::move(token)});
}

static Status UnknownTable(const Catalog& catalog, const sql::TableName& name,
                           std::string_view namespace_name) {
  const std::string shown =
      name.namespace_name.empty() ? name.name : name.namespace_name + "." + name.name;
  Status status = NotFound("relation \"" + shown + "\" does not exist").WithSqlState("42P01");
  std::vector<std::string> names;
  for (const TablePtr& table : catalog.Tables(namespace_name)) names.push_back(table->name);
  const std::vector<std::string_view> views(names.begin(), names.end());
  const auto nearest = NearestName(name.name, views);
  if (nearest.has_value()) {
    status = std::move(status).WithHint("Did you mean \"" + std::string(*nearest) + "\"?");
  } else if (!IsSystemNamespace(namespace_name) &&
             catalog.FindNamespace(namespace_name) == nullptr) {
    status = std::move(status).WithHint("There is no namespace \"" + std::string(namespace_name) +
                                        "\"; SHOW NAMESPACES lists them.");
  }
  return AtPosition(std::move(status), name.position, name.name);
}

Result<TablePtr> Planner::FindTable(const sql::TableName& name,
                                    std::string_view default_namespace) const {
  const std::string_view namespace_name =
      name.namespace_name.empty() ? default_namespace : std::string_view(name.namespace_name);
  TablePtr table = catalog_.FindTable(namespace_name, name.name);
  if (table == nullptr) return UnknownTable(catalog_, name, namespace_name);
  return table;
}

Result<TablePtr> Planner::FindWritable(const sql::TableName& name, Privileges needs,
                                       Draft* draft) const {
  if (IsSystemNamespace(name.namespace_name)) {
    return AtPosition(PermissionDenied("system tables cannot be changed by statements on rows"),
                      name.position, name.name);
  }
  ASSIGN_OR_RETURN(TablePtr table, FindTable(name, draft->default_namespace));
  draft->AddAccess(table, needs);
  return table;
}

static size_t CountParameters(const sql::Statement& statement) {
  size_t highest = 0;
  sql::VisitExpressions(statement, [&](const sql::Expr& expression) {
    if (const auto* parameter = expression.If<sql::Parameter>()) {
      highest = std::max<size_t>(highest, parameter->index);
    }
    return sql::Walk::kInto;
  });
  return highest;
}

Result<PreparedPtr> Planner::Prepare(sql::Statement statement,
                                     std::string_view default_namespace) const {
  RETURN_IF_ERROR(ExpandRowComparisons(&statement));
  auto prepared = std::make_shared<Prepared>();
  // Read before the catalog is: a change in between makes the plan stale, not wrong.
  prepared->generation = catalog_.generation();
  Draft draft;
  draft.default_namespace = default_namespace;
  if (auto* query = statement.If<sql::Query>()) {
    ASSIGN_OR_RETURN(prepared->plan, PlanSelect(*query, &draft));
  } else if (auto* insert = statement.If<sql::Insert>()) {
    ASSIGN_OR_RETURN(prepared->plan, PlanInsert(*insert, &draft));
  } else if (auto* update = statement.If<sql::Update>()) {
    ASSIGN_OR_RETURN(prepared->plan, PlanUpdate(*update, &draft));
  } else if (auto* deletion = statement.If<sql::Delete>()) {
    ASSIGN_OR_RETURN(prepared->plan, PlanDelete(*deletion, &draft));
  } else if (auto* truncate = statement.If<sql::Truncate>()) {
    ASSIGN_OR_RETURN(prepared->plan, PlanTruncate(*truncate, &draft));
  }
  EstimateWork(&prepared->plan);
  prepared->accesses = std::move(draft.accesses);
  prepared->reads_system = draft.reads_system;
  prepared->parameters = CountParameters(statement);
  prepared->statement = std::move(statement);
  return PreparedPtr(std::move(prepared));
}

Result<expr::NodePtr> Planner::BindDefault(const sql::Expr& expression, const SqlType& type) {
  return BindAssignment(expression, EmptyScope(), type, "default");
}

Result<expr::NodePtr> Planner::BindDefault(std::string_view default_sql, const SqlType& type) {
  ASSIGN_OR_RETURN(const sql::Expr expression, sql::ParseExpression(default_sql));
  return BindDefault(expression, type);
}

}  // namespace millrace::plan
