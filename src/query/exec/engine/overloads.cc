// Names that take arguments of any type: at bind time each becomes a call of
// what fits their types. The printer, which does not know types, uses them.
#include <cmath>

#include "duckdb/common/vector_operations/unary_executor.hpp"
#include "duckdb/function/function_binder.hpp"
#include "duckdb/function/scalar_function.hpp"
#include "duckdb/main/extension/extension_loader.hpp"
#include "duckdb/planner/expression/bound_cast_expression.hpp"
#include "query/exec/engine/scalar_functions.h"

namespace millrace::engine {
namespace {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;

// Bytes with bytes and lists with lists stay what they are; all else is text.
duckdb::unique_ptr<duckdb::Expression> BindConcat(duckdb::FunctionBindExpressionInput& input) {
  const auto keeps_type = [](const duckdb::Expression& argument) {
    const duckdb::LogicalTypeId id = argument.return_type.id();
    return id == duckdb::LogicalTypeId::BLOB || id == duckdb::LogicalTypeId::LIST;
  };
  Children children;
  for (auto& child : input.children) children.push_back(std::move(child));
  if (!keeps_type(*children[0]) || !keeps_type(*children[1])) {
    for (auto& child : children) child = AsText(input.context, std::move(child));
  }
  const duckdb::LogicalType type = children[0]->return_type;
  return Call(input.context, "||", std::move(children), type);
}

// Binary floats round half to even, everything else away from zero.
duckdb::unique_ptr<duckdb::Expression> BindRound(duckdb::FunctionBindExpressionInput& input) {
  auto& argument = input.children[0];
  const duckdb::LogicalType type = argument->return_type;
  const bool is_float =
      type.id() == duckdb::LogicalTypeId::FLOAT || type.id() == duckdb::LogicalTypeId::DOUBLE;
  return Call(input.context, is_float ? "millrace_round_even" : "round", std::move(argument), type);
}

void RoundEven(duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
               duckdb::Vector& result) {
  duckdb::UnaryExecutor::Execute<double, double>(
      arguments.data[0], result, arguments.size(),
      [](double value) { return std::nearbyint(value); });
}

// DATE - DATE is a number of days as INT, not BIGINT.
duckdb::unique_ptr<duckdb::Expression> BindSubtract(duckdb::FunctionBindExpressionInput& input) {
  const LogicalType left = input.children[0]->return_type;
  const LogicalType right = input.children[1]->return_type;
  Children children;
  for (auto& child : input.children) children.push_back(std::move(child));
  auto difference = Call(input.context, "-", std::move(children), left);
  if (left.id() != LogicalTypeId::DATE || right.id() != LogicalTypeId::DATE) return difference;
  return duckdb::BoundCastExpression::AddCastToType(input.context, std::move(difference),
                                                    LogicalType::INTEGER);
}

// Truncating gives a TIMESTAMP, or a DATETIME for one; never a DATE.
duckdb::unique_ptr<duckdb::Expression> BindDateTrunc(duckdb::FunctionBindExpressionInput& input) {
  const bool has_zone = input.children[1]->return_type.id() == LogicalTypeId::TIMESTAMP_TZ;
  const LogicalType type = has_zone ? LogicalType::TIMESTAMP_TZ : LogicalType::TIMESTAMP;
  Children children;
  for (auto& child : input.children) children.push_back(std::move(child));
  auto truncated = Call(input.context, "date_trunc", std::move(children), type);
  return duckdb::BoundCastExpression::AddCastToType(input.context, std::move(truncated), type);
}

// Characters of a text, bytes of BYTES.
duckdb::unique_ptr<duckdb::Expression> BindLength(duckdb::FunctionBindExpressionInput& input) {
  auto& argument = input.children[0];
  const bool is_bytes = argument->return_type.id() == LogicalTypeId::BLOB;
  return Call(input.context, is_bytes ? "octet_length" : "length", std::move(argument),
              LogicalType::BIGINT);
}

duckdb::unique_ptr<duckdb::Expression> BindOctetLength(duckdb::FunctionBindExpressionInput& input) {
  auto& argument = input.children[0];
  const bool is_bytes = argument->return_type.id() == LogicalTypeId::BLOB;
  return Call(input.context, is_bytes ? "octet_length" : "strlen", std::move(argument),
              LogicalType::BIGINT);
}

}  // namespace

duckdb::unique_ptr<duckdb::Expression> Call(duckdb::ClientContext& context, const std::string& name,
                                            Children children, const duckdb::LogicalType& type) {
  duckdb::ErrorData error;
  auto call = duckdb::FunctionBinder(context).BindScalarFunction(DEFAULT_SCHEMA, name,
                                                                 std::move(children), error);
  if (error.HasError()) error.Throw();
  if (call->return_type.id() != duckdb::LogicalTypeId::SQLNULL) return call;
  return duckdb::BoundCastExpression::AddCastToType(context, std::move(call), type);
}

duckdb::unique_ptr<duckdb::Expression> Call(duckdb::ClientContext& context, const std::string& name,
                                            duckdb::unique_ptr<duckdb::Expression> argument,
                                            const duckdb::LogicalType& type) {
  Children children;
  children.push_back(std::move(argument));
  return Call(context, name, std::move(children), type);
}

void RegisterName(duckdb::ExtensionLoader& loader, const std::string& name, size_t arguments,
                  const LogicalType& result, duckdb::function_bind_expression_t bind) {
  duckdb::ScalarFunction function(name, duckdb::vector<LogicalType>(arguments, LogicalType::ANY),
                                  result, nullptr);
  function.null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  function.bind_expression = bind;
  loader.RegisterFunction(std::move(function));
}

void RegisterOverloads(duckdb::ExtensionLoader& loader) {
  loader.RegisterFunction(duckdb::ScalarFunction("millrace_round_even", {LogicalType::DOUBLE},
                                                 LogicalType::DOUBLE, RoundEven));
  RegisterName(loader, "millrace_round", 1, LogicalType::ANY, BindRound);
  RegisterName(loader, "millrace_concat", 2, LogicalType::VARCHAR, BindConcat);
  RegisterName(loader, "millrace_subtract", 2, LogicalType::ANY, BindSubtract);
  RegisterName(loader, "millrace_date_trunc", 2, LogicalType::TIMESTAMP, BindDateTrunc);
  RegisterName(loader, "millrace_length", 1, LogicalType::BIGINT, BindLength);
  RegisterName(loader, "millrace_octet_length", 1, LogicalType::BIGINT, BindOctetLength);
}

}  // namespace millrace::engine
