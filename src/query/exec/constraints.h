// CHECK constraints and generated columns as parts of a table's definition.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "catalog/definitions.h"
#include "query/sql/ast_table.h"

namespace millrace::exec {

// Adds a CHECK to a table that has all its columns; not validated. Without a name it gets
// PostgreSQL's: table_column_check, or table_check when it is not about one column.
// Errors: 42710 the name is taken; those of plan::BindCheck.
Status AddCheck(const sql::CheckConstraint& check, TableDefinition* table);

// Binds the generated columns of a table that has all its columns, and stores their
// expressions as plan/row_expression.h wants them. Errors: those of plan::BindGenerated.
Status CompleteGeneratedColumns(const std::vector<sql::ColumnDefinition>& columns,
                                TableDefinition* table);

// What would be lost with the column, or computed otherwise once it is another:
// constraints and generated columns that read it.
struct ColumnUses {
  std::vector<std::string> constraints;
  std::vector<std::string> generated;
  bool empty() const { return constraints.empty() && generated.empty(); }
};
Result<ColumnUses> UsesOfColumn(std::string_view column,
                                const std::vector<ColumnDefinition>& columns,
                                const std::vector<ConstraintDefinition>& constraints);

// Binds every constraint and generated column of the table anew, after its columns
// changed. Errors: the first that has become invalid.
Status CheckRowExpressions(const TableDefinition& table);

}  // namespace millrace::exec
