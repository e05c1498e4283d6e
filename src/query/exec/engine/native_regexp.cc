// regexp_replace: the engine's, row by row, so that its results have a limit. It is
// the one function of the engine's that makes a long text out of short ones.
#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/main/extension/extension_loader.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "duckdb/planner/expression/bound_reference_expression.hpp"
#include "query/exec/engine/native_expression.h"
#include "query/exec/engine/native_functions.h"
#include "query/expr/column_handle.h"

namespace millrace::engine {
namespace {

// The engine's call over columns 0, 1, ... of a chunk.
struct InnerCall : duckdb::FunctionData {
  ExpressionPtr call;

  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    auto copy = duckdb::make_uniq<InnerCall>();
    copy->call = call->Copy();
    return copy;
  }
  bool Equals(const duckdb::FunctionData& other) const override {
    return call->Equals(*other.Cast<InnerCall>().call);
  }
};

// Each match is replaced once, and what \1 repeats lies within its match.
void CheckResultBound(duckdb::DataChunk& row) {
  double product = 2;
  for (const duckdb::idx_t column : {0, 2}) {
    const duckdb::Value value = row.GetValue(column, 0);
    if (value.IsNull()) return;
    product *= 1 + static_cast<double>(duckdb::StringValue::Get(value).size());
  }
  // Far above the limit of a value, because few patterns match everywhere.
  if (product > 16.0 * expr::kValueBytesMax) ThrowStatus(expr::ValueTooLong());
}

void Execute(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& call =
      *state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info->Cast<InnerCall>().call;
  duckdb::ExpressionExecutor executor(state.GetContext(), call);
  duckdb::DataChunk row;
  row.Initialize(duckdb::Allocator::DefaultAllocator(), arguments.GetTypes(), 1);
  const bool constant = arguments.AllConstant();
  const duckdb::idx_t rows = constant ? 1 : arguments.size();
  size_t bytes = 0;
  for (duckdb::idx_t i = 0; i < rows; ++i) {
    row.Reset();
    for (duckdb::idx_t column = 0; column < arguments.ColumnCount(); ++column) {
      row.SetValue(column, 0, arguments.GetValue(column, i));
    }
    row.SetCardinality(1);
    CheckResultBound(row);
    duckdb::Vector one(result.GetType());
    executor.ExecuteExpression(row, one);
    const duckdb::Value value = one.GetValue(0);
    result.SetValue(i, value);
    if (value.IsNull()) continue;
    const size_t size = duckdb::StringValue::Get(value).size();
    bytes += size;
    if (size > expr::kValueBytesMax) ThrowStatus(expr::ValueTooLong());
    if (bytes > expr::kTextBytesMax) ThrowStatus(expr::TextTooLong());
  }
  if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

ExpressionPtr Bind(duckdb::FunctionBindExpressionInput& input) {
  ExpressionPtr call = CallEngine(input.context, "regexp_replace", std::move(input.children));
  if (call->GetExpressionClass() != duckdb::ExpressionClass::BOUND_FUNCTION) return call;
  auto data = duckdb::make_uniq<InnerCall>();
  Children operands;
  duckdb::vector<duckdb::LogicalType> types;
  for (ExpressionPtr& child : call->Cast<duckdb::BoundFunctionExpression>().children) {
    types.push_back(child->return_type);
    auto column =
        duckdb::make_uniq<duckdb::BoundReferenceExpression>(types.back(), operands.size());
    operands.push_back(std::move(child));
    child = std::move(column);
  }
  const duckdb::LogicalType type = call->return_type;
  data->call = std::move(call);
  duckdb::ScalarFunction function("millrace_regexp_replace", std::move(types), type, Execute);
  function.null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  duckdb::BaseScalarFunction::SetReturnsError(function);
  return duckdb::make_uniq<duckdb::BoundFunctionExpression>(type, std::move(function),
                                                            std::move(operands), std::move(data));
}

}  // namespace

void RegisterRegexpReplace(duckdb::ExtensionLoader& loader) {
  RegisterName(loader, "millrace_regexp_replace", 3, Arity::kVariadic, Bind);
}

}  // namespace millrace::engine
