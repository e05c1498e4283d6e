#include "query/exec/engine/native_expression.h"

#include <utility>

#include "base/assert.h"
#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/function/function_binder.hpp"
#include "duckdb/main/extension/extension_loader.hpp"
#include "duckdb/planner/expression/bound_cast_expression.hpp"
#include "duckdb/planner/expression/bound_constant_expression.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "query/exec/engine/columns.h"
#include "query/exec/engine/errors.h"
#include "query/exec/engine/values.h"
#include "query/expr/builder.h"
#include "query/expr/eval.h"

namespace millrace::engine {
namespace {

struct NativeData : duckdb::FunctionData {
  expr::NodePtr node;
  std::vector<SqlType> columns;

  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<NativeData>(*this);
  }
  bool Equals(const duckdb::FunctionData& other) const override {
    const auto& data = other.Cast<NativeData>();
    return columns == data.columns && node->type() == data.node->type() &&
           node->Equals(*data.node);
  }
};

// One chunk: the arguments as a batch, the expression over it, the result as a
// vector. When all arguments are constant, one row stands for all.
void Execute(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
             duckdb::Vector& result) {
  const auto& data =
      state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info->Cast<NativeData>();
  const bool constant = arguments.AllConstant();
  Batch batch;
  batch.rows = constant ? 1 : arguments.size();
  batch.columns.reserve(data.columns.size());
  for (size_t i = 0; i < data.columns.size(); ++i) {
    Column column(data.columns[i]);
    const Status read = ReadColumn(arguments.data[i], batch.rows, &column);
    if (!read.ok()) Throw(read);
    batch.columns.push_back(std::move(column));
  }
  expr::EvalContext context;
  auto buffer = duckdb::make_buffer<BatchBuffer>();
  buffer->batch.columns.push_back(OrThrow(expr::Evaluate(*data.node, batch, context)));
  buffer->batch.rows = batch.rows;
  FillVector(buffer, 0, 0, batch.rows, &result);
  if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

// A single value of the engine's as ours, by the way columns are read.
Value ValueOf(const duckdb::Value& value, const SqlType& type) {
  if (value.IsNull()) return Value::Null(type);
  duckdb::Vector vector(value);
  Column column(type);
  const Status read = ReadColumn(vector, 1, &column);
  if (!read.ok()) Throw(read);
  return column.GetValue(0);
}

bool IsPlainText(const duckdb::LogicalType& type) {
  return type.id() == duckdb::LogicalTypeId::VARCHAR && !type.HasAlias();
}

// Conversions the engine does as query/expr does, up to the error's text.
bool EngineConverts(const SqlType& from, const SqlType& to) {
  const auto rank = [](TypeId id) {
    switch (id) {
      case TypeId::kSmallInt:
        return 1;
      case TypeId::kInt:
        return 2;
      case TypeId::kBigInt:
        return 3;
      default:
        return 0;
    }
  };
  if (from == to) return true;
  if (IsTextual(from.id) && IsTextual(to.id)) return true;
  if (rank(from.id) != 0) return rank(to.id) != 0 || to.id == TypeId::kDouble;
  if (from.id == TypeId::kFloat) return to.id == TypeId::kDouble;
  if (from.id == TypeId::kDate) return to.id == TypeId::kTimestamp || to.id == TypeId::kDateTime;
  return from.id == TypeId::kTimestamp && to.id == TypeId::kDateTime;
}

}  // namespace

void ThrowStatus(const Status& status) { Throw(status); }

bool IsNested(const duckdb::LogicalType& type) {
  switch (type.id()) {
    case duckdb::LogicalTypeId::LIST:
    case duckdb::LogicalTypeId::STRUCT:
    case duckdb::LogicalTypeId::MAP:
    case duckdb::LogicalTypeId::UNION:
      return true;
    case duckdb::LogicalTypeId::ARRAY:
      return PlanOf(type).type.id != TypeId::kEmbedding;
    default:
      return false;
  }
}

ExpressionPtr CallEngine(duckdb::ClientContext& context, const std::string& name,
                         Children children) {
  duckdb::ErrorData error;
  auto call = duckdb::FunctionBinder(context).BindScalarFunction(DEFAULT_SCHEMA, name,
                                                                 std::move(children), error);
  if (error.HasError()) error.Throw();
  return call;
}

std::string ConstantText(const duckdb::Expression& argument) {
  return argument.Cast<duckdb::BoundConstantExpression>().value.GetValue<std::string>();
}

int64_t ConstantInteger(const duckdb::Expression& argument) {
  return argument.Cast<duckdb::BoundConstantExpression>().value.GetValue<int64_t>();
}

expr::NodePtr NativeBinding::Add(ExpressionPtr operand) {
  if (operand->return_type.id() == duckdb::LogicalTypeId::SQLNULL) return expr::MakeNull();
  const ReadPlan plan = PlanOf(operand->return_type);
  if (operand->GetExpressionClass() == duckdb::ExpressionClass::BOUND_CONSTANT &&
      IsPlainText(operand->return_type)) {
    const auto& value = operand->Cast<duckdb::BoundConstantExpression>().value;
    if (!value.IsNull()) return expr::MakeUntypedLiteral(value.GetValue<std::string>());
  }
  if (plan.cast.id() != duckdb::LogicalTypeId::INVALID) {
    operand = duckdb::BoundCastExpression::AddCastToType(context_, std::move(operand), plan.cast);
  }
  duckdb::Value value;
  if (operand->IsFoldable() &&
      duckdb::ExpressionExecutor::TryEvaluateScalar(context_, *operand, value)) {
    return expr::MakeConstant(ValueOf(value, plan.type));
  }
  operands_.push_back(std::move(operand));
  return expr::MakeColumn(operands_.size() - 1, plan.type, "argument");
}

ExpressionPtr NativeBinding::Evaluate(const expr::NodePtr& node) {
  if (node->volatility() != expr::Volatility::kImmutable) {
    Throw(Unimplemented("this function cannot be used in a query of this kind")
              .WithSqlState("0A000"));
  }
  auto data = duckdb::make_uniq<NativeData>();
  data->node = expr::ResolveUntyped(node);
  const duckdb::LogicalType result = LogicalTypeOf(data->node->type());
  duckdb::vector<duckdb::LogicalType> types;
  for (const ExpressionPtr& operand : operands_) {
    types.push_back(operand->return_type);
    data->columns.push_back(PlanOf(operand->return_type).type);
  }
  duckdb::ScalarFunction function("millrace_native", std::move(types), result, Execute);
  function.null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  if (node->can_fail()) duckdb::BaseScalarFunction::SetReturnsError(function);
  Children operands;
  for (const ExpressionPtr& operand : operands_) operands.push_back(operand->Copy());
  return duckdb::make_uniq<duckdb::BoundFunctionExpression>(result, std::move(function),
                                                            std::move(operands), std::move(data));
}

ExpressionPtr NativeBinding::Lower(const expr::NodePtr& node) {
  switch (node->kind()) {
    case expr::NodeKind::kConstant: {
      // A text would be taken for an untyped literal by what stands above it.
      if (node->type().id == TypeId::kText) return Evaluate(node);
      const Value& value = static_cast<const expr::ConstantNode&>(*node).value();
      const duckdb::LogicalType type = LogicalTypeOf(node->type());
      return duckdb::make_uniq<duckdb::BoundConstantExpression>(
          value.is_null() ? duckdb::Value(type) : ToEngineValue(value));
    }
    case expr::NodeKind::kColumn:
      return operands_[static_cast<const expr::ColumnNode&>(*node).index()]->Copy();
    case expr::NodeKind::kCast: {
      const expr::NodePtr& operand = node->children()[0];
      const bool strict =
          static_cast<const expr::CastNode&>(*node).cast_kind() == expr::CastKind::kStrict;
      if (!strict || !EngineConverts(operand->type(), node->type())) return Evaluate(node);
      return duckdb::BoundCastExpression::AddCastToType(context_, Lower(operand),
                                                        LogicalTypeOf(node->type()));
    }
    default:
      return Evaluate(node);
  }
}

void RegisterName(duckdb::ExtensionLoader& loader, const std::string& name, size_t arguments,
                  Arity arity, duckdb::function_bind_expression_t bind) {
  using duckdb::LogicalType;
  duckdb::ScalarFunction function(name, duckdb::vector<LogicalType>(arguments, LogicalType::ANY),
                                  LogicalType::ANY, nullptr);
  if (arity == Arity::kVariadic) function.varargs = LogicalType::ANY;
  function.null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  function.bind_expression = bind;
  loader.RegisterFunction(std::move(function));
}

}  // namespace millrace::engine
