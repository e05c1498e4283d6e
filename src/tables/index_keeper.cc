#include "tables/index_keeper.h"

#include <utility>

#include "types/key_coding.h"

namespace millrace {

const TableIndexes* IndexCodecs::Of(const TablePtr& table) {
  if (table->indexes.empty()) return nullptr;
  std::unique_ptr<TableIndexes>& known = tables_[table->id.value];
  if (known == nullptr || known->table != table) {
    known = std::make_unique<TableIndexes>();
    known->table = table;
    const auto codec = std::make_shared<const TableCodec>(table);
    for (const IndexDefinition& index : table->indexes) known->codecs.emplace_back(codec, index);
  }
  return known.get();
}

Status IndexChanges::Add(const TableIndexes& indexes, const RowChange& change, uint32_t position) {
  for (const IndexCodec& codec : indexes.codecs) {
    IndexEntry before;
    IndexEntry after;
    if (!change.before.empty()) {
      ASSIGN_OR_RETURN(before, codec.EntryOf(change.relative_key, change.before));
    }
    if (!change.after.empty()) {
      ASSIGN_OR_RETURN(after, codec.EntryOf(change.relative_key, change.after));
    }
    const bool same = before.key == after.key;
    // The build will leave out this row, because it has changed: its entry is put now.
    if (same && codec.index().state == IndexState::kReady) continue;
    if (!same && !before.key.empty()) GiveUp(before, change);
    if (!after.key.empty()) Take(after, change, position, codec.index().id);
  }
  return Status::Ok();
}

void IndexChanges::GiveUp(IndexEntry& entry, const RowChange& change) {
  const auto [it, inserted] = entries_.try_emplace(entry.key);
  if (!inserted && it->second == change.relative_key) it->second.clear();
  if (!entry.exclusive) return;
  const auto taken = taken_at_.find(entry.key);
  if (taken != taken_at_.end() && taken_[taken->second].owner == change.relative_key) {
    taken_[taken->second].key.clear();
  }
  given_up_.push_back(std::move(entry.key));
}

void IndexChanges::Take(IndexEntry& entry, const RowChange& change, uint32_t position,
                        uint32_t index) {
  entries_[entry.key] = change.relative_key;
  if (!entry.exclusive) return;
  taken_at_[entry.key] = taken_.size();
  taken_.push_back({std::move(entry.key), std::string(change.relative_key), position, index});
}

static Result<UniqueKeys::Owner> OwnerOf(const UniqueKeys& keys, const std::string& key,
                                         const IndexChanges::Lookup& lookup) {
  if (const UniqueKeys::Owner* known = keys.Find(key)) return *known;
  return lookup(key);
}

Result<std::optional<IndexChanges::Violation>> IndexChanges::CheckUnique(const Lookup& lookup) {
  for (const std::string& key : given_up_) keys_->Set(key, std::nullopt);
  for (Taken& taken : taken_) {
    if (taken.key.empty()) continue;
    ASSIGN_OR_RETURN(const UniqueKeys::Owner owner, OwnerOf(*keys_, taken.key, lookup));
    if (owner.has_value() && *owner != taken.owner) {
      return std::optional<Violation>({.position = taken.position, .index = taken.index});
    }
    keys_->Set(taken.key, std::move(taken.owner));
  }
  return std::optional<Violation>();
}

Result<std::optional<IndexChanges::Violation>> IndexKeeper::CheckUnique(IndexChanges& changes) {
  return changes.CheckUnique([this](const std::string& key) { return LookUp(key); });
}

Result<UniqueKeys::Owner> IndexKeeper::LookUp(const std::string& key) {
  for (const std::string& prefix : truncated_) {
    if (key.starts_with(prefix)) return UniqueKeys::Owner();
  }
  return store_.Get(KeySpace::kIndex, key);
}

void IndexKeeper::CheckTruncate(const TableDefinition& table, std::string_view scope) {
  for (const IndexDefinition& index : table.indexes) {
    truncated_.push_back(IndexPrefix(table.id, index.id).append(scope));
    keys_.SetNobody(truncated_.back());
  }
}

void IndexKeeper::WriteTruncate(const TableDefinition& table, std::string_view scope,
                                WriteBatch* batch) {
  for (const IndexDefinition& index : table.indexes) {
    const std::string prefix = IndexPrefix(table.id, index.id).append(scope);
    batch->DeleteRange(KeySpace::kIndex, prefix, PrefixSuccessor(prefix));
  }
  for (auto& [key, build] : builds_) {
    if (key >> 32 == table.id.value) build.broken = true;  // which rows it was is not known
  }
}

void IndexKeeper::Write(const IndexChanges& changes, WriteBatch* batch) {
  for (const auto& [key, owner] : changes.entries()) {
    if (owner.empty()) {
      batch->Delete(KeySpace::kIndex, key);
    } else {
      batch->Put(KeySpace::kIndex, key, owner);
    }
  }
}

static uint64_t BuildKey(TableId table, uint32_t index) {
  return uint64_t{table.value} << 32 | index;
}

void IndexKeeper::NoteChanged(TableId table, std::string_view relative_key) {
  for (auto& [key, build] : builds_) {
    if (key >> 32 == table.value) build.changed.emplace(relative_key);
  }
}

Result<Applied> IndexKeeper::ApplyBuild(std::string_view payload, WriteBatch* batch) {
  ASSIGN_OR_RETURN(const IndexBuildEntry entry, DecodeIndexBuild(payload));
  const TablePtr table = catalog_.FindForApply(entry.table);
  const IndexDefinition* index = table == nullptr ? nullptr : table->FindIndex(entry.index);
  if (index == nullptr || index->state != IndexState::kBuilding) {
    return Applied{.verdict = Verdict::kTableChanged};
  }
  if (entry.begins) {
    builds_[BuildKey(entry.table, entry.index)] = Build();
    return Applied{.changes = 1};
  }
  const auto build = builds_.find(BuildKey(entry.table, entry.index));
  if (build == builds_.end() || build->second.broken) {
    return Applied{.verdict = Verdict::kRowChanged};
  }
  return AddBuilt(entry, build->second, batch);
}

Result<Applied> IndexKeeper::AddBuilt(const IndexBuildEntry& entry, const Build& build,
                                      WriteBatch* batch) {
  const IndexChanges::Lookup lookup = [this](const std::string& key) { return LookUp(key); };
  const size_t mark = keys_.mark();
  batch->SetSavePoint();
  for (size_t i = 0; i < entry.rows.size(); ++i) {
    const IndexBuildRow& row = entry.rows[i];
    if (!build.changed.empty() && build.changed.contains(std::string(row.relative_key))) continue;
    const std::string key(row.key);
    if (row.exclusive) {
      Result<UniqueKeys::Owner> owner = OwnerOf(keys_, key, lookup);
      const bool taken = owner.ok() && owner->has_value() && **owner != row.relative_key;
      if (!owner.ok() || taken) {
        keys_.UndoTo(mark);
        batch->RollbackToSavePoint();
        RETURN_IF_ERROR(owner.status());
        return Applied{.verdict = Verdict::kNotUnique,
                       .conflict = static_cast<uint32_t>(i),
                       .index = entry.index};
      }
      keys_.Set(key, std::string(row.relative_key));
    }
    batch->Put(KeySpace::kIndex, key, row.relative_key);
  }
  batch->DropSavePoint();
  return Applied{.changes = 1};
}

void IndexKeeper::OnCatalogChange() {
  std::erase_if(builds_, [this](const auto& build) {
    const TablePtr table = catalog_.FindForApply(TableId(static_cast<uint32_t>(build.first >> 32)));
    const IndexDefinition* index =
        table == nullptr ? nullptr : table->FindIndex(static_cast<uint32_t>(build.first));
    return index == nullptr || index->state != IndexState::kBuilding;
  });
}

void IndexKeeper::GroupFailed() {
  for (auto& [key, build] : builds_) build.broken = true;
}

}  // namespace millrace
