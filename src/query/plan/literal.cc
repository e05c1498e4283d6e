#include "query/plan/literal.h"

#include <charconv>
#include <utility>

#include "query/expr/builder.h"
#include "query/expr/eval.h"
#include "query/plan/expression_binder.h"
#include "query/plan/table_scope.h"

namespace millrace::plan {

// So many digits are exact on the way from DECIMAL to DOUBLE too.
static constexpr size_t kShortNumberBytes = 15;

static Result<Value> Evaluate(const sql::Literal& literal, const ColumnDefinition& column) {
  ASSIGN_OR_RETURN(const expr::NodePtr node,
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
      if (type.id == TypeId::kInt && std::in_range<int32_t>(literal.integer)) {
        return Value::Integer(TypeId::kInt, literal.integer);
      }
      break;
    case sql::LiteralKind::kDecimal:
      if (type.id == TypeId::kDouble && literal.text.size() <= kShortNumberBytes) {
        double value = 0;
        const char* end = literal.text.data() + literal.text.size();
        if (std::from_chars(literal.text.data(), end, value).ptr == end) {
          return Value::Double(value + 0.0);  // DECIMAL has no negative zero
        }
      }
      break;
    case sql::LiteralKind::kString:
      return CastValue(Value::Text(literal.text), type);
    default:
      break;
  }
  return Evaluate(literal, column);
}

}  // namespace millrace::plan
