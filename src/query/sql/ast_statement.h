// The statement: one struct per form, in a variant. Values like expressions:
// deep copy, structural equality. Definitions of tables are in ast_table.h, of
// storages, topics, users and the rest of the administration in ast_admin.h.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "query/sql/ast_admin.h"
#include "query/sql/ast_query.h"
#include "query/sql/ast_table.h"

namespace millrace::sql {

// ---- Rows -------------------------------------------------------------------

// column = value; a DEFAULT is a DefaultValue.
// SET (a, b) = (1, 2) is two assignments.
struct Assignment {
  SourcePosition position;
  std::string column;
  Expr value;
  bool operator==(const Assignment&) const = default;
};

enum class ConflictAction : uint8_t { kNothing, kUpdate };

struct OnConflict {
  std::vector<std::string> columns;  // empty when no target was written
  std::string constraint;            // ON CONSTRAINT name
  ConflictAction action = ConflictAction::kNothing;
  std::vector<Assignment> assignments;
  ExprPtr where;
  bool operator==(const OnConflict&) const = default;
};

// Rows to insert are a query: VALUES (..), .. is a Values body, whose cells may
// be DefaultValue. No query means DEFAULT VALUES.
struct Insert {
  Box<With> with;
  TableName table;
  std::string alias;
  std::vector<std::string> columns;
  Box<Query> source;
  std::optional<OnConflict> on_conflict;
  std::vector<SelectItem> returning;
  bool operator==(const Insert&) const = default;
};

// The parser accepts a missing WHERE; whether it is allowed is for the binder.
struct Update {
  Box<With> with;
  TableName table;
  std::string alias;
  std::vector<Assignment> assignments;
  std::vector<TableRef> from;
  ExprPtr where;
  std::vector<SelectItem> returning;
  bool operator==(const Update&) const = default;
};

struct Delete {
  Box<With> with;
  TableName table;
  std::string alias;
  std::vector<TableRef> using_tables;
  ExprPtr where;
  std::vector<SelectItem> returning;
  bool operator==(const Delete&) const = default;
};

// ---- Statements around statements -------------------------------------------

struct Statement;

struct Explain {
  bool analyze = false;  // also from EXPLAIN (ANALYZE)
  bool verbose = false;
  std::vector<Option> options;  // what else stood in the parentheses
  Box<Statement> statement;
  bool operator==(const Explain&) const = default;
};

// EXECUTE AS USER 'name' (statement).
struct ExecuteAs {
  std::string user;
  Box<Statement> statement;
  bool operator==(const ExecuteAs&) const = default;
};

// ---- Statement --------------------------------------------------------------

struct Statement {
  using Node =
      std::variant<Query, Insert, Update, Delete, CreateNamespace, AlterNamespace, DropNamespace,
                   UseNamespace, CreateTable, AlterTable, DropTable, Truncate, CreateView,
                   AlterView, DropView, RefreshView, CreateIndex, DropIndex, Show, Describe,
                   Explain, ExecuteAs, Transaction, SetVariable, ResetVariable, CreateStorage,
                   AlterStorage, DropStorage, CheckStorage, MaintainStorage, Kill, Subscribe,
                   CreateTopic, DropTopic, ClearTopic, AddTopicSource, Consume, Acknowledge,
                   CreateUser, AlterUser, DropUser, RotateTokenKey, CreateApiKey, DropApiKey, Grant,
                   ClusterCommand, BackupDatabase, RestoreDatabase, ExportUserData>;

  SourcePosition position;
  size_t length = 0;  // bytes of source text from position.offset, without the semicolon
  Node node;

  Statement() = default;
  template <typename T>
    requires(!std::is_same_v<std::decay_t<T>, Statement> && std::is_constructible_v<Node, T>)
  Statement(T&& value) : node(std::forward<T>(value)) {}  // NOLINT: implicit by design

  // The node, or null when the statement is of another form.
  template <typename T>
  const T* If() const {
    return std::get_if<T>(&node);
  }
  template <typename T>
  T* If() {
    return std::get_if<T>(&node);
  }

  // The part of `sql`, the text this statement was parsed from, that it covers.
  std::string_view TextIn(std::string_view sql) const {
    return sql.substr(position.offset, length);
  }

  Statement Clone() const { return *this; }
  friend bool operator==(const Statement& a, const Statement& b) { return a.node == b.node; }
};

}  // namespace millrace::sql
