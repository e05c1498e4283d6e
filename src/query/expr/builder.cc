// Leaves, folding and conversions. The operators are in builder_operators.cc.
#include "query/expr/builder.h"

#include <algorithm>

#include "query/expr/cast.h"
#include "query/expr/coercion.h"
#include "query/expr/work.h"

namespace millrace::expr {
namespace {

Status NeedsCast(const SqlType& from, const SqlType& to) {
  return InvalidArgument("a value of type " + SqlName(from) + " cannot be used as " + SqlName(to))
      .WithSqlState("42804")
      .WithHint("Write an explicit CAST.");
}

// An untyped leaf under its final type.
Result<NodePtr> Retype(const NodePtr& node, const SqlType& type) {
  if (node->kind() == NodeKind::kParameter) {
    return NodePtr(
        std::make_shared<ParameterNode>(static_cast<const ParameterNode&>(*node).index(), type));
  }
  MR_ASSERT(node->kind() == NodeKind::kConstant, "only leaves are untyped");
  const Value& value = static_cast<const ConstantNode&>(*node).value();
  if (value.is_null()) return MakeConstant(Value::Null(type));
  if (type.id == TypeId::kText) return MakeConstant(value);
  ASSIGN_OR_RETURN(Value converted, CastValue(value, type));
  return MakeConstant(std::move(converted));
}

bool AssignableTypes(const SqlType& from, const SqlType& to) {
  if (to.id == TypeId::kText) return true;
  if (IsTextual(from.id) && IsTextual(to.id)) return true;
  if (IsNumeric(from.id) && IsNumeric(to.id)) return true;
  const auto has_date = [](TypeId id) {
    return id == TypeId::kDate || id == TypeId::kTimestamp || id == TypeId::kDateTime;
  };
  return (has_date(from.id) && has_date(to.id)) || (has_date(from.id) && to.id == TypeId::kTime);
}

}  // namespace

NodePtr MakeConstant(Value value) {
  return std::make_shared<ConstantNode>(std::move(value), ConstantNode::Origin::kTyped);
}

NodePtr MakeUntypedLiteral(std::string text) {
  return std::make_shared<ConstantNode>(Value::Text(std::move(text)),
                                        ConstantNode::Origin::kUntyped);
}

NodePtr MakeNull() {
  return std::make_shared<ConstantNode>(Value::Null(), ConstantNode::Origin::kUntyped);
}

NodePtr MakeColumn(size_t index, SqlType type, std::string name, bool nullable) {
  return std::make_shared<ColumnNode>(index, type, std::move(name), nullable);
}

NodePtr MakeParameter(size_t index) { return std::make_shared<ParameterNode>(index, SqlType()); }

NodePtr Fold(NodePtr node) {
  if (node->kind() == NodeKind::kConstant || node->volatility() != Volatility::kImmutable) {
    return node;
  }
  const auto is_constant = [](const NodePtr& n) { return n->kind() == NodeKind::kConstant; };
  if (node->kind() == NodeKind::kColumn || !std::ranges::all_of(node->children(), is_constant)) {
    return node;
  }
  // Binding happens on event loops too.
  if (!WorkOf(node.get()).FitsOnLoop(0)) return node;
  EvalContext no_context;
  Result<Value> value = EvaluateScalar(*node, no_context);
  if (!value.ok()) return node;
  if (value->is_null()) return MakeConstant(Value::Null(node->type()));
  return MakeConstant(*std::move(value));
}

Result<SqlType> UnifyTypes(std::span<const NodePtr> nodes, std::string_view construct) {
  SqlType common;
  for (const NodePtr& node : nodes) {
    if (IsUntyped(*node)) continue;
    const std::optional<SqlType> merged = CommonType(common, node->type());
    if (!merged.has_value()) {
      return InvalidArgument(std::string(construct) + " types " + SqlName(common) + " and " +
                             SqlName(node->type()) + " cannot be matched")
          .WithSqlState("42804");
    }
    common = *merged;
  }
  return common.id == TypeId::kNull ? SqlType(TypeId::kText) : common;
}

Result<NodePtr> CoerceTo(NodePtr node, const SqlType& type) {
  if (IsUntyped(*node)) return Retype(node, type);
  if (SamePayload(node->type(), type)) return node;
  if (!ImplicitDistance(node->type(), type).has_value()) return NeedsCast(node->type(), type);
  return Fold(std::make_shared<CastNode>(CastKind::kStrict, type, std::move(node)));
}

Result<NodePtr> CoerceForAssignment(NodePtr node, const SqlType& type) {
  if (IsUntyped(*node)) return Retype(node, type);
  if (node->type() == type) return node;
  if (!AssignableTypes(node->type(), type)) return NeedsCast(node->type(), type);
  if (node->kind() == NodeKind::kConstant) {
    // A literal that does not fit is told at once, with its position.
    const Value& value = static_cast<const ConstantNode&>(*node).value();
    if (value.is_null()) return MakeConstant(Value::Null(type));
    ASSIGN_OR_RETURN(Value converted, CastValue(value, type));
    return MakeConstant(std::move(converted));
  }
  return NodePtr(std::make_shared<CastNode>(CastKind::kStrict, type, std::move(node)));
}

NodePtr ResolveUntyped(NodePtr node) {
  if (!IsUntyped(*node)) return node;
  return *Retype(node, TypeId::kText);
}

Result<NodePtr> ResolveCondition(NodePtr node, std::string_view clause) {
  if (IsUntyped(*node)) return Retype(node, TypeId::kBoolean);
  if (node->type().id == TypeId::kBoolean) return node;
  return InvalidArgument("argument of " + std::string(clause) + " must be BOOLEAN, not " +
                         SqlName(node->type()))
      .WithSqlState("42804");
}

Result<NodePtr> MakeCast(NodePtr operand, const SqlType& type, CastKind cast_kind) {
  if (IsUntyped(*operand)) {
    const bool is_parameter = operand->kind() == NodeKind::kParameter;
    if (is_parameter || cast_kind == CastKind::kStrict) return Retype(operand, type);
    operand = ResolveUntyped(std::move(operand));
  }
  if (!CastExists(operand->type().id, type.id)) {
    return InvalidArgument("cannot cast type " + SqlName(operand->type()) + " to " + SqlName(type))
        .WithSqlState("42846");
  }
  if (operand->type() == type) return operand;
  return Fold(std::make_shared<CastNode>(cast_kind, type, std::move(operand)));
}

}  // namespace millrace::expr
