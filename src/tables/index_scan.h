// Reading rows through a secondary index.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/hot/kv_store.h"
#include "tables/index_codec.h"
#include "tables/row_decoder.h"
#include "tables/row_scan.h"
#include "tables/snapshot.h"
#include "types/virtual_table.h"

namespace millrace {

// The entries that bounds on the parts' columns allow: equality on leading parts, then
// one range on the next, which leaves NULLs out.
struct IndexRange {
  KeyRange range;
  size_t equal_parts = 0;
  bool has_range = false;
  bool empty = false;

  bool narrows() const { return equal_parts > 0 || has_range; }
};
IndexRange NarrowIndex(const IndexCodec& codec, std::string_view user,
                       const std::vector<ColumnBound>& bounds);

// Whether reading the rows of the entries one by one costs less than all rows of the
// user. Estimates; blocking.
bool IndexPays(const Snapshot& snapshot, const KeyRange& entries, const KeyRange& rows);

enum class RowOrder : uint8_t { kOfIndex, kOfKey };
struct IndexScanOrder {
  RowOrder rows = RowOrder::kOfIndex;
  ScanOrder direction = ScanOrder::kForward;
};

// Reads the rows of a range of entries: as they come, or, for kOfKey, once all entries
// have been read and sorted by the rows' keys. Blocking; one worker at a time.
class IndexScan final : public BatchReader {
 public:
  // The snapshot is not older than the index: see IndexDefinition::ready_lsn.
  IndexScan(SnapshotPtr snapshot, CodecPtr codec, const IndexCodec& index, KeyRange entries,
            std::vector<size_t> columns, IndexScanOrder order, size_t batch_rows = kBatchRows);
  Result<bool> Next(Batch* batch) override;

 private:
  // Entries of rows that the snapshot's transaction has changed, in the order of the scan.
  struct Own {
    std::string entry;
    std::string_view key;
    const UncommittedRow* row;
  };
  // A row to give out: to be looked up, or the transaction's.
  struct Wanted {
    std::string key;  // full
    const UncommittedRow* own = nullptr;
  };
  Status CollectOwn(const IndexCodec& index, const KeyRange& entries);
  void Start();
  void StepStored();
  bool OwnIsNext() const;
  Status TakeEntries(size_t max);
  Status SortByKey();
  Status AppendRows(size_t count);

  SnapshotPtr snapshot_;
  CodecPtr codec_;
  RowDecoder decoder_;
  IndexScanOrder order_;
  size_t batch_rows_;
  std::unique_ptr<KvIterator> stored_;
  std::vector<Own> own_;
  size_t own_at_ = 0;
  Status own_status_;
  bool started_ = false;
  std::vector<Wanted> wanted_;  // taken from the index and not given out, from wanted_at_ on
  size_t wanted_at_ = 0;
};

}  // namespace millrace
