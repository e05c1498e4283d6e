// Random trees on random rows: whole columns against an oracle that knows only
// one row of Values at a time, and against the evaluator itself row by row.
#include <gtest/gtest.h>

#include <random>

#include "query/expr/builder.h"
#include "query/expr/function.h"

namespace millrace::expr {
namespace {

// ---- The oracle: SQL as one would say it ------------------------------------

Result<Value> Oracle(const Node& node, const std::vector<Value>& row);

Result<Value> OracleLogic(const Node& node, const std::vector<Value>& row) {
  const bool decisive = node.kind() == NodeKind::kDisjunction;
  bool saw_null = false;
  for (const NodePtr& child : node.children()) {
    ASSIGN_OR_RETURN(const Value value, Oracle(*child, row));
    if (value.is_null()) {
      saw_null = true;
    } else if (value.boolean() == decisive) {
      return value;
    }
  }
  return saw_null ? Value::Null(TypeId::kBoolean) : Value::Boolean(!decisive);
}

Result<Value> OracleComparison(const ComparisonNode& node, const std::vector<Value>& row) {
  ASSIGN_OR_RETURN(const Value left, Oracle(node.left(), row));
  ASSIGN_OR_RETURN(const Value right, Oracle(node.right(), row));
  const bool distinct = node.op() == ComparisonOp::kDistinct;
  if (distinct || node.op() == ComparisonOp::kNotDistinct) {
    const bool same = left.is_null() || right.is_null() ? left.is_null() == right.is_null()
                                                        : *CompareValues(left, right) == 0;
    return Value::Boolean(same != distinct);
  }
  if (left.is_null() || right.is_null()) return Value::Null(TypeId::kBoolean);
  const int order = *CompareValues(left, right);
  switch (node.op()) {
    case ComparisonOp::kEqual:
      return Value::Boolean(order == 0);
    case ComparisonOp::kNotEqual:
      return Value::Boolean(order != 0);
    case ComparisonOp::kLess:
      return Value::Boolean(order < 0);
    case ComparisonOp::kLessOrEqual:
      return Value::Boolean(order <= 0);
    case ComparisonOp::kGreater:
      return Value::Boolean(order > 0);
    default:
      return Value::Boolean(order >= 0);
  }
}

Result<Value> OracleIn(const InListNode& node, const std::vector<Value>& row) {
  ASSIGN_OR_RETURN(const Value value, Oracle(node.value(), row));
  bool found = false;
  bool unknown = value.is_null();
  for (const NodePtr& item : node.items()) {
    ASSIGN_OR_RETURN(const Value candidate, Oracle(*item, row));
    if (candidate.is_null()) {
      unknown = true;
    } else if (!value.is_null() && *CompareValues(value, candidate) == 0) {
      found = true;
    }
  }
  if (!found && unknown) return Value::Null(TypeId::kBoolean);
  return Value::Boolean(found == (node.sense() == InListNode::Sense::kIn));
}

Result<Value> OracleArithmetic(std::string_view name, int64_t a, int64_t b) {
  int64_t result = 0;
  bool overflow = false;
  if (name == "+") overflow = __builtin_add_overflow(a, b, &result);
  if (name == "-") overflow = __builtin_sub_overflow(a, b, &result);
  if (name == "*") overflow = __builtin_mul_overflow(a, b, &result);
  if (name == "/" || name == "%") {
    if (b == 0) return InvalidArgument("division by zero").WithSqlState("22012");
    overflow = name == "/" && b == -1 && a == std::numeric_limits<int64_t>::min();
    if (!overflow) result = name == "/" ? a / b : (b == -1 ? 0 : a % b);
  }
  if (overflow) return InvalidArgument("out of range").WithSqlState("22003");
  return Value::BigInt(result);
}

Result<Value> OracleCall(const CallNode& node, const std::vector<Value>& row) {
  std::vector<Value> arguments;
  for (const NodePtr& child : node.children()) {
    ASSIGN_OR_RETURN(Value value, Oracle(*child, row));
    arguments.push_back(std::move(value));
  }
  const std::string_view name = node.function().name;
  if (name == "IS NULL") return Value::Boolean(arguments[0].is_null());
  for (const Value& argument : arguments) {
    if (argument.is_null()) return Value::Null(node.type());
  }
  if (name == "NOT") return Value::Boolean(!arguments[0].boolean());
  if (name == "||") return Value::Text(arguments[0].string() + arguments[1].string());
  return OracleArithmetic(name, arguments[0].integer(), arguments[1].integer());
}

Result<Value> OracleConditional(const Node& node, const std::vector<Value>& row) {
  const auto children = node.children();
  if (node.kind() == NodeKind::kCoalesce) {
    for (const NodePtr& child : children) {
      ASSIGN_OR_RETURN(Value value, Oracle(*child, row));
      if (!value.is_null()) return value;
    }
    return Value::Null(node.type());
  }
  if (node.kind() == NodeKind::kNullIf) {
    ASSIGN_OR_RETURN(Value value, Oracle(*children[0], row));
    ASSIGN_OR_RETURN(const Value other, Oracle(*children[1], row));
    const bool equal = !value.is_null() && !other.is_null() && *CompareValues(value, other) == 0;
    return equal ? Value::Null(node.type()) : value;
  }
  for (size_t i = 0; i + 1 < children.size(); i += 2) {
    ASSIGN_OR_RETURN(const Value condition, Oracle(*children[i], row));
    if (!condition.is_null() && condition.boolean()) return Oracle(*children[i + 1], row);
  }
  return Oracle(*children.back(), row);
}

Result<Value> Oracle(const Node& node, const std::vector<Value>& row) {
  switch (node.kind()) {
    case NodeKind::kConstant:
      return static_cast<const ConstantNode&>(node).value();
    case NodeKind::kColumn:
      return row[static_cast<const ColumnNode&>(node).index()];
    case NodeKind::kComparison:
      return OracleComparison(static_cast<const ComparisonNode&>(node), row);
    case NodeKind::kConjunction:
    case NodeKind::kDisjunction:
      return OracleLogic(node, row);
    case NodeKind::kInList:
      return OracleIn(static_cast<const InListNode&>(node), row);
    case NodeKind::kCall:
      return OracleCall(static_cast<const CallNode&>(node), row);
    default:
      return OracleConditional(node, row);
  }
}

// ---- Random trees and rows --------------------------------------------------

constexpr TypeId kColumnTypes[] = {TypeId::kBigInt, TypeId::kBigInt, TypeId::kText,
                                   TypeId::kBoolean, TypeId::kDouble};

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  size_t Below(size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random_);
  }

  Value RandomValue(TypeId type) {
    if (Below(5) == 0) return Value::Null(type);
    switch (type) {
      case TypeId::kBigInt: {
        constexpr int64_t kEdges[] = {std::numeric_limits<int64_t>::max(),
                                      std::numeric_limits<int64_t>::min(), 1'000'000'000'000};
        if (Below(12) == 0) return Value::BigInt(kEdges[Below(3)]);
        return Value::BigInt(static_cast<int64_t>(Below(7)) - 3);
      }
      case TypeId::kText:
        return Value::Text(std::string(Below(3), static_cast<char>('a' + Below(3))));
      case TypeId::kBoolean:
        return Value::Boolean(Below(2) == 0);
      default: {
        const double kEdges[] = {0.0, -0.0, std::numeric_limits<double>::quiet_NaN(), 1.5,
                                 -std::numeric_limits<double>::infinity()};
        return Value::Double(kEdges[Below(5)]);
      }
    }
  }

  NodePtr Tree(TypeId type, int depth) {
    if (depth == 0 || Below(6) == 0) return Leaf(type);
    if (Below(4) == 0) return Conditional(type, depth - 1);
    switch (type) {
      case TypeId::kBigInt: {
        constexpr std::string_view kOperators[] = {"+", "-", "*", "/", "%"};
        return *MakeCall(kOperators[Below(5)], {Tree(type, depth - 1), Tree(type, depth - 1)});
      }
      case TypeId::kText:
        return *MakeCall("||", {Tree(type, depth - 1), Tree(type, depth - 1)});
      case TypeId::kBoolean:
        return Condition(depth - 1);
      default:
        return Leaf(type);
    }
  }

 private:
  NodePtr Leaf(TypeId type) {
    std::vector<size_t> fitting;
    for (size_t i = 0; i < std::size(kColumnTypes); ++i) {
      if (kColumnTypes[i] == type) fitting.push_back(i);
    }
    if (Below(3) == 0) return MakeConstant(RandomValue(type));
    const size_t index = fitting[Below(fitting.size())];
    return MakeColumn(index, type, "c" + std::to_string(index));
  }

  NodePtr Conditional(TypeId type, int depth) {
    switch (Below(3)) {
      case 0:
        return *MakeCall("coalesce", {Tree(type, depth), Tree(type, depth), Tree(type, depth)});
      case 1:
        return *MakeCall("nullif", {Tree(type, depth), Tree(type, depth)});
      default:
        return *MakeCase(nullptr,
                         {{Tree(TypeId::kBoolean, depth), Tree(type, depth)},
                          {Tree(TypeId::kBoolean, depth), Tree(type, depth)}},
                         Below(2) == 0 ? nullptr : Tree(type, depth));
    }
  }

  NodePtr Condition(int depth) {
    const TypeId type = kColumnTypes[Below(std::size(kColumnTypes))];
    switch (Below(6)) {
      case 0:
        return *MakeAnd({Tree(TypeId::kBoolean, depth), Tree(TypeId::kBoolean, depth),
                         Tree(TypeId::kBoolean, depth)});
      case 1:
        return *MakeOr({Tree(TypeId::kBoolean, depth), Tree(TypeId::kBoolean, depth)});
      case 2:
        return *MakeNot(Tree(TypeId::kBoolean, depth));
      case 3:
        return *MakeIsTest(Tree(type, depth), Truth::kNull, false);
      case 4: {
        std::vector<NodePtr> items;
        for (size_t i = Below(14) + 1; i > 0; --i)
          items.push_back(Tree(type, Below(4) == 0 ? 1 : 0));
        return *MakeIn(Tree(type, depth), std::move(items),
                       Below(2) == 0 ? InListNode::Sense::kIn : InListNode::Sense::kNotIn);
      }
      default:
        return *MakeComparison(static_cast<ComparisonOp>(Below(8)), Tree(type, depth),
                               Tree(type, depth));
    }
  }

  std::mt19937_64 random_;
};

Batch RandomBatch(Generator* generator, size_t rows) {
  Batch batch;
  for (const TypeId type : kColumnTypes) {
    Column column(type);
    for (size_t row = 0; row < rows; ++row) column.AppendValue(generator->RandomValue(type));
    batch.columns.push_back(std::move(column));
  }
  batch.rows = rows;
  return batch;
}

std::string Shown(const Result<Value>& value) {
  return value.ok() ? value->ToText() : "!" + std::string(value.status().sqlstate());
}

void CheckTree(const Node& node, const Batch& batch) {
  SCOPED_TRACE(node.ToString());
  EvalContext context;
  const Result<Column> column = Evaluate(node, batch, context);
  bool any_error = false;
  std::vector<uint32_t> expected_true;
  for (uint32_t row = 0; row < batch.rows; ++row) {
    const Result<Value> expected = Oracle(node, batch.GetRow(row));
    const Batch one = batch.Select(std::span(&row, 1));
    const Result<Column> alone = Evaluate(node, one, context);
    const Result<Value> value =
        alone.ok() ? Result<Value>(alone->GetValue(0)) : Result<Value>(alone.status());
    ASSERT_EQ(Shown(value), Shown(expected)) << "row " << row;
    any_error = any_error || !expected.ok();
    if (expected.ok() && !expected->is_null()) {
      ASSERT_TRUE(!column.ok() || column->GetValue(row) == *expected ||
                  Shown(column->GetValue(row)) == Shown(expected))
          << "row " << row;
      if (node.type().id == TypeId::kBoolean && expected->boolean()) expected_true.push_back(row);
    } else if (expected.ok()) {
      ASSERT_TRUE(!column.ok() || column->is_null(row)) << "row " << row;
      ASSERT_TRUE(node.nullable());
    }
  }
  ASSERT_EQ(column.ok(), !any_error);
  ASSERT_TRUE(!any_error || node.can_fail());
  if (node.type().id != TypeId::kBoolean || any_error) return;
  const Result<std::vector<uint32_t>> selected = SelectRows(node, batch, context);
  ASSERT_TRUE(selected.ok()) << selected.status().ToString();
  ASSERT_EQ(*selected, expected_true);
}

TEST(EvaluationPropertyTest, ColumnsAgreeWithTheRowByRowOracle) {
  for (uint64_t seed = 0; seed < 3'000 && !testing::Test::HasFatalFailure(); ++seed) {
    Generator generator(seed);
    const Batch batch = RandomBatch(&generator, 1 + generator.Below(40));
    const TypeId type = kColumnTypes[generator.Below(std::size(kColumnTypes))];
    CheckTree(*generator.Tree(type, 4), batch);
  }
}

}  // namespace
}  // namespace millrace::expr
