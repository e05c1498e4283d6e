// A scan that takes what it can from the column cache, reads the rest from the
// store, and leaves there what it read.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "tables/column_cache.h"
#include "tables/row_decoder.h"
#include "tables/row_scan.h"

namespace millrace {

// What the partitions of one scan share.
struct CacheUse {
  // How much the scan may still put into the cache: a table larger than the cache
  // must not push out all others, and then itself.
  std::atomic<int64_t> bytes_left{0};
  std::shared_ptr<ScanCounts> counts;  // may be null
  FillCache fill_cache = FillCache::kYes;
};

// Whether the rows of a table are the same for every reader of one snapshot: those
// that expire are not.
bool IsCacheable(const TableDefinition& table);

// Reads a range in key order. Blocking; one worker at a time.
class CachedScan final : public BatchReader {
 public:
  // The range has an upper bound. The cache follows the table.
  CachedScan(SnapshotPtr snapshot, CodecPtr codec, KeyRange range, std::vector<size_t> columns,
             ColumnCache& cache, std::shared_ptr<CacheUse> use);
  Result<bool> Next(Batch* batch) override;

 private:
  // Gives out the block at `position_` if it can; else says up to where to read.
  bool TakeBlock(Batch* batch);
  bool HasColumns(const CachedBlock& block) const;
  // Reads and offers the next rows of the gap; perhaps none.
  Status ReadGap(Batch* batch);
  void SeekToPosition();

  SnapshotPtr snapshot_;
  CodecPtr codec_;
  std::vector<size_t> columns_;
  ColumnCache& cache_;
  std::shared_ptr<CacheUse> use_;
  ColumnCache::View view_;
  RowDecoder decoder_;
  std::string position_;  // where the next row may be
  std::string gap_end_;   // up to here nothing is cached; not behind `end_`
  std::string end_;
  std::unique_ptr<KvIterator> iterator_;
  bool iterator_follows_ = false;  // it stands at `position_`
};

}  // namespace millrace
