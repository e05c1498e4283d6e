// Spelling and tightness of the operators, shared by parser and printer. The
// levels are those of PostgreSQL, loosest first.
#pragma once

#include <cstdint>
#include <string_view>

#include "query/sql/ast_expression.h"

namespace millrace::sql {

enum Precedence : int {
  kPrecedenceOr = 1,
  kPrecedenceAnd,
  kPrecedenceNot,
  kPrecedenceIs,
  kPrecedenceComparison,
  kPrecedencePattern,  // BETWEEN, IN, LIKE, ILIKE, SIMILAR TO, OVERLAPS
  kPrecedenceOther,    // every operator not named here
  kPrecedenceAdd,
  kPrecedenceMultiply,
  kPrecedencePower,
  kPrecedenceAtTimeZone,
  kPrecedenceCollate,
  kPrecedenceSign,
  kPrecedencePostfix,  // ::, [ ], .
  kPrecedencePrimary,
};

std::string_view OperatorText(BinaryOperator op);
Precedence PrecedenceOf(BinaryOperator op);
// =, <>, <, <=, >, >= and IS [NOT] DISTINCT FROM.
bool IsComparison(BinaryOperator op);

}  // namespace millrace::sql
