// SQL literals as values.
#pragma once

#include "base/status.h"
#include "catalog/definitions.h"
#include "query/sql/ast_expression.h"
#include "types/value.h"

namespace millrace::plan {

// The literal as a value of the column's type, as INSERT converts it: the fast way
// for VALUES lists, equal to binding and evaluating it.
Result<Value> LiteralForColumn(const sql::Literal& literal, const ColumnDefinition& column);

}  // namespace millrace::plan
