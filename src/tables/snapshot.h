// A consistent view of all tables at one LSN, and reading from it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "storage/hot/kv_store.h"
#include "tables/row_decoder.h"
#include "tables/table_codec.h"
#include "types/virtual_table.h"

namespace millrace {

// Thread-safe. Holding one keeps overwritten rows on disk: no longer than a statement.
class Snapshot {
 public:
  // `now_micros` decides which stream rows have expired. Blocking.
  static Result<std::shared_ptr<const Snapshot>> Open(KvStore& store, int64_t now_micros);

  KvStore& store() const { return store_; }
  const KvSnapshot* kv() const { return kv_.get(); }
  Lsn lsn() const { return lsn_; }
  int64_t now_micros() const { return now_micros_; }

 private:
  Snapshot(KvStore& store, std::unique_ptr<KvSnapshot> kv, Lsn lsn, int64_t now_micros)
      : store_(store), kv_(std::move(kv)), lsn_(lsn), now_micros_(now_micros) {}
  KvStore& store_;
  std::unique_ptr<KvSnapshot> kv_;
  Lsn lsn_;
  int64_t now_micros_;
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

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

// Reads the rows of a range in key order. Blocking; one worker at a time.
class RowScan final : public BatchReader {
 public:
  RowScan(SnapshotPtr snapshot, CodecPtr codec, KeyRange range, std::vector<size_t> columns,
          ScanOrder order = ScanOrder::kForward, size_t batch_rows = kBatchRows);
  Result<bool> Next(Batch* batch) override;

 private:
  Status AppendVisible();
  SnapshotPtr snapshot_;
  CodecPtr codec_;
  RowDecoder decoder_;
  ScanOrder order_;
  size_t batch_rows_;
  std::unique_ptr<KvIterator> iterator_;
  bool started_ = false;
};

// One row by its full key; nullopt when it is not there or expired. Blocking.
Result<std::optional<std::string>> GetRow(const Snapshot& snapshot, const TableCodec& codec,
                                          std::string_view full_key);

class ColumnCache;

// Where scans that went through the column cache found their ranges of rows.
struct ScanCounts {
  std::atomic<uint64_t> ranges_cached{0};
  std::atomic<uint64_t> ranges_read{0};
};

// The table as one user sees it, as a scan source. Large scans go through `cache`,
// which may be null and must outlive the source and its readers, and count into
// `counts`, which may be null.
std::shared_ptr<TableSource> MakeTableSource(SnapshotPtr snapshot, CodecPtr codec, std::string user,
                                             ColumnCache* cache = nullptr,
                                             std::shared_ptr<ScanCounts> counts = nullptr);

}  // namespace millrace
