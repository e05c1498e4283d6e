// Comparisons: operands are brought to one type by query/expr, then compared by
// the engine, which can push comparisons into scans and joins.
#include "duckdb/main/extension/extension_loader.hpp"
#include "duckdb/planner/expression/bound_between_expression.hpp"
#include "duckdb/planner/expression/bound_cast_expression.hpp"
#include "duckdb/planner/expression/bound_comparison_expression.hpp"
#include "duckdb/planner/expression/bound_operator_expression.hpp"
#include "query/exec/engine/errors.h"
#include "query/exec/engine/native_expression.h"
#include "query/exec/engine/native_functions.h"
#include "query/expr/builder.h"

namespace millrace::engine {
namespace {

using duckdb::ExpressionType;
using duckdb::LogicalType;

struct Operator {
  std::string_view name;
  expr::ComparisonOp op;
  ExpressionType engine;
};
constexpr Operator kOperators[] = {
    {"=", expr::ComparisonOp::kEqual, ExpressionType::COMPARE_EQUAL},
    {"<>", expr::ComparisonOp::kNotEqual, ExpressionType::COMPARE_NOTEQUAL},
    {"<", expr::ComparisonOp::kLess, ExpressionType::COMPARE_LESSTHAN},
    {"<=", expr::ComparisonOp::kLessOrEqual, ExpressionType::COMPARE_LESSTHANOREQUALTO},
    {">", expr::ComparisonOp::kGreater, ExpressionType::COMPARE_GREATERTHAN},
    {">=", expr::ComparisonOp::kGreaterOrEqual, ExpressionType::COMPARE_GREATERTHANOREQUALTO},
    {"distinct", expr::ComparisonOp::kDistinct, ExpressionType::COMPARE_DISTINCT_FROM},
    {"not distinct", expr::ComparisonOp::kNotDistinct, ExpressionType::COMPARE_NOT_DISTINCT_FROM},
};

const Operator& FindOperator(const std::string& name) {
  for (const Operator& entry : kOperators) {
    if (entry.name == name) return entry;
  }
  throw duckdb::InternalException("an unknown comparison");
}

// Gives all one type of the engine's, as which it compares them. query/expr has made
// them alike, up to the names of textual types and the precision of DECIMAL.
void Align(duckdb::ClientContext& context, Children* operands) {
  LogicalType type = operands->front()->return_type;
  for (const ExpressionPtr& operand : *operands) {
    const LogicalType& other = operand->return_type;
    if (type.id() == duckdb::LogicalTypeId::DECIMAL &&
        duckdb::DecimalType::GetWidth(other) > duckdb::DecimalType::GetWidth(type)) {
      type = other;
    }
  }
  if (type.id() == duckdb::LogicalTypeId::VARCHAR) type = LogicalType::VARCHAR;
  for (ExpressionPtr& operand : *operands) {
    operand = duckdb::BoundCastExpression::AddCastToType(context, std::move(operand), type);
  }
}

// All arguments as nodes of their common type.
std::vector<expr::NodePtr> UnifiedNodes(duckdb::FunctionBindExpressionInput& input,
                                        NativeBinding* binding, std::string_view construct) {
  std::vector<expr::NodePtr> nodes;
  for (ExpressionPtr& child : input.children) nodes.push_back(binding->Add(std::move(child)));
  const SqlType type = OrThrow(expr::UnifyTypes(nodes, construct));
  for (expr::NodePtr& node : nodes) node = OrThrow(expr::CoerceTo(std::move(node), type));
  return nodes;
}

// Rows, lists and the like, by the engine's own rules.
ExpressionPtr CompareNested(duckdb::ClientContext& context, ExpressionType op, ExpressionPtr left,
                            ExpressionPtr right) {
  const LogicalType type = duckdb::BoundComparisonExpression::BindComparison(
      context, left->return_type, right->return_type, op);
  left = duckdb::BoundCastExpression::AddCastToType(context, std::move(left), type);
  right = duckdb::BoundCastExpression::AddCastToType(context, std::move(right), type);
  return duckdb::make_uniq<duckdb::BoundComparisonExpression>(op, std::move(left),
                                                              std::move(right));
}

ExpressionPtr BindCompare(duckdb::FunctionBindExpressionInput& input) {
  const Operator& entry = FindOperator(ConstantText(*input.children[0]));
  ExpressionPtr& left = input.children[1];
  ExpressionPtr& right = input.children[2];
  if (IsNested(left->return_type) || IsNested(right->return_type)) {
    return CompareNested(input.context, entry.engine, std::move(left), std::move(right));
  }
  NativeBinding binding(input.context);
  const expr::NodePtr first = binding.Add(std::move(left));
  const expr::NodePtr second = binding.Add(std::move(right));
  const expr::NodePtr node = OrThrow(expr::MakeComparison(entry.op, first, second));
  // EMBEDDING has no order in the engine that ours could agree with.
  const bool leave = node->kind() != expr::NodeKind::kComparison ||
                     node->children()[0]->type().id == TypeId::kEmbedding;
  if (leave) return binding.Lower(node);
  Children operands;
  for (const expr::NodePtr& child : node->children()) operands.push_back(binding.Lower(child));
  Align(input.context, &operands);
  return duckdb::make_uniq<duckdb::BoundComparisonExpression>(entry.engine, std::move(operands[0]),
                                                              std::move(operands[1]));
}

// All arguments, brought to one type.
Children Unified(duckdb::FunctionBindExpressionInput& input, std::string_view construct) {
  NativeBinding binding(input.context);
  Children operands;
  for (const expr::NodePtr& node : UnifiedNodes(input, &binding, construct)) {
    operands.push_back(binding.Lower(node));
  }
  Align(input.context, &operands);
  return operands;
}

ExpressionPtr BindBetween(duckdb::FunctionBindExpressionInput& input) {
  Children operands = Unified(input, "BETWEEN");
  return duckdb::make_uniq<duckdb::BoundBetweenExpression>(
      std::move(operands[0]), std::move(operands[1]), std::move(operands[2]), true, true);
}

ExpressionPtr BindBetweenSymmetric(duckdb::FunctionBindExpressionInput& input) {
  NativeBinding binding(input.context);
  const std::vector<expr::NodePtr> nodes = UnifiedNodes(input, &binding, "BETWEEN");
  return binding.Evaluate(
      OrThrow(expr::MakeOr({OrThrow(expr::MakeBetween(nodes[0], nodes[1], nodes[2])),
                            OrThrow(expr::MakeBetween(nodes[0], nodes[2], nodes[1]))})));
}

template <ExpressionType kType>
ExpressionPtr BindIn(duckdb::FunctionBindExpressionInput& input) {
  auto in = duckdb::make_uniq<duckdb::BoundOperatorExpression>(kType, LogicalType::BOOLEAN);
  bool nested = false;
  for (const ExpressionPtr& child : input.children) nested |= IsNested(child->return_type);
  if (nested) {
    LogicalType type = input.children[0]->return_type;
    for (const ExpressionPtr& child : input.children) {
      type = duckdb::BoundComparisonExpression::BindComparison(
          input.context, type, child->return_type, ExpressionType::COMPARE_EQUAL);
    }
    for (ExpressionPtr& child : input.children) {
      in->children.push_back(
          duckdb::BoundCastExpression::AddCastToType(input.context, std::move(child), type));
    }
    return in;
  }
  in->children = Unified(input, "IN");
  return in;
}

}  // namespace

void RegisterComparisons(duckdb::ExtensionLoader& loader) {
  RegisterName(loader, "millrace_compare", 3, Arity::kFixed, BindCompare);
  RegisterName(loader, "millrace_between", 3, Arity::kFixed, BindBetween);
  RegisterName(loader, "millrace_between_symmetric", 3, Arity::kFixed, BindBetweenSymmetric);
  RegisterName(loader, "millrace_in", 2, Arity::kVariadic, BindIn<ExpressionType::COMPARE_IN>);
  RegisterName(loader, "millrace_not_in", 2, Arity::kVariadic,
               BindIn<ExpressionType::COMPARE_NOT_IN>);
}

}  // namespace millrace::engine
