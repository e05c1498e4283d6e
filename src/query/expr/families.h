// The families of built-in functions, each defined in the file of its name, and
// the short form in which they are written down.
#pragma once

#include <string_view>
#include <vector>

#include "query/expr/function.h"

namespace millrace::expr {

struct FunctionTraits {
  bool can_fail = true;
  bool may_give_null = false;
  bool is_operator = false;
  NullRule nulls = NullRule::kStrict;
  Volatility volatility = Volatility::kImmutable;
  ResultTypeRule result_rule = nullptr;
  Cost cost = Cost::kLinear;
};

inline constexpr FunctionTraits kUnbounded = {.cost = Cost::kUnbounded};
inline constexpr FunctionTraits kQuadratic = {.cost = Cost::kQuadratic};
inline constexpr FunctionTraits kQuadraticOperator = {.is_operator = true,
                                                      .cost = Cost::kQuadratic};
inline constexpr FunctionTraits kTotal = {.can_fail = false};
inline constexpr FunctionTraits kOperator = {.is_operator = true};
inline constexpr FunctionTraits kTotalOperator = {.can_fail = false, .is_operator = true};
inline constexpr FunctionTraits kPartial = {.can_fail = false, .may_give_null = true};

// "lpad(text, int [, text]) text", "concat(text...) text". `signature` is a
// string literal; a mistake in it is an assertion.
Function Define(std::string_view signature, Kernel kernel, FunctionTraits traits = {});

void AddArithmetic(std::vector<Function>* functions);
void AddMath(std::vector<Function>* functions);
void AddText(std::vector<Function>* functions);
void AddFormat(std::vector<Function>* functions);
void AddPattern(std::vector<Function>* functions);
void AddEncoding(std::vector<Function>* functions);
void AddTemporal(std::vector<Function>* functions);
void AddContext(std::vector<Function>* functions);
void AddConditional(std::vector<Function>* functions);
void AddJson(std::vector<Function>* functions);
void AddVector(std::vector<Function>* functions);

}  // namespace millrace::expr
