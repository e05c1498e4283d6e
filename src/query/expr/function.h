// What a built-in function is: its signature, what it promises, and the kernel
// that computes it over whole columns.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "query/expr/node.h"

namespace millrace::expr {

// One call of a kernel: arguments over `rows` rows. Arguments have the payload
// of the types the signature names.
struct KernelCall {
  std::span<const ColumnHandle> arguments;
  size_t rows = 0;
  const SqlType& type;  // of the result
  EvalContext& context;
  // Strict functions: 1 where no argument is null; empty when none is anywhere.
  // A constant null argument never reaches a strict kernel.
  std::vector<uint8_t> validity;

  bool IsValid(size_t row) const { return validity.empty() || validity[row] != 0; }
  template <typename T>
  T Get(size_t argument, size_t row) const {
    return arguments[argument].Get<T>(row);
  }
};

// Fills `out`, an empty column of the call's type, with call.rows payloads; for
// a strict function null where validity says so. It may add nulls of its own.
using Kernel = Status (*)(KernelCall& call, Column* out);
// The result type from the argument types, where it is not fixed. Constant
// arguments can be looked at.
using ResultTypeRule = SqlType (*)(std::span<const NodePtr> arguments);

enum class NullRule : uint8_t {
  kStrict,        // null when any argument is null
  kCalledOnNull,  // the kernel sees the nulls
};

// The argument list a function accepts. TypeId::kNull stands for any type (all
// arguments of it brought to their common type); DECIMAL for any DECIMAL.
struct Signature {
  std::vector<TypeId> parameters;
  size_t required = 0;    // the rest may be left out
  bool variadic = false;  // the last parameter repeats
};

// What one call takes, at most, by the bytes of its arguments (query/expr/work.h).
enum class Cost : uint8_t {
  kLinear,     // time and result grow with them
  kQuadratic,  // the time grows with their square, the result with them
  kUnbounded,  // a few bytes can ask for a result of kValueBytesMax
};

struct Function {
  std::string_view name;
  Signature signature;
  SqlType result;
  ResultTypeRule result_rule = nullptr;
  Kernel kernel = nullptr;
  Volatility volatility = Volatility::kImmutable;
  NullRule nulls = NullRule::kStrict;
  Cost cost = Cost::kLinear;
  bool can_fail = true;
  // A strict function that gives null for some non-null arguments.
  bool may_give_null = false;
  // Printed between its two arguments, or before its only one.
  bool is_operator = false;

  // "lpad(text, int [, text])"
  std::string ToString() const;
};

}  // namespace millrace::expr
