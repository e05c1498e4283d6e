// The stored rows of a key range, one after another.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/hot/kv_store.h"
#include "tables/key_range.h"
#include "tables/snapshot.h"

namespace millrace {

// Walks the stored rows of a key range, in one direction, merged with those that the
// snapshot's transaction has changed: expired ones included. Not thread-safe; blocking.
class RowIterator {
 public:
  RowIterator(SnapshotPtr snapshot, KeyRange range, ScanOrder order);

  // Stands at the first row of the order, if there is one.
  void Start();
  bool Valid() const { return own_valid_ || stored_->Valid(); }
  void Next();
  std::string_view key() const { return own_valid_ ? own_[at_]->first : stored_->key(); }
  std::string_view value() const { return own_valid_ ? own_[at_]->second.bytes : stored_->value(); }
  Status status() const { return stored_->status(); }

 private:
  void NextStored();
  // Decides whether the transaction's row or the stored one is next.
  void Settle();

  SnapshotPtr snapshot_;
  ScanOrder order_;
  std::unique_ptr<KvIterator> stored_;
  std::vector<const UncommittedRows::Map::value_type*> own_;  // in the order of the walk
  size_t at_ = 0;
  bool own_valid_ = false;  // own_[at_] is the current row
};

}  // namespace millrace
