// CREATE TABLE as a definition.
#include <algorithm>
#include <cctype>
#include <utility>

#include "query/exec/create_index.h"
#include "query/exec/constraints.h"
#include "query/exec/definition.h"
#include "query/plan/expression_binder.h"
#include "query/sql/printer.h"

namespace millrace::exec {
namespace {

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, {},
                            [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
}

Result<TableKind> KindFromOption(const sql::Option& option) {
  for (const TableKind kind : {TableKind::kUser, TableKind::kShared, TableKind::kStream}) {
    if (EqualsIgnoringCase(option.value.text, TableKindName(kind))) return kind;
  }
  return plan::AtPosition(InvalidArgument("invalid value for option TYPE")
                              .WithSqlState("22023")
                              .WithHint("TYPE takes 'USER', 'SHARED' or 'STREAM'."),
                          option.position, option.name);
}

bool IsSerial(const sql::ColumnDefinition& column) {
  const std::string& type = column.type.name;
  return type == "SERIAL" || type == "BIGSERIAL" || type == "SMALLSERIAL" || type == "SERIAL2" ||
         type == "SERIAL4" || type == "SERIAL8" || column.auto_increment ||
         column.identity != sql::Identity::kNone;
}

Status CheckSupported(const sql::ColumnDefinition& column) {
  if (column.primary_key && column.nullability == sql::Nullability::kNull) {
    return plan::AtPosition(
        InvalidArgument("conflicting NULL/NOT NULL declarations for column \"" + column.name + "\"")
            .WithSqlState("42601"),
        column.position, column.name);
  }
  std::string_view feature;
  if (column.references.has_value()) feature = "REFERENCES";
  if (feature.empty()) return Status::Ok();
  return plan::AtPosition(Unimplemented(std::string(feature) + " is not supported yet"),
                          column.position, column.name);
}

Status CheckGenerated(const sql::ColumnDefinition& column) {
  if (!column.generated) return Status::Ok();
  const std::string_view other =
      column.default_value ? "default" : (IsSerial(column) ? "identity" : "");
  if (other.empty()) return Status::Ok();
  return plan::AtPosition(
      InvalidArgument("both " + std::string(other) +
                      " and generation expression specified for column \"" + column.name + "\"")
          .WithSqlState("42601"),
      column.position, column.name);
}

Result<std::vector<std::string>> KeyColumns(const sql::CreateTable& statement) {
  std::vector<std::string> key;
  for (const sql::ColumnDefinition& column : statement.columns) {
    if (column.primary_key) key.push_back(column.name);
  }
  bool defined = !key.empty();
  if (key.size() > 1) defined = true;
  for (const sql::TableConstraint& constraint : statement.constraints) {
    if (constraint.kind == sql::TableConstraintKind::kUnique) continue;
    if (constraint.kind == sql::TableConstraintKind::kCheck) continue;
    if (constraint.kind != sql::TableConstraintKind::kPrimaryKey) {
      return plan::AtPosition(Unimplemented("FOREIGN KEY is not supported yet"),
                              constraint.position, constraint.name);
    }
    if (defined) {
      return plan::AtPosition(InvalidArgument("multiple primary keys for table \"" +
                                              statement.table.name + "\" are not allowed")
                                  .WithSqlState("42P16"),
                              constraint.position, "PRIMARY");
    }
    key = constraint.columns;
    defined = true;
  }
  if (std::ranges::count_if(statement.columns, &sql::ColumnDefinition::primary_key) > 1) {
    return InvalidArgument("multiple primary keys for table \"" + statement.table.name +
                           "\" are not allowed")
        .WithSqlState("42P16")
        .WithHint("Write one constraint over several columns: PRIMARY KEY (a, b).");
  }
  return key;
}

Status SetKey(const std::vector<std::string>& names, std::vector<ColumnDefinition>* columns,
              TableDefinition* table) {
  for (const std::string& name : names) {
    const auto found = std::ranges::find(*columns, name, &ColumnDefinition::name);
    if (found == columns->end()) {
      return InvalidArgument("column \"" + name + "\" named in key does not exist")
          .WithSqlState("42703");
    }
    // JSON has no order, and equal documents can be written differently.
    const TypeId type = found->type.id;
    if (!CanBeKey(type) || type == TypeId::kJson || type == TypeId::kFile) {
      return InvalidArgument("column \"" + name + "\" of type " + SqlName(found->type) +
                             " cannot be part of a primary key")
          .WithSqlState("42P16");
    }
    if (std::ranges::find(table->primary_key, found->id) != table->primary_key.end()) {
      return InvalidArgument("column \"" + name + "\" appears twice in primary key")
          .WithSqlState("42701");
    }
    if (found->generated()) {
      return Unimplemented("generated column \"" + name + "\" cannot be part of a primary key");
    }
    found->nullable = false;
    table->primary_key.push_back(found->id);
  }
  return Status::Ok();
}

// A table without rows has nothing to validate.
Status AddChecks(const sql::CreateTable& statement, TableDefinition* table) {
  for (const sql::ColumnDefinition& column : statement.columns) {
    for (const sql::CheckConstraint& check : column.checks) {
      RETURN_IF_ERROR(AddCheck(check, table));
    }
  }
  for (const sql::TableConstraint& constraint : statement.constraints) {
    if (constraint.kind != sql::TableConstraintKind::kCheck) continue;
    RETURN_IF_ERROR(AddCheck({constraint.name, *constraint.check}, table));
  }
  for (ConstraintDefinition& constraint : table->constraints) constraint.validated = true;
  return Status::Ok();
}

Status CheckKind(const TableDefinition& table) {
  if (table.kind == TableKind::kStream && table.ttl_seconds == 0) {
    return InvalidArgument("a STREAM table needs TTL_SECONDS")
        .WithSqlState("42601")
        .WithHint("Add WITH (TTL_SECONDS = 60).");
  }
  if (table.kind != TableKind::kStream && table.primary_key.empty()) {
    return InvalidArgument("table \"" + table.name + "\" needs a primary key")
        .WithSqlState("42P16")
        .WithHint("For example: id BIGINT PRIMARY KEY DEFAULT SNOWFLAKE_ID().");
  }
  return Status::Ok();
}

}  // namespace

std::optional<TableKind> KindFromSyntax(sql::TableKind kind) {
  switch (kind) {
    case sql::TableKind::kUser:
      return TableKind::kUser;
    case sql::TableKind::kShared:
      return TableKind::kShared;
    case sql::TableKind::kStream:
      return TableKind::kStream;
    case sql::TableKind::kUnspecified:
      break;
  }
  return std::nullopt;
}

Result<TableKind> DecideKind(const sql::CreateTable& statement) {
  std::optional<TableKind> kind = KindFromSyntax(statement.kind);
  for (const sql::Option& option : statement.options) {
    if (option.name != "TYPE") continue;
    ASSIGN_OR_RETURN(const TableKind by_option, KindFromOption(option));
    if (kind.has_value() && *kind != by_option) {
      return plan::AtPosition(
          InvalidArgument("option TYPE contradicts the kind written before TABLE")
              .WithSqlState("42601"),
          option.position, option.name);
    }
    kind = by_option;
  }
  return kind.value_or(TableKind::kShared);
}

Result<ColumnDefinition> MakeColumnDefinition(const sql::ColumnDefinition& column) {
  Status status = CheckName("column", column.name);
  if (!status.ok()) return plan::AtPosition(std::move(status), column.position, column.name);
  RETURN_IF_ERROR(CheckSupported(column));
  ColumnDefinition definition;
  definition.name = column.name;
  ASSIGN_OR_RETURN(definition.type, plan::BindType(column.type));
  if (definition.type.id == TypeId::kInterval) {
    return plan::AtPosition(Unimplemented("a column cannot have type INTERVAL"), column.position,
                            "INTERVAL");
  }
  definition.nullable = column.nullability != sql::Nullability::kNotNull;
  RETURN_IF_ERROR(CheckGenerated(column));
  // Bound once the table has all its columns; until then the text says that it is one.
  if (column.generated) definition.generated_sql = sql::Print(*column.generated);
  definition.comment = column.comment.value_or("");
  if (column.default_value) {
    RETURN_IF_ERROR(plan::Planner::BindDefault(*column.default_value, definition.type).status());
    definition.default_sql = sql::Print(*column.default_value);
  } else if (IsSerial(column)) {
    definition.default_sql = "snowflake_id()";
    definition.nullable = false;
  }
  if (!definition.default_sql.empty()) {
    Result<expr::NodePtr> bound =
        plan::Planner::BindDefault(definition.default_sql, definition.type);
    if (!bound.ok()) return plan::AtPosition(bound.status(), column.position, column.name);
  }
  definition.initial = Value::Null(definition.type);
  return definition;
}

static Status AddUniqueConstraints(const sql::CreateTable& statement, TableDefinition* table) {
  for (const sql::ColumnDefinition& column : statement.columns) {
    if (!column.unique || column.primary_key) continue;
    Status added = AddUnique({column.name}, "", table);
    if (!added.ok()) return plan::AtPosition(std::move(added), column.position, column.name);
  }
  for (const sql::TableConstraint& constraint : statement.constraints) {
    if (constraint.kind != sql::TableConstraintKind::kUnique) continue;
    Status added = AddUnique(constraint.columns, constraint.name, table);
    if (!added.ok())
      return plan::AtPosition(std::move(added), constraint.position, constraint.name);
  }
  return Status::Ok();
}

Result<TableDefinition> MakeTableDefinition(const sql::CreateTable& statement,
                                            std::string_view namespace_name, int64_t now_micros) {
  Status name = CheckName("table", statement.table.name);
  if (!name.ok())
    return plan::AtPosition(std::move(name), statement.table.position, statement.table.name);
  if (statement.as_query) return Unimplemented("CREATE TABLE … AS is not supported yet");
  TableDefinition table;
  table.namespace_name = namespace_name;
  table.name = statement.table.name;
  table.created_at = now_micros;
  table.updated_at = now_micros;
  ASSIGN_OR_RETURN(table.kind, DecideKind(statement));
  auto version = std::make_shared<SchemaVersion>();
  version->created_at = now_micros;
  for (const sql::ColumnDefinition& column : statement.columns) {
    ASSIGN_OR_RETURN(ColumnDefinition definition, MakeColumnDefinition(column));
    if (std::ranges::find(version->columns, definition.name, &ColumnDefinition::name) !=
        version->columns.end()) {
      return plan::AtPosition(
          InvalidArgument("column \"" + definition.name + "\" specified more than once")
              .WithSqlState("42701"),
          column.position, column.name);
    }
    definition.id = ColumnId(table.next_column_id++);
    version->columns.push_back(std::move(definition));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> key, KeyColumns(statement));
  RETURN_IF_ERROR(SetKey(key, &version->columns, &table));
  table.versions.push_back(std::move(version));
  RETURN_IF_ERROR(ApplyTableOptions(statement.options, &table));
  RETURN_IF_ERROR(CheckKind(table));
  RETURN_IF_ERROR(AddUniqueConstraints(statement, &table));
  RETURN_IF_ERROR(CompleteGeneratedColumns(statement.columns, &table));
  RETURN_IF_ERROR(AddChecks(statement, &table));
  return table;
}

}  // namespace millrace::exec
