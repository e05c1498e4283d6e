#include "tables/snapshot.h"

#include <utility>

#include "base/coding.h"
#include "tables/row_visibility.h"

namespace millrace {

Result<SnapshotPtr> Snapshot::Open(KvStore& store, int64_t now_micros) {
  std::unique_ptr<KvSnapshot> kv = store.GetSnapshot();
  // Read inside the snapshot, so that it names exactly what the snapshot holds.
  ASSIGN_OR_RETURN(const std::optional<std::string> applied,
                   store.Get(KeySpace::kMeta, "applied_lsn", kv.get()));
  Lsn lsn;
  if (applied.has_value()) {
    if (applied->size() != sizeof(uint64_t)) return DataLoss("the applied LSN is damaged");
    lsn = Lsn(LoadFixed<uint64_t>(applied->data()));
  }
  return SnapshotPtr(new Snapshot(store, std::move(kv), lsn, now_micros));
}

Result<std::optional<std::string>> GetRow(const Snapshot& snapshot, const TableCodec& codec,
                                          std::string_view full_key) {
  ASSIGN_OR_RETURN(std::optional<std::string> row,
                   snapshot.store().Get(KeySpace::kRows, full_key, snapshot.kv()));
  if (row.has_value() && row->size() >= row_format::kSeqEnd &&
      IsExpired(codec.table(), *row, snapshot.now_micros())) {
    row.reset();
  }
  return row;
}

RowScan::RowScan(SnapshotPtr snapshot, CodecPtr codec, KeyRange range, std::vector<size_t> columns,
                 ScanOrder order, size_t batch_rows)
    : snapshot_(std::move(snapshot)),
      codec_(std::move(codec)),
      decoder_(codec_, std::move(columns)),
      order_(order),
      batch_rows_(batch_rows),
      iterator_(snapshot_->store().NewIterator(KeySpace::kRows, std::move(range.lower),
                                               std::move(range.upper), snapshot_->kv())) {}

Status RowScan::AppendVisible() {
  const std::string_view row = iterator_->value();
  if (row.size() >= row_format::kSeqEnd &&
      IsExpired(codec_->table(), row, snapshot_->now_micros())) {
    return Status::Ok();
  }
  return decoder_.Append(row);
}

Result<bool> RowScan::Next(Batch* batch) {
  if (!started_) {
    started_ = true;
    if (order_ == ScanOrder::kForward) {
      iterator_->SeekToFirst();
    } else {
      iterator_->SeekToLast();
    }
  }
  decoder_.Begin(batch_rows_, batch);
  size_t bytes = 0;
  while (iterator_->Valid() && decoder_.rows() < batch_rows_ && bytes < kBatchBytes) {
    const size_t rows = decoder_.rows();
    RETURN_IF_ERROR(AppendVisible());
    if (decoder_.rows() > rows) bytes += iterator_->value().size();
    if (order_ == ScanOrder::kForward) {
      iterator_->Next();
    } else {
      iterator_->Previous();
    }
  }
  RETURN_IF_ERROR(iterator_->status());
  decoder_.Finish();
  return batch->rows > 0;
}

}  // namespace millrace
