// What a transaction has changed and not committed: read on top of its snapshot,
// written as one log entry at COMMIT.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/definitions.h"
#include "tables/key_range.h"

namespace millrace {

// One row as the transaction left it.
struct UncommittedRow {
  bool exists = false;  // false: deleted
  std::string bytes;    // a stored row whose `_seq` is provisional; empty when deleted
  // `_seq` of the snapshot's row of this key; empty when there is none.
  std::optional<uint64_t> base_seq;
  uint32_t section = 0;  // index into sections()
};

// Copyable, so that a query that is still being read keeps what it began with. Readers
// on any thread as long as nobody changes it.
class UncommittedRows {
 public:
  // By full key: table id, row scope, key columns.
  using Map = std::map<std::string, UncommittedRow, std::less<>>;
  // The rows of one table and one row scope lie together.
  struct Section {
    TablePtr table;
    std::string scope;
  };

  const Map& rows() const { return rows_; }
  const std::vector<Section>& sections() const { return sections_; }
  const UncommittedRow* Find(std::string_view full_key) const;
  // The rows of [lower, upper), ascending. They live as long as nobody changes this.
  std::vector<const Map::value_type*> InRange(const KeyRange& range) const;
  bool Touches(const KeyRange& range) const;

  uint32_t AddSection(TablePtr table, std::string_view scope);
  // Returns what stood there before.
  std::optional<UncommittedRow> Put(std::string_view full_key, UncommittedRow row);
  void Restore(std::string_view full_key, std::optional<UncommittedRow> before);

 private:
  Map::const_iterator End(const KeyRange& range) const;
  Map rows_;
  std::vector<Section> sections_;
};

}  // namespace millrace
