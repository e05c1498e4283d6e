// From the AST back to SQL text. Parsing the text gives an equal tree; printing
// that gives the same text. Identifiers are quoted, operands parenthesized only
// when needed.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "query/sql/ast.h"

namespace millrace::sql {

struct PrintOptions {
  // Called for each table name in FROM, except names that a WITH in scope defines.
  // The returned text stands in place of the name; the alias follows as usual, and
  // is the table's own name when none was written.
  std::function<std::optional<std::string>(const TableName&)> table;
  // Called for each expression, parents before children. The returned text stands
  // in place of the expression, so it must be able to stand as an operand.
  std::function<std::optional<std::string>(const Expr&)> expression;
  // Quotes every identifier: for a reader that reserves other words than we do.
  bool quote_names = false;
  // Prints '***' for passwords and credentials. Such a text does not round-trip.
  bool hide_secrets = false;
};

std::string Print(const Statement& statement, const PrintOptions& options = {});
std::string Print(const Query& query, const PrintOptions& options = {});
std::string Print(const Expr& expression, const PrintOptions& options = {});
std::string Print(const TypeName& type);
// ns.name, quoted where needed.
std::string Print(const TableName& name);

// The identifier as it must be written: bare, or in double quotes when it is a
// reserved word or holds other characters than lower-case letters, digits and _.
std::string PrintIdentifier(std::string_view identifier);
// 'text' with quotes doubled.
std::string PrintString(std::string_view text);

}  // namespace millrace::sql
