// Building multi-row INSERT statements out of records.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/status.h"
#include "cli/import/column_type.h"
#include "cli/import/record_stream.h"
#include "cli/options.h"

namespace millrace::cli {

// What the server takes at most, and what statements of several rows keep to.
inline constexpr size_t kSqlBytesMax = size_t{1} << 20;
inline constexpr size_t kStatementBytesMax = 900 * 1000;

// Where a row came from, for messages.
struct Origin {
  size_t file = 0;
  uint64_t line = 0;
  uint64_t record = 0;  // counted over all files, from 1
};

// Rows of one INSERT, kept apart so that a failed statement can be tried again
// in parts until the row at fault is found.
struct InsertBatch {
  uint64_t number = 0;  // batches count up from 0
  std::string head;     // INSERT INTO … VALUES
  std::string tail;     // ON CONFLICT …
  std::string rows;     // "(…),(…)," one after the other
  std::vector<size_t> row_ends;
  std::vector<Origin> origins;

  size_t row_count() const { return row_ends.size(); }
  // The statement for `count` rows from `first` on.
  std::string Sql(size_t first, size_t count) const;
  size_t bytes() const { return head.size() + rows.size() + tail.size(); }
};

struct InsertTarget {
  std::string table;  // as it stands in SQL: "ns"."table"
  OnConflict on_conflict = OnConflict::kError;
  std::vector<std::string> key;  // for kUpdate
  uint32_t batch_rows_max = 1000;
};

// Not thread-safe.
class BatchBuilder {
 public:
  explicit BatchBuilder(InsertTarget target) : target_(std::move(target)) {}

  // The columns of the rows that follow; only between batches.
  void SetColumns(const std::vector<std::string>& names, std::vector<ColumnType> types);
  // Writes the record's row. Returns false and takes nothing when the batch has no
  // room for it: seal it and add again. InvalidArgument names the column at fault.
  Result<bool> Add(const SourceRecord& record);
  // Hands out what was added and begins the next batch; only when not empty.
  InsertBatch Seal();
  bool empty() const { return batch_.row_count() == 0; }
  uint64_t records() const { return records_; }

 private:
  Status AppendRow(const SourceRecord& record);
  Status TooLong() const;
  bool KeyIsInBatch(const SourceRecord& record);

  InsertTarget target_;
  std::vector<std::string> names_;
  std::vector<ColumnType> types_;
  std::vector<size_t> key_columns_;
  std::unordered_set<std::string> keys_;
  std::string row_;
  size_t widest_ = 0;        // the column of the row's longest value
  size_t widest_bytes_ = 0;  // of that value, as SQL
  InsertBatch batch_;
  std::string head_;
  std::string tail_;
  uint64_t records_ = 0;
  uint64_t batches_ = 0;
};

// CREATE [SHARED|USER] TABLE with these columns and this key.
std::string CreateTableSql(NewTable kind, const std::string& table,
                           const std::vector<std::string>& names,
                           const std::vector<ColumnType>& types,
                           const std::vector<std::string>& key);

}  // namespace millrace::cli
