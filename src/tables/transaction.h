// A transaction: a snapshot and what was changed on top of it, kept in memory until
// COMMIT writes it as one log entry.
//
//   statement --payload--> Apply --> uncommitted rows (read back through View)
//   COMMIT    --> one entry, each change on condition that its row is still the
//                 snapshot's: who commits first wins, the other one is refused
//
// That is snapshot isolation: no dirty, unrepeatable or phantom reads, no lost
// updates. Write skew is possible: two transactions that read what the other one
// changes, and change different rows, both commit.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "catalog/catalog.h"
#include "log/commit_log.h"
#include "storage/hot/kv_store.h"
#include "tables/mutation.h"
#include "tables/snapshot.h"
#include "tables/uncommitted_rows.h"

namespace millrace {

// What readers of system.transactions see.
struct TransactionFacts {
  std::atomic<uint64_t> changes{0};
  std::atomic<uint64_t> bytes{0};
  std::atomic<uint64_t> tables{0};
  std::atomic<uint64_t> snapshot_lsn{0};  // 0: not opened yet
};

// One call at a time, on any thread, except facts(). View, Apply, MakeEntry and the
// destructor block.
class Transaction {
 public:
  // `store` and `catalog` must outlive it.
  Transaction(KvStore& store, const Catalog& catalog, size_t bytes_max)
      : store_(store), catalog_(catalog), bytes_max_(bytes_max) {}

  // Everything as of the first call, with this transaction's changes.
  Result<SnapshotPtr> View(int64_t now_micros);

  // Makes a statement's changes, or none of them. The receipt's numbers are provisional:
  // COMMIT gives the rows their final `_seq`. Errors: 0A000 for STREAM tables, 54000 when
  // the transaction becomes too large.
  Result<Receipt> Apply(std::string_view payload);

  // A name given again hides the older savepoint until it is released.
  void SetSavepoint(std::string name);
  // Both: 3B001 when there is no such savepoint. RollbackTo keeps the savepoint itself.
  Status RollbackTo(std::string_view name);
  Status Release(std::string_view name);

  // The entry that commits; empty payload when nothing was changed. It is strict if
  // one of its tables is.
  LogEntry MakeEntry(int64_t wall_micros, Durability default_durability) const;

  const TransactionFacts& facts() const { return facts_; }

 private:
  struct Undo {
    std::string key;
    std::optional<UncommittedRow> before;
  };
  struct Savepoint {
    std::string name;
    size_t undo_size;
  };
  struct Current;

  Status Open(int64_t now_micros);
  UncommittedRows& Writable();
  Result<Current> FindCurrent(const std::string& full_key) const;
  Result<Receipt> ApplySections(std::string_view payload);
  Result<Verdict> ApplyOp(uint32_t section, const MutationView& op, std::string full_key);
  void UndoTo(size_t undo_size);
  void ForgetUndo();
  void Account(int64_t added_bytes);
  std::vector<Savepoint>::iterator FindSavepoint(std::string_view name);

  KvStore& store_;
  const Catalog& catalog_;
  const size_t bytes_max_;
  SnapshotPtr snapshot_;
  std::shared_ptr<UncommittedRows> rows_ = std::make_shared<UncommittedRows>();
  std::vector<Undo> undo_;
  std::vector<Savepoint> savepoints_;
  uint64_t next_seq_ = 0;
  size_t bytes_ = 0;
  TransactionFacts facts_;
};

}  // namespace millrace
