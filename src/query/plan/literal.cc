#include "query/plan/literal.h"

#include <utility>

#include "query/expr/builder.h"
#include "query/expr/eval.h"
#include "query/plan/expression_binder.h"
#include "query/plan/table_scope.h"

namespace millrace::plan {

static Result<Value> Evaluate(const sql::Literal& literal, const ColumnDefinition& column) {
  ASSIGN_OR_RETURN(
      const expr::NodePtr node,
      BindAssignment(sql::Expr(literal), EmptyScope(), column.type, column.name));
  expr::EvalContext context;
  return expr::EvaluateScalar(*node, context);
}

Result<Value> LiteralForColumn(const sql::Literal& literal, const ColumnDefinition& column) {
  const SqlType& type = column.type;
  switch (literal.kind) {
    case sql::LiteralKind::kNull:
      return Value::Null(type);
    case sql::LiteralKind::kBoolean:
      if (type.id == TypeId::kBoolean) return Value::Boolean(literal.integer != 0);
      break;
    case sql::LiteralKind::kInteger:
      if (type.id == TypeId::kBigInt) return Value::BigInt(literal.integer);
      if (type.id == TypeId::kDouble) return Value::Double(static_cast<double>(literal.integer));
      break;
    case sql::LiteralKind::kString:
      return CastValue(Value::Text(literal.text), type);
    default:
      break;
  }
  return Evaluate(literal, column);
}

}  // namespace millrace::plan
