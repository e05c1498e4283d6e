// Emptying what the groups of the log share, once per group.
#pragma once

#include <cstddef>

namespace millrace {

// Clearing a hash map costs a pass over all its buckets: a large group must not slow down
// all small ones that follow.
template <typename Map>
void ClearGroupMap(Map* map) {
  constexpr size_t kBucketsKept = 8192;
  if (map->bucket_count() > kBucketsKept) {
    *map = {};
  } else {
    map->clear();
  }
}

}  // namespace millrace
