#include "tables/applier.h"

#include <cstring>
#include <utility>

#include "base/crash_point.h"
#include "tables/clear_group_map.h"
#include "tables/row_format.h"
#include "tables/row_visibility.h"
#include "types/key_coding.h"

namespace millrace {

void Applier::BeginGroup() {
  ClearGroupMap(&group_rows_);
  undo_.clear();
  runs_.clear();
  indexes_.BeginGroup();
  truncated_.clear();
}

void Applier::GroupWritten(Lsn) {
  const uint64_t generation = catalog_.generation();
  catalog_.PublishStaged();
  if (catalog_.generation() == generation) return;
  indexes_.OnCatalogChange();
  if (listener_ != nullptr) listener_->OnCatalogChange();
}

void Applier::GroupFailed() {
  catalog_.ForgetStaged();
  indexes_.GroupFailed();
}

Result<Applied> Applier::Apply(std::string_view payload, Lsn first, WriteBatch* batch) {
  if (payload.empty()) return DataLoss("a log entry is empty");
  if (payload.front() == static_cast<char>(EntryKind::kCatalog)) {
    return catalog_.Stage(payload, batch);
  }
  if (payload.front() == static_cast<char>(EntryKind::kIndexBuild)) {
    return indexes_.ApplyBuild(payload, batch);
  }
  return ApplyRows(payload, first, batch);
}

Result<Applied> Applier::ApplyRows(std::string_view payload, Lsn first, WriteBatch* batch) {
  undo_.clear();
  found_.clear();
  earlier_runs_ = runs_.size();
  if (has_indexes_) index_changes_ = IndexChanges(&indexes_.keys());
  has_indexes_ = false;
  const size_t index_mark = indexes_.keys().mark();
  const size_t truncated_mark = indexes_.truncated_mark();
  earlier_truncated_ = truncated_.size();
  Result<Applied> checked = Check(payload, first);
  if (has_indexes_ && checked.ok() && checked->verdict == Verdict::kApplied) {
    checked = CheckIndexes(payload, *checked);
  }
  if (!checked.ok() || checked->verdict != Verdict::kApplied) {
    UndoEntry();
    indexes_.keys().UndoTo(index_mark);
    indexes_.UndoTruncatesTo(truncated_mark);
    return checked;
  }
  const Lsn lsn(first.value + checked->changes - 1);
  MutationReader reader(payload);
  MutationSection section;
  uint64_t next_seq = first.value;
  size_t position = 0;
  uint32_t part = 0;
  while (reader.NextSection(&section)) {
    feed_.Begin(section.table, section.user, reader.wall_micros(), next_seq);
    WriteSection(section, &reader, &next_seq, &position, lsn, batch);
    feed_.Finish(lsn, part++, batch);
  }
  if (has_indexes_) IndexKeeper::Write(index_changes_, batch);
  CRASH_POINT("apply_rows");
  return checked;
}

Result<Applied> Applier::Check(std::string_view payload, Lsn first) {
  MutationReader reader(payload);
  MutationSection section;
  uint64_t next_seq = first.value;
  uint32_t position = 0;
  while (reader.NextSection(&section)) {
    ASSIGN_OR_RETURN(const Verdict verdict, CheckSection(section, &reader, &next_seq, &position));
    if (verdict != Verdict::kApplied) return Applied{.verdict = verdict, .conflict = position};
  }
  RETURN_IF_ERROR(reader.status());
  return Applied{.changes = next_seq - first.value};
}

Result<Applied> Applier::CheckIndexes(std::string_view payload, Applied checked) {
  MutationReader reader(payload);
  MutationSection section;
  uint32_t position = 0;
  while (reader.NextSection(&section)) {
    const TablePtr table = catalog_.FindForApply(section.table);
    const TableIndexes* indexes = indexes_.Of(table);
    for (uint64_t i = 0; i < section.count; ++i, ++position) {
      MutationView op;
      if (!reader.NextOp(&op)) return reader.status();
      if (indexes == nullptr || op.op == MutationOp::kTruncate) continue;
      const Found& found = found_[position];
      const RowChange change{.relative_key = op.key,
                             .before = found.stored ? std::string_view(found.row) : "",
                             .after = op.row};
      RETURN_IF_ERROR(index_changes_.Add(*indexes, change, position));
    }
  }
  ASSIGN_OR_RETURN(const auto violation, indexes_.CheckUnique(index_changes_));
  if (violation.has_value()) {
    return Applied{
        .verdict = Verdict::kNotUnique, .conflict = violation->position, .index = violation->index};
  }
  return checked;
}

static bool AddsRow(MutationOp op) {
  return op == MutationOp::kInsert || op == MutationOp::kReplace;
}

Result<Verdict> Applier::CheckSection(const MutationSection& section, MutationReader* reader,
                                      uint64_t* next_seq, uint32_t* position) {
  const TablePtr table = catalog_.FindForApply(section.table);
  if (table == nullptr || table->version() != section.schema_version) {
    return Verdict::kTableChanged;
  }
  const bool eviction = (section.flags & kSectionEviction) != 0;
  if (table->per_user() && !eviction && !catalog_.AcceptsRowsOf(section.user)) {
    return Verdict::kTableChanged;
  }
  has_indexes_ |= !table->indexes.empty();
  // Their keys are new by construction, or are never stored.
  const bool unconditional = (section.flags & (kSectionKeyedByArrival | kSectionEphemeral)) != 0;
  ASSIGN_OR_RETURN(const bool is_new_run, IsNewRun(section, *reader));
  if (is_new_run) {
    runs_.push_back({section, *reader, *next_seq});
    SkipRun(section, reader);
    *next_seq += section.count;
    *position += static_cast<uint32_t>(section.count);
    return Verdict::kApplied;
  }
  for (uint64_t i = 0; i < section.count; ++i, ++*position, ++*next_seq) {
    MutationView op;
    if (!reader->NextOp(&op)) return reader->status();
    if (op.op == MutationOp::kTruncate) {
      Truncate(section.table, op.key);
      indexes_.CheckTruncate(*table, op.key);
    }
    if (op.op == MutationOp::kTruncate || (unconditional && AddsRow(op.op))) {
      found_.emplace_back();
      continue;
    }
    ASSIGN_OR_RETURN(const Verdict verdict, CheckOp(*table, op, reader->wall_micros(), *next_seq));
    if (verdict != Verdict::kApplied) return verdict;
  }
  return Verdict::kApplied;
}

// Large INSERTs mostly bring keys in order, behind all that are stored: one look at
// what lies between the first and the last replaces one for each row.
Result<bool> Applier::IsNewRun(const MutationSection& section, MutationReader ops) {
  constexpr uint64_t kRunRowsMin = 16;
  if (section.count < kRunRowsMin || section.flags != 0) return false;
  if (!group_rows_.empty() || !runs_.empty()) return false;
  std::string_view first;
  std::string_view last;
  for (uint64_t i = 0; i < section.count; ++i) {
    MutationView op;
    if (!ops.NextOp(&op)) return ops.status();
    if (op.op != MutationOp::kInsert || (i > 0 && op.key <= last)) return false;
    if (i == 0) first = op.key;
    last = op.key;
  }
  std::string lower;
  PutBigEndian32(&lower, section.table.value);
  std::string upper = lower;
  lower.append(first);
  upper.append(last).push_back('\0');
  const auto stored = store_.NewIterator(KeySpace::kRows, std::move(lower), std::move(upper));
  stored->SeekToFirst();
  RETURN_IF_ERROR(stored->status());
  return !stored->Valid();
}

void Applier::SkipRun(const MutationSection& section, MutationReader* reader) {
  MutationView op;
  for (uint64_t i = 0; i < section.count; ++i) {
    MR_ASSERT(reader->NextOp(&op), "a run was read before it is skipped");
  }
  found_.resize(found_.size() + section.count);
}

Result<Verdict> Applier::CheckOp(const TableDefinition& table, const MutationView& op,
                                 int64_t wall_micros, uint64_t seq) {
  ASSIGN_OR_RETURN(Found found, FindRow(table.id, op.key));
  const bool visible = found.exists && !IsExpired(table, found.row, wall_micros);
  switch (op.op) {
    case MutationOp::kInsert:
      if (visible) return Verdict::kKeyExists;
      break;
    case MutationOp::kUpdate:
    case MutationOp::kDelete:
      if (!found.exists || row_format::Seq(found.row) != op.expected_seq) {
        return Verdict::kRowChanged;
      }
      break;
    case MutationOp::kReplace:
    case MutationOp::kTruncate:
      break;
  }
  found.stored = found.exists;
  found.exists = visible;
  found_.push_back(std::move(found));
  Remember({table.id.value, op.key},
           {.exists = op.op != MutationOp::kDelete, .seq = seq, .row = op.row});
  return Verdict::kApplied;
}

static std::string WithSeq(std::string_view row, uint64_t seq) {
  std::string complete(row);
  std::memcpy(complete.data() + row_format::kSeqOffset, &seq, sizeof(seq));
  return complete;
}

Result<Applier::Found> Applier::FindRow(TableId table, std::string_view key) {
  RememberRuns();
  const auto in_group = group_rows_.find(RowKey{table.value, key});
  if (in_group != group_rows_.end()) {
    const GroupRow& row = in_group->second;
    if (!row.exists) return Found{};
    return Found{.exists = true, .row = WithSeq(row.row, row.seq)};
  }
  for (const Truncated& gone : truncated_) {
    if (gone.Holds(table.value, key)) return Found{};
  }
  std::string full;
  full.reserve(key.size() + sizeof(uint32_t));
  PutBigEndian32(&full, table.value);
  full.append(key);
  ASSIGN_OR_RETURN(std::optional<std::string> stored, store_.Get(KeySpace::kRows, full));
  if (!stored.has_value()) return Found{};
  if (stored->size() < row_format::kSeqEnd) return DataLoss("a stored row is damaged");
  return Found{.exists = true, .row = std::move(*stored)};
}

void Applier::Remember(const RowKey& key, GroupRow row) {
  auto [it, inserted] = group_rows_.try_emplace(key, row);
  if (inserted) {
    undo_.push_back({key, std::nullopt});
  } else {
    undo_.push_back({key, it->second});
    it->second = row;
  }
}

void Applier::Truncate(TableId table, std::string_view prefix) {
  RememberRuns();
  const Truncated gone{table.value, prefix};
  for (const auto& [key, row] : group_rows_) {
    if (row.exists && gone.Holds(key.table, key.key)) Remember(key, GroupRow{});
  }
  truncated_.push_back(gone);
}

// Rows of earlier entries stay when this entry is undone.
void Applier::RememberRuns() {
  for (size_t i = 0; i < runs_.size(); ++i) {
    Run& run = runs_[i];
    MutationView op;
    for (uint64_t row = 0; row < run.section.count; ++row) {
      MR_ASSERT(run.ops.NextOp(&op), "a run was read before it is remembered");
      const RowKey key{run.section.table.value, op.key};
      const GroupRow added{.exists = true, .seq = run.first_seq + row, .row = op.row};
      if (i < earlier_runs_) {
        group_rows_.emplace(key, added);
      } else {
        Remember(key, added);
      }
    }
  }
  runs_.clear();
  earlier_runs_ = 0;
}

void Applier::UndoEntry() {
  runs_.erase(runs_.begin() + static_cast<ptrdiff_t>(earlier_runs_), runs_.end());
  truncated_.resize(earlier_truncated_);
  for (; !undo_.empty(); undo_.pop_back()) {
    const Undo& undo = undo_.back();
    if (undo.before.has_value()) {
      group_rows_[undo.key] = *undo.before;
    } else {
      group_rows_.erase(undo.key);
    }
  }
}

void Applier::WriteSection(const MutationSection& section, MutationReader* reader,
                           uint64_t* next_seq, size_t* position, Lsn lsn, WriteBatch* batch) {
  for (uint64_t i = 0; i < section.count; ++i, ++*position, ++*next_seq) {
    MutationView op;
    MR_ASSERT(reader->NextOp(&op), "an entry was checked before it is written");
    WriteOp(section, op, *next_seq, found_[*position], lsn, batch);
  }
}

void Applier::WriteOp(const MutationSection& section, const MutationView& op, uint64_t seq,
                      const Found& found, Lsn lsn, WriteBatch* batch) {
  std::string prefix;
  PutBigEndian32(&prefix, section.table.value);
  std::string arrival_key;
  std::string_view key = op.key;
  if ((section.flags & kSectionKeyedByArrival) != 0 && AddsRow(op.op)) {
    arrival_key.assign(key);
    PutBigEndian64(&arrival_key, seq);
    key = arrival_key;
  }
  if (op.op == MutationOp::kTruncate) {
    if (listener_ != nullptr) listener_->OnTruncate(section.table, lsn);
    prefix.append(key);
    batch->DeleteRange(KeySpace::kRows, prefix, PrefixSuccessor(prefix));
    if (has_indexes_) {
      indexes_.WriteTruncate(*catalog_.FindForApply(section.table), key, batch);
    }
    feed_.AddTruncate(key);
    return;
  }
  const std::string_view old_row = found.exists ? std::string_view(found.row) : "";
  if (listener_ != nullptr) listener_->OnRowChange(section.table, key, lsn);
  if (has_indexes_) indexes_.NoteChanged(section.table, key);
  if (op.op == MutationOp::kDelete) {
    batch->DeleteParts(KeySpace::kRows, prefix, key);
    if ((section.flags & kSectionEviction) == 0) {
      feed_.Add(ChangeOp::kDelete, key, "", "", "", old_row);
    }
    return;
  }
  std::string encoded_seq;
  PutFixed(&encoded_seq, seq);
  const std::string_view head = op.row.substr(0, row_format::kSeqOffset);
  const std::string_view tail = op.row.substr(row_format::kSeqEnd);
  if ((section.flags & kSectionEphemeral) == 0) {
    batch->PutParts(KeySpace::kRows, prefix, key, head, encoded_seq, tail);
  }
  feed_.Add(found.exists ? ChangeOp::kUpdate : ChangeOp::kInsert, key, head, encoded_seq, tail,
            old_row);
}

}  // namespace millrace
