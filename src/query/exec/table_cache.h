// Codecs and bound expressions of table versions, made once and shared.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "query/expr/node.h"
#include "query/expr/work.h"
#include "tables/table_codec.h"

namespace millrace::exec {

struct PreparedCheck {
  std::string name;
  expr::NodePtr condition;  // over all columns
};

struct PreparedGeneration {
  size_t column = 0;
  expr::NodePtr value;  // over all columns, of which it reads none that is generated
};

// What execution needs of one version of a table.
struct PreparedTable {
  CodecPtr codec;
  // One per column; null means NULL.
  std::vector<expr::NodePtr> defaults;
  std::vector<PreparedGeneration> generated;
  std::vector<PreparedCheck> checks;  // by name
  // Which columns the two above read or compute.
  std::vector<bool> columns_computed_with;
  expr::Work default_work;  // of one row, with what is generated and checked

  // Whether a row is stored as it was given, but for NOT NULL.
  bool stores_rows_as_given() const { return generated.empty() && checks.empty(); }
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
