// Ranges of row keys, and how conditions on the key columns narrow them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tables/table_codec.h"
#include "types/virtual_table.h"

namespace millrace {

enum class ScanOrder : uint8_t { kForward, kBackward };

// A range of full row keys, [lower, upper), inside one scope.
struct KeyRange {
  std::string lower;
  std::string upper;
};

// Narrows a scope to the keys that the bounds on the key columns allow: equality
// on leading key columns, then one range on the next. Bounds that do not help
// are ignored. `empty` in the result means that no key can match.
struct BoundedRange {
  KeyRange range;
  bool empty = false;
  size_t key_columns_fixed = 0;  // leading key columns pinned by equality
};
BoundedRange NarrowRange(const TableCodec& codec, std::string_view user,
                         const std::vector<ColumnBound>& bounds);

}  // namespace millrace
