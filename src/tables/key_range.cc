#include "tables/key_range.h"

#include <algorithm>
#include <utility>

namespace millrace {
namespace {

// The bound of `kind` on a column, null when there is none.
const ColumnBound* FindBound(const std::vector<ColumnBound>& bounds, size_t column,
                             std::initializer_list<ColumnBound::Kind> kinds) {
  for (const ColumnBound& bound : bounds) {
    if (bound.column != column) continue;
    if (std::find(kinds.begin(), kinds.end(), bound.kind) != kinds.end()) return &bound;
  }
  return nullptr;
}

std::string Extend(std::string_view prefix, const Value& value) {
  std::string key(prefix);
  AppendKeyPart(&key, value);
  return key;
}

void Intersect(KeyRange* range, std::string lower, std::string upper) {
  if (lower > range->lower) range->lower = std::move(lower);
  if (!upper.empty() && (range->upper.empty() || upper < range->upper)) {
    range->upper = std::move(upper);
  }
}

// Narrows by every inequality on `column` below `prefix`.
void NarrowByInequalities(const std::vector<ColumnBound>& bounds, size_t column,
                          std::string_view prefix, KeyRange* range) {
  for (const ColumnBound& bound : bounds) {
    if (bound.column != column) continue;
    const std::string at = Extend(prefix, bound.value);
    switch (bound.kind) {
      case ColumnBound::Kind::kGreater:
        Intersect(range, PrefixSuccessor(at), "");
        break;
      case ColumnBound::Kind::kGreaterOrEqual:
        Intersect(range, at, "");
        break;
      case ColumnBound::Kind::kLess:
        Intersect(range, "", at);
        break;
      case ColumnBound::Kind::kLessOrEqual:
        Intersect(range, "", PrefixSuccessor(at));
        break;
      case ColumnBound::Kind::kEqual:
        break;
    }
  }
}

}  // namespace

BoundedRange NarrowRange(const TableCodec& codec, std::string_view user,
                         const std::vector<ColumnBound>& bounds) {
  BoundedRange result;
  std::string prefix = codec.ScopePrefix(user);
  for (const size_t column : codec.key_positions()) {
    const ColumnBound* equal = FindBound(bounds, column, {ColumnBound::Kind::kEqual});
    if (equal == nullptr) {
      result.range = {prefix, PrefixSuccessor(prefix)};
      NarrowByInequalities(bounds, column, prefix, &result.range);
      result.empty = !result.range.upper.empty() && result.range.lower >= result.range.upper;
      return result;
    }
    prefix = Extend(prefix, equal->value);
    ++result.key_columns_fixed;
  }
  result.range = {prefix, PrefixSuccessor(prefix)};
  return result;
}

}  // namespace millrace
