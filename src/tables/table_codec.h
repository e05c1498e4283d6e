// Between a table's rows and bytes: keys, row values, and decoding rows of any
// schema version into columns of the current one. Immutable; made once per
// table version and shared by plans and scans.
//
// Columns are addressed by position: 0..n-1 are the table's own, n is `_seq`,
// n+1 is `_deleted` (always false: deleted rows are not there).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "catalog/definitions.h"
#include "tables/row_format.h"
#include "types/batch.h"
#include "types/key_coding.h"

namespace millrace {

// A row key in the store is: table id u32 BE | user (key text, per-user tables) |
// key columns. "Relative" keys lack the table id.
class TableCodec {
 public:
  explicit TableCodec(TablePtr table);

  const TableDefinition& table() const { return *table_; }
  const TablePtr& table_ptr() const { return table_; }
  // The table's columns, then `_seq` BIGINT and `_deleted` BOOLEAN.
  const Schema& scan_schema() const { return scan_schema_; }
  size_t seq_column() const { return table_->columns().size(); }
  size_t deleted_column() const { return table_->columns().size() + 1; }
  const std::vector<size_t>& key_positions() const { return key_positions_; }
  bool keyed_by_arrival() const { return table_->primary_key.empty(); }

  // The part every row of `user` begins with (of the table, when it is shared).
  std::string ScopePrefix(std::string_view user) const;
  std::string RelativeScope(std::string_view user) const;
  // A relative key from a whole row; the key columns are not null.
  std::string RelativeKey(std::string_view user, std::span<const Value> row) const;
  // A full key from the key columns' values in key order.
  std::string FullKey(std::string_view user, std::span<const Value> key_values) const;
  std::string FullKey(std::string_view relative_key) const;

  Status EncodeRow(std::span<const Value> row, std::optional<int64_t> commit_micros,
                   std::string* out) const {
    return current_->Encode(row, commit_micros, out);
  }

  // Appends the wanted columns of one stored row. kDataLoss when the bytes are damaged.
  Status AppendRow(std::string_view row, std::span<const size_t> columns, Batch* out) const;
  // All of the table's own columns.
  Result<std::vector<Value>> DecodeRow(std::string_view row) const;

 private:
  friend class RowDecoder;
  // One old or current version, and where each current column is in it.
  struct Version {
    RowLayout layout;
    std::vector<int32_t> positions;  // -1: the column did not exist, its initial value counts
    std::vector<bool> same_type;     // false: MODIFY COLUMN changed it, the value is cast
    std::vector<SqlType> types;
  };
  const Version* FindVersion(std::string_view row) const;
  Status AppendColumn(const Version& version, std::string_view row, size_t column,
                      Column* out) const;

  TablePtr table_;
  Schema scan_schema_;
  std::vector<size_t> key_positions_;
  std::vector<Version> versions_;
  const RowLayout* current_ = nullptr;
};
using CodecPtr = std::shared_ptr<const TableCodec>;

}  // namespace millrace
