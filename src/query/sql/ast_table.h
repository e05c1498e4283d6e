// Definitions of namespaces, tables, views and indexes, as statements.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "query/sql/ast_query.h"

namespace millrace::sql {

// NAME = value in WITH (..) and its like. The name is upper case. A bare word as
// value is a string in upper case (TYPE = USER is TYPE = 'USER'); a missing value
// is TRUE. Whether the name exists and the value fits is for the binder.
struct Option {
  SourcePosition position;
  std::string name;
  Literal value;
  bool operator==(const Option&) const = default;
};

// ---- Namespaces -------------------------------------------------------------

// SCHEMA is accepted for NAMESPACE everywhere.
struct CreateNamespace {
  std::string name;
  bool if_not_exists = false;
  bool operator==(const CreateNamespace&) const = default;
};

struct AlterNamespace {
  std::string name;
  std::string description;
  bool operator==(const AlterNamespace&) const = default;
};

struct DropNamespace {
  std::string name;
  bool if_exists = false;
  bool cascade = false;
  bool operator==(const DropNamespace&) const = default;
};

// USE x, USE NAMESPACE x, SET NAMESPACE x.
struct UseNamespace {
  std::string name;
  bool operator==(const UseNamespace&) const = default;
};

// ---- Tables -----------------------------------------------------------------

// The word before TABLE. kUnspecified leaves the choice to the TYPE option.
enum class TableKind : uint8_t { kUnspecified, kUser, kShared, kStream };

enum class ReferentialAction : uint8_t {
  kUnspecified,
  kNoAction,
  kRestrict,
  kCascade,
  kSetNull,
  kSetDefault,
};

struct ForeignKey {
  TableName table;
  std::vector<std::string> columns;  // of the other table; empty means its key
  ReferentialAction on_delete = ReferentialAction::kUnspecified;
  ReferentialAction on_update = ReferentialAction::kUnspecified;
  bool operator==(const ForeignKey&) const = default;
};

enum class Nullability : uint8_t { kUnspecified, kNotNull, kNull };
enum class Identity : uint8_t { kNone, kAlways, kByDefault };

struct CheckConstraint {
  std::string name;
  Expr condition;
  bool operator==(const CheckConstraint&) const = default;
};

struct ColumnDefinition {
  SourcePosition position;
  std::string name;
  TypeName type;
  Nullability nullability = Nullability::kUnspecified;
  bool primary_key = false;
  bool unique = false;
  bool auto_increment = false;
  Identity identity = Identity::kNone;
  ExprPtr default_value;
  ExprPtr generated;  // GENERATED ALWAYS AS (expression) STORED
  std::vector<CheckConstraint> checks;
  std::optional<ForeignKey> references;
  std::optional<std::string> comment;
  std::string collation;
  bool operator==(const ColumnDefinition&) const = default;
};

enum class TableConstraintKind : uint8_t { kPrimaryKey, kUnique, kCheck, kForeignKey };

struct TableConstraint {
  SourcePosition position;
  std::string name;  // empty when not written
  TableConstraintKind kind = TableConstraintKind::kPrimaryKey;
  std::vector<std::string> columns;      // all but kCheck
  ExprPtr check;                         // kCheck
  std::optional<ForeignKey> references;  // kForeignKey
  bool operator==(const TableConstraint&) const = default;
};

struct CreateTable {
  TableKind kind = TableKind::kUnspecified;
  bool if_not_exists = false;
  TableName table;
  std::vector<ColumnDefinition> columns;
  std::vector<TableConstraint> constraints;
  std::string engine;  // USING ident
  std::vector<Option> options;
  // CREATE TABLE .. AS has no columns, but perhaps names and constraints:
  // CREATE TABLE t (a, b, PRIMARY KEY (a)) AS ..
  Box<Query> as_query;
  std::vector<std::string> as_query_columns;
  bool operator==(const CreateTable&) const = default;
};

struct DropTable {
  TableKind kind = TableKind::kUnspecified;
  bool if_exists = false;
  TableName table;
  bool cascade = false;
  bool operator==(const DropTable&) const = default;
};

// RESTART IDENTITY is accepted where it changes nothing: no sequence is behind an
// IDENTITY column.
struct Truncate {
  std::vector<TableName> tables;
  bool restart_identity = false;
  bool cascade = false;
  bool operator==(const Truncate&) const = default;
};

// ---- ALTER TABLE ------------------------------------------------------------

struct AddColumn {
  bool if_not_exists = false;
  ColumnDefinition column;
  bool operator==(const AddColumn&) const = default;
};

struct DropColumn {
  bool if_exists = false;
  std::string column;
  bool cascade = false;
  bool operator==(const DropColumn&) const = default;
};

struct ModifyColumn {
  std::string column;
  TypeName type;
  Nullability nullability = Nullability::kUnspecified;
  bool operator==(const ModifyColumn&) const = default;
};

struct RenameColumn {
  std::string column;
  std::string new_name;
  bool operator==(const RenameColumn&) const = default;
};

struct RenameTable {
  std::string new_name;
  bool operator==(const RenameTable&) const = default;
};

enum class AlterColumnKind : uint8_t {
  kSetNotNull,
  kDropNotNull,
  kSetDefault,
  kDropDefault,
  kSetType,
};

struct AlterColumn {
  std::string column;
  AlterColumnKind kind = AlterColumnKind::kSetNotNull;
  ExprPtr default_value;         // kSetDefault
  std::optional<TypeName> type;  // kSetType
  ExprPtr using_expression;      // kSetType .. USING expression
  bool operator==(const AlterColumn&) const = default;
};

// SET TBLPROPERTIES (..), SET (..) and SET ACCESS LEVEL word, which is the option
// ACCESS_LEVEL with the word in upper case.
struct SetTableOptions {
  std::vector<Option> options;
  bool operator==(const SetTableOptions&) const = default;
};

struct CreateVectorIndex {
  std::string column;
  std::string metric;  // upper case; empty when not written
  bool operator==(const CreateVectorIndex&) const = default;
};

struct DropVectorIndex {
  std::string column;
  bool operator==(const DropVectorIndex&) const = default;
};

struct AddConstraint {
  TableConstraint constraint;
  bool operator==(const AddConstraint&) const = default;
};

struct DropConstraint {
  bool if_exists = false;
  std::string name;
  bool cascade = false;
  bool operator==(const DropConstraint&) const = default;
};

using AlterTableAction = std::variant<AddColumn, DropColumn, ModifyColumn, RenameColumn,
                                      RenameTable, AlterColumn, SetTableOptions, CreateVectorIndex,
                                      DropVectorIndex, AddConstraint, DropConstraint>;

struct AlterTable {
  TableKind kind = TableKind::kUnspecified;
  bool if_exists = false;
  TableName table;
  std::vector<AlterTableAction> actions;  // one or more, in order
  bool operator==(const AlterTable&) const = default;
};

// ---- Views and indexes ------------------------------------------------------

struct CreateView {
  bool or_replace = false;
  bool materialized = false;
  bool if_not_exists = false;
  TableName view;
  std::vector<std::string> columns;
  std::vector<Option> options;
  Query query;
  bool operator==(const CreateView&) const = default;
};

struct DropView {
  bool materialized = false;
  bool if_exists = false;
  TableName view;
  bool cascade = false;
  bool operator==(const DropView&) const = default;
};

// ALTER VIEW name RENAME TO new_name.
struct AlterView {
  bool if_exists = false;
  TableName view;
  std::string new_name;
  bool operator==(const AlterView&) const = default;
};

// REFRESH MATERIALIZED VIEW name.
struct RefreshView {
  TableName view;
  bool operator==(const RefreshView&) const = default;
};

struct CreateIndex {
  bool unique = false;
  bool if_not_exists = false;
  std::string name;  // empty when not written
  TableName table;
  std::string method;  // USING ident, empty when not written
  std::vector<OrderItem> elements;
  std::vector<Option> options;
  ExprPtr where;
  bool operator==(const CreateIndex&) const = default;
};

struct DropIndex {
  bool if_exists = false;
  TableName index;
  bool cascade = false;
  bool operator==(const DropIndex&) const = default;
};

}  // namespace millrace::sql
