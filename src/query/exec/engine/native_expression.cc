#include "query/exec/engine/native_expression.h"

#include <set>
#include <utility>

#include "base/assert.h"
#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/function/function_binder.hpp"
#include "duckdb/main/extension/extension_loader.hpp"
#include "duckdb/planner/expression/bound_case_expression.hpp"
#include "duckdb/planner/expression/bound_cast_expression.hpp"
#include "duckdb/planner/expression/bound_constant_expression.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "duckdb/planner/expression/bound_operator_expression.hpp"
#include "query/exec/engine/columns.h"
#include "query/exec/engine/errors.h"
#include "query/exec/engine/values.h"
#include "query/expr/builder.h"
#include "query/expr/eval.h"

namespace millrace::engine {
namespace {

// An expression and the columns of its batch, of which only some are arguments.
struct NativeData : duckdb::FunctionData {
  struct Argument {
    size_t column = 0;
    SqlType type;
    bool operator==(const Argument&) const = default;
  };
  expr::NodePtr node;
  std::vector<Argument> arguments;

  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<NativeData>(*this);
  }
  bool Equals(const duckdb::FunctionData& other) const override {
    const auto& data = other.Cast<NativeData>();
    return arguments == data.arguments && node->type() == data.node->type() &&
           node->Equals(*data.node);
  }
};

// One chunk: the arguments as a batch, the expression over it, the result as a
// vector. When all arguments are constant, one row stands for all.
void Execute(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& data =
      state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info->Cast<NativeData>();
  const bool constant = arguments.AllConstant();
  Batch batch;
  batch.rows = constant ? 1 : arguments.size();
  for (size_t i = 0; i < data.arguments.size(); ++i) {
    const NativeData::Argument& argument = data.arguments[i];
    if (batch.columns.size() <= argument.column) batch.columns.resize(argument.column + 1);
    Column& column = batch.columns[argument.column];
    column = Column(argument.type);
    const Status read = ReadColumn(arguments.data[i], batch.rows, &column);
    if (!read.ok()) Throw(read);
  }
  expr::EvalContext context;
  auto buffer = duckdb::make_buffer<BatchBuffer>();
  buffer->batch.columns.push_back(OrThrow(expr::Evaluate(*data.node, batch, context)));
  buffer->batch.rows = batch.rows;
  FillVector(buffer, 0, 0, batch.rows, &result);
  if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

// The columns a tree reads, ascending.
void AddColumns(const expr::Node& node, std::set<size_t>* columns) {
  if (node.kind() == expr::NodeKind::kColumn) {
    columns->insert(static_cast<const expr::ColumnNode&>(node).index());
  }
  for (const expr::NodePtr& child : node.children()) AddColumns(*child, columns);
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
  const ReadPlan plan = PlanOf(operand->return_type);
  if (plan.cast.id() != duckdb::LogicalTypeId::INVALID &&
      operand->return_type.id() != duckdb::LogicalTypeId::SQLNULL) {
    operand = duckdb::BoundCastExpression::AddCastToType(context_, std::move(operand), plan.cast);
  }
  const duckdb::Expression& added = *operand;
  operands_.push_back(std::move(operand));
  if (added.return_type.id() == duckdb::LogicalTypeId::SQLNULL) return expr::MakeNull();
  if (added.GetExpressionClass() == duckdb::ExpressionClass::BOUND_CONSTANT &&
      IsPlainText(added.return_type)) {
    const auto& value = added.Cast<duckdb::BoundConstantExpression>().value;
    if (!value.IsNull()) return expr::MakeUntypedLiteral(value.GetValue<std::string>());
  }
  duckdb::Value value;
  if (added.IsFoldable() && duckdb::ExpressionExecutor::TryEvaluateScalar(context_, added, value)) {
    return expr::MakeConstant(ValueOf(value, plan.type));
  }
  return expr::MakeColumn(operands_.size() - 1, plan.type, "argument");
}

ExpressionPtr NativeBinding::Take(size_t operand) {
  MR_ASSERT(operands_[operand] != nullptr, "an operand used twice");
  return std::move(operands_[operand]);
}

ExpressionPtr NativeBinding::Evaluate(const expr::NodePtr& node) {
  if (node->volatility() != expr::Volatility::kImmutable) {
    Throw(Unimplemented("this function cannot be used in a query of this kind")
              .WithSqlState("0A000"));
  }
  auto data = duckdb::make_uniq<NativeData>();
  data->node = expr::ResolveUntyped(node);
  const duckdb::LogicalType result = LogicalTypeOf(data->node->type());
  std::set<size_t> columns;
  AddColumns(*node, &columns);
  duckdb::vector<duckdb::LogicalType> types;
  Children operands;
  for (const size_t column : columns) {
    operands.push_back(Take(column));
    types.push_back(operands.back()->return_type);
    data->arguments.push_back({column, PlanOf(types.back()).type});
  }
  duckdb::ScalarFunction function("millrace_native", std::move(types), result, Execute);
  function.null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  if (node->can_fail()) duckdb::BaseScalarFunction::SetReturnsError(function);
  return duckdb::make_uniq<duckdb::BoundFunctionExpression>(result, std::move(function),
                                                            std::move(operands), std::move(data));
}

ExpressionPtr NativeBinding::Lower(const expr::NodePtr& node) {
  switch (node->kind()) {
    case expr::NodeKind::kConstant: {
      const Value& value = static_cast<const expr::ConstantNode&>(*node).value();
      const duckdb::LogicalType type = LogicalTypeOf(node->type());
      return duckdb::make_uniq<duckdb::BoundConstantExpression>(
          value.is_null() ? duckdb::Value(type) : ToEngineValue(value));
    }
    case expr::NodeKind::kColumn:
      return Take(static_cast<const expr::ColumnNode&>(*node).index());
    case expr::NodeKind::kCast: {
      const expr::NodePtr& operand = node->children()[0];
      const bool strict =
          static_cast<const expr::CastNode&>(*node).cast_kind() == expr::CastKind::kStrict;
      if (!strict || !EngineConverts(operand->type(), node->type())) return Evaluate(node);
      return duckdb::BoundCastExpression::AddCastToType(context_, Lower(operand),
                                                        LogicalTypeOf(node->type()));
    }
    case expr::NodeKind::kCase:
      return LowerCase(*node);
    case expr::NodeKind::kCoalesce: {
      auto coalesce = duckdb::make_uniq<duckdb::BoundOperatorExpression>(
          duckdb::ExpressionType::OPERATOR_COALESCE, LogicalTypeOf(node->type()));
      for (const expr::NodePtr& child : node->children()) {
        coalesce->children.push_back(LowerTo(child, node->type()));
      }
      return coalesce;
    }
    default:
      return Evaluate(node);
  }
}

ExpressionPtr NativeBinding::LowerTo(const expr::NodePtr& node, const SqlType& type) {
  return duckdb::BoundCastExpression::AddCastToType(context_, Lower(node), LogicalTypeOf(type));
}

ExpressionPtr NativeBinding::LowerCase(const expr::Node& node) {
  auto choice = duckdb::make_uniq<duckdb::BoundCaseExpression>(LogicalTypeOf(node.type()));
  const std::span<const expr::NodePtr> children = node.children();
  for (size_t i = 0; i + 1 < children.size(); i += 2) {
    duckdb::BoundCaseCheck check;
    check.when_expr = Lower(children[i]);
    check.then_expr = LowerTo(children[i + 1], node.type());
    choice->case_checks.push_back(std::move(check));
  }
  choice->else_expr = LowerTo(children.back(), node.type());
  return choice;
}

ExpressionPtr NativeBinding::LowerResult(const expr::NodePtr& node) {
  const TypeId id = node->type().id;
  const bool adapts =
      id == TypeId::kText || id == TypeId::kSmallInt || id == TypeId::kInt || id == TypeId::kBigInt;
  return node->kind() == expr::NodeKind::kConstant && adapts ? Evaluate(node) : Lower(node);
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
