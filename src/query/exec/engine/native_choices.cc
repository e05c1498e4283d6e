// CASE, COALESCE, NULLIF and conditions: typed and simplified by query/expr, computed
// by the engine, which looks at a branch only for the rows that need it.
#include <algorithm>

#include "duckdb/main/extension/extension_loader.hpp"
#include "duckdb/planner/expression/bound_case_expression.hpp"
#include "duckdb/planner/expression/bound_cast_expression.hpp"
#include "duckdb/planner/expression/bound_comparison_expression.hpp"
#include "duckdb/planner/expression/bound_constant_expression.hpp"
#include "duckdb/planner/expression/bound_operator_expression.hpp"
#include "query/exec/engine/errors.h"
#include "query/exec/engine/native_expression.h"
#include "query/exec/engine/native_functions.h"
#include "query/expr/builder.h"

namespace millrace::engine {
namespace {

using duckdb::ExpressionType;
using duckdb::LogicalType;

// ---- lists, structs and the like, by the engine's own rules ----

bool IsNestedOperand(const ExpressionPtr& operand) { return IsNested(operand->return_type); }

// Brings operands to one type.
LogicalType UnifyNested(duckdb::ClientContext& context, std::span<ExpressionPtr* const> operands) {
  LogicalType type = (*operands.front())->return_type;
  for (const ExpressionPtr* operand : operands) {
    type = LogicalType::MaxLogicalType(context, type, (*operand)->return_type);
  }
  for (ExpressionPtr* operand : operands) {
    *operand = duckdb::BoundCastExpression::AddCastToType(context, std::move(*operand), type);
  }
  return type;
}

ExpressionPtr CaseNested(duckdb::ClientContext& context, Children operands) {
  std::vector<ExpressionPtr*> results;
  for (size_t i = 1; i < operands.size(); i += 2) results.push_back(&operands[i]);
  results.push_back(&operands.back());
  auto choice = duckdb::make_uniq<duckdb::BoundCaseExpression>(UnifyNested(context, results));
  for (size_t i = 0; i + 1 < operands.size(); i += 2) {
    duckdb::BoundCaseCheck check;
    check.when_expr = duckdb::BoundCastExpression::AddCastToType(context, std::move(operands[i]),
                                                                 LogicalType::BOOLEAN);
    check.then_expr = std::move(operands[i + 1]);
    choice->case_checks.push_back(std::move(check));
  }
  choice->else_expr = std::move(operands.back());
  return choice;
}

ExpressionPtr CoalesceNested(duckdb::ClientContext& context, Children operands) {
  std::vector<ExpressionPtr*> all;
  for (ExpressionPtr& operand : operands) all.push_back(&operand);
  auto coalesce = duckdb::make_uniq<duckdb::BoundOperatorExpression>(
      ExpressionType::OPERATOR_COALESCE, UnifyNested(context, all));
  coalesce->children = std::move(operands);
  return coalesce;
}

ExpressionPtr NullIfNested(duckdb::ClientContext& context, Children operands) {
  if (operands[0]->HasSubquery()) {
    Throw(
        Unimplemented("nullif of a subquery of this type is not supported").WithSqlState("0A000"));
  }
  ExpressionPtr value = operands[0]->Copy();
  std::vector<ExpressionPtr*> both = {&operands[0], &operands[1]};
  UnifyNested(context, both);
  auto choice = duckdb::make_uniq<duckdb::BoundCaseExpression>(value->return_type);
  duckdb::BoundCaseCheck check;
  check.when_expr = duckdb::make_uniq<duckdb::BoundComparisonExpression>(
      ExpressionType::COMPARE_EQUAL, std::move(operands[0]), std::move(operands[1]));
  check.then_expr =
      duckdb::make_uniq<duckdb::BoundConstantExpression>(duckdb::Value(value->return_type));
  choice->case_checks.push_back(std::move(check));
  choice->else_expr = std::move(value);
  return choice;
}

// ---- all other types ----

ExpressionPtr BindCase(duckdb::FunctionBindExpressionInput& input) {
  bool nested = IsNestedOperand(input.children.back());
  for (size_t i = 1; i < input.children.size(); i += 2)
    nested |= IsNestedOperand(input.children[i]);
  if (nested) return CaseNested(input.context, std::move(input.children));
  NativeBinding binding(input.context);
  std::vector<expr::CaseBranch> branches;
  for (size_t i = 0; i + 1 < input.children.size(); i += 2) {
    expr::NodePtr condition = binding.Add(std::move(input.children[i]));
    branches.push_back({std::move(condition), binding.Add(std::move(input.children[i + 1]))});
  }
  expr::NodePtr otherwise = binding.Add(std::move(input.children.back()));
  return binding.LowerResult(
      OrThrow(expr::MakeCase(nullptr, std::move(branches), std::move(otherwise))));
}

template <ExpressionPtr (*kNested)(duckdb::ClientContext&, Children)>
ExpressionPtr BindChoice(duckdb::FunctionBindExpressionInput& input, std::string_view name) {
  if (std::ranges::any_of(input.children, IsNestedOperand)) {
    return kNested(input.context, std::move(input.children));
  }
  NativeBinding binding(input.context);
  std::vector<expr::NodePtr> operands;
  for (ExpressionPtr& child : input.children) operands.push_back(binding.Add(std::move(child)));
  return binding.LowerResult(OrThrow(expr::MakeCall(name, std::move(operands))));
}

ExpressionPtr BindCoalesce(duckdb::FunctionBindExpressionInput& input) {
  return BindChoice<CoalesceNested>(input, "coalesce");
}

ExpressionPtr BindNullIf(duckdb::FunctionBindExpressionInput& input) {
  return BindChoice<NullIfNested>(input, "nullif");
}

ExpressionPtr BindCondition(duckdb::FunctionBindExpressionInput& input) {
  const std::string clause = ConstantText(*input.children[0]);
  NativeBinding binding(input.context);
  return binding.Lower(
      OrThrow(expr::ResolveCondition(binding.Add(std::move(input.children[1])), clause)));
}

}  // namespace

void RegisterChoices(duckdb::ExtensionLoader& loader) {
  RegisterName(loader, "millrace_case", 1, Arity::kVariadic, BindCase);
  RegisterName(loader, "millrace_coalesce", 1, Arity::kVariadic, BindCoalesce);
  RegisterName(loader, "millrace_nullif", 2, Arity::kFixed, BindNullIf);
  RegisterName(loader, "millrace_condition", 2, Arity::kFixed, BindCondition);
}

}  // namespace millrace::engine
