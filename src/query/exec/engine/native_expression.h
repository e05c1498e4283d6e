// The bridge from a call bound by the engine to an expression of query/expr and
// back. Used while a query is bound, on its thread.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "duckdb.hpp"
#include "duckdb/function/scalar_function.hpp"
#include "query/expr/node.h"

namespace millrace::engine {

using ExpressionPtr = duckdb::unique_ptr<duckdb::Expression>;
using Children = duckdb::vector<ExpressionPtr>;

// True for lists, structs, maps and the like, which only the engine computes with.
bool IsNested(const duckdb::LogicalType& type);

// The engine's own function of that name. Throws when there is none for the types.
ExpressionPtr CallEngine(duckdb::ClientContext& context, const std::string& name,
                         Children children);

// The text or number a constant argument holds; the printer wrote it.
std::string ConstantText(const duckdb::Expression& argument);
int64_t ConstantInteger(const duckdb::Expression& argument);

// The operands of one operation as nodes, and the operation as an expression of
// the engine over them. Every operand is used once: subqueries cannot be copied.
class NativeBinding {
 public:
  explicit NativeBinding(duckdb::ClientContext& context) : context_(context) {}

  // The operand as a node: a constant, an untyped literal or a column of the
  // batch that the operation will see.
  expr::NodePtr Add(ExpressionPtr operand);

  // `node`, made of nodes that Add gave, evaluated by query/expr. Throws 0A000 when
  // it depends on more than its operands.
  ExpressionPtr Evaluate(const expr::NodePtr& node);

  // The same, but leaves, CASE and COALESCE, and conversions that the engine does
  // alike, are left to the engine, so that it can use them for scans and joins.
  ExpressionPtr Lower(const expr::NodePtr& node);

  // The same for what other operations will take as an operand: the engine would
  // take a constant for a literal that may change its type.
  ExpressionPtr LowerResult(const expr::NodePtr& node);

  // All operands, when the operation is the engine's after all.
  Children TakeAll() && { return std::move(operands_); }

 private:
  ExpressionPtr Take(size_t operand);
  // The same as Lower, of the type exactly.
  ExpressionPtr LowerTo(const expr::NodePtr& node, const SqlType& type);
  ExpressionPtr LowerCase(const expr::Node& node);

  duckdb::ClientContext& context_;
  Children operands_;  // null when taken
};

// Registers a name that takes `fixed` arguments of any type, or more when
// `variadic`; `bind` replaces each call.
enum class Arity : uint8_t { kFixed, kVariadic };
void RegisterName(duckdb::ExtensionLoader& loader, const std::string& name, size_t arguments,
                  Arity arity, duckdb::function_bind_expression_t bind);

// The value, or a throw of its status through the engine.
template <typename T>
T OrThrow(Result<T> result);

[[noreturn]] void ThrowStatus(const Status& status);

template <typename T>
T OrThrow(Result<T> result) {
  if (!result.ok()) ThrowStatus(result.status());
  return *std::move(result);
}

}  // namespace millrace::engine
