// For tests: what a ColumnBound asks of a value, said as simply as can be.
#pragma once

#include "types/value.h"
#include "types/virtual_table.h"

namespace millrace::testing {

// `value` is not null and can be compared with the bound's.
inline bool Satisfies(const Value& value, const ColumnBound& bound) {
  const int order = *CompareValues(value, bound.value);
  switch (bound.kind) {
    case ColumnBound::Kind::kEqual:
      return order == 0;
    case ColumnBound::Kind::kLess:
      return order < 0;
    case ColumnBound::Kind::kLessOrEqual:
      return order <= 0;
    case ColumnBound::Kind::kGreater:
      return order > 0;
    case ColumnBound::Kind::kGreaterOrEqual:
      return order >= 0;
  }
  return false;
}

}  // namespace millrace::testing
