// ALTER TABLE: the definition after each action.
#include <algorithm>
#include <utility>

#include "base/nearest_name.h"
#include "query/exec/definition.h"
#include "query/plan/expression_binder.h"
#include "query/sql/printer.h"

namespace millrace::exec {
namespace {

// The next version while it is being made.
struct Draft {
  AlteredTable* altered;
  std::vector<ColumnDefinition> columns;
  bool columns_changed = false;
  expr::EvalContext* context;

  const TableDefinition& table() const { return altered->table; }
};

Status NoSuchColumn(const Draft& draft, std::string_view name) {
  Status status = InvalidArgument("column \"" + std::string(name) + "\" of relation \"" +
                                  draft.table().name + "\" does not exist")
                      .WithSqlState("42703");
  std::vector<std::string_view> names;
  for (const ColumnDefinition& column : draft.columns) names.push_back(column.name);
  const auto nearest = NearestName(name, names);
  if (!nearest.has_value()) return status;
  return std::move(status).WithHint("Did you mean \"" + std::string(*nearest) + "\"?");
}

ColumnDefinition* Find(Draft* draft, std::string_view name) {
  const auto found = std::ranges::find(draft->columns, name, &ColumnDefinition::name);
  return found == draft->columns.end() ? nullptr : &*found;
}

Result<ColumnDefinition*> MustFind(Draft* draft, std::string_view name) {
  ColumnDefinition* column = Find(draft, name);
  if (column == nullptr) return NoSuchColumn(*draft, name);
  return column;
}

Status RefuseKey(const Draft& draft, const ColumnDefinition& column, std::string_view what) {
  if (!draft.table().IsKeyColumn(column.id)) return Status::Ok();
  return InvalidArgument("cannot " + std::string(what) + " column \"" + column.name +
                         "\" because it is part of the primary key")
      .WithSqlState("42P16");
}

// Entries hold the column's values as they are coded now.
Status RefuseIndexed(const Draft& draft, const ColumnDefinition& column, std::string_view what) {
  for (const IndexDefinition& index : draft.table().indexes) {
    for (const IndexPart& part : index.parts) {
      if (part.column != column.id) continue;
      return FailedPrecondition("cannot " + std::string(what) + " column \"" + column.name +
                                "\" because index \"" + index.name + "\" depends on it")
          .WithSqlState("2BP01")
          .WithHint("Drop the index first.");
    }
  }
  return Status::Ok();
}

Status Add(const sql::AddColumn& action, Draft* draft) {
  if (Find(draft, action.column.name) != nullptr) {
    if (action.if_not_exists) return Status::Ok();
    return AlreadyExists("column \"" + action.column.name + "\" of relation \"" +
                         draft->table().name + "\" already exists")
        .WithSqlState("42701");
  }
  if (action.column.primary_key) {
    return Unimplemented("the primary key of an existing table cannot be changed");
  }
  ASSIGN_OR_RETURN(ColumnDefinition column, MakeColumnDefinition(action.column));
  if (!column.default_sql.empty()) {
    ASSIGN_OR_RETURN(const expr::NodePtr node,
                     plan::Planner::BindDefault(column.default_sql, column.type));
    ASSIGN_OR_RETURN(column.initial, expr::EvaluateScalar(*node, *draft->context));
  }
  draft->altered->needs_empty |= !column.nullable && column.initial.is_null();
  column.id = ColumnId(draft->altered->table.next_column_id++);
  draft->columns.push_back(std::move(column));
  draft->columns_changed = true;
  return Status::Ok();
}

Status Drop(const sql::DropColumn& action, Draft* draft) {
  const ColumnDefinition* column = Find(draft, action.column);
  if (column == nullptr) {
    return action.if_exists ? Status::Ok() : NoSuchColumn(*draft, action.column);
  }
  RETURN_IF_ERROR(RefuseKey(*draft, *column, "drop"));
  RETURN_IF_ERROR(RefuseIndexed(*draft, *column, "drop"));
  draft->columns.erase(draft->columns.begin() + (column - draft->columns.data()));
  draft->columns_changed = true;
  return Status::Ok();
}

// Whether every value of `from` is one of `to`, so that old rows need no look.
bool IsWidening(const SqlType& from, const SqlType& to) {
  if (to.id == TypeId::kText) return true;
  if (IsInteger(from.id) && IsInteger(to.id)) {
    return WidthOf(PhysicalOf(to.id)) >= WidthOf(PhysicalOf(from.id));
  }
  if (from.id == TypeId::kFloat && to.id == TypeId::kDouble) return true;
  if (from.id == TypeId::kDecimal && to.id == TypeId::kDecimal) {
    return to.scale >= from.scale && to.precision - to.scale >= from.precision - from.scale;
  }
  return false;
}

Status SetType(const sql::TypeName& name, ColumnDefinition* column, Draft* draft) {
  ASSIGN_OR_RETURN(const SqlType type, plan::BindType(name));
  if (type == column->type) return Status::Ok();
  RETURN_IF_ERROR(RefuseKey(*draft, *column, "change the type of"));
  RETURN_IF_ERROR(RefuseIndexed(*draft, *column, "change the type of"));
  if (!column->default_sql.empty()) {
    RETURN_IF_ERROR(plan::Planner::BindDefault(column->default_sql, type).status());
  }
  ASSIGN_OR_RETURN(column->initial, CastValue(column->initial, type));
  draft->altered->check_rows |= !IsWidening(column->type, type);
  column->type = type;
  draft->columns_changed = true;
  return Status::Ok();
}

Status SetNullability(bool nullable, ColumnDefinition* column, Draft* draft) {
  if (column->nullable == nullable) return Status::Ok();
  RETURN_IF_ERROR(RefuseKey(*draft, *column, "change the nullability of"));
  column->nullable = nullable;
  draft->altered->check_rows |= !nullable;
  draft->columns_changed = true;
  return Status::Ok();
}

Status Modify(const sql::ModifyColumn& action, Draft* draft) {
  ASSIGN_OR_RETURN(ColumnDefinition * column, MustFind(draft, action.column));
  RETURN_IF_ERROR(SetType(action.type, column, draft));
  if (action.nullability == sql::Nullability::kUnspecified) return Status::Ok();
  return SetNullability(action.nullability == sql::Nullability::kNull, column, draft);
}

Status Rename(const sql::RenameColumn& action, Draft* draft) {
  ASSIGN_OR_RETURN(ColumnDefinition * column, MustFind(draft, action.column));
  RETURN_IF_ERROR(CheckName("column", action.new_name));
  if (action.new_name == column->name) return Status::Ok();
  if (Find(draft, action.new_name) != nullptr) {
    return AlreadyExists("column \"" + action.new_name + "\" of relation \"" + draft->table().name +
                         "\" already exists")
        .WithSqlState("42701");
  }
  column->name = action.new_name;
  draft->columns_changed = true;
  return Status::Ok();
}

Status SetDefault(const sql::AlterColumn& action, ColumnDefinition* column, Draft* draft) {
  std::string text;
  if (action.default_value) {
    RETURN_IF_ERROR(plan::Planner::BindDefault(*action.default_value, column->type).status());
    text = sql::Print(*action.default_value);
  }
  draft->columns_changed |= text != column->default_sql;
  column->default_sql = std::move(text);
  return Status::Ok();
}

Status Alter(const sql::AlterColumn& action, Draft* draft) {
  ASSIGN_OR_RETURN(ColumnDefinition * column, MustFind(draft, action.column));
  switch (action.kind) {
    case sql::AlterColumnKind::kSetNotNull:
      return SetNullability(false, column, draft);
    case sql::AlterColumnKind::kDropNotNull:
      return SetNullability(true, column, draft);
    case sql::AlterColumnKind::kSetDefault:
    case sql::AlterColumnKind::kDropDefault:
      return SetDefault(action, column, draft);
    case sql::AlterColumnKind::kSetType:
      if (action.using_expression) {
        return Unimplemented("ALTER COLUMN … TYPE … USING is not supported yet");
      }
      return SetType(*action.type, column, draft);
  }
  return Status::Ok();
}

Status Apply(const sql::AlterTableAction& action, Draft* draft) {
  if (const auto* add = std::get_if<sql::AddColumn>(&action)) return Add(*add, draft);
  if (const auto* drop = std::get_if<sql::DropColumn>(&action)) return Drop(*drop, draft);
  if (const auto* modify = std::get_if<sql::ModifyColumn>(&action)) return Modify(*modify, draft);
  if (const auto* rename = std::get_if<sql::RenameColumn>(&action)) return Rename(*rename, draft);
  if (const auto* alter = std::get_if<sql::AlterColumn>(&action)) return Alter(*alter, draft);
  if (const auto* options = std::get_if<sql::SetTableOptions>(&action)) {
    const std::string before = EncodeTable(draft->altered->table);
    RETURN_IF_ERROR(ApplyTableOptions(options->options, &draft->altered->table));
    draft->altered->changed |= EncodeTable(draft->altered->table) != before;
    return Status::Ok();
  }
  if (const auto* rename = std::get_if<sql::RenameTable>(&action)) {
    RETURN_IF_ERROR(CheckName("table", rename->new_name));
    draft->altered->rename_to = rename->new_name;
    return Status::Ok();
  }
  return Unimplemented("this form of ALTER TABLE is not supported yet");
}

}  // namespace

Result<AlteredTable> AlterTable(const TableDefinition& table, const sql::AlterTable& statement,
                                expr::EvalContext& context) {
  AlteredTable altered;
  altered.table = table;
  Draft draft{.altered = &altered, .columns = table.columns(), .context = &context};
  for (const sql::AlterTableAction& action : statement.actions) {
    RETURN_IF_ERROR(Apply(action, &draft));
  }
  if (!altered.rename_to.empty() && (draft.columns_changed || altered.changed)) {
    return Unimplemented("RENAME TO cannot be combined with other changes");
  }
  altered.changed |= draft.columns_changed;
  if (!altered.changed) return altered;
  // Every change is a new version, so that two ALTERs at once cannot both win.
  auto version = std::make_shared<SchemaVersion>();
  version->version = table.version() + 1;
  version->created_at = context.statement_time_micros;
  version->columns = std::move(draft.columns);
  altered.table.versions.push_back(std::move(version));
  altered.table.updated_at = context.statement_time_micros;
  return altered;
}

}  // namespace millrace::exec
