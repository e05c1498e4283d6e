#include "query/exec/engine_names.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/nearest_name.h"
#include "query/exec/engine/functions.h"
#include "query/expr/registry.h"
#include "query/sql/visitor.h"

namespace millrace::exec {
namespace {

struct Renamed {
  std::string_view name;
  std::string_view engine;
};
constexpr Renamed kRenamed[] = {
    {"every", "bool_and"},
    {"json_agg", "array_agg"},
    {"json_build_array", "json_array"},
    {"json_build_object", "json_object"},
    {"json_object_agg", "json_group_object"},
    {"jsonb_agg", "array_agg"},
    {"jsonb_build_array", "json_array"},
    {"jsonb_build_object", "json_object"},
    {"jsonb_object_agg", "json_group_object"},
    {"percentile_cont", "percentile_cont"},
    {"percentile_disc", "percentile_disc"},
    {"regexp_replace", "millrace_regexp_replace"},
    {"sum", "millrace_sum"},
    {"uuid_v7", "uuidv7"},
};

// Forms of the grammar, and what the printer replaces by a constant.
constexpr std::string_view kForms[] = {
    "coalesce", "current_catalog", "current_database", "current_schema",
    "grouping", "localtimestamp",  "nullif",           "user",
};

// Functions of PostgreSQL and of ours that the engine has nothing like.
constexpr std::string_view kRefused[] = {
    "overlay", "regexp_match", "snowflake_id", "to_char", "to_date", "to_number", "ulid",
};

bool IsAmong(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

bool IsKnown(const sql::FunctionCall& call) {
  const std::string_view name = call.name;
  return !expr::FindFunctions(name).empty() || IsAmong(name, kForms) || EngineName(name) != name ||
         std::ranges::count(kRenamed, name, &Renamed::name) != 0 ||
         engine::IsAllowedScalarFunction(name) || engine::IsAggregate(name) ||
         (call.over && engine::IsWindowFunction(name));
}

std::vector<std::string_view> KnownNames() {
  std::vector<std::string_view> names = engine::AllowedFunctionNames();
  std::ranges::copy(expr::FunctionNames(), std::back_inserter(names));
  for (const Renamed& entry : kRenamed) names.push_back(entry.name);
  return names;
}

Status At(Status status, const sql::SourcePosition& position, const std::string& name) {
  if (position.line == 0) return status;
  return std::move(status).WithPosition({position.line, position.column, name});
}

Status UnknownFunction(const std::string& name, const sql::SourcePosition& position) {
  Status status = InvalidArgument("function \"" + name + "\" does not exist").WithSqlState("42883");
  const auto nearest = NearestName(name, KnownNames());
  if (nearest) {
    status = std::move(status).WithHint("Did you mean \"" + std::string(*nearest) + "\"?");
  }
  return At(std::move(status), position, name);
}

Status CheckCall(sql::FunctionCall& call, const sql::SourcePosition& position) {
  if (call.namespace_name == "pg_catalog") call.namespace_name.clear();
  if (!call.namespace_name.empty()) {
    return UnknownFunction(call.namespace_name + "." + call.name, position);
  }
  if (IsKnown(call) && !IsAmong(call.name, kRefused)) return Status::Ok();
  if (!IsAmong(call.name, kRefused)) return UnknownFunction(call.name, position);
  return At(Unimplemented("function \"" + call.name + "\" cannot be used in this query")
                .WithSqlState("0A000")
                .WithHint("Queries that join, group or nest run on the analytical engine, which "
                          "does not have it."),
            position, call.name);
}

Status CheckTables(std::span<sql::TableRef> tables);

Status CheckTable(sql::TableRef& table) {
  if (auto* join = table.If<sql::Join>()) {
    const Status left = CheckTable(join->left);
    return left.ok() ? CheckTable(join->right) : left;
  }
  auto* function = table.If<sql::TableFunction>();
  if (function == nullptr) return Status::Ok();
  if (function->call.namespace_name.empty() &&
      engine::IsAllowedTableFunction(function->call.name)) {
    return Status::Ok();
  }
  return UnknownFunction(function->call.name, table.position);
}

Status CheckTables(std::span<sql::TableRef> tables) {
  for (sql::TableRef& table : tables) RETURN_IF_ERROR(CheckTable(table));
  return Status::Ok();
}

// ---- walking ----

using OnQuery = std::function<void(sql::Query&)>;

void VisitParts(sql::Query& query, const OnQuery& callback);

void VisitTable(sql::TableRef& table, const OnQuery& callback) {
  if (auto* derived = table.If<sql::DerivedTable>()) {
    VisitParts(derived->query, callback);
  } else if (auto* join = table.If<sql::Join>()) {
    VisitTable(join->left, callback);
    VisitTable(join->right, callback);
  }
}

// The query and those it is made of, not those in its expressions.
void VisitParts(sql::Query& query, const OnQuery& callback) {
  callback(query);
  if (query.with) {
    for (sql::CommonTable& table : query.with->tables) VisitParts(table.query, callback);
  }
  if (auto* select = query.If<sql::Select>()) {
    for (sql::TableRef& table : select->from) VisitTable(table, callback);
  } else if (auto* operation = query.If<sql::SetOperation>()) {
    VisitParts(operation->left, callback);
    VisitParts(operation->right, callback);
  }
}

sql::Query* SubqueryOf(sql::Expr& expression) {
  if (auto* in = expression.If<sql::InQuery>()) return in->query.get();
  if (auto* exists = expression.If<sql::Exists>()) return exists->query.get();
  if (auto* scalar = expression.If<sql::ScalarSubquery>()) return scalar->query.get();
  if (auto* quantified = expression.If<sql::Quantified>()) return quantified->query.get();
  if (auto* array = expression.If<sql::ArrayQuery>()) return array->query.get();
  return nullptr;
}

}  // namespace

void ForEachQuery(sql::Query& root, const OnQuery& callback) {
  VisitParts(root, callback);
  sql::VisitExpressions(root, [&](sql::Expr& expression) {
    if (sql::Query* query = SubqueryOf(expression)) VisitParts(*query, callback);
    return sql::Walk::kInto;
  });
}

Status CheckFunctions(sql::Query& query) {
  Status status;
  sql::VisitExpressions(query, [&](sql::Expr& expression) {
    auto* call = expression.If<sql::FunctionCall>();
    if (call != nullptr && status.ok()) status = CheckCall(*call, expression.position);
    return sql::Walk::kInto;
  });
  RETURN_IF_ERROR(status);
  ForEachQuery(query, [&](sql::Query& part) {
    auto* select = part.If<sql::Select>();
    if (select != nullptr && status.ok()) status = CheckTables(select->from);
  });
  return status;
}

bool IsNativeCall(const sql::FunctionCall& call) {
  const bool plain = !call.distinct && !call.filter && !call.over && call.order_by.empty() &&
                     call.within_group.empty() &&
                     call.null_treatment == sql::NullTreatment::kDefault;
  return plain && !expr::FindFunctions(call.name).empty();
}

std::string_view EngineName(std::string_view name) {
  const auto* found = std::ranges::find(kRenamed, name, &Renamed::name);
  return found == std::end(kRenamed) ? name : found->engine;
}

bool IsJsonList(std::string_view name) { return name == "json_agg" || name == "jsonb_agg"; }

}  // namespace millrace::exec
