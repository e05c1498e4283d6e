#include "tables/row_iterator.h"

#include <algorithm>
#include <utility>

namespace millrace {

RowIterator::RowIterator(SnapshotPtr snapshot, KeyRange range, ScanOrder order)
    : snapshot_(std::move(snapshot)), order_(order) {
  if (snapshot_->uncommitted() != nullptr) {
    own_ = snapshot_->uncommitted()->InRange(range);
    if (order_ == ScanOrder::kBackward) std::ranges::reverse(own_);
  }
  stored_ = snapshot_->store().NewIterator(KeySpace::kRows, std::move(range.lower),
                                           std::move(range.upper), snapshot_->kv());
}

void RowIterator::Start() {
  if (order_ == ScanOrder::kForward) {
    stored_->SeekToFirst();
  } else {
    stored_->SeekToLast();
  }
  Settle();
}

void RowIterator::Next() {
  if (own_valid_) {
    ++at_;
  } else {
    NextStored();
  }
  Settle();
}

void RowIterator::NextStored() {
  if (order_ == ScanOrder::kForward) {
    stored_->Next();
  } else {
    stored_->Previous();
  }
}

void RowIterator::Settle() {
  own_valid_ = false;
  for (; at_ < own_.size(); ++at_) {
    const auto& [key, row] = *own_[at_];
    if (stored_->Valid()) {
      const int order = stored_->key().compare(key);
      if (order_ == ScanOrder::kForward ? order < 0 : order > 0) return;
      if (order == 0) NextStored();  // replaced or deleted
    }
    own_valid_ = row.exists;
    if (own_valid_) return;
  }
}

}  // namespace millrace
