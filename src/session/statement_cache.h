// Texts that were parsed and planned before. A client that sends the same text
// with other parameters pays for neither again.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "observe/metrics.h"
#include "query/plan/plan.h"

namespace millrace {

// Thread-safe. Bounded by entries; the one least recently planned goes first.
class StatementCache {
 public:
  StatementCache(size_t entries_max, Metrics& metrics);

  // Null when the text is not there or was planned against an older catalog.
  plan::PreparedPtr Find(std::string_view namespace_name, std::string_view sql,
                         uint64_t generation);
  void Put(std::string_view namespace_name, std::string_view sql, plan::PreparedPtr prepared);

  // Longer texts are not worth keeping: they are rarely sent twice.
  static constexpr size_t kTextBytesMax = 8192;

 private:
  static std::string Key(std::string_view namespace_name, std::string_view sql);

  const size_t entries_max_;
  Counter& hits_;
  Counter& misses_;
  Mutex mutex_;
  std::unordered_map<std::string, plan::PreparedPtr> entries_;
  std::vector<std::string> order_;  // a ring of keys in the order they were put
  size_t next_ = 0;
};

}  // namespace millrace
