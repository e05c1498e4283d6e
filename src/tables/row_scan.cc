#include "tables/row_scan.h"

#include <utility>

#include "tables/row_visibility.h"

namespace millrace {

RowScan::RowScan(SnapshotPtr snapshot, CodecPtr codec, KeyRange range, std::vector<size_t> columns,
                 ScanOrder order, size_t batch_rows)
    : snapshot_(std::move(snapshot)),
      codec_(std::move(codec)),
      decoder_(codec_, std::move(columns)),
      batch_rows_(batch_rows),
      iterator_(snapshot_, std::move(range), order) {}

Status RowScan::AppendVisible() {
  const std::string_view row = iterator_.value();
  if (row.size() >= row_format::kSeqEnd &&
      IsExpired(codec_->table(), row, snapshot_->now_micros())) {
    return Status::Ok();
  }
  return decoder_.Append(row);
}

Result<bool> RowScan::Next(Batch* batch) {
  if (!started_) {
    started_ = true;
    iterator_.Start();
  }
  decoder_.Begin(batch_rows_, batch);
  size_t bytes = 0;
  while (iterator_.Valid() && decoder_.rows() < batch_rows_ && bytes < kBatchBytes) {
    const size_t rows = decoder_.rows();
    RETURN_IF_ERROR(AppendVisible());
    if (decoder_.rows() > rows) bytes += iterator_.value().size();
    iterator_.Next();
  }
  RETURN_IF_ERROR(iterator_.status());
  decoder_.Finish();
  return batch->rows > 0;
}

}  // namespace millrace
