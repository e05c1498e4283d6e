// Operators, conditionals and calls: see builder.h.
#include <algorithm>
#include <cctype>

#include "query/expr/builder.h"
#include "query/expr/coercion.h"
#include "query/expr/registry.h"

namespace millrace::expr {
namespace {

const ConstantNode* AsConstant(const NodePtr& node) {
  return node->kind() == NodeKind::kConstant ? static_cast<const ConstantNode*>(node.get())
                                             : nullptr;
}

// DECIMAL with just the digits of a literal, so that none is rounded away.
SqlType DecimalTypeOf(std::string_view literal) {
  int integer_digits = 0;
  int scale = 0;
  bool after_point = false;
  for (const char c : literal) {
    if (c == '.') after_point = true;
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) ++(after_point ? scale : integer_digits);
    if (c == 'e' || c == 'E') return SqlType::Decimal(38, 10);
  }
  return DecimalType(std::max(integer_digits, 1), scale);
}

// The DECIMAL an untyped operand becomes beside one of type `other`: exact for a
// literal, with room for more fraction digits than `other` has for a parameter.
SqlType UntypedDecimal(const Node& node, const SqlType& other) {
  if (node.kind() == NodeKind::kConstant) {
    const Value& value = static_cast<const ConstantNode&>(node).value();
    if (!value.is_null()) return DecimalTypeOf(value.string());
  }
  constexpr int kParameterScale = 10;
  if (other.id != TypeId::kDecimal) return SqlType::Decimal(38, kParameterScale);
  const int integer_digits = other.precision - other.scale;
  const int scale = std::clamp(38 - integer_digits, int{other.scale},
                               std::max<int>(other.scale, kParameterScale));
  return SqlType::Decimal(38, static_cast<uint8_t>(scale));
}

Result<NodePtr> CoerceUntypedBeside(NodePtr node, const SqlType& other) {
  if (other.id == TypeId::kDecimal) return CoerceTo(node, UntypedDecimal(*node, other));
  // Comparing with a literal needs no valid JSON.
  if (IsTextual(other.id)) return CoerceTo(std::move(node), TypeId::kText);
  return CoerceTo(std::move(node), other);
}

// The exact numeric constant in the type of the other side, so that a column
// need not be cast row by row and an index on it can be used; null when it has
// no such form.
NodePtr NarrowConstant(const NodePtr& node, const SqlType& other) {
  const ConstantNode* constant = AsConstant(node);
  if (constant == nullptr || constant->value().is_null()) return nullptr;
  const auto is_exact = [](TypeId id) { return IsInteger(id) || id == TypeId::kDecimal; };
  if (!is_exact(constant->type().id) || !is_exact(other.id)) return nullptr;
  Result<Value> narrow = CastValue(constant->value(), other);
  if (!narrow.ok()) return nullptr;
  const Result<int> order = CompareValues(*narrow, constant->value());
  if (!order.ok() || *order != 0) return nullptr;
  return MakeConstant(*std::move(narrow));
}

Status NotComparable(ComparisonOp op, const SqlType& left, const SqlType& right) {
  return InvalidArgument("operator does not exist: " + SqlName(left) + " " +
                         std::string(ComparisonSymbol(op)) + " " + SqlName(right))
      .WithSqlState("42883")
      .WithHint("No operator takes these types; add an explicit CAST.");
}

bool HasOrder(ComparisonOp op) {
  return op == ComparisonOp::kLess || op == ComparisonOp::kLessOrEqual ||
         op == ComparisonOp::kGreater || op == ComparisonOp::kGreaterOrEqual;
}

Status MeetForComparison(ComparisonOp op, NodePtr* left, NodePtr* right) {
  if (IsUntyped(**left) && IsUntyped(**right)) {
    *left = ResolveUntyped(std::move(*left));
    *right = ResolveUntyped(std::move(*right));
  }
  if (IsUntyped(**left)) {
    ASSIGN_OR_RETURN(*left, CoerceUntypedBeside(std::move(*left), (*right)->type()));
  } else if (IsUntyped(**right)) {
    ASSIGN_OR_RETURN(*right, CoerceUntypedBeside(std::move(*right), (*left)->type()));
  }
  if (SamePayload((*left)->type(), (*right)->type())) return Status::Ok();
  if (NodePtr narrow = NarrowConstant(*right, (*left)->type()); narrow != nullptr) {
    *right = std::move(narrow);
    return Status::Ok();
  }
  if (NodePtr narrow = NarrowConstant(*left, (*right)->type()); narrow != nullptr) {
    *left = std::move(narrow);
    return Status::Ok();
  }
  const std::optional<SqlType> common = CommonType((*left)->type(), (*right)->type());
  if (!common.has_value()) return NotComparable(op, (*left)->type(), (*right)->type());
  ASSIGN_OR_RETURN(*left, CoerceTo(std::move(*left), *common));
  ASSIGN_OR_RETURN(*right, CoerceTo(std::move(*right), *common));
  return Status::Ok();
}

bool IsNullConstant(const NodePtr& node) {
  const ConstantNode* constant = AsConstant(node);
  return constant != nullptr && constant->value().is_null();
}

// Of a condition: a constant FALSE or NULL.
bool IsNeverTrue(const NodePtr& condition) {
  const ConstantNode* constant = AsConstant(condition);
  return constant != nullptr && (constant->value().is_null() || !constant->value().boolean());
}

// Makes one flat, simplified AND or OR.
Result<NodePtr> MakeLogic(NodeKind kind, std::vector<NodePtr> operands) {
  const bool is_and = kind == NodeKind::kConjunction;
  std::vector<NodePtr> kept;
  for (NodePtr& operand : operands) {
    ASSIGN_OR_RETURN(NodePtr condition,
                     ResolveCondition(std::move(operand), is_and ? "AND" : "OR"));
    if (condition->kind() == kind) {
      kept.insert(kept.end(), condition->children().begin(), condition->children().end());
      continue;
    }
    const ConstantNode* constant = AsConstant(condition);
    if (constant == nullptr || constant->value().is_null()) {
      kept.push_back(std::move(condition));
    } else if (constant->value().boolean() != is_and) {
      kept.push_back(std::move(condition));
      break;  // nothing after a FALSE (TRUE for OR) is looked at
    }
  }
  if (kept.empty()) return MakeConstant(Value::Boolean(is_and));
  if (kept.size() == 1) return std::move(kept.front());
  const ConstantNode* first = AsConstant(kept.front());
  if (first != nullptr && !first->value().is_null()) return std::move(kept.front());
  return Fold(std::make_shared<LogicNode>(kind, std::move(kept)));
}

Result<NodePtr> CallOf(std::string_view name, NodePtr operand) {
  return MakeCall(name, std::vector<NodePtr>{std::move(operand)});
}

// The type an argument takes at a parameter of the chosen function.
SqlType ArgumentType(const Node& argument, TypeId parameter, const SqlType& common,
                     std::span<const NodePtr> arguments) {
  if (parameter == TypeId::kNull) return common;
  SqlType sibling;  // a typed argument of the parameter's own type
  for (const NodePtr& other : arguments) {
    if (!IsUntyped(*other) && other->type().id == parameter) sibling = other->type();
  }
  if (parameter == TypeId::kDecimal) {
    return IsUntyped(argument) ? UntypedDecimal(argument, sibling) : AsDecimal(argument.type());
  }
  if (argument.type().id == parameter && !IsUntyped(argument)) return argument.type();
  return sibling.id == parameter ? sibling : SqlType(parameter);
}

Result<NodePtr> CallResolved(const Function& function, std::vector<NodePtr> arguments) {
  const std::vector<TypeId>& parameters = function.signature.parameters;
  std::vector<NodePtr> of_any_type;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (parameters[std::min(i, parameters.size() - 1)] == TypeId::kNull) {
      of_any_type.push_back(arguments[i]);
    }
  }
  ASSIGN_OR_RETURN(const SqlType common, UnifyTypes(of_any_type, function.name));
  std::vector<NodePtr> coerced;
  coerced.reserve(arguments.size());
  for (size_t i = 0; i < arguments.size(); ++i) {
    const TypeId parameter = parameters[std::min(i, parameters.size() - 1)];
    const SqlType type = ArgumentType(*arguments[i], parameter, common, arguments);
    ASSIGN_OR_RETURN(NodePtr argument, CoerceTo(arguments[i], type));
    coerced.push_back(std::move(argument));
  }
  SqlType result = function.result;
  if (function.result_rule != nullptr) {
    result = function.result_rule(coerced);
  } else if (result.id == TypeId::kNull) {
    result = common;
  }
  if (function.nulls == NullRule::kStrict && std::ranges::any_of(coerced, IsNullConstant)) {
    return MakeConstant(Value::Null(result));
  }
  return Fold(std::make_shared<CallNode>(function, result, std::move(coerced)));
}

// concat(), format() and || take anything and use its text.
Status CastAllToText(std::vector<NodePtr>* arguments) {
  for (NodePtr& argument : *arguments) {
    if (IsUntyped(*argument) || IsTextual(argument->type().id)) continue;
    ASSIGN_OR_RETURN(argument, MakeCast(std::move(argument), TypeId::kText, CastKind::kStrict));
  }
  return Status::Ok();
}

// json_get(document, 'a', 0): the steps of a path may be numbers.
Status CastPathToText(std::vector<NodePtr>* arguments) {
  for (size_t i = 1; i < arguments->size(); ++i) {
    NodePtr& step = (*arguments)[i];
    if (IsUntyped(*step) || !IsInteger(step->type().id)) continue;
    ASSIGN_OR_RETURN(step, MakeCast(std::move(step), TypeId::kText, CastKind::kStrict));
  }
  return Status::Ok();
}

bool TakesPath(std::string_view name) {
  return name.starts_with("json_get") || name.starts_with("json_extract_path") ||
         name.starts_with("jsonb_extract_path") || name == "json_as_text" ||
         name == "json_length" || name == "json_contains";
}

bool TakesText(std::string_view name, std::span<const NodePtr> arguments) {
  if (name == "concat" || name == "concat_ws" || name == "format") return true;
  if (name != "||") return false;
  return std::ranges::any_of(
      arguments, [](const NodePtr& argument) { return IsTextual(argument->type().id); });
}

Result<NodePtr> MakeCoalesce(std::vector<NodePtr> operands) {
  if (operands.empty()) {
    return InvalidArgument("coalesce needs at least one argument").WithSqlState("42601");
  }
  ASSIGN_OR_RETURN(const SqlType type, UnifyTypes(operands, "COALESCE"));
  for (NodePtr& operand : operands) {
    ASSIGN_OR_RETURN(operand, CoerceTo(std::move(operand), type));
  }
  if (operands.size() == 1) return std::move(operands.front());
  std::erase_if(operands, IsNullConstant);
  const auto last = std::ranges::find_if(
      operands, [](const NodePtr& operand) { return AsConstant(operand) != nullptr; });
  if (last != operands.end()) operands.erase(last + 1, operands.end());
  if (operands.empty()) return MakeConstant(Value::Null(type));
  if (operands.size() == 1 && operands.front()->type() == type) return std::move(operands.front());
  return Fold(std::make_shared<CoalesceNode>(type, std::move(operands)));
}

Result<NodePtr> MakeNullIf(std::vector<NodePtr> arguments) {
  if (arguments.size() != 2) {
    return InvalidArgument("nullif takes two arguments").WithSqlState("42883");
  }
  NodePtr value = IsUntyped(*arguments[0]) && IsUntyped(*arguments[1])
                      ? ResolveUntyped(std::move(arguments[0]))
                      : std::move(arguments[0]);
  NodePtr left = value;
  NodePtr right = std::move(arguments[1]);
  RETURN_IF_ERROR(MeetForComparison(ComparisonOp::kEqual, &left, &right));
  if (IsUntyped(*value)) value = left;
  if (IsNullConstant(value) || IsNullConstant(right)) return value;
  return Fold(std::make_shared<NullIfNode>(left->type(), std::move(value), std::move(right)));
}

}  // namespace

Result<NodePtr> MakeCall(std::string_view name, std::vector<NodePtr> arguments) {
  if (name == "coalesce" || name == "ifnull") return MakeCoalesce(std::move(arguments));
  if (name == "nullif") return MakeNullIf(std::move(arguments));
  if (TakesText(name, arguments)) RETURN_IF_ERROR(CastAllToText(&arguments));
  if (TakesPath(name)) RETURN_IF_ERROR(CastPathToText(&arguments));
  ASSIGN_OR_RETURN(const Function* function, ResolveFunction(name, arguments));
  return CallResolved(*function, std::move(arguments));
}

Result<NodePtr> MakeComparison(ComparisonOp op, NodePtr left, NodePtr right) {
  RETURN_IF_ERROR(MeetForComparison(op, &left, &right));
  if (HasOrder(op) && left->type().id == TypeId::kEmbedding) {
    return NotComparable(op, left->type(), right->type());
  }
  const bool sees_nulls = op == ComparisonOp::kDistinct || op == ComparisonOp::kNotDistinct;
  if (!sees_nulls && (IsNullConstant(left) || IsNullConstant(right))) {
    return MakeConstant(Value::Null(TypeId::kBoolean));
  }
  return Fold(std::make_shared<ComparisonNode>(op, std::move(left), std::move(right)));
}

Result<NodePtr> MakeAnd(std::vector<NodePtr> operands) {
  return MakeLogic(NodeKind::kConjunction, std::move(operands));
}

Result<NodePtr> MakeOr(std::vector<NodePtr> operands) {
  return MakeLogic(NodeKind::kDisjunction, std::move(operands));
}

Result<NodePtr> MakeNot(NodePtr operand) {
  ASSIGN_OR_RETURN(NodePtr condition, ResolveCondition(std::move(operand), "NOT"));
  if (condition->kind() == NodeKind::kComparison) {
    const auto& comparison = static_cast<const ComparisonNode&>(*condition);
    return NodePtr(std::make_shared<ComparisonNode>(
        Negated(comparison.op()), comparison.children()[0], comparison.children()[1]));
  }
  if (condition->kind() == NodeKind::kInList) {
    const auto& in = static_cast<const InListNode&>(*condition);
    const auto sense =
        in.sense() == InListNode::Sense::kIn ? InListNode::Sense::kNotIn : InListNode::Sense::kIn;
    return NodePtr(std::make_shared<InListNode>(
        sense, std::vector<NodePtr>(in.children().begin(), in.children().end())));
  }
  return CallOf("NOT", std::move(condition));
}

Result<NodePtr> MakeIsTest(NodePtr operand, Truth truth, bool negated) {
  static constexpr std::string_view kNames[][2] = {{"IS NULL", "IS NOT NULL"},
                                                   {"IS TRUE", "IS NOT TRUE"},
                                                   {"IS FALSE", "IS NOT FALSE"},
                                                   {"IS UNKNOWN", "IS NOT UNKNOWN"}};
  if (truth != Truth::kNull) {
    ASSIGN_OR_RETURN(operand, ResolveCondition(std::move(operand), "IS"));
  }
  const Truth test = truth == Truth::kUnknown ? Truth::kNull : truth;
  return CallOf(kNames[static_cast<size_t>(test)][negated ? 1 : 0], std::move(operand));
}

Result<NodePtr> MakeIn(NodePtr value, std::vector<NodePtr> items, InListNode::Sense sense) {
  if (IsUntyped(*value)) {
    ASSIGN_OR_RETURN(const SqlType type, UnifyTypes(items, "IN"));
    ASSIGN_OR_RETURN(value, CoerceUntypedBeside(std::move(value), type));
  }
  // First each item beside the value alone: most lists are literals that fit.
  SqlType common = value->type();
  for (NodePtr& item : items) {
    NodePtr left = value;
    RETURN_IF_ERROR(MeetForComparison(ComparisonOp::kEqual, &left, &item));
    const std::optional<SqlType> merged = CommonType(common, left->type());
    if (!merged.has_value()) return NotComparable(ComparisonOp::kEqual, common, left->type());
    common = *merged;
  }
  std::vector<NodePtr> children;
  children.reserve(items.size() + 1);
  ASSIGN_OR_RETURN(value, CoerceTo(std::move(value), common));
  children.push_back(std::move(value));
  for (NodePtr& item : items) {
    ASSIGN_OR_RETURN(item, CoerceTo(std::move(item), common));
    children.push_back(std::move(item));
  }
  return Fold(std::make_shared<InListNode>(sense, std::move(children)));
}

Result<NodePtr> MakeBetween(NodePtr value, NodePtr low, NodePtr high) {
  ASSIGN_OR_RETURN(NodePtr from,
                   MakeComparison(ComparisonOp::kGreaterOrEqual, value, std::move(low)));
  ASSIGN_OR_RETURN(NodePtr to,
                   MakeComparison(ComparisonOp::kLessOrEqual, std::move(value), std::move(high)));
  return MakeAnd({std::move(from), std::move(to)});
}

Result<NodePtr> MakeCase(NodePtr operand, std::vector<CaseBranch> branches, NodePtr otherwise) {
  if (otherwise == nullptr) otherwise = MakeNull();
  std::vector<NodePtr> results;
  for (const CaseBranch& branch : branches) results.push_back(branch.result);
  results.push_back(otherwise);
  ASSIGN_OR_RETURN(const SqlType type, UnifyTypes(results, "CASE"));

  std::vector<NodePtr> children;
  ASSIGN_OR_RETURN(NodePtr last, CoerceTo(std::move(otherwise), type));
  bool decided = false;
  for (CaseBranch& branch : branches) {
    NodePtr condition = std::move(branch.condition);
    if (operand != nullptr) {
      ASSIGN_OR_RETURN(condition,
                       MakeComparison(ComparisonOp::kEqual, operand, std::move(condition)));
    } else {
      ASSIGN_OR_RETURN(condition, ResolveCondition(std::move(condition), "CASE WHEN"));
    }
    ASSIGN_OR_RETURN(NodePtr result, CoerceTo(std::move(branch.result), type));
    if (decided || IsNeverTrue(condition)) continue;
    if (AsConstant(condition) != nullptr) {
      decided = true;
      last = std::move(result);
      continue;
    }
    children.push_back(std::move(condition));
    children.push_back(std::move(result));
  }
  if (children.empty() && last->type() == type) return last;
  children.push_back(std::move(last));
  return Fold(std::make_shared<CaseNode>(type, std::move(children)));
}

}  // namespace millrace::expr
