// The entries of a secondary index.
//
//   key space kIndex
//   key    table id u32 BE | index id u32 BE | row scope (key text, per-user tables) |
//          parts | row key, unless the entry is exclusive
//   value  the row's relative key
//   part   0x00 NULL | 0x01, then the value in key coding (types/key_coding.h)
//
// An exclusive entry, of a unique index and without NULL, ends with its parts: two rows
// with equal parts have the same key. Others end with the row's key columns. Entries
// sort as ORDER BY … NULLS FIRST does.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tables/table_codec.h"

namespace millrace {

struct IndexEntry {
  std::string key;
  bool exclusive = false;
};

// Thread-safe; borrows nothing.
class IndexCodec {
 public:
  IndexCodec(CodecPtr codec, IndexDefinition index);

  const IndexDefinition& index() const { return index_; }
  // Positions of the parts' columns in the table.
  const std::vector<size_t>& columns() const { return columns_; }

  // The entry of a stored row. Errors: kDataLoss when the row is damaged.
  Result<IndexEntry> EntryOf(std::string_view relative_key, std::string_view row) const;
  // The same from the parts' columns of a batch, decoded in the order of columns().
  void AppendEntry(std::string_view relative_key, std::span<const Column* const> parts, size_t row,
                   IndexEntry* entry) const;

  // What every entry of a scope begins with, and what follows it for leading values.
  std::string ScopePrefix(std::string_view user) const;
  static void AppendPart(std::string* key, const Value& value);

 private:
  std::string_view ScopeOf(std::string_view relative_key) const;
  // False for a NULL.
  bool AppendPart(std::string* key, const IndexPart& part, const Column& column, size_t row) const;

  CodecPtr codec_;
  IndexDefinition index_;
  std::vector<size_t> columns_;
  std::string prefix_;
};

}  // namespace millrace
