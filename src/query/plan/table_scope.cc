#include "query/plan/table_scope.h"

#include <algorithm>
#include <utility>

#include "query/expr/suggest.h"

namespace millrace::plan {

Status UnknownColumn(const TableDefinition* table, const sql::ColumnRef& ref) {
  std::string message = "column \"";
  if (!ref.table.empty()) message.append(ref.table).append(".");
  message.append(ref.column).append("\" does not exist");
  Status status = InvalidArgument(std::move(message)).WithSqlState("42703");
  if (table == nullptr) return status;
  std::vector<std::string_view> names;
  for (const auto& column : table->columns()) names.push_back(column.name);
  const auto nearest = expr::NearestName(ref.column, names);
  if (!nearest.has_value()) return status;
  return std::move(status).WithHint("Did you mean \"" + std::string(*nearest) + "\"?");
}

bool TableScope::Names(std::string_view namespace_name, std::string_view table) const {
  if (!namespace_name.empty() &&
      (namespace_name != table_.namespace_name || alias_ != table_.name)) {
    return false;
  }
  return table == alias_;
}

size_t TableScope::Use(size_t scan_position) const {
  const auto found = std::find(columns_.begin(), columns_.end(), scan_position);
  if (found != columns_.end()) return static_cast<size_t>(found - columns_.begin());
  columns_.push_back(scan_position);
  return columns_.size() - 1;
}

void TableScope::UseAll() const {
  columns_.clear();
  for (size_t i = 0; i <= seq_position(); ++i) columns_.push_back(i);
}

ScopeColumn TableScope::Bind(size_t scan_position) const {
  const size_t index = Use(scan_position);
  if (scan_position == seq_position()) {
    return {.index = index, .type = TypeId::kBigInt, .name = "_seq", .nullable = false};
  }
  if (scan_position > seq_position()) {
    return {.index = index, .type = TypeId::kBoolean, .name = "_deleted", .nullable = false};
  }
  const auto& column = table_.columns()[scan_position];
  return {.index = index, .type = column.type, .name = column.name, .nullable = column.nullable};
}

Result<ScopeColumn> TableScope::Resolve(const sql::ColumnRef& ref) const {
  if (!ref.table.empty() && !Names(ref.namespace_name, ref.table)) {
    return InvalidArgument("missing FROM-clause entry for table \"" + ref.table + "\"")
        .WithSqlState("42P01");
  }
  if (const auto position = table_.FindColumn(ref.column)) return Bind(*position);
  if (ref.column == "_seq") return Bind(seq_position());
  if (ref.column == "_deleted") return Bind(seq_position() + 1);
  return UnknownColumn(&table_, ref);
}

Result<ScopeColumn> ConflictScope::Resolve(const sql::ColumnRef& ref) const {
  const bool excluded = ref.table == "excluded";
  if (!ref.table.empty() && !excluded && ref.table != alias_) {
    return InvalidArgument("missing FROM-clause entry for table \"" + ref.table + "\"")
        .WithSqlState("42P01");
  }
  const auto position = table_.FindColumn(ref.column);
  const size_t columns = table_.columns().size();
  if (!position.has_value()) {
    if (ref.column != "_seq" || excluded) return UnknownColumn(&table_, ref);
    return ScopeColumn{
        .index = columns, .type = TypeId::kBigInt, .name = "_seq", .nullable = false};
  }
  const auto& column = table_.columns()[*position];
  return ScopeColumn{.index = excluded ? columns + 1 + *position : *position,
                     .type = column.type,
                     .name = column.name,
                     .nullable = column.nullable};
}

}  // namespace millrace::plan
