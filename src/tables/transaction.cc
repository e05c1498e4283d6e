#include "tables/transaction.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/coding.h"
#include "tables/row_format.h"

namespace millrace {

// What a changed row costs besides its bytes: map node, undo entry.
static constexpr size_t kRowOverhead = 200;

// What a key holds in the transaction's eyes.
struct Transaction::Current {
  bool exists = false;
  uint64_t seq = 0;
  std::optional<uint64_t> base_seq;
};

static size_t Cost(std::string_view key, const UncommittedRow& row) {
  return kRowOverhead + 2 * key.size() + row.bytes.size();
}

Status Transaction::Open(int64_t now_micros) {
  if (snapshot_ != nullptr) return Status::Ok();
  ASSIGN_OR_RETURN(snapshot_, Snapshot::Open(store_, now_micros));
  next_seq_ = snapshot_->lsn().value + 1;
  facts_.snapshot_lsn = snapshot_->lsn().value;
  return Status::Ok();
}

Result<SnapshotPtr> Transaction::View(int64_t now_micros) {
  RETURN_IF_ERROR(Open(now_micros));
  return snapshot_->With(rows_, now_micros);
}

// A result that is still being read keeps the rows it began with.
UncommittedRows& Transaction::Writable() {
  if (rows_.use_count() > 1) rows_ = std::make_shared<UncommittedRows>(*rows_);
  return *rows_;
}

Result<Receipt> Transaction::Apply(std::string_view payload) {
  MutationReader reader(payload);
  RETURN_IF_ERROR(Open(reader.wall_micros()));
  const size_t undo_size = undo_.size();
  Result<Receipt> receipt = ApplySections(payload);
  const bool applied = receipt.ok() && receipt->verdict == Verdict::kApplied;
  if (!applied) UndoTo(undo_size);
  ForgetUndo();
  facts_.tables = rows_->sections().size();
  facts_.changes = rows_->rows().size();
  return receipt;
}

Result<Receipt> Transaction::ApplySections(std::string_view payload) {
  Receipt receipt{.first = Lsn(next_seq_), .lsn = Lsn(next_seq_)};
  MutationReader reader(payload);
  MutationSection section;
  while (reader.NextSection(&section)) {
    const TablePtr table = catalog_.FindTable(section.table);
    if (table == nullptr || table->version() != section.schema_version) {
      receipt.verdict = Verdict::kTableChanged;
      return receipt;
    }
    if (table->kind == TableKind::kStream) {
      return Unimplemented("STREAM tables cannot be changed in a transaction")
          .WithSqlState("0A000")
          .WithDetail("Table \"" + table->qualified_name() + "\" is a STREAM table.");
    }
    const uint32_t index = Writable().AddSection(table, section.user);
    for (uint64_t i = 0; i < section.count; ++i, ++receipt.conflict) {
      MutationView op;
      if (!reader.NextOp(&op)) return reader.status();
      std::string full_key;
      PutBigEndian32(&full_key, section.table.value);
      full_key.append(op.key);
      ASSIGN_OR_RETURN(receipt.verdict, ApplyOp(index, op, std::move(full_key)));
      if (receipt.verdict != Verdict::kApplied) return receipt;
    }
  }
  RETURN_IF_ERROR(reader.status());
  receipt.lsn = Lsn(std::max(receipt.first.value, next_seq_ - 1));
  return receipt;
}

Result<Transaction::Current> Transaction::FindCurrent(const std::string& full_key) const {
  if (const UncommittedRow* own = rows_->Find(full_key)) {
    return Current{.exists = own->exists,
                   .seq = own->exists ? row_format::Seq(own->bytes) : 0,
                   .base_seq = own->base_seq};
  }
  ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                   store_.Get(KeySpace::kRows, full_key, snapshot_->kv()));
  if (!stored.has_value()) return Current{};
  if (stored->size() < row_format::kSeqEnd) return DataLoss("a stored row is damaged");
  const uint64_t seq = row_format::Seq(*stored);
  return Current{.exists = true, .seq = seq, .base_seq = seq};
}

Result<Verdict> Transaction::ApplyOp(uint32_t section, const MutationView& op,
                                     std::string full_key) {
  ASSIGN_OR_RETURN(const Current current, FindCurrent(full_key));
  if (op.op == MutationOp::kInsert && current.exists) return Verdict::kKeyExists;
  const bool needs_row = op.op == MutationOp::kUpdate || op.op == MutationOp::kDelete;
  if (needs_row && (!current.exists || current.seq != op.expected_seq)) {
    return Verdict::kRowChanged;
  }
  MR_ASSERT(op.op != MutationOp::kTruncate, "a transaction takes no TRUNCATE");
  UncommittedRow row{.base_seq = current.base_seq, .section = section};
  const uint64_t seq = next_seq_++;
  if (op.op != MutationOp::kDelete) {
    row.exists = true;
    row.bytes.assign(op.row);
    std::memcpy(row.bytes.data() + row_format::kSeqOffset, &seq, sizeof(seq));
  }
  const size_t cost = Cost(full_key, row);
  if (bytes_ + cost > bytes_max_) {
    return ResourceExhausted("the transaction has changed too much to be kept in memory")
        .WithSqlState("54000")
        .WithHint("Commit in between, or raise query.transaction_memory_max.");
  }
  Account(static_cast<int64_t>(cost));
  std::optional<UncommittedRow> before = Writable().Put(full_key, std::move(row));
  undo_.push_back({std::move(full_key), std::move(before)});
  return Verdict::kApplied;
}

void Transaction::Account(int64_t added_bytes) {
  bytes_ = static_cast<size_t>(static_cast<int64_t>(bytes_) + added_bytes);
  facts_.bytes = bytes_;
}

// Rows that were replaced count as long as somebody can go back to them.
void Transaction::ForgetUndo() {
  if (!savepoints_.empty()) return;
  for (const Undo& undo : undo_) {
    if (undo.before.has_value()) Account(-static_cast<int64_t>(Cost(undo.key, *undo.before)));
  }
  undo_.clear();
}

void Transaction::UndoTo(size_t undo_size) {
  UncommittedRows& rows = Writable();
  for (; undo_.size() > undo_size; undo_.pop_back()) {
    Undo& undo = undo_.back();
    const UncommittedRow* now = rows.Find(undo.key);
    if (now != nullptr) Account(-static_cast<int64_t>(Cost(undo.key, *now)));
    rows.Restore(undo.key, std::move(undo.before));
  }
  facts_.changes = rows.rows().size();
}

void Transaction::SetSavepoint(std::string name) {
  savepoints_.push_back({std::move(name), undo_.size()});
}

std::vector<Transaction::Savepoint>::iterator Transaction::FindSavepoint(std::string_view name) {
  const auto found = std::find_if(savepoints_.rbegin(), savepoints_.rend(),
                                  [&](const Savepoint& point) { return point.name == name; });
  return found == savepoints_.rend() ? savepoints_.end() : std::prev(found.base());
}

static Status NoSavepoint(std::string_view name) {
  return NotFound("savepoint \"" + std::string(name) + "\" does not exist").WithSqlState("3B001");
}

Status Transaction::RollbackTo(std::string_view name) {
  const auto point = FindSavepoint(name);
  if (point == savepoints_.end()) return NoSavepoint(name);
  UndoTo(point->undo_size);
  savepoints_.erase(std::next(point), savepoints_.end());
  return Status::Ok();
}

Status Transaction::Release(std::string_view name) {
  const auto point = FindSavepoint(name);
  if (point == savepoints_.end()) return NoSavepoint(name);
  savepoints_.erase(point, savepoints_.end());
  ForgetUndo();
  return Status::Ok();
}

LogEntry Transaction::MakeEntry(int64_t wall_micros, Durability default_durability) const {
  LogEntry entry{.durability = Durability::kRelaxed};
  MutationBatch batch(wall_micros);
  std::optional<uint32_t> section;
  for (const auto& [key, row] : rows_->rows()) {
    if (!row.exists && !row.base_seq.has_value()) continue;  // inserted and deleted again
    if (section != row.section) {
      section = row.section;
      const UncommittedRows::Section& now = rows_->sections()[row.section];
      batch.BeginTable(*now.table, now.scope);
      if (now.table->durability.value_or(default_durability) == Durability::kStrict) {
        entry.durability = Durability::kStrict;
      }
    }
    const std::string_view relative_key = std::string_view(key).substr(sizeof(uint32_t));
    if (!row.exists) {
      batch.Delete(relative_key, *row.base_seq);
    } else if (row.base_seq.has_value()) {
      batch.Update(relative_key, *row.base_seq, row.bytes);
    } else {
      batch.Insert(relative_key, row.bytes);
    }
  }
  if (batch.changes() > 0) entry.payload = batch.Finish();
  return entry;
}

}  // namespace millrace
