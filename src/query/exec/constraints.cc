#include "query/exec/constraints.h"

#include <algorithm>
#include <utility>

#include "query/exec/definition.h"
#include "query/plan/row_expression.h"

namespace millrace::exec {
namespace {

constexpr size_t kNameBytesMax = 64;

// table_column_suffix, with a number behind it when that is taken. A long name loses
// what is too much in its middle.
std::string ChooseName(const TableDefinition& table, std::string_view column,
                       std::string_view suffix) {
  std::string stem = table.name;
  if (!column.empty()) stem.append("_").append(column);
  for (size_t number = 0;; ++number) {
    std::string tail = "_" + std::string(suffix);
    if (number > 0) tail += std::to_string(number);
    std::string name = stem.substr(0, kNameBytesMax - tail.size()) + tail;
    if (table.FindConstraint(name) == nullptr) return name;
  }
}

// The text of a stored expression is not the statement's: its places mean nothing there.
Status WithoutPosition(const Status& status) {
  return Status(status.code(), status.message())
      .WithSqlState(status.sqlstate())
      .WithDetail(status.detail())
      .WithHint(status.hint());
}

bool Names(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

Status AddCheck(const sql::CheckConstraint& check, TableDefinition* table) {
  ASSIGN_OR_RETURN(plan::RowExpression bound, plan::BindCheck(check.condition, *table));
  ConstraintDefinition constraint{.name = check.name, .validated = false};
  if (constraint.name.empty()) {
    const bool about_one = bound.columns.size() == 1;
    constraint.name = ChooseName(
        *table, about_one ? table->columns()[bound.columns.front()].name : std::string(), "check");
  } else {
    RETURN_IF_ERROR(CheckName("constraint", constraint.name));
  }
  if (table->FindConstraint(constraint.name) != nullptr) {
    return AlreadyExists("constraint \"" + constraint.name + "\" for relation \"" + table->name +
                         "\" already exists")
        .WithSqlState("42710");
  }
  constraint.check_sql = std::move(bound.sql);
  table->constraints.push_back(std::move(constraint));
  return Status::Ok();
}

Status CompleteGeneratedColumns(const std::vector<sql::ColumnDefinition>& columns,
                                TableDefinition* table) {
  for (const sql::ColumnDefinition& column : columns) {
    if (!column.generated) continue;
    auto version = std::make_shared<SchemaVersion>(table->current());
    const auto target = std::ranges::find(version->columns, column.name, &ColumnDefinition::name);
    ASSIGN_OR_RETURN(plan::RowExpression bound,
                     plan::BindGenerated(*column.generated, *table, *target));
    target->generated_sql = std::move(bound.sql);
    table->versions.back() = std::move(version);
  }
  return CheckRowExpressions(*table);
}

Result<ColumnUses> UsesOfColumn(std::string_view column,
                                const std::vector<ColumnDefinition>& columns,
                                const std::vector<ConstraintDefinition>& constraints) {
  ColumnUses uses;
  for (const ConstraintDefinition& constraint : constraints) {
    if (constraint.kind != ConstraintKind::kCheck) continue;
    ASSIGN_OR_RETURN(const std::vector<std::string> named,
                     plan::ColumnsNamed(constraint.check_sql));
    if (Names(named, column)) uses.constraints.push_back(constraint.name);
  }
  for (const ColumnDefinition& other : columns) {
    if (!other.generated()) continue;
    ASSIGN_OR_RETURN(const std::vector<std::string> named, plan::ColumnsNamed(other.generated_sql));
    if (Names(named, column)) uses.generated.push_back(other.name);
  }
  return uses;
}

Status CheckRowExpressions(const TableDefinition& table) {
  for (const ColumnDefinition& column : table.columns()) {
    if (!column.generated()) continue;
    const Status bound = plan::BindGenerated(table, column).status();
    if (!bound.ok()) return WithoutPosition(bound);
  }
  for (const ConstraintDefinition& constraint : table.constraints) {
    if (constraint.kind != ConstraintKind::kCheck) continue;
    const Status bound = plan::BindCheck(constraint.check_sql, table).status();
    if (!bound.ok()) return WithoutPosition(bound);
  }
  return Status::Ok();
}

}  // namespace millrace::exec
