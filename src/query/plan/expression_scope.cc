#include "query/plan/expression_scope.h"

#include <algorithm>
#include <optional>

#include "base/nearest_name.h"

namespace millrace::plan {
namespace {

std::string Spelled(const sql::ColumnRef& reference) {
  std::string text;
  if (!reference.namespace_name.empty()) text += reference.namespace_name + '.';
  if (!reference.table.empty()) text += reference.table + '.';
  return text + reference.column;
}

}  // namespace

Result<ScopeColumn> EmptyScope::Resolve(const sql::ColumnRef& reference) const {
  return InvalidArgument("column \"" + Spelled(reference) + "\" cannot be used here")
      .WithSqlState("42703")
      .WithHint("Write text in single quotes.");
}

void RelationScope::Add(std::string namespace_name, std::string alias,
                        const std::vector<Field>& fields) {
  relations_.push_back({std::move(namespace_name), std::move(alias), fields, columns_});
  columns_ += fields.size();
}

bool RelationScope::Matches(const Relation& relation, const sql::ColumnRef& reference) const {
  if (!reference.table.empty() && reference.table != relation.alias) return false;
  return reference.namespace_name.empty() || reference.namespace_name == relation.namespace_name;
}

Result<ScopeColumn> RelationScope::Resolve(const sql::ColumnRef& reference) const {
  std::optional<ScopeColumn> found;
  for (const Relation& relation : relations_) {
    if (!Matches(relation, reference)) continue;
    for (size_t i = 0; i < relation.fields.size(); ++i) {
      const Field& field = relation.fields[i];
      if (field.name != reference.column) continue;
      if (found.has_value()) {
        return InvalidArgument("column reference \"" + Spelled(reference) + "\" is ambiguous")
            .WithSqlState("42702")
            .WithHint("Write the name of the table before it.");
      }
      found = ScopeColumn{relation.first + i, field.type, field.name, field.nullable};
    }
  }
  if (found.has_value()) return *std::move(found);
  return UnknownColumn(reference);
}

Status RelationScope::UnknownColumn(const sql::ColumnRef& reference) const {
  const auto matches = [&](const Relation& relation) { return Matches(relation, reference); };
  if (!reference.table.empty() && std::ranges::none_of(relations_, matches)) {
    return InvalidArgument("missing FROM-clause entry for table \"" + reference.table + "\"")
        .WithSqlState("42P01");
  }
  std::vector<std::string_view> names;
  for (const Relation& relation : relations_) {
    if (!Matches(relation, reference)) continue;
    for (const Field& field : relation.fields) names.push_back(field.name);
  }
  Status status =
      InvalidArgument("column \"" + Spelled(reference) + "\" does not exist").WithSqlState("42703");
  const auto nearest = NearestName(reference.column, names);
  if (!nearest.has_value()) return status;
  return std::move(status).WithHint("Did you mean \"" + std::string(*nearest) + "\"?");
}

}  // namespace millrace::plan
