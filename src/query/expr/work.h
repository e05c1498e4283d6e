// An upper bound of what evaluating an expression for one row takes: the bytes
// that its operations touch. It decides what may run on an event loop.
//
// Known before the row is: a polynomial in the bytes of the row and of the
// statement's parameters. A function that can make much out of little
// (Cost::kUnbounded) has no bound at all.
#pragma once

#include <cstddef>

namespace millrace::expr {

class Node;

struct Work {
  // About a millisecond.
  static constexpr double kOnLoopMax = 256 << 10;

  double fixed = 0;
  double per_byte = 0;
  double per_byte_squared = 0;

  // For a row and parameters of so many bytes together.
  double For(size_t input_bytes) const {
    const auto bytes = static_cast<double>(input_bytes);
    return fixed + per_byte * bytes + per_byte_squared * bytes * bytes;
  }
  bool FitsOnLoop(size_t input_bytes) const { return For(input_bytes) <= kOnLoopMax; }

  Work& operator+=(const Work& other);
};

// Nothing to compute for a null pointer, and for columns, constants and parameters.
Work WorkOf(const Node* expression);

}  // namespace millrace::expr
