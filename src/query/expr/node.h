// Bound expressions: a tree of typed, immutable nodes over the columns of an
// input batch. Made by query/expr/builder.h, which checks types and inserts the
// casts; evaluated by query/expr/eval.h.
//
// Nodes are shared between plans, sessions and threads: everything here is const.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "query/expr/column_handle.h"
#include "query/expr/eval.h"
#include "types/value.h"

namespace millrace::expr {

class Node;
struct Function;
class ValueSet;
using NodePtr = std::shared_ptr<const Node>;

// How long a result may be kept: for ever, for one statement, not at all.
enum class Volatility : uint8_t { kImmutable, kStable, kVolatile };

enum class NodeKind : uint8_t {
  kConstant,
  kColumn,
  kParameter,
  kComparison,
  kConjunction,
  kDisjunction,
  kCase,
  kCoalesce,
  kNullIf,
  kInList,
  kCast,
  kCall,
};

class Node {
 public:
  virtual ~Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  NodeKind kind() const { return kind_; }
  const SqlType& type() const { return type_; }
  bool nullable() const { return nullable_; }
  // Of the whole tree.
  Volatility volatility() const { return volatility_; }
  // Whether evaluation may fail for some row. Parameters do not count: their
  // conversion does not depend on rows and may fail at any time.
  bool can_fail() const { return can_fail_; }
  std::span<const NodePtr> children() const { return children_; }

  // SQL-like text, for EXPLAIN and tests; the same for equal trees.
  std::string ToString() const;
  virtual void AppendTo(std::string* out) const = 0;
  // Whether both are the same computation. A volatile tree equals itself only
  // as a text: it may still give another result.
  bool Equals(const Node& other) const;

  // One result per row of the input (no row: an empty column). Errors, besides
  // those of the operations: 53200 past the memory of the context, 57014 stopped.
  Result<ColumnHandle> Evaluate(const Input& input, EvalContext& context) const {
    if (input.rows() == 0) return ColumnHandle::Own(Column(type_));
    return children_.empty() ? DoEvaluate(input, context) : EvaluateWithin(input, context);
  }

 protected:
  struct Traits {
    bool nullable = true;
    Volatility volatility = Volatility::kImmutable;
    bool can_fail = false;
  };
  // Volatility and can_fail are raised to those of the children.
  Node(NodeKind kind, SqlType type, std::vector<NodePtr> children, Traits traits);

 private:
  virtual Result<ColumnHandle> DoEvaluate(const Input& input, EvalContext& context) const = 0;
  // Ends a statement that was stopped, and counts what the result holds.
  Result<ColumnHandle> EvaluateWithin(const Input& input, EvalContext& context) const;

  const NodeKind kind_;
  const SqlType type_;
  const std::vector<NodePtr> children_;
  bool nullable_;
  Volatility volatility_;
  bool can_fail_;
};

// A literal or a folded subtree.
class ConstantNode final : public Node {
 public:
  // kUntyped: a quoted literal or NULL whose type is still decided by its surroundings.
  enum class Origin : uint8_t { kTyped, kUntyped };
  ConstantNode(Value value, Origin origin);

  const Value& value() const { return value_; }
  bool is_untyped() const { return origin_ == Origin::kUntyped; }
  void AppendTo(std::string* out) const override;

 private:
  Result<ColumnHandle> DoEvaluate(const Input& input, EvalContext& context) const override;
  const Value value_;
  const Origin origin_;
  Column column_;  // value_ once
};

// A column of the input batch.
class ColumnNode final : public Node {
 public:
  ColumnNode(size_t index, SqlType type, std::string name, bool nullable);

  size_t index() const { return index_; }
  const std::string& name() const { return name_; }
  void AppendTo(std::string* out) const override;

 private:
  Result<ColumnHandle> DoEvaluate(const Input& input, EvalContext& context) const override;
  const size_t index_;
  const std::string name_;
};

// $n. Its type is that of its surroundings; the value given at execution is
// coerced to it. Errors: 08P01 when there are too few values.
class ParameterNode final : public Node {
 public:
  // `index` counts from 0; type Null while the surroundings are not known.
  ParameterNode(size_t index, SqlType type);

  size_t index() const { return index_; }
  bool is_untyped() const { return type().id == TypeId::kNull; }
  Result<Value> CoercedValue(const EvalContext& context) const;
  void AppendTo(std::string* out) const override;

 private:
  Result<ColumnHandle> DoEvaluate(const Input& input, EvalContext& context) const override;
  const size_t index_;
};

enum class ComparisonOp : uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kDistinct,     // IS DISTINCT FROM
  kNotDistinct,  // IS NOT DISTINCT FROM
};

std::string_view ComparisonSymbol(ComparisonOp op);
// The operator with its sides exchanged: a < b is b > a.
ComparisonOp Mirrored(ComparisonOp op);
// The operator that is true where `op` is false: NOT (a < b) is a >= b.
ComparisonOp Negated(ComparisonOp op);

// Both sides have payloads of one type.
class ComparisonNode final : public Node {
 public:
  ComparisonNode(ComparisonOp op, NodePtr left, NodePtr right);

  ComparisonOp op() const { return op_; }
  const Node& left() const { return *children()[0]; }
  const Node& right() const { return *children()[1]; }
  void AppendTo(std::string* out) const override;

 private:
  Result<ColumnHandle> DoEvaluate(const Input& input, EvalContext& context) const override;
  const ComparisonOp op_;
};

// AND (kConjunction) or OR (kDisjunction) of two or more operands, left to right.
class LogicNode final : public Node {
 public:
  LogicNode(NodeKind kind, std::vector<NodePtr> operands);
  void AppendTo(std::string* out) const override;

 private:
  Result<ColumnHandle> DoEvaluate(const Input& input, EvalContext& context) const override;
};

// CASE WHEN c1 THEN r1 ... ELSE e END. Children: c1, r1, c2, r2, ..., e.
class CaseNode final : public Node {
 public:
  CaseNode(SqlType type, std::vector<NodePtr> children);
  size_t branches() const { return children().size() / 2; }
  void AppendTo(std::string* out) const override;

 private:
  Result<ColumnHandle> DoEvaluate(const Input& input, EvalContext& context) const override;
};

class CoalesceNode final : public Node {
 public:
  CoalesceNode(SqlType type, std::vector<NodePtr> operands);
  void AppendTo(std::string* out) const override;

 private:
  Result<ColumnHandle> DoEvaluate(const Input& input, EvalContext& context) const override;
};

// NULLIF(value, other): compares both as `comparison_type`; keeps the type of value.
class NullIfNode final : public Node {
 public:
  NullIfNode(SqlType comparison_type, NodePtr value, NodePtr other);
  void AppendTo(std::string* out) const override;

 private:
  Result<ColumnHandle> DoEvaluate(const Input& input, EvalContext& context) const override;
  const SqlType comparison_type_;
};

// value [NOT] IN (items). Children: value, items...; all with payloads of one type.
class InListNode final : public Node {
 public:
  enum class Sense : uint8_t { kIn, kNotIn };
  InListNode(Sense sense, std::vector<NodePtr> children);
  ~InListNode() override;

  Sense sense() const { return sense_; }
  const Node& value() const { return *children()[0]; }
  std::span<const NodePtr> items() const { return children().subspan(1); }
  void AppendTo(std::string* out) const override;

 private:
  Result<ColumnHandle> DoEvaluate(const Input& input, EvalContext& context) const override;
  Result<ColumnHandle> CompareOneByOne(const Input& input, EvalContext& context) const;
  const Sense sense_;
  // The items when they are many and all constant.
  std::unique_ptr<const ValueSet> set_;
};

enum class CastKind : uint8_t {
  kStrict,  // CAST: a value that cannot be converted is an error
  kTry,     // TRY_CAST: it becomes NULL
};

class CastNode final : public Node {
 public:
  CastNode(CastKind cast_kind, SqlType type, NodePtr operand);
  CastKind cast_kind() const { return cast_kind_; }
  void AppendTo(std::string* out) const override;

 private:
  Result<ColumnHandle> DoEvaluate(const Input& input, EvalContext& context) const override;
  const CastKind cast_kind_;
};

// A function or an operator of the registry (query/expr/registry.h).
class CallNode final : public Node {
 public:
  // `function` is one of the built-in functions, which live for ever.
  CallNode(const Function& function, SqlType type, std::vector<NodePtr> arguments);
  const Function& function() const { return function_; }
  void AppendTo(std::string* out) const override;

 private:
  Result<ColumnHandle> DoEvaluate(const Input& input, EvalContext& context) const override;
  const Function& function_;
};

}  // namespace millrace::expr
