#include "tables/index_scan.h"

#include <algorithm>

#include "base/coding.h"
#include "tables/row_visibility.h"
#include "types/key_coding.h"

namespace millrace {
namespace {

// A look-up of a row costs as much as reading so many rows one after another.
constexpr uint64_t kRowsPerLookup = 8;
// So few entries always pay.
constexpr uint64_t kFewEntries = 100;

std::string Extend(std::string_view prefix, const Value& value) {
  std::string key(prefix);
  IndexCodec::AppendPart(&key, value);
  return key;
}

// Narrows to the values that inequalities on `column` allow. False when there are none.
bool NarrowByInequalities(const std::vector<ColumnBound>& bounds, size_t column,
                          std::string_view prefix, KeyRange* range) {
  bool narrowed = false;
  for (const ColumnBound& bound : bounds) {
    if (bound.column != column || bound.kind == ColumnBound::Kind::kEqual) continue;
    if (!narrowed) range->lower = std::string(prefix) + '\x01';  // no comparison holds for NULL
    narrowed = true;
    const std::string at = Extend(prefix, bound.value);
    const bool after =
        bound.kind == ColumnBound::Kind::kGreater || bound.kind == ColumnBound::Kind::kLessOrEqual;
    const bool is_lower = bound.kind == ColumnBound::Kind::kGreater ||
                          bound.kind == ColumnBound::Kind::kGreaterOrEqual;
    std::string limit = after ? PrefixSuccessor(at) : at;
    if (is_lower) {
      range->lower = std::max(range->lower, std::move(limit));
    } else {
      range->upper = std::min(range->upper, std::move(limit));
    }
  }
  return narrowed;
}

}  // namespace

IndexRange NarrowIndex(const IndexCodec& codec, std::string_view user,
                       const std::vector<ColumnBound>& bounds) {
  IndexRange result;
  std::string prefix = codec.ScopePrefix(user);
  for (size_t i = 0; i < codec.columns().size(); ++i) {
    if (!codec.index().parts[i].json_path.empty()) break;  // bounds are on whole columns
    const size_t column = codec.columns()[i];
    const auto equal = std::ranges::find_if(bounds, [&](const ColumnBound& bound) {
      return bound.column == column && bound.kind == ColumnBound::Kind::kEqual;
    });
    if (equal != bounds.end()) {
      IndexCodec::AppendPart(&prefix, equal->value);
      ++result.equal_parts;
      continue;
    }
    result.range = {prefix, PrefixSuccessor(prefix)};
    result.has_range = NarrowByInequalities(bounds, column, prefix, &result.range);
    result.empty = result.range.lower >= result.range.upper;
    return result;
  }
  result.range = {prefix, PrefixSuccessor(prefix)};
  return result;
}

bool IndexPays(const Snapshot& snapshot, const KeyRange& entries, const KeyRange& rows) {
  KvStore& store = snapshot.store();
  const uint64_t some = store.EstimateRange(KeySpace::kIndex, entries.lower, entries.upper).rows;
  if (some <= kFewEntries) return true;
  const uint64_t all = store.EstimateRange(KeySpace::kRows, rows.lower, rows.upper).rows;
  return some * kRowsPerLookup <= all;
}

IndexScan::IndexScan(SnapshotPtr snapshot, CodecPtr codec, const IndexCodec& index,
                     KeyRange entries, std::vector<size_t> columns, IndexScanOrder order,
                     size_t batch_rows)
    : snapshot_(std::move(snapshot)),
      codec_(std::move(codec)),
      decoder_(codec_, std::move(columns)),
      order_(order),
      batch_rows_(batch_rows) {
  own_status_ = CollectOwn(index, entries);
  stored_ = snapshot_->store().NewIterator(KeySpace::kIndex, std::move(entries.lower),
                                           std::move(entries.upper), snapshot_->kv());
}

Status IndexScan::CollectOwn(const IndexCodec& index, const KeyRange& entries) {
  if (snapshot_->uncommitted() == nullptr) return Status::Ok();
  std::string begin;
  PutBigEndian32(&begin, codec_->table().id.value);
  for (const auto* own : snapshot_->uncommitted()->InRange({begin, PrefixSuccessor(begin)})) {
    if (!own->second.exists) continue;
    const std::string_view relative_key = std::string_view(own->first).substr(begin.size());
    ASSIGN_OR_RETURN(IndexEntry entry, index.EntryOf(relative_key, own->second.bytes));
    if (entry.key < entries.lower || entry.key >= entries.upper) continue;
    own_.push_back({std::move(entry.key), own->first, &own->second});
  }
  std::ranges::sort(own_, {}, &Own::entry);
  if (order_.direction == ScanOrder::kBackward) std::ranges::reverse(own_);
  return Status::Ok();
}

void IndexScan::Start() {
  if (order_.direction == ScanOrder::kForward) {
    stored_->SeekToFirst();
  } else {
    stored_->SeekToLast();
  }
  started_ = true;
}

void IndexScan::StepStored() {
  if (order_.direction == ScanOrder::kForward) {
    stored_->Next();
  } else {
    stored_->Previous();
  }
}

bool IndexScan::OwnIsNext() const {
  if (own_at_ >= own_.size()) return false;
  if (!stored_->Valid()) return true;
  const int order = stored_->key().compare(own_[own_at_].entry);
  return order_.direction == ScanOrder::kForward ? order >= 0 : order <= 0;
}

Status IndexScan::TakeEntries(size_t max) {
  wanted_.clear();
  wanted_at_ = 0;
  while (wanted_.size() < max && (stored_->Valid() || own_at_ < own_.size())) {
    if (OwnIsNext()) {
      const Own& own = own_[own_at_++];
      wanted_.push_back({std::string(own.key), own.row});
      continue;
    }
    Wanted next;
    PutBigEndian32(&next.key, codec_->table().id.value);
    next.key.append(stored_->value());
    StepStored();
    // A row that the transaction has changed stands, or does not stand, among its own.
    const UncommittedRows* uncommitted = snapshot_->uncommitted();
    if (uncommitted != nullptr && uncommitted->Find(next.key) != nullptr) continue;
    wanted_.push_back(std::move(next));
  }
  return stored_->status();
}

Status IndexScan::SortByKey() {
  RETURN_IF_ERROR(TakeEntries(SIZE_MAX));
  std::ranges::sort(wanted_, {}, &Wanted::key);
  if (order_.direction == ScanOrder::kBackward) std::ranges::reverse(wanted_);
  return Status::Ok();
}

Status IndexScan::AppendRows(size_t count) {
  std::vector<std::string> keys;
  for (size_t i = 0; i < count; ++i) {
    Wanted& wanted = wanted_[wanted_at_ + i];
    if (wanted.own == nullptr) keys.push_back(std::move(wanted.key));
  }
  auto found = snapshot_->store().MultiGet(KeySpace::kRows, keys, snapshot_->kv());
  size_t next = 0;
  for (size_t i = 0; i < count; ++i) {
    if (const UncommittedRow* own = wanted_[wanted_at_ + i].own) {
      RETURN_IF_ERROR(decoder_.Append(own->bytes));
      continue;
    }
    ASSIGN_OR_RETURN(const std::optional<std::string> row, std::move(found[next++]));
    if (!row.has_value()) {
      return DataLoss("an index of table \"" + codec_->table().qualified_name() +
                      "\" names a row that is not there");
    }
    RETURN_IF_ERROR(decoder_.Append(*row));
  }
  wanted_at_ += count;
  return Status::Ok();
}

Result<bool> IndexScan::Next(Batch* batch) {
  RETURN_IF_ERROR(own_status_);
  if (!started_) {
    Start();
    if (order_.rows == RowOrder::kOfKey) RETURN_IF_ERROR(SortByKey());
  }
  if (order_.rows == RowOrder::kOfIndex) RETURN_IF_ERROR(TakeEntries(batch_rows_));
  decoder_.Begin(batch_rows_, batch);
  RETURN_IF_ERROR(AppendRows(std::min(batch_rows_, wanted_.size() - wanted_at_)));
  decoder_.Finish();
  return batch->rows > 0;
}

}  // namespace millrace
