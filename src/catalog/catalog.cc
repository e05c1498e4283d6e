// Loading, looking up and publishing; staging commands is in catalog_stage.cc.
#include "catalog/catalog.h"

#include <algorithm>

#include "catalog/meta_keys.h"

namespace millrace {

std::string CleanupJobId(TableId table) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string id = "CL-";
  for (int shift = 44; shift >= 0; shift -= 4) {
    id.push_back(kHex[(uint64_t{table.value} >> shift) & 15]);
  }
  return id;
}

Result<std::unique_ptr<Catalog>> Catalog::Load(KvStore& store) {
  auto catalog = std::unique_ptr<Catalog>(new Catalog());
  // All but the audit log, which only grows.
  RETURN_IF_ERROR(catalog->LoadRange(store, "", std::string(1, meta::kAudit)));
  RETURN_IF_ERROR(catalog->LoadRange(store, std::string(1, meta::kAudit + 1), ""));
  RETURN_IF_ERROR(catalog->CheckLoaded());
  return catalog;
}

Status Catalog::LoadRange(KvStore& store, std::string begin, std::string end) {
  const auto iterator = store.NewIterator(KeySpace::kMeta, std::move(begin), std::move(end));
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    RETURN_IF_ERROR(LoadEntry(iterator->key(), iterator->value()));
  }
  return iterator->status();
}

// Every table must have been given its id by the counter, or it would give it again.
Status Catalog::CheckLoaded() const {
  uint32_t largest = dropped_.empty() ? 0 : dropped_.rbegin()->first;
  for (const auto& [id, table] : tables_) largest = std::max(largest, id.value);
  if (largest >= next_table_id_) return DataLoss("the next table id is damaged");
  return Status::Ok();
}

Status Catalog::LoadEntry(std::string_view key, std::string_view value) {
  if (key == meta::kNextTableId) {
    if (value.size() != sizeof(uint32_t)) return DataLoss("the next table id is damaged");
    next_table_id_ = LoadFixed<uint32_t>(value.data());
    return Status::Ok();
  }
  if (key.empty()) return DataLoss("a catalog key is damaged");
  const std::string_view name = key.substr(1);
  const bool by_id = key.front() == meta::kTable || key.front() == meta::kDropped;
  if (by_id && name.size() != sizeof(uint32_t)) return DataLoss("a catalog key is damaged");
  switch (key.front()) {
    case meta::kNamespace: {
      ASSIGN_OR_RETURN(NamespaceDefinition definition, DecodeNamespace(value));
      namespaces_[std::string(name)] =
          std::make_shared<const NamespaceDefinition>(std::move(definition));
      return Status::Ok();
    }
    case meta::kTable: {
      ASSIGN_OR_RETURN(TableDefinition definition, DecodeTable(value));
      if (definition.id.value != LoadBigEndian32(name.data())) {
        return DataLoss("the catalog entry of a table has another table's id");
      }
      const auto table = std::make_shared<const TableDefinition>(std::move(definition));
      tables_[table->id] = table;
      tables_by_name_[table->qualified_name()] = table;
      return Status::Ok();
    }
    case meta::kDropped: {
      const TableId id(LoadBigEndian32(name.data()));
      dropped_[id.value] = {id, std::string(value)};
      return Status::Ok();
    }
    case meta::kUser: {
      ASSIGN_OR_RETURN(UserDefinition user, DecodeUser(value));
      users_[std::string(name)] = std::make_shared<const UserDefinition>(std::move(user));
      return Status::Ok();
    }
    case meta::kDroppedAccount:
      dropped_accounts_.emplace(name);
      return Status::Ok();
    case meta::kSetting:
      settings_[std::string(name)] = std::string(value);
      return Status::Ok();
    default:
      return LoadAccountEntry(key.front(), name, value);
  }
}

Status Catalog::LoadAccountEntry(char kind, std::string_view name, std::string_view value) {
  switch (kind) {
    case meta::kGrant: {
      ASSIGN_OR_RETURN(GrantDefinition grant, DecodeGrant(value));
      if (grant.Key() != name) return DataLoss("a grant stands under another one's key");
      grants_[std::string(name)] = std::make_shared<const GrantDefinition>(std::move(grant));
      return Status::Ok();
    }
    case meta::kApiKey: {
      ASSIGN_OR_RETURN(ApiKeyDefinition key, DecodeApiKey(value));
      api_keys_[std::string(name)] = std::make_shared<const ApiKeyDefinition>(std::move(key));
      return Status::Ok();
    }
    case meta::kRefreshState: {
      ASSIGN_OR_RETURN(RefreshState state, DecodeRefreshState(value));
      refresh_states_[std::string(name)] = std::make_shared<const RefreshState>(std::move(state));
      return Status::Ok();
    }
    default:
      return Status::Ok();  // another module's key
  }
}

template <typename Map>
static auto FindOrNull(const Map& map, std::string_view key) {
  const auto found = map.find(key);
  return found == map.end() ? typename Map::mapped_type() : found->second;
}

NamespacePtr Catalog::FindNamespace(std::string_view name) const {
  const MutexLock lock(mutex_);
  return FindOrNull(namespaces_, name);
}

TablePtr Catalog::FindTable(std::string_view namespace_name, std::string_view name) const {
  std::string qualified;
  qualified.reserve(namespace_name.size() + name.size() + 1);
  qualified.append(namespace_name).append(".").append(name);
  const MutexLock lock(mutex_);
  return FindOrNull(tables_by_name_, qualified);
}

TablePtr Catalog::FindTable(TableId id) const {
  const MutexLock lock(mutex_);
  const auto found = tables_.find(id);
  return found == tables_.end() ? nullptr : found->second;
}

UserPtr Catalog::FindUser(std::string_view id) const {
  const MutexLock lock(mutex_);
  return FindOrNull(users_, id);
}

std::string Catalog::Setting(std::string_view name) const {
  const MutexLock lock(mutex_);
  return FindOrNull(settings_, name);
}

ApiKeyPtr Catalog::FindApiKey(std::string_view id) const {
  const MutexLock lock(mutex_);
  return FindOrNull(api_keys_, id);
}

RefreshStatePtr Catalog::FindRefreshState(std::string_view user_id,
                                          std::string_view session) const {
  const std::string key = RefreshState::RefreshKey(user_id, session);
  const MutexLock lock(mutex_);
  return FindOrNull(refresh_states_, key);
}

Privileges Catalog::GrantedOn(std::string_view user_id, Role role,
                              const TableDefinition& table) const {
  GrantDefinition wanted{.table = table.id, .namespace_name = table.namespace_name};
  Privileges granted = Privileges::kNone;
  const MutexLock lock(mutex_);
  if (grants_.empty()) return granted;
  for (const GranteeKind kind : {GranteeKind::kUser, GranteeKind::kRole}) {
    wanted.grantee_kind = kind;
    wanted.grantee = kind == GranteeKind::kUser ? user_id : RoleName(role);
    for (const millrace::GrantedOn on :
         {millrace::GrantedOn::kTable, millrace::GrantedOn::kNamespace}) {
      wanted.on = on;
      const GrantPtr grant = FindOrNull(grants_, wanted.Key());
      if (grant != nullptr) granted = granted | grant->privileges;
    }
  }
  return granted;
}

template <typename Map>
static auto Values(const Map& map) {
  std::vector<typename Map::mapped_type> values;
  values.reserve(map.size());
  for (const auto& [key, value] : map) values.push_back(value);
  return values;
}

std::vector<NamespacePtr> Catalog::Namespaces() const {
  const MutexLock lock(mutex_);
  return Values(namespaces_);
}

std::vector<TablePtr> Catalog::Tables() const {
  const MutexLock lock(mutex_);
  return Values(tables_by_name_);
}

std::vector<TablePtr> Catalog::Tables(std::string_view namespace_name) const {
  const std::string prefix = std::string(namespace_name) + ".";
  std::vector<TablePtr> tables;
  const MutexLock lock(mutex_);
  for (auto it = tables_by_name_.lower_bound(prefix);
       it != tables_by_name_.end() && it->first.starts_with(prefix); ++it) {
    tables.push_back(it->second);
  }
  return tables;
}

std::vector<UserPtr> Catalog::Users() const {
  const MutexLock lock(mutex_);
  return Values(users_);
}

std::vector<DroppedTable> Catalog::Dropped() const {
  const MutexLock lock(mutex_);
  return Values(dropped_);
}

std::vector<std::string> Catalog::DroppedAccounts() const {
  const MutexLock lock(mutex_);
  return {dropped_accounts_.begin(), dropped_accounts_.end()};
}

std::vector<GrantPtr> Catalog::Grants() const {
  const MutexLock lock(mutex_);
  return Values(grants_);
}

std::vector<ApiKeyPtr> Catalog::ApiKeys() const {
  const MutexLock lock(mutex_);
  return Values(api_keys_);
}

std::vector<RefreshStatePtr> Catalog::RefreshStates(std::string_view user_id) const {
  const std::string prefix = RefreshState::RefreshKey(user_id, "");
  std::vector<RefreshStatePtr> states;
  const MutexLock lock(mutex_);
  for (auto it = refresh_states_.lower_bound(prefix);
       it != refresh_states_.end() && it->first.starts_with(prefix); ++it) {
    states.push_back(it->second);
  }
  return states;
}

std::vector<RefreshStatePtr> Catalog::RefreshStatesAfter(std::string_view key,
                                                         size_t count_max) const {
  std::vector<RefreshStatePtr> states;
  const MutexLock lock(mutex_);
  for (auto it = refresh_states_.upper_bound(key);
       it != refresh_states_.end() && states.size() < count_max; ++it) {
    states.push_back(it->second);
  }
  return states;
}

template <typename Map, typename Changes>
static void Overwrite(const Changes& changes, Map* map) {
  for (const auto& [key, value] : changes) {
    if (value == nullptr) {
      map->erase(key);
    } else {
      (*map)[key] = value;
    }
  }
}

void Catalog::PublishAccountChanges() {
  Overwrite(staged_.grants, &grants_);
  Overwrite(staged_.api_keys, &api_keys_);
  Overwrite(staged_.refresh_states, &refresh_states_);
}

void Catalog::PublishStaged() {
  if (staged_.empty()) return;
  // Users and settings are no part of any plan: a login must not cost everybody theirs.
  const bool plans_are_stale = !staged_.namespaces.empty() || !staged_.tables.empty();
  const MutexLock lock(mutex_);
  Overwrite(staged_.namespaces, &namespaces_);
  for (auto& [id, table] : staged_.tables) {
    if (const auto old = tables_.find(id); old != tables_.end()) {
      tables_by_name_.erase(old->second->qualified_name());
      tables_.erase(old);
    }
    if (table == nullptr) continue;
    tables_[id] = table;
    tables_by_name_[table->qualified_name()] = table;
  }
  for (const UserPtr& user : staged_.users) users_[user->id] = user;
  for (const DroppedTable& dropped : staged_.dropped) dropped_[dropped.id.value] = dropped;
  for (const TableId id : staged_.forgotten) dropped_.erase(id.value);
  for (const std::string& scope : staged_.dropped_accounts) dropped_accounts_.insert(scope);
  for (const std::string& scope : staged_.forgotten_accounts) dropped_accounts_.erase(scope);
  for (auto& [name, value] : staged_.settings) settings_[name] = value;
  PublishAccountChanges();
  staged_ = Staged();
  if (plans_are_stale) generation_.fetch_add(1, std::memory_order_acq_rel);
}

void Catalog::ForgetStaged() { staged_ = Staged(); }

}  // namespace millrace
