// The engine's route: the query is kept as a syntax tree in which every base
// table is marked with its number.
#include <utility>

#include "query/plan/draft.h"
#include "query/plan/item_names.h"
#include "query/plan/planning_limits.h"
#include "query/plan/virtual_catalog.h"
#include "query/sql/visitor.h"

namespace millrace::plan {
namespace {

// Namespaces in front of columns are not the engine's business: tables lose theirs.
void StripNamespaces(sql::Query* query) {
  sql::VisitExpressions(*query, [&](sql::Expr& expression) {
    if (auto* ref = expression.If<sql::ColumnRef>()) {
      ref->namespace_name.clear();
    } else if (auto* star = expression.If<sql::Star>()) {
      star->namespace_name.clear();
    }
    return sql::Walk::kInto;
  });
}

// What the engine's text uses of its own is not for statements.
Status RefuseInternal(const sql::FunctionCall& call, const sql::SourcePosition& position) {
  if (!call.name.starts_with("millrace_")) return Status::Ok();
  return AtPosition(NotFound("function " + call.name + " does not exist").WithSqlState("42883"),
                    position, call.name);
}

Status RefuseInternalTables(const sql::TableRef& ref) {
  if (const auto* join = ref.If<sql::Join>()) {
    RETURN_IF_ERROR(RefuseInternalTables(join->left));
    return RefuseInternalTables(join->right);
  }
  const auto* function = ref.If<sql::TableFunction>();
  return function == nullptr ? Status::Ok() : RefuseInternal(function->call, ref.position);
}

Status RefuseInternalFunctions(sql::Query* query) {
  Status status;
  sql::VisitExpressions(*query, [&](sql::Expr& expression) {
    const auto* call = expression.If<sql::FunctionCall>();
    if (call != nullptr && status.ok()) status = RefuseInternal(*call, expression.position);
    return sql::Walk::kInto;
  });
  sql::ForEachSelect(*query, [&](sql::Select& select) {
    for (const sql::TableRef& ref : select.from) {
      if (status.ok()) status = RefuseInternalTables(ref);
    }
  });
  return status;
}

}  // namespace

Result<SelectEngine> Planner::PlanEngine(sql::Query query, std::string reason, Draft* draft) const {
  SelectEngine plan;
  plan.reason = std::move(reason);
  RETURN_IF_ERROR(CheckPlanningLimits(query));
  RETURN_IF_ERROR(RefuseInternalFunctions(&query));
  Status error;
  sql::ForEachTable(query, [&](sql::TableName& name) {
    if (!error.ok()) return;
    EngineTable table{nullptr, name.namespace_name, name.name};
    if (IsSystemNamespace(name.namespace_name)) {
      const VirtualTable* known = FindVirtualTable(name.namespace_name, name.name);
      if (known == nullptr) {
        error = AtPosition(
            NotFound("relation \"" + name.namespace_name + "." + name.name + "\" does not exist")
                .WithSqlState("42P01"),
            name.position, name.name);
        return;
      }
      draft->reads_system |= known->admin_only;
    } else {
      Result<TablePtr> found = FindTable(name, draft->default_namespace);
      if (!found.ok()) {
        error = found.status();
        return;
      }
      table.table = *found;
      draft->AddAccess(*found, Privileges::kSelect);
    }
    // The mark: no user's namespace can begin with '#'.
    name.namespace_name = "#" + std::to_string(plan.tables.size());
    plan.tables.push_back(std::move(table));
  });
  RETURN_IF_ERROR(error);
  NameSelectItems(&query);
  StripNamespaces(&query);
  plan.query = std::move(query);
  return plan;
}

}  // namespace millrace::plan
