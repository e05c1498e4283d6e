#include "query/expr/node.h"

#include <algorithm>
#include <array>

#include "query/expr/cast.h"
#include "query/expr/coercion.h"
#include "query/expr/function.h"
#include "query/expr/value_set.h"

namespace millrace::expr {
namespace {

std::vector<NodePtr> Children(NodePtr a, NodePtr b) {
  std::vector<NodePtr> children;
  children.reserve(2);
  children.push_back(std::move(a));
  children.push_back(std::move(b));
  return children;
}

bool AnyNullable(std::span<const NodePtr> nodes) {
  return std::ranges::any_of(nodes, [](const NodePtr& node) { return node->nullable(); });
}

void AppendList(std::string* out, std::span<const NodePtr> nodes, std::string_view separator) {
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (i != 0) *out += separator;
    nodes[i]->AppendTo(out);
  }
}

bool AllNullable(std::span<const NodePtr> nodes) {
  return std::ranges::all_of(nodes, [](const NodePtr& node) { return node->nullable(); });
}

// A CASE is null when a result may be, or when it has no ELSE.
bool AnyResultNullable(std::span<const NodePtr> children) {
  for (size_t i = 1; i < children.size(); i += 2) {
    if (children[i]->nullable()) return true;
  }
  return children.back()->nullable();
}

bool CallNullable(const Function& function, std::span<const NodePtr> arguments) {
  if (function.nulls == NullRule::kCalledOnNull) return function.may_give_null;
  return function.may_give_null || AnyNullable(arguments);
}

}  // namespace

Node::Node(NodeKind kind, SqlType type, std::vector<NodePtr> children, Traits traits)
    : kind_(kind),
      type_(type),
      children_(std::move(children)),
      nullable_(traits.nullable),
      volatility_(traits.volatility),
      can_fail_(traits.can_fail) {
  for (const NodePtr& child : children_) {
    volatility_ = std::max(volatility_, child->volatility());
    can_fail_ = can_fail_ || child->can_fail();
  }
}

Result<ColumnHandle> Node::EvaluateWithin(const Input& input, EvalContext& context) const {
  if (context.StopRequested()) return StatementStopped();
  const size_t held_before = context.held_bytes;
  Result<ColumnHandle> result = DoEvaluate(input, context);
  // The operands are gone; the result is held by whoever asked for it.
  context.held_bytes = held_before;
  if (!result.ok() || result->is_borrowed()) return result;
  context.held_bytes += result->column().heap().size();
  if (context.held_bytes > context.held_bytes_max) return TooMuchHeld();
  return result;
}

std::string Node::ToString() const {
  std::string text;
  AppendTo(&text);
  return text;
}

bool Node::Equals(const Node& other) const {
  if (this == &other) return true;
  if (kind_ != other.kind_ || type_ != other.type_ || children_.size() != other.children_.size()) {
    return false;
  }
  const auto same = [](const NodePtr& a, const NodePtr& b) { return a->Equals(*b); };
  if (!std::ranges::equal(children_, other.children_, same)) return false;
  switch (kind_) {
    case NodeKind::kConstant:
      return static_cast<const ConstantNode&>(*this).value() ==
             static_cast<const ConstantNode&>(other).value();
    case NodeKind::kColumn:
      return static_cast<const ColumnNode&>(*this).index() ==
             static_cast<const ColumnNode&>(other).index();
    case NodeKind::kParameter:
      return static_cast<const ParameterNode&>(*this).index() ==
             static_cast<const ParameterNode&>(other).index();
    case NodeKind::kComparison:
      return static_cast<const ComparisonNode&>(*this).op() ==
             static_cast<const ComparisonNode&>(other).op();
    case NodeKind::kInList:
      return static_cast<const InListNode&>(*this).sense() ==
             static_cast<const InListNode&>(other).sense();
    case NodeKind::kCast:
      return static_cast<const CastNode&>(*this).cast_kind() ==
             static_cast<const CastNode&>(other).cast_kind();
    case NodeKind::kCall:
      return &static_cast<const CallNode&>(*this).function() ==
             &static_cast<const CallNode&>(other).function();
    case NodeKind::kConjunction:
    case NodeKind::kDisjunction:
    case NodeKind::kCase:
    case NodeKind::kCoalesce:
    case NodeKind::kNullIf:
      return true;
  }
  return false;
}

// ---- Leaves -----------------------------------------------------------------

ConstantNode::ConstantNode(Value value, Origin origin)
    : Node(NodeKind::kConstant, value.type(), {}, {.nullable = value.is_null()}),
      value_(std::move(value)),
      origin_(origin),
      column_(type()) {
  if (value_.is_null()) {
    column_.AppendNull();
  } else {
    column_.AppendValue(value_);
  }
}

void ConstantNode::AppendTo(std::string* out) const { *out += value_.ToSqlLiteral(); }

Result<ColumnHandle> ConstantNode::DoEvaluate(const Input&, EvalContext&) const {
  return ColumnHandle::BorrowConstant(column_);
}

ColumnNode::ColumnNode(size_t index, SqlType type, std::string name, bool nullable)
    : Node(NodeKind::kColumn, type, {}, {.nullable = nullable}),
      index_(index),
      name_(std::move(name)) {}

void ColumnNode::AppendTo(std::string* out) const { *out += name_; }

Result<ColumnHandle> ColumnNode::DoEvaluate(const Input& input, EvalContext&) const {
  MR_ASSERT(index_ < input.batch().columns.size(), "an expression bound to another batch");
  const Column& column = input.batch().columns[index_];
  if (!input.is_selection()) return ColumnHandle::Borrow(column);
  Column selected(column.type());
  selected.Reserve(input.rows());
  selected.AppendSelected(column, input.selection());
  return ColumnHandle::Own(std::move(selected));
}

ParameterNode::ParameterNode(size_t index, SqlType type)
    : Node(NodeKind::kParameter, type, {}, {.volatility = Volatility::kStable}), index_(index) {}

void ParameterNode::AppendTo(std::string* out) const {
  *out += '$';
  *out += std::to_string(index_ + 1);
}

Result<Value> ParameterNode::CoercedValue(const EvalContext& context) const {
  if (index_ >= context.params.size()) {
    return InvalidArgument("there is no parameter $" + std::to_string(index_ + 1))
        .WithSqlState("08P01")
        .WithDetail("The statement was given " + std::to_string(context.params.size()) +
                    " parameter values.");
  }
  return CoerceParameter(context.params[index_], type());
}

Result<ColumnHandle> ParameterNode::DoEvaluate(const Input&, EvalContext& context) const {
  ASSIGN_OR_RETURN(const Value value, CoercedValue(context));
  if (value.is_null()) return ColumnHandle::Null(type());
  Column column(type());
  column.AppendValue(value);
  return ColumnHandle::OwnConstant(std::move(column));
}

// ---- Comparison -------------------------------------------------------------

std::string_view ComparisonSymbol(ComparisonOp op) {
  static constexpr std::array<std::string_view, 8> kSymbols = {
      "=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"};
  return kSymbols[static_cast<size_t>(op)];
}

ComparisonOp Mirrored(ComparisonOp op) {
  switch (op) {
    case ComparisonOp::kLess:
      return ComparisonOp::kGreater;
    case ComparisonOp::kLessOrEqual:
      return ComparisonOp::kGreaterOrEqual;
    case ComparisonOp::kGreater:
      return ComparisonOp::kLess;
    case ComparisonOp::kGreaterOrEqual:
      return ComparisonOp::kLessOrEqual;
    default:
      return op;
  }
}

ComparisonOp Negated(ComparisonOp op) {
  static constexpr std::array<ComparisonOp, 8> kNegated = {
      ComparisonOp::kNotEqual,    ComparisonOp::kEqual,       ComparisonOp::kGreaterOrEqual,
      ComparisonOp::kGreater,     ComparisonOp::kLessOrEqual, ComparisonOp::kLess,
      ComparisonOp::kNotDistinct, ComparisonOp::kDistinct};
  return kNegated[static_cast<size_t>(op)];
}

ComparisonNode::ComparisonNode(ComparisonOp op, NodePtr left, NodePtr right)
    : Node(NodeKind::kComparison, TypeId::kBoolean, Children(left, right),
           {.nullable = op != ComparisonOp::kDistinct && op != ComparisonOp::kNotDistinct &&
                        (left->nullable() || right->nullable())}),
      op_(op) {
  MR_ASSERT(SamePayload(left->type(), right->type()), "comparison of two types");
}

void ComparisonNode::AppendTo(std::string* out) const {
  *out += '(';
  left().AppendTo(out);
  *out += ' ';
  *out += ComparisonSymbol(op_);
  *out += ' ';
  right().AppendTo(out);
  *out += ')';
}

// ---- Conditionals -----------------------------------------------------------

LogicNode::LogicNode(NodeKind kind, std::vector<NodePtr> operands)
    : Node(kind, TypeId::kBoolean, operands, {.nullable = AnyNullable(operands)}) {
  MR_ASSERT(operands.size() >= 2, "AND and OR have two operands or more");
}

void LogicNode::AppendTo(std::string* out) const {
  *out += '(';
  AppendList(out, children(), kind() == NodeKind::kConjunction ? " AND " : " OR ");
  *out += ')';
}

CaseNode::CaseNode(SqlType type, std::vector<NodePtr> children)
    : Node(NodeKind::kCase, type, children, {.nullable = AnyResultNullable(children)}) {
  MR_ASSERT(children.size() % 2 == 1, "CASE has pairs and an ELSE");
}

void CaseNode::AppendTo(std::string* out) const {
  *out += "CASE";
  for (size_t i = 0; i < branches(); ++i) {
    *out += " WHEN ";
    children()[2 * i]->AppendTo(out);
    *out += " THEN ";
    children()[2 * i + 1]->AppendTo(out);
  }
  *out += " ELSE ";
  children().back()->AppendTo(out);
  *out += " END";
}

CoalesceNode::CoalesceNode(SqlType type, std::vector<NodePtr> operands)
    : Node(NodeKind::kCoalesce, type, operands, {.nullable = AllNullable(operands)}) {}

void CoalesceNode::AppendTo(std::string* out) const {
  *out += "coalesce(";
  AppendList(out, children(), ", ");
  *out += ')';
}

NullIfNode::NullIfNode(SqlType comparison_type, NodePtr value, NodePtr other)
    : Node(NodeKind::kNullIf, value->type(), Children(value, other), {.nullable = true}),
      comparison_type_(comparison_type) {}

void NullIfNode::AppendTo(std::string* out) const {
  *out += "nullif(";
  AppendList(out, children(), ", ");
  *out += ')';
}

// ---- IN, CAST, calls --------------------------------------------------------

InListNode::InListNode(Sense sense, std::vector<NodePtr> children_in)
    : Node(NodeKind::kInList, TypeId::kBoolean, children_in,
           {.nullable = AnyNullable(children_in)}),
      sense_(sense) {
  const auto is_constant = [](const NodePtr& n) { return n->kind() == NodeKind::kConstant; };
  if (items().size() < kSetItemsMin || !std::ranges::all_of(items(), is_constant)) return;
  auto set = std::make_unique<ValueSet>();
  EvalContext no_context;
  const Batch no_columns{.columns = {}, .rows = 1};
  for (const NodePtr& item : items()) {
    const Result<ColumnHandle> handle = item->Evaluate(Input(no_columns), no_context);
    if (handle->is_null(0)) {
      set->NoteNull();
    } else {
      set->Insert(*handle);
    }
  }
  set_ = std::move(set);
}

InListNode::~InListNode() = default;

void InListNode::AppendTo(std::string* out) const {
  *out += '(';
  value().AppendTo(out);
  *out += sense_ == Sense::kIn ? " IN (" : " NOT IN (";
  AppendList(out, items(), ", ");
  *out += "))";
}

CastNode::CastNode(CastKind cast_kind, SqlType type, NodePtr operand)
    : Node(NodeKind::kCast, type, {operand},
           {.nullable = cast_kind == CastKind::kTry || operand->nullable(),
            .can_fail = cast_kind != CastKind::kTry && !CastCannotFail(operand->type(), type)}),
      cast_kind_(cast_kind) {}

void CastNode::AppendTo(std::string* out) const {
  *out += cast_kind_ == CastKind::kTry ? "TRY_CAST(" : "CAST(";
  children()[0]->AppendTo(out);
  *out += " AS ";
  *out += SqlName(type());
  *out += ')';
}

CallNode::CallNode(const Function& function, SqlType type, std::vector<NodePtr> arguments)
    : Node(NodeKind::kCall, type, arguments,
           {.nullable = CallNullable(function, arguments),
            .volatility = function.volatility,
            .can_fail = function.can_fail}),
      function_(function) {}

void CallNode::AppendTo(std::string* out) const {
  if (function_.is_operator && children().size() == 2) {
    *out += '(';
    AppendList(out, children(), " " + std::string(function_.name) + " ");
    *out += ')';
    return;
  }
  if (function_.is_operator) {
    const bool postfix = function_.name.starts_with("IS ");
    *out += '(';
    if (!postfix) *out += function_.name;
    if (function_.name == "NOT") *out += ' ';
    children()[0]->AppendTo(out);
    if (postfix) *out += ' ' + std::string(function_.name);
    *out += ')';
    return;
  }
  *out += function_.name;
  *out += '(';
  AppendList(out, children(), ", ");
  *out += ')';
}

}  // namespace millrace::expr
