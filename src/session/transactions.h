// Open transactions: who may use them, one request at a time, and until when.
//
//             BEGIN              statement fails
//     (none) -------> kActive ------------------> kFailed
//                      |    ^                      |   |
//               COMMIT |    +----- ROLLBACK TO ----+   | ROLLBACK, COMMIT
//             ROLLBACK v                               v
//              or time (gone) <------------------------+
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/principal.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "base/status.h"
#include "session/deadlines.h"
#include "tables/transaction.h"

namespace millrace {

struct TransactionOptions {
  int64_t timeout_ms = 300'000;  // from BEGIN on; what it holds cannot be cleaned up meanwhile
  size_t bytes_max = size_t{100} << 20;
  size_t open_max = 1000;  // of all users
};

enum class TransactionState : uint8_t { kActive, kFailed };

// Belongs to the one request that took it.
struct OpenTransaction {
  OpenTransaction(KvStore& store, const Catalog& catalog, size_t bytes_max)
      : work(store, catalog, bytes_max) {}

  std::string id;
  std::string user_id;
  uint32_t account = 0;
  int64_t opened_micros = 0;  // wall
  bool read_only = false;
  std::atomic<TransactionState> state{TransactionState::kActive};
  std::atomic<int64_t> used_micros{0};  // wall, of the last request
  Transaction work;
};
using OpenTransactionPtr = std::shared_ptr<OpenTransaction>;

// A row of system.transactions.
struct TransactionRecord {
  std::string id;
  std::string user_id;
  TransactionState state = TransactionState::kActive;
  int64_t opened_micros = 0;
  int64_t used_micros = 0;
  uint64_t changes = 0;
  uint64_t bytes = 0;
  uint64_t tables = 0;
  uint64_t snapshot_lsn = 0;
};

// Thread-safe. Destroying an OpenTransaction may block: callers let it go on a worker.
class Transactions {
 public:
  // Everything borrowed outlives it, but for `deadlines`, whose thread must have ended
  // before this is destroyed.
  Transactions(TransactionOptions options, KvStore& store, const Catalog& catalog,
               const Clock& clock, Random& random, Deadlines& deadlines);

  // The caller holds it. Errors: 53400 when too many are open.
  Result<OpenTransactionPtr> Begin(const auth::Principal& owner);
  // Errors: 25P01 when there is none of this id (any more) or it is somebody else's;
  // 55006 when another request holds it.
  Result<OpenTransactionPtr> Take(std::string_view id, const auth::Principal& owner);
  // Gives it back; what has timed out meanwhile is let go.
  void Release(const OpenTransactionPtr& transaction);
  // It is over, held or not.
  void End(const OpenTransactionPtr& transaction);

  std::vector<TransactionRecord> List() const;

 private:
  struct Entry {
    OpenTransactionPtr transaction;
    bool held = false;
    bool timed_out = false;
    uint64_t deadline = 0;
  };
  void TimeOut(const std::string& id);

  const TransactionOptions options_;
  KvStore& store_;
  const Catalog& catalog_;
  const Clock& clock_;
  Random& random_;
  Deadlines& deadlines_;
  mutable Mutex mutex_;
  std::map<std::string, Entry, std::less<>> open_;
};

}  // namespace millrace
