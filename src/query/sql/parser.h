// From SQL text to the AST. Every valid statement of the dialect parses; what we
// never mean to support is refused with SQLSTATE 0A000, a mistake with 42601, a
// message in the PostgreSQL manner, the position of the offending token and, where
// we can guess, a hint. Nesting beyond kDepthMax is refused with 54001.
//
// Linear in the length of the text; the caller limits that length. Pure functions,
// thread-safe.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "query/sql/ast.h"

namespace millrace::sql {

// Levels of nested parentheses, subqueries, operators written in a row.
inline constexpr uint32_t kDepthMax = 200;
// Height of a finished tree: a chain a + b + c .. grows it without nesting.
inline constexpr uint32_t kHeightMax = 1000;

// Parses exactly one statement; one semicolon may follow it.
Result<Statement> ParseStatement(std::string_view sql);

// Parses any number of statements separated by semicolons; empty ones are
// skipped. Positions and text ranges refer to the whole of `sql`.
Result<std::vector<Statement>> ParseStatements(std::string_view sql);

Result<Query> ParseQuery(std::string_view sql);
Result<Expr> ParseExpression(std::string_view sql);
Result<TypeName> ParseTypeName(std::string_view sql);
// A table name as users write it: t, ns.t, "t".
Result<TableName> ParseTableName(std::string_view sql);

}  // namespace millrace::sql
