#include "tables/cached_scan.h"

#include <utility>

namespace millrace {

bool IsCacheable(const TableDefinition& table) {
  return table.ttl_seconds == 0 && table.kind != TableKind::kStream;
}

CachedScan::CachedScan(SnapshotPtr snapshot, CodecPtr codec, KeyRange range,
                       std::vector<size_t> columns, ColumnCache& cache,
                       std::shared_ptr<CacheUse> use)
    : snapshot_(std::move(snapshot)),
      codec_(std::move(codec)),
      columns_(std::move(columns)),
      cache_(cache),
      use_(std::move(use)),
      view_{.table = codec_->table().id,
            .schema_version = codec_->table().version(),
            .snapshot = snapshot_->lsn()},
      decoder_(codec_, columns_),
      position_(std::move(range.lower)),
      gap_end_(position_),
      end_(std::move(range.upper)) {
  MR_ASSERT(!end_.empty(), "a cached scan has an upper bound");
}

bool CachedScan::HasColumns(const CachedBlock& block) const {
  for (const size_t column : columns_) {
    if (block.columns[column] == nullptr) return false;
  }
  return true;
}

bool CachedScan::TakeBlock(Batch* batch) {
  ColumnCache::Found found = cache_.Find(view_, position_);
  const bool inside = found.block != nullptr && found.block->upper <= end_;
  if (!inside || !HasColumns(*found.block)) {
    // To add its columns to a block, it is read alone.
    gap_end_ = inside ? found.block->upper : std::move(found.next);
    if (gap_end_.empty() || gap_end_ > end_) gap_end_ = end_;
    return false;
  }
  const CachedBlock& block = *found.block;
  cache_.CountHit();
  if (use_->counts != nullptr) use_->counts->ranges_cached.fetch_add(1);
  batch->columns.resize(columns_.size());
  for (size_t i = 0; i < columns_.size(); ++i) {
    batch->columns[i] = *block.columns[columns_[i]];  // into the memory that is there
  }
  batch->rows = block.rows;
  position_ = block.upper;
  gap_end_ = position_;
  iterator_follows_ = false;
  return true;
}

void CachedScan::SeekToPosition() {
  if (iterator_follows_) return;
  if (iterator_ == nullptr) {
    iterator_ = snapshot_->store().NewIterator(KeySpace::kRows, position_, end_, snapshot_->kv(),
                                               use_->fill_cache);
  }
  iterator_->Seek(position_);
  iterator_follows_ = true;
}

Status CachedScan::ReadGap(Batch* batch) {
  SeekToPosition();
  cache_.CountMiss();
  if (use_->counts != nullptr) use_->counts->ranges_read.fetch_add(1);
  decoder_.Begin(kBatchRows, batch);
  const bool ends_early = gap_end_ < end_;
  const auto in_gap = [&] {
    return iterator_->Valid() && (!ends_early || iterator_->key() < gap_end_);
  };
  size_t bytes = 0;
  while (decoder_.rows() < kBatchRows && bytes < kBatchBytes && in_gap()) {
    bytes += iterator_->value().size();
    RETURN_IF_ERROR(decoder_.Append(iterator_->value()));
    iterator_->Next();
  }
  RETURN_IF_ERROR(iterator_->status());
  decoder_.Finish();
  const std::string lower =
      std::exchange(position_, in_gap() ? std::string(iterator_->key()) : gap_end_);
  if (use_->bytes_left.load(std::memory_order_relaxed) > 0) {
    const size_t installed =
        cache_.Install(view_, lower, position_, columns_, codec_->scan_schema().size(), *batch);
    use_->bytes_left.fetch_sub(static_cast<int64_t>(installed), std::memory_order_relaxed);
  }
  return Status::Ok();
}

Result<bool> CachedScan::Next(Batch* batch) {
  while (position_ < end_) {
    if (position_ >= gap_end_ && TakeBlock(batch)) {
      if (batch->rows > 0) return true;
      continue;
    }
    RETURN_IF_ERROR(ReadGap(batch));
    if (batch->rows > 0) return true;
  }
  return false;
}

}  // namespace millrace
