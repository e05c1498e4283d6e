#include "tables/snapshot.h"

#include <utility>

#include "base/coding.h"
#include "tables/row_visibility.h"

namespace millrace {

Result<SnapshotPtr> Snapshot::Open(KvStore& store, int64_t now_micros) {
  std::shared_ptr<const KvSnapshot> kv = store.GetSnapshot();
  // Read inside the snapshot, so that it names exactly what the snapshot holds.
  ASSIGN_OR_RETURN(const std::optional<std::string> applied,
                   store.Get(KeySpace::kMeta, "applied_lsn", kv.get()));
  Lsn lsn;
  if (applied.has_value()) {
    if (applied->size() != sizeof(uint64_t)) return DataLoss("the applied LSN is damaged");
    lsn = Lsn(LoadFixed<uint64_t>(applied->data()));
  }
  return SnapshotPtr(new Snapshot(store, std::move(kv), lsn, now_micros, nullptr));
}

SnapshotPtr Snapshot::With(std::shared_ptr<const UncommittedRows> uncommitted,
                           int64_t now_micros) const {
  return SnapshotPtr(new Snapshot(store_, kv_, lsn_, now_micros, std::move(uncommitted)));
}

Result<std::optional<std::string>> GetStoredRow(const Snapshot& snapshot,
                                                std::string_view full_key) {
  if (snapshot.uncommitted() != nullptr) {
    const UncommittedRow* own = snapshot.uncommitted()->Find(full_key);
    if (own != nullptr && own->exists) return std::optional<std::string>(own->bytes);
    if (own != nullptr) return std::optional<std::string>();
  }
  return snapshot.store().Get(KeySpace::kRows, full_key, snapshot.kv());
}

Result<std::optional<std::string>> GetRow(const Snapshot& snapshot, const TableCodec& codec,
                                          std::string_view full_key) {
  ASSIGN_OR_RETURN(std::optional<std::string> row, GetStoredRow(snapshot, full_key));
  if (row.has_value() && row->size() >= row_format::kSeqEnd &&
      IsExpired(codec.table(), *row, snapshot.now_micros())) {
    row.reset();
  }
  return row;
}

}  // namespace millrace
