// Exact arithmetic on DECIMAL columns, and the type of each result.
//
//   result of        scale s                                precision
//   a + b, a - b     max(s1, s2)                            one digit more than the wider operand
//   a * b            s1 + s2; when p1 + p2 > 38 lowered,    p1 + p2, at most 38
//                    rounding, to leave 18 integer digits,
//                    but not below max(s1, s2)
//   a / b            max(6, s1 + 4, s2), at most 38          38
//   a % b            max(s1, s2)                            the wider operand's
//
// A result that does not fit its precision is 22003. Rounding is half away from zero.
#pragma once

#include <span>

#include "query/expr/function.h"

namespace millrace::expr {

SqlType DecimalSumType(std::span<const NodePtr> arguments);
SqlType DecimalProductType(std::span<const NodePtr> arguments);
SqlType DecimalQuotientType(std::span<const NodePtr> arguments);
SqlType DecimalRemainderType(std::span<const NodePtr> arguments);

Status DecimalAdd(KernelCall& call, Column* out);
Status DecimalSubtract(KernelCall& call, Column* out);
Status DecimalMultiply(KernelCall& call, Column* out);
Status DecimalDivide(KernelCall& call, Column* out);
Status DecimalModulo(KernelCall& call, Column* out);

// x^y on DOUBLE. Errors: 2201F outside the real numbers, 22003 overflow.
Status PowerKernel(KernelCall& call, Column* out);

}  // namespace millrace::expr
