// Calls and casts.
#include <algorithm>

#include "duckdb/main/extension/extension_loader.hpp"
#include "duckdb/planner/expression/bound_cast_expression.hpp"
#include "query/exec/engine/errors.h"
#include "query/exec/engine/functions.h"
#include "query/exec/engine/native_expression.h"
#include "query/exec/engine/native_functions.h"
#include "query/exec/engine/values.h"
#include "query/expr/builder.h"

namespace millrace::engine {
namespace {

bool IsInteger(const ExpressionPtr& operand) {
  switch (operand->return_type.id()) {
    case duckdb::LogicalTypeId::SMALLINT:
    case duckdb::LogicalTypeId::INTEGER:
    case duckdb::LogicalTypeId::BIGINT:
      return true;
    default:
      return false;
  }
}

// The engine's integer arithmetic is ours, except for division, and between
// constants, which it would take for literals of any width.
bool IsEnginesArithmetic(const std::string& name, const Children& operands) {
  const auto is_constant = [](const ExpressionPtr& operand) {
    return operand->GetExpressionClass() == duckdb::ExpressionClass::BOUND_CONSTANT;
  };
  return (name == "+" || name == "-" || name == "*") && std::ranges::all_of(operands, IsInteger) &&
         !std::ranges::all_of(operands, is_constant);
}

// Brings integers to the widest type of them.
void Widen(duckdb::ClientContext& context, Children* operands) {
  duckdb::LogicalType widest = operands->front()->return_type;
  for (const ExpressionPtr& operand : *operands) {
    widest = duckdb::LogicalType::MaxLogicalType(context, widest, operand->return_type);
  }
  for (ExpressionPtr& operand : *operands) {
    operand = duckdb::BoundCastExpression::AddCastToType(context, std::move(operand), widest);
  }
}

bool HasNested(const Children& operands) {
  return std::ranges::any_of(
      operands, [](const ExpressionPtr& operand) { return IsNested(operand->return_type); });
}

// When query/expr has the function for other types only, the engine may have it for these.
ExpressionPtr CallEither(duckdb::ClientContext& context, const std::string& name,
                         Children operands) {
  NativeBinding binding(context);
  std::vector<expr::NodePtr> arguments;
  for (ExpressionPtr& operand : operands) arguments.push_back(binding.Add(std::move(operand)));
  const Result<expr::NodePtr> node = expr::MakeCall(name, std::move(arguments));
  if (node.ok()) return binding.LowerResult(*node);
  if (node.status().sqlstate() != "42883" || !IsAllowedScalarFunction(name)) Throw(node.status());
  try {
    return CallEngine(context, name, std::move(binding).TakeAll());
  } catch (const duckdb::Exception&) {
    Throw(node.status());
  }
}

ExpressionPtr BindCall(duckdb::FunctionBindExpressionInput& input) {
  const std::string name = ConstantText(*input.children[0]);
  Children operands;
  for (size_t i = 1; i < input.children.size(); ++i) {
    operands.push_back(std::move(input.children[i]));
  }
  if (IsEnginesArithmetic(name, operands)) {
    Widen(input.context, &operands);
    return CallEngine(input.context, name, std::move(operands));
  }
  if (HasNested(operands) && IsAllowedScalarFunction(name)) {
    return CallEngine(input.context, name, std::move(operands));
  }
  return CallEither(input.context, name, std::move(operands));
}

template <expr::CastKind kCastKind>
ExpressionPtr BindCast(duckdb::FunctionBindExpressionInput& input) {
  std::vector<int64_t> modifiers;
  for (size_t i = 2; i < input.children.size(); ++i) {
    modifiers.push_back(ConstantInteger(*input.children[i]));
  }
  const std::string name = ConstantText(*input.children[1]);
  const SqlType type = name == "INTERVAL" && modifiers.empty()
                           ? SqlType(TypeId::kInterval)
                           : OrThrow(TypeFromName(name, modifiers.data(), modifiers.size()));
  ExpressionPtr& operand = input.children[0];
  if (IsNested(operand->return_type)) {
    return duckdb::BoundCastExpression::AddCastToType(
        input.context, std::move(operand), LogicalTypeOf(type), kCastKind == expr::CastKind::kTry);
  }
  NativeBinding binding(input.context);
  return binding.LowerResult(
      OrThrow(expr::MakeCast(binding.Add(std::move(operand)), type, kCastKind)));
}

}  // namespace

void RegisterCalls(duckdb::ExtensionLoader& loader) {
  RegisterName(loader, "millrace_call", 1, Arity::kVariadic, BindCall);
  RegisterName(loader, "millrace_cast", 2, Arity::kVariadic, BindCast<expr::CastKind::kStrict>);
  RegisterName(loader, "millrace_try_cast", 2, Arity::kVariadic, BindCast<expr::CastKind::kTry>);
}

}  // namespace millrace::engine
