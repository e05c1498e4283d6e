// Staging: what one catalog command does, on the committer thread.
#include <utility>

#include "catalog/catalog.h"
#include "catalog/expectation.h"
#include "catalog/meta_keys.h"
#include "types/key_coding.h"

namespace millrace {
namespace {

std::string_view NamespaceOf(std::string_view qualified) {
  return qualified.substr(0, qualified.find('.'));
}

// A definition is stored under the name that the command gives.
Status CheckName(const CatalogChange& change, std::string_view defined) {
  if (change.name == defined) return Status::Ok();
  return DataLoss("a catalog command names \"" + change.name + "\" and defines \"" +
                  std::string(defined) + "\"");
}

}  // namespace

Verdict ExpectationHolds(uint64_t expected, bool exists) {
  if (expected == static_cast<uint64_t>(Expect::kNew) && exists) return Verdict::kKeyExists;
  if (expected == static_cast<uint64_t>(Expect::kExisting) && !exists) {
    return Verdict::kTableChanged;
  }
  return Verdict::kApplied;
}

NamespacePtr Catalog::NewestNamespace(std::string_view name) const {
  for (auto it = staged_.namespaces.rbegin(); it != staged_.namespaces.rend(); ++it) {
    if (it->first == name) return it->second;
  }
  return FindNamespace(name);
}

TablePtr Catalog::FindForApply(TableId id) const {
  for (auto it = staged_.tables.rbegin(); it != staged_.tables.rend(); ++it) {
    if (it->first == id) return it->second;
  }
  return FindTable(id);
}

TablePtr Catalog::NewestTable(std::string_view qualified_name) const {
  for (auto it = staged_.tables.rbegin(); it != staged_.tables.rend(); ++it) {
    if (it->second != nullptr && it->second->qualified_name() == qualified_name) {
      return FindForApply(it->first) == it->second ? it->second : nullptr;
    }
  }
  const std::string_view namespace_name = NamespaceOf(qualified_name);
  TablePtr table = FindTable(namespace_name, qualified_name.substr(namespace_name.size() + 1));
  if (table == nullptr) return nullptr;
  const TablePtr newest = FindForApply(table->id);  // staged as dropped or renamed?
  return newest != nullptr && newest->qualified_name() == qualified_name ? newest : nullptr;
}

UserPtr Catalog::NewestUser(std::string_view id) const {
  for (auto it = staged_.users.rbegin(); it != staged_.users.rend(); ++it) {
    if ((*it)->id == id) return *it;
  }
  return FindUser(id);
}

bool Catalog::AcceptsRowsOf(std::string_view row_scope) const {
  const UserPtr user = NewestUser(row_scope.substr(0, row_scope.find('\0')));
  return user == nullptr || (user->deleted_at == 0 && user->row_scope() == row_scope);
}

bool Catalog::NamespaceHasTables(std::string_view name) const {
  for (const auto& [id, table] : staged_.tables) {
    if (table != nullptr && table->namespace_name == name && FindForApply(id) == table) return true;
  }
  for (const TablePtr& table : Tables(name)) {
    const TablePtr newest = FindForApply(table->id);
    if (newest != nullptr && newest->namespace_name == name) return true;
  }
  return false;
}

Result<Applied> Catalog::Stage(std::string_view payload, WriteBatch* batch) {
  ASSIGN_OR_RETURN(const std::vector<CatalogChange> changes, DecodeCatalogCommand(payload));
  // A command may be refused half way: keep what was staged before it.
  const Staged before = staged_;
  const uint32_t next_table_id_before = next_table_id_;
  batch->SetSavePoint();
  for (size_t i = 0; i < changes.size(); ++i) {
    Result<Verdict> verdict = StageChange(changes[i], batch);
    if (verdict.ok() && *verdict == Verdict::kApplied) continue;
    staged_ = before;
    next_table_id_ = next_table_id_before;
    batch->RollbackToSavePoint();
    if (!verdict.ok()) return verdict.status();
    return Applied{.verdict = *verdict, .conflict = static_cast<uint32_t>(i)};
  }
  batch->DropSavePoint();
  return Applied{.changes = 1};
}

Result<Verdict> Catalog::StageChange(const CatalogChange& change, WriteBatch* batch) {
  switch (change.op) {
    case CatalogOp::kPutNamespace:
    case CatalogOp::kDropNamespace:
      return StageNamespace(change, batch);
    case CatalogOp::kPutTable:
      return StageTable(change, batch);
    case CatalogOp::kDropTable:
      return StageDropTable(change, batch);
    case CatalogOp::kRenameTable:
      return StageRenameTable(change, batch);
    case CatalogOp::kPutUser:
      return StageUser(change, batch);
    case CatalogOp::kForgetDropped: {
      if (change.name.size() != sizeof(uint32_t)) return DataLoss("a catalog command is damaged");
      const TableId id(LoadBigEndian32(change.name.data()));
      staged_.forgotten.push_back(id);
      batch->Delete(KeySpace::kMeta, meta::IdKey(meta::kDropped, id));
      return Verdict::kApplied;
    }
    case CatalogOp::kForgetAccount:
      staged_.forgotten_accounts.push_back(change.name);
      batch->Delete(KeySpace::kMeta, meta::NameKey(meta::kDroppedAccount, change.name));
      return Verdict::kApplied;
    case CatalogOp::kGrant:
      return StageGrant(change, batch);
    case CatalogOp::kRevoke:
      return StageRevoke(change, batch);
    case CatalogOp::kPutApiKey:
    case CatalogOp::kDropApiKey:
      return StageApiKey(change, batch);
    case CatalogOp::kPutRefreshState:
    case CatalogOp::kDropRefreshState:
      return StageRefreshState(change, batch);
    case CatalogOp::kAudit:
      batch->Put(KeySpace::kMeta, meta::NameKey(meta::kAudit, change.name), change.body);
      return Verdict::kApplied;
    case CatalogOp::kPutSetting:
      staged_.settings.emplace_back(change.name, change.body);
      batch->Put(KeySpace::kMeta, meta::NameKey(meta::kSetting, change.name), change.body);
      return Verdict::kApplied;
  }
  return DataLoss("a catalog command has an unknown operation");
}

Result<Verdict> Catalog::StageNamespace(const CatalogChange& change, WriteBatch* batch) {
  const bool exists = NewestNamespace(change.name) != nullptr;
  const std::string key = meta::NameKey(meta::kNamespace, change.name);
  if (change.op == CatalogOp::kDropNamespace) {
    if (!exists || NamespaceHasTables(change.name)) return Verdict::kTableChanged;
    staged_.namespaces.emplace_back(change.name, nullptr);
    batch->Delete(KeySpace::kMeta, key);
    StageNamespaceLosses(change.name, batch);
    return Verdict::kApplied;
  }
  const Verdict verdict = ExpectationHolds(change.expected, exists);
  if (verdict != Verdict::kApplied) return verdict;
  ASSIGN_OR_RETURN(NamespaceDefinition definition, DecodeNamespace(change.body));
  RETURN_IF_ERROR(CheckName(change, definition.name));
  staged_.namespaces.emplace_back(
      change.name, std::make_shared<const NamespaceDefinition>(std::move(definition)));
  batch->Put(KeySpace::kMeta, key, change.body);
  return Verdict::kApplied;
}

// Entries of indexes that the new definition has no more.
static void DeleteDroppedIndexes(const TableDefinition& before, const TableDefinition& now,
                                 WriteBatch* batch) {
  for (const IndexDefinition& index : before.indexes) {
    if (now.FindIndex(index.id) != nullptr) continue;
    const std::string prefix = IndexPrefix(now.id, index.id);
    batch->DeleteRange(KeySpace::kIndex, prefix, PrefixSuccessor(prefix));
  }
}

void Catalog::StageTableWrite(TableDefinition table, WriteBatch* batch) {
  const TablePtr before = FindForApply(table.id);
  if (before != nullptr) DeleteDroppedIndexes(*before, table, batch);
  batch->Put(KeySpace::kMeta, meta::IdKey(meta::kTable, table.id), EncodeTable(table));
  const TableId id = table.id;
  staged_.tables.emplace_back(id, std::make_shared<const TableDefinition>(std::move(table)));
}

Result<Verdict> Catalog::StageTable(const CatalogChange& change, WriteBatch* batch) {
  const TablePtr existing = NewestTable(change.name);
  if (change.expected == 0) {
    if (existing != nullptr) return Verdict::kKeyExists;
    if (NewestNamespace(NamespaceOf(change.name)) == nullptr) return Verdict::kTableChanged;
  } else if (existing == nullptr || existing->version() != change.expected) {
    return Verdict::kTableChanged;
  }
  ASSIGN_OR_RETURN(TableDefinition table, DecodeTable(change.body));
  RETURN_IF_ERROR(CheckName(change, table.qualified_name()));
  if (change.expected == 0) {
    table.id = TableId(next_table_id_++);
    std::string next;
    PutFixed(&next, next_table_id_);
    batch->Put(KeySpace::kMeta, meta::kNextTableId, next);
  } else if (table.id != existing->id) {
    return Verdict::kTableChanged;
  }
  StageTableWrite(std::move(table), batch);
  return Verdict::kApplied;
}

Result<Verdict> Catalog::StageDropTable(const CatalogChange& change, WriteBatch* batch) {
  const TablePtr existing = NewestTable(change.name);
  if (existing == nullptr || existing->version() != change.expected) {
    return Verdict::kTableChanged;
  }
  staged_.tables.emplace_back(existing->id, nullptr);
  staged_.dropped.push_back({existing->id, change.name});
  batch->Delete(KeySpace::kMeta, meta::IdKey(meta::kTable, existing->id));
  batch->Put(KeySpace::kMeta, meta::IdKey(meta::kDropped, existing->id), change.name);
  StageTableLosses(existing->id, batch);
  return Verdict::kApplied;
}

Result<Verdict> Catalog::StageRenameTable(const CatalogChange& change, WriteBatch* batch) {
  const TablePtr existing = NewestTable(change.name);
  if (existing == nullptr || existing->version() != change.expected) {
    return Verdict::kTableChanged;
  }
  TableDefinition renamed = *existing;
  renamed.name = change.body;
  if (NewestTable(renamed.qualified_name()) != nullptr) return Verdict::kKeyExists;
  StageTableWrite(std::move(renamed), batch);
  return Verdict::kApplied;
}

Result<Verdict> Catalog::StageUser(const CatalogChange& change, WriteBatch* batch) {
  const UserPtr existing = NewestUser(change.name);
  const Verdict verdict = ExpectationHolds(change.expected, existing != nullptr);
  if (verdict != Verdict::kApplied) return verdict;
  ASSIGN_OR_RETURN(UserDefinition user, DecodeUser(change.body));
  RETURN_IF_ERROR(CheckName(change, user.id));
  if (existing != nullptr && existing->deleted_at == 0 && user.deleted_at != 0) {
    staged_.dropped_accounts.push_back(existing->row_scope());
    batch->Put(KeySpace::kMeta, meta::NameKey(meta::kDroppedAccount, existing->row_scope()), "");
  }
  if (existing != nullptr) StageUserLosses(*existing, user, batch);
  staged_.users.push_back(std::make_shared<const UserDefinition>(std::move(user)));
  batch->Put(KeySpace::kMeta, meta::NameKey(meta::kUser, change.name), change.body);
  return Verdict::kApplied;
}

}  // namespace millrace
