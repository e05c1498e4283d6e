// Codecs and bound defaults of table versions, made once and shared.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "query/expr/node.h"
#include "query/expr/work.h"
#include "tables/table_codec.h"

namespace millrace::exec {

// What execution needs of one version of a table.
struct PreparedTable {
  CodecPtr codec;
  // One per column; null means NULL.
  std::vector<expr::NodePtr> defaults;
  expr::Work default_work;  // of one row
};
using PreparedTablePtr = std::shared_ptr<const PreparedTable>;

// Thread-safe. Bounded: forgets everything when it is full, plans keep what they use.
class TableCache {
 public:
  explicit TableCache(size_t tables_max = 4096) : tables_max_(tables_max) {}
  Result<PreparedTablePtr> Find(const TablePtr& table);

 private:
  const size_t tables_max_;
  Mutex mutex_;
  // Keyed by the definition object itself, which the entry keeps alive.
  std::unordered_map<const TableDefinition*, PreparedTablePtr> tables_;
};

}  // namespace millrace::exec
