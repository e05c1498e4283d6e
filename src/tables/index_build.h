// Rows that an index build has read, as a log entry.
//
//   payload  0x03 | format 0x01 | table u32 | index u32 | begins u8 | count varint | rows
//            begins: from here on the state machine notes which rows change
//   row      exclusive u8 | entry key | relative row key, both length-prefixed
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/status.h"

namespace millrace {

struct IndexBuildRow {
  bool exclusive = false;
  std::string_view key;           // of the entry
  std::string_view relative_key;  // of the row
};

// Borrows the payload.
struct IndexBuildEntry {
  TableId table;
  uint32_t index = 0;
  bool begins = false;
  std::vector<IndexBuildRow> rows;
};

// Errors: kDataLoss when the bytes are damaged.
Result<IndexBuildEntry> DecodeIndexBuild(std::string_view payload);

// Builds one payload. Not thread-safe.
class IndexBuildBatch {
 public:
  IndexBuildBatch(TableId table, uint32_t index) : table_(table), index_(index) {}
  void Add(bool exclusive, std::string_view key, std::string_view relative_key);
  size_t rows() const { return rows_; }
  size_t bytes() const { return bytes_.size(); }
  // Empties the batch.
  std::string Finish();
  // The entry that goes before the snapshot of the build is taken.
  static std::string BeginEntry(TableId table, uint32_t index);

 private:
  TableId table_;
  uint32_t index_;
  std::string bytes_;
  size_t rows_ = 0;
};

}  // namespace millrace
