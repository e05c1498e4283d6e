// From a parsed expression to a bound one (query/expr): names become columns of
// the input batch, types are checked, literals take the type they meet.
//
// Errors carry the position of the AST node they are about. An expression that
// is valid SQL but beyond the native evaluator (subqueries, aggregates, windows,
// regular expressions, arrays, functions only the analytical engine knows) gives
// a status for which IsNotNative() holds: SELECT then goes to the engine.
//
// Pure functions, thread-safe.
#pragma once

#include <string>

#include "base/status.h"
#include "query/expr/node.h"
#include "query/plan/expression_scope.h"
#include "query/sql/ast_expression.h"

namespace millrace::plan {

// Who else could run the expression, which decides what an unknown function is.
enum class Fallback : uint8_t {
  kEngine,  // SELECT: a function we do not know is "not native"
  kNone,    // DML, defaults, subscriptions: it is error 42883
};

// A value of any type; nothing stays untyped.
Result<expr::NodePtr> BindExpression(const sql::Expr& expression, const Scope& scope,
                                     Fallback fallback);
// A BOOLEAN condition; `clause` ("WHERE") is for the message. Errors: 42804.
Result<expr::NodePtr> BindCondition(const sql::Expr& expression, const Scope& scope,
                                    Fallback fallback, std::string_view clause);
// A value assigned to a column of `type`, with the conversions that INSERT and
// UPDATE apply. Errors: 42804 naming the column.
Result<expr::NodePtr> BindAssignment(const sql::Expr& expression, const Scope& scope,
                                     const SqlType& type, std::string_view column);

// Whether a status means "valid, but not for the native evaluator": code
// kUnimplemented, SQLSTATE 0A000.
bool IsNotNative(const Status& status);

// The type a TypeName means. Errors: 42704, 22023; not native for arrays.
Result<SqlType> BindType(const sql::TypeName& type);

// What a result column is called when no alias is written, as in PostgreSQL: the
// column, the function, the construct ("case"), else "?column?".
std::string InferName(const sql::Expr& expression);

}  // namespace millrace::plan
