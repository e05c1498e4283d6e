// Scans of a table: decoded rows, batch after batch.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "tables/row_decoder.h"
#include "tables/row_iterator.h"
#include "tables/snapshot.h"
#include "types/virtual_table.h"

namespace millrace {

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
  size_t batch_rows_;
  RowIterator iterator_;
  bool started_ = false;
};

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
