// The expressions that a table's definition computes from each row: the conditions of
// CHECK constraints and the values of generated columns. They are immutable and name
// columns of the row only, so a row satisfies a check for ever once it did.
//
// Stored as text, with columns named alone: a table may be renamed without a look at it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/definitions.h"
#include "query/expr/node.h"
#include "query/sql/ast_expression.h"

namespace millrace::plan {

struct RowExpression {
  std::string sql;              // as it is stored
  expr::NodePtr node;           // over a batch of all columns, in the table's order
  std::vector<size_t> columns;  // those it reads, ascending
};

// The condition of a CHECK of the table. Errors: 42703, 42804; 0A000 what the native
// evaluator does not know; 42P02 a parameter; 42P17 not immutable.
Result<RowExpression> BindCheck(sql::Expr condition, const TableDefinition& table);
Result<RowExpression> BindCheck(std::string_view check_sql, const TableDefinition& table);

// The value of a generated column of the table. Errors as above; 42P17 also when it
// reads a generated column.
Result<RowExpression> BindGenerated(sql::Expr expression, const TableDefinition& table,
                                    const ColumnDefinition& column);
Result<RowExpression> BindGenerated(const TableDefinition& table, const ColumnDefinition& column);

// The columns that a stored expression names, each once.
Result<std::vector<std::string>> ColumnsNamed(std::string_view stored_sql);
// A stored expression after a column got another name.
Result<std::string> WithColumnRenamed(std::string_view stored_sql, std::string_view from,
                                      std::string_view to);

}  // namespace millrace::plan
