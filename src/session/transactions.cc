#include "session/transactions.h"

#include <utility>

namespace millrace {

Transactions::Transactions(TransactionOptions options, KvStore& store, const Catalog& catalog,
                           const Clock& clock, Random& random, Deadlines& deadlines)
    : options_(options),
      store_(store),
      catalog_(catalog),
      clock_(clock),
      random_(random),
      deadlines_(deadlines) {}

static std::string NewId(Random& random) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id = "tx-";
  for (int part = 0; part < 2; ++part) {
    uint64_t bits = random.NextUint64();
    for (int i = 0; i < 16; ++i, bits >>= 4) id.push_back(kDigits[bits & 15]);
  }
  return id;
}

Result<OpenTransactionPtr> Transactions::Begin(const auth::Principal& owner) {
  auto transaction = std::make_shared<OpenTransaction>(store_, catalog_, options_.bytes_max);
  transaction->id = NewId(random_);
  transaction->user_id = owner.user_id;
  transaction->account = owner.account;
  transaction->opened_micros = clock_.WallMicros();
  transaction->used_micros = transaction->opened_micros;
  const uint64_t deadline =
      deadlines_.Add([this, id = transaction->id] { TimeOut(id); }, options_.timeout_ms);
  {
    const MutexLock lock(mutex_);
    if (open_.size() < options_.open_max) {
      open_[transaction->id] = {.transaction = transaction, .held = true, .deadline = deadline};
      return transaction;
    }
  }
  deadlines_.Remove(deadline);
  return ResourceExhausted("too many transactions are open")
      .WithSqlState("53400")
      .WithHint("Commit or roll back what is open, or try again later.");
}

static Status NoTransaction(std::string_view id) {
  return NotFound("there is no open transaction \"" + std::string(id) + "\"")
      .WithSqlState("25P01")
      .WithHint("It was ended, or rolled back because its time was up.");
}

Result<OpenTransactionPtr> Transactions::Take(std::string_view id, const auth::Principal& owner) {
  const MutexLock lock(mutex_);
  const auto found = open_.find(id);
  if (found == open_.end()) return NoTransaction(id);
  Entry& entry = found->second;
  const int64_t age_ms = (clock_.WallMicros() - entry.transaction->opened_micros) / 1000;
  if (entry.timed_out || age_ms >= options_.timeout_ms) return NoTransaction(id);
  if (entry.transaction->user_id != owner.user_id || entry.transaction->account != owner.account) {
    return NoTransaction(id);
  }
  if (entry.held) {
    return Aborted("another request is using transaction \"" + std::string(id) + "\"")
        .WithSqlState("55006")
        .WithHint("Send its statements one request after the other.");
  }
  entry.held = true;
  return entry.transaction;
}

void Transactions::Release(const OpenTransactionPtr& transaction) {
  transaction->used_micros = clock_.WallMicros();
  const MutexLock lock(mutex_);
  const auto found = open_.find(transaction->id);
  if (found == open_.end()) return;
  found->second.held = false;
  if (found->second.timed_out) open_.erase(found);
}

void Transactions::End(const OpenTransactionPtr& transaction) {
  uint64_t deadline = 0;
  {
    const MutexLock lock(mutex_);
    const auto found = open_.find(transaction->id);
    if (found == open_.end()) return;
    deadline = found->second.deadline;
    open_.erase(found);  // the caller holds the transaction: nothing is destroyed here
  }
  deadlines_.Remove(deadline);
}

void Transactions::TimeOut(const std::string& id) {
  OpenTransactionPtr let_go;  // outside the lock
  const MutexLock lock(mutex_);
  const auto found = open_.find(id);
  if (found == open_.end()) return;
  if (found->second.held) {
    found->second.timed_out = true;
    return;
  }
  let_go = std::move(found->second.transaction);
  open_.erase(found);
}

std::vector<TransactionRecord> Transactions::List() const {
  std::vector<TransactionRecord> records;
  const MutexLock lock(mutex_);
  for (const auto& [id, entry] : open_) {
    const OpenTransaction& open = *entry.transaction;
    const TransactionFacts& facts = open.work.facts();
    records.push_back({.id = id,
                       .user_id = open.user_id,
                       .state = open.state,
                       .opened_micros = open.opened_micros,
                       .used_micros = open.used_micros,
                       .changes = facts.changes,
                       .bytes = facts.bytes,
                       .tables = facts.tables,
                       .snapshot_lsn = facts.snapshot_lsn});
  }
  return records;
}

}  // namespace millrace
