#include "catalog/definitions.h"

#include <algorithm>
#include <array>

namespace millrace {
namespace {

constexpr std::array<std::string_view, 3> kKindNames = {"shared", "user", "stream"};
constexpr std::array<std::string_view, 4> kAccessNames = {"public", "private", "restricted", "dba"};
constexpr std::array<std::string_view, 5> kRoleNames = {"anonymous", "user", "service", "dba",
                                                        "system"};

}  // namespace

std::string_view TableKindName(TableKind kind) { return kKindNames[static_cast<size_t>(kind)]; }
std::string_view AccessLevelName(AccessLevel level) {
  return kAccessNames[static_cast<size_t>(level)];
}
std::string_view RoleName(Role role) { return kRoleNames[static_cast<size_t>(role)]; }

std::optional<Role> RoleFromName(std::string_view name) {
  for (size_t i = 0; i < kRoleNames.size(); ++i) {
    if (kRoleNames[i] == name) return static_cast<Role>(i);
  }
  if (name == "admin") return Role::kDba;
  if (name == "developer" || name == "analyst") return Role::kService;
  if (name == "viewer" || name == "readonly") return Role::kUser;
  return std::nullopt;
}

std::string RowScope(std::string_view user_id, uint32_t account) {
  std::string scope(user_id);
  if (account > 1) scope.append(1, '\0').append(std::to_string(account));
  return scope;
}

std::optional<size_t> TableDefinition::FindColumn(std::string_view column_name) const {
  const auto& all = columns();
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].name == column_name) return i;
  }
  return std::nullopt;
}

std::optional<size_t> TableDefinition::FindColumn(ColumnId column_id) const {
  const auto& all = columns();
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].id == column_id) return i;
  }
  return std::nullopt;
}

std::vector<size_t> TableDefinition::KeyPositions() const {
  std::vector<size_t> positions;
  for (const ColumnId column : primary_key) positions.push_back(*FindColumn(column));
  return positions;
}

bool TableDefinition::IsKeyColumn(ColumnId column_id) const {
  return std::find(primary_key.begin(), primary_key.end(), column_id) != primary_key.end();
}

void TableDefinition::AddVersion(int64_t now_micros) {
  auto next = std::make_shared<SchemaVersion>(current());
  ++next->version;
  next->created_at = now_micros;
  versions.push_back(std::move(next));
  updated_at = now_micros;
}

std::string IndexPrefix(TableId table, uint32_t index) {
  std::string prefix;
  PutBigEndian32(&prefix, table.value);
  PutBigEndian32(&prefix, index);
  return prefix;
}

const IndexDefinition* TableDefinition::FindIndex(std::string_view index_name) const {
  for (const IndexDefinition& index : indexes) {
    if (index.name == index_name) return &index;
  }
  return nullptr;
}

const IndexDefinition* TableDefinition::FindIndex(uint32_t index_id) const {
  for (const IndexDefinition& index : indexes) {
    if (index.id == index_id) return &index;
  }
  return nullptr;
}

const ConstraintDefinition* TableDefinition::FindConstraint(
    std::string_view constraint_name) const {
  const auto found = std::ranges::find(constraints, constraint_name, &ConstraintDefinition::name);
  return found == constraints.end() ? nullptr : &*found;
}

Schema TableDefinition::ToSchema() const {
  Schema schema;
  for (const ColumnDefinition& column : columns()) {
    schema.fields.push_back({.name = column.name,
                             .type = column.type,
                             .nullable = column.nullable,
                             .primary_key = IsKeyColumn(column.id)});
  }
  return schema;
}

}  // namespace millrace
