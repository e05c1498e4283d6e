// Query nodes: SELECT, VALUES, set operations, joins and CTEs. Values like
// expressions: deep copy, structural equality.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "query/sql/ast_expression.h"

namespace millrace::sql {

struct Select;
struct Values;
struct SetOperation;
struct With;

// One query expression with its tail. TABLE t is SELECT * FROM t, FETCH FIRST is
// `limit`; parentheses leave no trace, a nested WITH, ORDER BY or LIMIT moves out
// to the query that encloses only it, as in PostgreSQL.
struct Query {
  using Body = std::variant<Box<Select>, Box<Values>, Box<SetOperation>>;

  SourcePosition position;
  Box<With> with;
  Body body;
  std::vector<OrderItem> order_by;
  ExprPtr limit;
  ExprPtr offset;
  bool with_ties = false;  // FETCH FIRST n ROWS WITH TIES

  // The body, or null when it is of another kind.
  template <typename T>
  const T* If() const {
    const auto* box = std::get_if<Box<T>>(&body);
    return box == nullptr ? nullptr : box->get();
  }
  template <typename T>
  T* If() {
    auto* box = std::get_if<Box<T>>(&body);
    return box == nullptr ? nullptr : box->get();
  }

  Query Clone() const { return *this; }
  bool operator==(const Query&) const = default;
};

enum class Materialization : uint8_t { kDefault, kMaterialized, kNotMaterialized };

struct CommonTable {
  SourcePosition position;
  std::string name;
  std::vector<std::string> columns;
  Materialization materialization = Materialization::kDefault;
  Query query;
  bool operator==(const CommonTable&) const = default;
};

struct With {
  bool recursive = false;
  std::vector<CommonTable> tables;
  bool operator==(const With&) const = default;
};

enum class SetOperator : uint8_t { kUnion, kIntersect, kExcept };

struct SetOperation {
  SetOperator op = SetOperator::kUnion;
  bool all = false;
  Query left;
  Query right;
  bool operator==(const SetOperation&) const = default;
};

// Rows of equal width, row after row in one vector.
struct Values {
  size_t columns = 0;
  std::vector<Expr> cells;

  size_t row_count() const { return columns == 0 ? 0 : cells.size() / columns; }
  const Expr& cell(size_t row, size_t column) const { return cells[row * columns + column]; }
  Expr& cell(size_t row, size_t column) { return cells[row * columns + column]; }
  bool operator==(const Values&) const = default;
};

// Also an entry of RETURNING.
struct SelectItem {
  Expr expression;
  std::string alias;  // empty when not written
  bool operator==(const SelectItem&) const = default;
};

// ---- FROM -------------------------------------------------------------------

struct Join;

struct DerivedTable {
  Query query;
  bool operator==(const DerivedTable&) const = default;
};

struct TableFunction {
  FunctionCall call;
  bool with_ordinality = false;
  bool operator==(const TableFunction&) const = default;
};

struct TableRef {
  using Node = std::variant<TableName, Box<DerivedTable>, Box<TableFunction>, Box<Join>>;

  SourcePosition position;
  Node node;
  std::string alias;                        // empty when not written
  std::vector<std::string> column_aliases;  // only together with an alias
  bool lateral = false;                     // derived tables and table functions

  const TableName* IfTable() const { return std::get_if<TableName>(&node); }
  TableName* IfTable() { return std::get_if<TableName>(&node); }
  template <typename T>
  const T* If() const {
    const auto* box = std::get_if<Box<T>>(&node);
    return box == nullptr ? nullptr : box->get();
  }
  template <typename T>
  T* If() {
    auto* box = std::get_if<Box<T>>(&node);
    return box == nullptr ? nullptr : box->get();
  }

  bool operator==(const TableRef&) const = default;
};

enum class JoinKind : uint8_t { kInner, kLeft, kRight, kFull, kCross };

// Exactly one of natural, on, using_columns unless the kind is kCross.
struct Join {
  JoinKind kind = JoinKind::kInner;
  bool natural = false;
  TableRef left;
  TableRef right;
  ExprPtr on;
  std::vector<std::string> using_columns;
  bool operator==(const Join&) const = default;
};

// ---- SELECT -----------------------------------------------------------------

enum class GroupingKind : uint8_t { kExpression, kRollup, kCube, kSets, kEmpty };

// One element of GROUP BY. kExpression has one expression; kRollup and kCube any
// number, where a RowConstructor is a composite column; kSets has `sets`.
struct GroupingElement {
  GroupingKind kind = GroupingKind::kExpression;
  std::vector<Expr> expressions;
  std::vector<GroupingElement> sets;
  bool operator==(const GroupingElement&) const = default;
};

struct NamedWindow {
  std::string name;
  WindowSpec spec;
  bool operator==(const NamedWindow&) const = default;
};

enum class SelectQuantifier : uint8_t { kAll, kDistinct, kDistinctOn };

struct Select {
  SourcePosition position;
  SelectQuantifier quantifier = SelectQuantifier::kAll;
  std::vector<Expr> distinct_on;
  std::vector<SelectItem> items;
  std::vector<TableRef> from;  // comma list; empty without FROM
  ExprPtr where;
  bool group_by_all = false;
  std::vector<GroupingElement> group_by;
  ExprPtr having;
  std::vector<NamedWindow> windows;
  ExprPtr qualify;
  bool operator==(const Select&) const = default;
};

}  // namespace millrace::sql
