#include "query/sql/operators.h"

#include <cstddef>
#include <iterator>

namespace millrace::sql {
namespace {

struct OperatorInfo {
  std::string_view text;
  Precedence precedence;
};

// In the order of BinaryOperator.
constexpr OperatorInfo kOperators[] = {
    {"+", kPrecedenceAdd},
    {"-", kPrecedenceAdd},
    {"*", kPrecedenceMultiply},
    {"/", kPrecedenceMultiply},
    {"%", kPrecedenceMultiply},
    {"^", kPrecedencePower},
    {"||", kPrecedenceOther},
    {"=", kPrecedenceComparison},
    {"<>", kPrecedenceComparison},
    {"<", kPrecedenceComparison},
    {"<=", kPrecedenceComparison},
    {">", kPrecedenceComparison},
    {">=", kPrecedenceComparison},
    {"IS DISTINCT FROM", kPrecedenceIs},
    {"IS NOT DISTINCT FROM", kPrecedenceIs},
    {"~", kPrecedenceOther},
    {"~*", kPrecedenceOther},
    {"!~", kPrecedenceOther},
    {"!~*", kPrecedenceOther},
    {"->", kPrecedenceOther},
    {"->>", kPrecedenceOther},
    {"#>", kPrecedenceOther},
    {"#>>", kPrecedenceOther},
    {"#-", kPrecedenceOther},
    {"@>", kPrecedenceOther},
    {"<@", kPrecedenceOther},
    {"?", kPrecedenceOther},
    {"?|", kPrecedenceOther},
    {"?&", kPrecedenceOther},
    {"@?", kPrecedenceOther},
    {"@@", kPrecedenceOther},
    {"&&", kPrecedenceOther},
    {"^@", kPrecedenceOther},
    {"&", kPrecedenceOther},
    {"|", kPrecedenceOther},
    {"#", kPrecedenceOther},
    {"<<", kPrecedenceOther},
    {">>", kPrecedenceOther},
    {"OVERLAPS", kPrecedencePattern},
    {"LIKE", kPrecedencePattern},
    {"NOT LIKE", kPrecedencePattern},
    {"ILIKE", kPrecedencePattern},
    {"NOT ILIKE", kPrecedencePattern},
};
static_assert(std::size(kOperators) == static_cast<size_t>(BinaryOperator::kNotILike) + 1);

}  // namespace

std::string_view OperatorText(BinaryOperator op) {
  return kOperators[static_cast<size_t>(op)].text;
}

bool IsComparison(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kEqual:
    case BinaryOperator::kNotEqual:
    case BinaryOperator::kLess:
    case BinaryOperator::kLessOrEqual:
    case BinaryOperator::kGreater:
    case BinaryOperator::kGreaterOrEqual:
    case BinaryOperator::kIsDistinctFrom:
    case BinaryOperator::kIsNotDistinctFrom:
      return true;
    default:
      return false;
  }
}

Precedence PrecedenceOf(BinaryOperator op) {
  return kOperators[static_cast<size_t>(op)].precedence;
}

}  // namespace millrace::sql
