// Making bound expressions: each function checks types, gives untyped operands
// their type, inserts implicit casts, and folds immutable calls on constants.
// A fold that fails is left for run time: the branch may never be taken. A strict
// operation on a constant NULL is NULL: as in PostgreSQL, its other operands are not
// computed and cannot fail. CASE and COALESCE drop what constants make unreachable.
//
// Errors carry a SQLSTATE and no position; the binder adds it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "query/expr/node.h"
#include "types/value.h"

namespace millrace::expr {

NodePtr MakeConstant(Value value);
// A quoted literal: TEXT unless its surroundings want another type.
NodePtr MakeUntypedLiteral(std::string text);
NodePtr MakeNull();
NodePtr MakeColumn(size_t index, SqlType type, std::string name, bool nullable = true);
// `index` counts from 0.
NodePtr MakeParameter(size_t index);

// A function or operator by name ("lower", "+"). COALESCE, NULLIF, GREATEST and
// LEAST too. Errors: 42883 no such function for these types.
Result<NodePtr> MakeCall(std::string_view name, std::vector<NodePtr> arguments);
// Errors: 42883 when the types cannot be compared; 22P02 and the like for an
// untyped literal that is not a value of the other side's type.
Result<NodePtr> MakeComparison(ComparisonOp op, NodePtr left, NodePtr right);
// Errors: 42804 operand not BOOLEAN. An empty list is true (AND) or false (OR).
Result<NodePtr> MakeAnd(std::vector<NodePtr> operands);
Result<NodePtr> MakeOr(std::vector<NodePtr> operands);
Result<NodePtr> MakeNot(NodePtr operand);

enum class Truth : uint8_t { kNull, kTrue, kFalse, kUnknown };
// IS [NOT] NULL | TRUE | FALSE | UNKNOWN.
Result<NodePtr> MakeIsTest(NodePtr operand, Truth truth, bool negated);
Result<NodePtr> MakeIn(NodePtr value, std::vector<NodePtr> items, InListNode::Sense sense);
Result<NodePtr> MakeBetween(NodePtr value, NodePtr low, NodePtr high);

struct CaseBranch {
  NodePtr condition;  // with an operand: the value it is compared with
  NodePtr result;
};
// `operand` and `otherwise` may be null. Errors: 42804 results of different kinds.
Result<NodePtr> MakeCase(NodePtr operand, std::vector<CaseBranch> branches, NodePtr otherwise);
// An explicit cast. Errors: 42846 no such cast.
Result<NodePtr> MakeCast(NodePtr operand, const SqlType& type, CastKind cast_kind);

// The node as a constant when it is immutable, has only constants below it and
// does not fail; else the node itself.
NodePtr Fold(NodePtr node);
// The smallest type in which all meet; untyped nodes take what the others have,
// TEXT when all are untyped. Errors: 42804, naming `construct` ("CASE").
Result<SqlType> UnifyTypes(std::span<const NodePtr> nodes, std::string_view construct);

// Gives an untyped node the type; other nodes get an implicit cast or, when they
// hold the same payload, stay as they are. Errors: 42804 needs an explicit cast;
// 22P02 and the like for a literal.
Result<NodePtr> CoerceTo(NodePtr node, const SqlType& type);
// For INSERT and UPDATE of a column of `type`: also narrowing numbers, checked at
// run time, and anything to TEXT. Errors: 42804.
Result<NodePtr> CoerceForAssignment(NodePtr node, const SqlType& type);
// What remains untyped becomes TEXT: the last step for a result column.
NodePtr ResolveUntyped(NodePtr node);
// A BOOLEAN condition. Errors: 42804.
Result<NodePtr> ResolveCondition(NodePtr node, std::string_view clause);

}  // namespace millrace::expr
