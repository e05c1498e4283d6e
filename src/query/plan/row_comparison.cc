#include "query/plan/row_comparison.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "query/plan/draft.h"
#include "query/sql/operators.h"
#include "query/sql/visitor.h"

namespace millrace::plan {
namespace {

using sql::BinaryOperator;
using sql::Expr;
using sql::LogicalOperator;

// Operands are copied into each comparison: nested lists of rows multiply.
constexpr size_t kNodesMax = 100'000;

using Elements = std::vector<Expr>;

const Elements* ElementsOf(const Expr& expression) {
  const auto* row = expression.If<sql::RowConstructor>();
  return row == nullptr ? nullptr : &row->elements;
}

// What decides when the columns before were equal: `<` for `<` and `<=`.
BinaryOperator Strict(BinaryOperator op) {
  if (op == BinaryOperator::kLessOrEqual) return BinaryOperator::kLess;
  return op == BinaryOperator::kGreaterOrEqual ? BinaryOperator::kGreater : op;
}

class Expansion {
 public:
  const Status& status() const { return status_; }

  // Replaces `expression` if it compares rows; its children are not looked at.
  void Replace(Expr* expression) {
    if (!status_.ok()) return;
    position_ = expression->position;
    if (const auto* binary = expression->If<sql::Binary>()) {
      const Elements* left = ElementsOf(binary->left);
      const Elements* right = ElementsOf(binary->right);
      if (left == nullptr || right == nullptr || !sql::IsComparison(binary->op)) return;
      *expression = Compare(binary->op, *left, *right);
    } else if (const auto* in = expression->If<sql::InList>()) {
      if (ElementsOf(in->value) != nullptr && HoldsOnlyRows(in->list)) *expression = IsIn(*in);
    } else if (const auto* between = expression->If<sql::Between>()) {
      if (IsOfRows(*between)) *expression = IsBetween(*between);
    } else if (const auto* test = expression->If<sql::IsTest>()) {
      const Elements* row = ElementsOf(test->operand);
      if (row != nullptr && test->test == sql::IsTestKind::kNull) *expression = IsNull(*test, *row);
    }
  }

 private:
  static bool HoldsOnlyRows(const Elements& list) {
    for (const Expr& item : list) {
      if (ElementsOf(item) == nullptr) return false;
    }
    return true;
  }
  static bool IsOfRows(const sql::Between& between) {
    return ElementsOf(between.value) != nullptr && ElementsOf(between.low) != nullptr &&
           ElementsOf(between.high) != nullptr;
  }

  void Fail(Status status) {
    if (status_.ok()) status_ = AtPosition(std::move(status), position_, {});
  }

  Expr Copy(const Expr& expression) {
    sql::VisitExpressions(expression, [this](const Expr&) {
      ++nodes_;
      return sql::Walk::kInto;
    });
    if (nodes_ <= kNodesMax) return expression;
    Fail(ResourceExhausted("comparisons of rows are too large")
             .WithSqlState("54001")
             .WithHint("Compare with fewer rows, or join a table that holds them."));
    return Expr();
  }

  Expr One(BinaryOperator op, const Expr& left, const Expr& right) {
    return Expr(sql::Binary{op, Copy(left), Copy(right)}, position_);
  }

  Expr Join(LogicalOperator op, Elements operands) {
    if (operands.size() == 1) return std::move(operands.front());
    return Expr(sql::Logical{op, std::move(operands)}, position_);
  }

  Expr Negated(bool negated, Expr expression) {
    if (!negated) return expression;
    return Expr(sql::Unary{sql::UnaryOperator::kNot, std::move(expression)}, position_);
  }

  Expr Compare(BinaryOperator op, const Elements& left, const Elements& right) {
    if (left.size() != right.size()) {
      Fail(InvalidArgument("unequal number of entries in row expressions").WithSqlState("42601"));
      return Expr();
    }
    switch (op) {
      case BinaryOperator::kEqual:
      case BinaryOperator::kIsNotDistinctFrom:
        return CompareEach(LogicalOperator::kAnd, op, left, right);
      case BinaryOperator::kNotEqual:
      case BinaryOperator::kIsDistinctFrom:
        return CompareEach(LogicalOperator::kOr, op, left, right);
      default:
        return CompareInOrder(op, left, right);
    }
  }

  Expr CompareEach(LogicalOperator join, BinaryOperator op, const Elements& left,
                   const Elements& right) {
    Elements operands;
    for (size_t i = 0; i < left.size(); ++i) operands.push_back(One(op, left[i], right[i]));
    return Join(join, std::move(operands));
  }

  // From the last column to the first.
  Expr CompareInOrder(BinaryOperator op, const Elements& left, const Elements& right) {
    Expr rest = One(op, left.back(), right.back());
    for (size_t i = left.size() - 1; i-- > 0;) {
      Elements equal;
      equal.push_back(One(BinaryOperator::kEqual, left[i], right[i]));
      equal.push_back(std::move(rest));
      Elements either;
      either.push_back(One(Strict(op), left[i], right[i]));
      either.push_back(Join(LogicalOperator::kAnd, std::move(equal)));
      rest = Join(LogicalOperator::kOr, std::move(either));
    }
    return rest;
  }

  Expr IsIn(const sql::InList& in) {
    Elements any;
    for (const Expr& item : in.list) {
      if (!status_.ok()) return Expr();
      any.push_back(Compare(BinaryOperator::kEqual, *ElementsOf(in.value), *ElementsOf(item)));
    }
    return Negated(in.negated, Join(LogicalOperator::kOr, std::move(any)));
  }

  Expr IsWithin(const Elements& value, const Elements& low, const Elements& high) {
    Elements both;
    both.push_back(Compare(BinaryOperator::kGreaterOrEqual, value, low));
    both.push_back(Compare(BinaryOperator::kLessOrEqual, value, high));
    return Join(LogicalOperator::kAnd, std::move(both));
  }

  Expr IsBetween(const sql::Between& between) {
    const Elements& value = *ElementsOf(between.value);
    const Elements& low = *ElementsOf(between.low);
    const Elements& high = *ElementsOf(between.high);
    Expr within = IsWithin(value, low, high);
    if (between.symmetric) {
      Elements either;
      either.push_back(std::move(within));
      either.push_back(IsWithin(value, high, low));
      within = Join(LogicalOperator::kOr, std::move(either));
    }
    return Negated(between.negated, std::move(within));
  }

  // IS NOT NULL is not the opposite: it is true when no column is null.
  Expr IsNull(const sql::IsTest& test, const Elements& row) {
    Elements all;
    for (const Expr& element : row) {
      all.push_back(
          Expr(sql::IsTest{sql::IsTestKind::kNull, test.negated, Copy(element)}, position_));
    }
    return Join(LogicalOperator::kAnd, std::move(all));
  }

  sql::SourcePosition position_;
  size_t nodes_ = 0;
  Status status_;
};

}  // namespace

Status ExpandRowComparisons(sql::Statement* statement) {
  Expansion expansion;
  sql::VisitExpressions(*statement, [&](Expr& expression) {
    expansion.Replace(&expression);
    return expansion.status().ok() ? sql::Walk::kInto : sql::Walk::kOver;
  });
  return expansion.status();
}

}  // namespace millrace::plan
