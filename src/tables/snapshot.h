// A consistent view of all tables at one LSN, and reading single rows from it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/status.h"
#include "storage/hot/kv_store.h"
#include "tables/table_codec.h"
#include "tables/uncommitted_rows.h"

namespace millrace {

class Snapshot;
using SnapshotPtr = std::shared_ptr<const Snapshot>;

// Thread-safe. Holding one keeps overwritten rows on disk: no longer than a statement, or
// a transaction.
class Snapshot {
 public:
  // `now_micros` decides which stream rows have expired. Blocking.
  static Result<SnapshotPtr> Open(KvStore& store, int64_t now_micros);
  // The same rows, changed by what a transaction has not committed yet; `uncommitted` is
  // not changed while anybody holds the result.
  SnapshotPtr With(std::shared_ptr<const UncommittedRows> uncommitted, int64_t now_micros) const;

  KvStore& store() const { return store_; }
  const KvSnapshot* kv() const { return kv_.get(); }
  Lsn lsn() const { return lsn_; }
  int64_t now_micros() const { return now_micros_; }
  // Null outside transactions.
  const UncommittedRows* uncommitted() const { return uncommitted_.get(); }

 private:
  Snapshot(KvStore& store, std::shared_ptr<const KvSnapshot> kv, Lsn lsn, int64_t now_micros,
           std::shared_ptr<const UncommittedRows> uncommitted)
      : store_(store),
        kv_(std::move(kv)),
        lsn_(lsn),
        now_micros_(now_micros),
        uncommitted_(std::move(uncommitted)) {}
  KvStore& store_;
  std::shared_ptr<const KvSnapshot> kv_;
  Lsn lsn_;
  int64_t now_micros_;
  std::shared_ptr<const UncommittedRows> uncommitted_;
};

// The bytes of one row by its full key, expired or not; nullopt when it is not there.
// Blocking.
Result<std::optional<std::string>> GetStoredRow(const Snapshot& snapshot,
                                                std::string_view full_key);

// One row by its full key; nullopt when it is not there or expired. Blocking.
Result<std::optional<std::string>> GetRow(const Snapshot& snapshot, const TableCodec& codec,
                                          std::string_view full_key);

}  // namespace millrace
