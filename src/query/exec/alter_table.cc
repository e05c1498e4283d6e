// ALTER TABLE: the definition after each action.
#include <algorithm>
#include <utility>

#include "base/nearest_name.h"
#include "query/exec/constraints.h"
#include "query/exec/definition.h"
#include "query/plan/expression_binder.h"
#include "query/plan/row_expression.h"
#include "query/sql/printer.h"

namespace millrace::exec {
namespace {

// The next version while it is being made.
struct Draft {
  AlteredTable* altered;
  std::vector<ColumnDefinition> columns;
  std::vector<sql::ColumnDefinition> added;  // as the statement describes them
  bool columns_changed = false;
  expr::EvalContext* context;

  const TableDefinition& table() const { return altered->table; }
  std::vector<ConstraintDefinition>& constraints() const { return altered->table.constraints; }
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
  draft->altered->needs_default |= !column.nullable && column.initial.is_null();
  draft->altered->needs_empty |= column.generated();
  column.id = ColumnId(draft->altered->table.next_column_id++);
  draft->columns.push_back(std::move(column));
  draft->added.push_back(action.column);
  draft->columns_changed = true;
  return Status::Ok();
}

void EraseColumn(std::string_view name, Draft* draft) {
  std::erase_if(draft->columns,
                [&](const ColumnDefinition& column) { return column.name == name; });
  std::erase_if(draft->added,
                [&](const sql::ColumnDefinition& column) { return column.name == name; });
  draft->columns_changed = true;
}

void EraseConstraint(std::string_view name, Draft* draft) {
  std::erase_if(draft->constraints(),
                [&](const ConstraintDefinition& constraint) { return constraint.name == name; });
  draft->altered->changed = true;
}

// What reads the column: named in the refusal, or dropped with it. A generated column is
// read by no other, but perhaps by constraints.
Status DropUses(std::string_view column, bool cascade, Draft* draft) {
  ASSIGN_OR_RETURN(const ColumnUses uses,
                   UsesOfColumn(column, draft->columns, draft->constraints()));
  if (!uses.empty() && !cascade) {
    std::string detail;
    auto add = [&](std::string_view what, const std::string& name) {
      if (!detail.empty()) detail += " ";
      detail += std::string(what) + " \"" + name + "\" depends on column \"" + std::string(column) +
                "\".";
    };
    for (const std::string& name : uses.constraints) add("Constraint", name);
    for (const std::string& name : uses.generated) add("Column", name);
    return FailedPrecondition("cannot drop column \"" + std::string(column) + "\" of table \"" +
                              draft->table().name + "\" because other objects depend on it")
        .WithSqlState("2BP01")
        .WithDetail(std::move(detail))
        .WithHint("Use DROP COLUMN … CASCADE to drop them too.");
  }
  for (const std::string& name : uses.constraints) EraseConstraint(name, draft);
  for (const std::string& name : uses.generated) {
    RETURN_IF_ERROR(DropUses(name, cascade, draft));
    EraseColumn(name, draft);
  }
  return Status::Ok();
}

Status Drop(const sql::DropColumn& action, Draft* draft) {
  const ColumnDefinition* column = Find(draft, action.column);
  if (column == nullptr) {
    return action.if_exists ? Status::Ok() : NoSuchColumn(*draft, action.column);
  }
  RETURN_IF_ERROR(RefuseKey(*draft, *column, "drop"));
  RETURN_IF_ERROR(RefuseIndexed(*draft, *column, "drop"));
  RETURN_IF_ERROR(DropUses(action.column, action.cascade, draft));
  EraseColumn(action.column, draft);
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

// Constraints are bound anew, and rows that satisfied them looked at again. A generated
// column would have to be computed anew in every row.
Status CheckUsesAfterRetype(const ColumnDefinition& column, Draft* draft) {
  if (column.generated()) {
    return Unimplemented("cannot alter type of generated column \"" + column.name + "\"")
        .WithHint("Drop the column and add it with its new type.");
  }
  ASSIGN_OR_RETURN(ColumnUses uses,
                   UsesOfColumn(column.name, draft->columns, draft->constraints()));
  if (!uses.generated.empty()) {
    return InvalidArgument("cannot alter type of a column used by a generated column")
        .WithSqlState("42601")
        .WithDetail("Column \"" + column.name + "\" is used by generated column \"" +
                    uses.generated.front() + "\".");
  }
  for (std::string& name : uses.constraints) {
    draft->altered->constraints_to_check.push_back(std::move(name));
  }
  return Status::Ok();
}

Status SetType(const sql::TypeName& name, ColumnDefinition* column, Draft* draft) {
  ASSIGN_OR_RETURN(const SqlType type, plan::BindType(name));
  if (type == column->type) return Status::Ok();
  RETURN_IF_ERROR(RefuseKey(*draft, *column, "change the type of"));
  RETURN_IF_ERROR(RefuseIndexed(*draft, *column, "change the type of"));
  RETURN_IF_ERROR(CheckUsesAfterRetype(*column, draft));
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
  for (ConstraintDefinition& constraint : draft->constraints()) {
    if (constraint.kind != ConstraintKind::kCheck) continue;
    ASSIGN_OR_RETURN(constraint.check_sql,
                     plan::WithColumnRenamed(constraint.check_sql, action.column, action.new_name));
  }
  for (ColumnDefinition& other : draft->columns) {
    if (!other.generated()) continue;
    ASSIGN_OR_RETURN(other.generated_sql,
                     plan::WithColumnRenamed(other.generated_sql, action.column, action.new_name));
  }
  column->name = action.new_name;
  draft->columns_changed = true;
  return Status::Ok();
}

Status SetDefault(const sql::AlterColumn& action, ColumnDefinition* column, Draft* draft) {
  if (column->generated()) {
    return InvalidArgument("column \"" + column->name + "\" of relation \"" + draft->table().name +
                           "\" is a generated column")
        .WithSqlState("42601");
  }
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

Status DropConstraint(const sql::DropConstraint& action, Draft* draft) {
  if (draft->table().FindConstraint(action.name) == nullptr) {
    if (action.if_exists) return Status::Ok();
    return NotFound("constraint \"" + action.name + "\" of relation \"" + draft->table().name +
                    "\" does not exist")
        .WithSqlState("42704");
  }
  EraseConstraint(action.name, draft);
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
  if (const auto* drop = std::get_if<sql::DropConstraint>(&action)) {
    return DropConstraint(*drop, draft);
  }
  if (const auto* add = std::get_if<sql::AddConstraint>(&action)) {
    if (add->constraint.kind == sql::TableConstraintKind::kCheck) return Status::Ok();  // later
    return Unimplemented("only CHECK constraints can be added to a table yet");
  }
  if (const auto* rename = std::get_if<sql::RenameTable>(&action)) {
    RETURN_IF_ERROR(CheckName("table", rename->new_name));
    draft->altered->rename_to = rename->new_name;
    return Status::Ok();
  }
  return Unimplemented("this form of ALTER TABLE is not supported yet");
}

// Adds what is about the columns as they are after all actions. The new constraints are
// to be validated.
Status AddRowExpressions(const sql::AlterTable& statement, const Draft& draft) {
  TableDefinition& table = draft.altered->table;
  const size_t before = table.constraints.size();
  RETURN_IF_ERROR(CompleteGeneratedColumns(draft.added, &table));
  for (const sql::ColumnDefinition& column : draft.added) {
    for (const sql::CheckConstraint& check : column.checks) {
      RETURN_IF_ERROR(AddCheck(check, &table));
    }
  }
  for (const sql::AlterTableAction& action : statement.actions) {
    const auto* add = std::get_if<sql::AddConstraint>(&action);
    if (add == nullptr) continue;
    RETURN_IF_ERROR(AddCheck({add->constraint.name, *add->constraint.check}, &table));
  }
  for (size_t i = before; i < table.constraints.size(); ++i) {
    draft.altered->constraints_to_check.push_back(table.constraints[i].name);
  }
  return Status::Ok();
}

bool AddsConstraint(const sql::AlterTable& statement) {
  return std::ranges::any_of(statement.actions, [](const sql::AlterTableAction& action) {
    return std::holds_alternative<sql::AddConstraint>(action);
  });
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
  if (!altered.rename_to.empty() &&
      (draft.columns_changed || altered.changed || AddsConstraint(statement))) {
    return Unimplemented("RENAME TO cannot be combined with other changes");
  }
  altered.changed |= draft.columns_changed || AddsConstraint(statement);
  if (!altered.changed) return altered;
  // Every change is a new version, so that two ALTERs at once cannot both win.
  auto version = std::make_shared<SchemaVersion>();
  version->version = table.version() + 1;
  version->created_at = context.statement_time_micros;
  version->columns = draft.columns;
  altered.table.versions.push_back(std::move(version));
  altered.table.updated_at = context.statement_time_micros;
  RETURN_IF_ERROR(AddRowExpressions(statement, draft));
  return altered;
}

}  // namespace millrace::exec
