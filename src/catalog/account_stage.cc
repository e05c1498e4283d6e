// Staging of grants, API keys and refreshed sessions, and what dropping something takes
// from them. On the committer thread.
#include <set>
#include <utility>

#include "catalog/catalog.h"
#include "catalog/expectation.h"
#include "catalog/meta_keys.h"

namespace millrace {
namespace {

// What is staged under the key last, else what is published.
template <typename Changes, typename Map>
auto Newest(const Changes& changes, const Map& map, const std::string& key) {
  for (auto it = changes.rbegin(); it != changes.rend(); ++it) {
    if (it->first == key) return it->second;
  }
  const auto found = map.find(key);
  return found == map.end() ? typename Map::mapped_type() : found->second;
}

// The keys of both that begin with `prefix`, where `goes` says so of the newest value.
template <typename Changes, typename Map, typename Predicate>
std::set<std::string> KeysOf(const Changes& changes, const Map& map, std::string_view prefix,
                             const Predicate& goes) {
  std::set<std::string> keys;
  for (auto it = map.lower_bound(prefix); it != map.end() && it->first.starts_with(prefix); ++it) {
    keys.insert(it->first);
  }
  for (const auto& [key, value] : changes) {
    if (key.starts_with(prefix)) keys.insert(key);
  }
  std::erase_if(keys, [&](const std::string& key) {
    const auto newest = Newest(changes, map, key);
    return newest == nullptr || !goes(*newest);
  });
  return keys;
}

}  // namespace

// These maps change on this thread only, so that reading them here needs no lock.

GrantPtr Catalog::NewestGrant(const std::string& key) const {
  return Newest(staged_.grants, grants_, key);
}

ApiKeyPtr Catalog::NewestApiKey(const std::string& id) const {
  return Newest(staged_.api_keys, api_keys_, id);
}

RefreshStatePtr Catalog::NewestRefreshState(const std::string& key) const {
  return Newest(staged_.refresh_states, refresh_states_, key);
}

// A grant on or to something that is gone meanwhile would come back to life with the
// next one of the name.
bool Catalog::GrantIsPossible(const GrantDefinition& grant) const {
  if (grant.on == GrantedOn::kTable && FindForApply(grant.table) == nullptr) return false;
  if (grant.on == GrantedOn::kNamespace && NewestNamespace(grant.namespace_name) == nullptr) {
    return false;
  }
  if (grant.grantee_kind == GranteeKind::kRole) return RoleFromName(grant.grantee).has_value();
  const UserPtr user = NewestUser(grant.grantee);
  return user != nullptr && user->deleted_at == 0;
}

Result<Verdict> Catalog::StageGrant(const CatalogChange& change, WriteBatch* batch) {
  ASSIGN_OR_RETURN(GrantDefinition grant, DecodeGrant(change.body));
  if (grant.Key() != change.name) return DataLoss("a grant names another key than its own");
  if (!GrantIsPossible(grant)) return Verdict::kTableChanged;
  if (const GrantPtr before = NewestGrant(change.name)) {
    grant.privileges = grant.privileges | before->privileges;
    grant.created_at = before->created_at;
  }
  batch->Put(KeySpace::kMeta, meta::NameKey(meta::kGrant, change.name), EncodeGrant(grant));
  staged_.grants.emplace_back(change.name,
                              std::make_shared<const GrantDefinition>(std::move(grant)));
  return Verdict::kApplied;
}

Result<Verdict> Catalog::StageRevoke(const CatalogChange& change, WriteBatch* batch) {
  ASSIGN_OR_RETURN(const GrantDefinition taken, DecodeGrant(change.body));
  const GrantPtr before = NewestGrant(change.name);
  if (before == nullptr) return Verdict::kApplied;  // nothing to take
  const std::string key = meta::NameKey(meta::kGrant, change.name);
  GrantDefinition left = *before;
  left.privileges = Without(before->privileges, taken.privileges);
  left.updated_at = taken.updated_at;
  if (left.privileges == Privileges::kNone) {
    batch->Delete(KeySpace::kMeta, key);
    staged_.grants.emplace_back(change.name, nullptr);
  } else {
    batch->Put(KeySpace::kMeta, key, EncodeGrant(left));
    staged_.grants.emplace_back(change.name,
                                std::make_shared<const GrantDefinition>(std::move(left)));
  }
  return Verdict::kApplied;
}

Result<Verdict> Catalog::StageApiKey(const CatalogChange& change, WriteBatch* batch) {
  const std::string key = meta::NameKey(meta::kApiKey, change.name);
  const bool exists = NewestApiKey(change.name) != nullptr;
  const Verdict verdict = ExpectationHolds(change.expected, exists);
  if (verdict != Verdict::kApplied) return verdict;
  if (change.op == CatalogOp::kDropApiKey) {
    batch->Delete(KeySpace::kMeta, key);
    staged_.api_keys.emplace_back(change.name, nullptr);
    return Verdict::kApplied;
  }
  ASSIGN_OR_RETURN(ApiKeyDefinition definition, DecodeApiKey(change.body));
  if (definition.id != change.name) return DataLoss("an API key names another id than its own");
  const UserPtr user = NewestUser(definition.user_id);
  if (user == nullptr || user->deleted_at != 0 || user->account != definition.account) {
    return Verdict::kTableChanged;
  }
  batch->Put(KeySpace::kMeta, key, change.body);
  staged_.api_keys.emplace_back(change.name,
                                std::make_shared<const ApiKeyDefinition>(std::move(definition)));
  return Verdict::kApplied;
}

Result<Verdict> Catalog::StageRefreshState(const CatalogChange& change, WriteBatch* batch) {
  const std::string key = meta::NameKey(meta::kRefreshState, change.name);
  if (change.op == CatalogOp::kDropRefreshState) {
    batch->Delete(KeySpace::kMeta, key);
    staged_.refresh_states.emplace_back(change.name, nullptr);
    return Verdict::kApplied;
  }
  const RefreshStatePtr before = NewestRefreshState(change.name);
  if (change.expected != (before == nullptr ? 0 : before->refreshes)) return Verdict::kRowChanged;
  ASSIGN_OR_RETURN(RefreshState state, DecodeRefreshState(change.body));
  if (state.Key() != change.name) return DataLoss("a session names another key than its own");
  const UserPtr user = NewestUser(state.user_id);
  if (user == nullptr || user->deleted_at != 0 || user->token_epoch != state.token_epoch) {
    return Verdict::kTableChanged;
  }
  batch->Put(KeySpace::kMeta, key, change.body);
  staged_.refresh_states.emplace_back(change.name,
                                      std::make_shared<const RefreshState>(std::move(state)));
  return Verdict::kApplied;
}

template <typename Predicate>
void Catalog::StageGrantsGone(const Predicate& goes, WriteBatch* batch) {
  for (const std::string& key : KeysOf(staged_.grants, grants_, "", goes)) {
    batch->Delete(KeySpace::kMeta, meta::NameKey(meta::kGrant, key));
    staged_.grants.emplace_back(key, nullptr);
  }
}

void Catalog::StageTableLosses(TableId table, WriteBatch* batch) {
  const auto on_table = [&](const GrantDefinition& grant) {
    return grant.on == GrantedOn::kTable && grant.table == table;
  };
  StageGrantsGone(on_table, batch);
}

void Catalog::StageNamespaceLosses(std::string_view name, WriteBatch* batch) {
  const auto on_namespace = [&](const GrantDefinition& grant) {
    return grant.on == GrantedOn::kNamespace && grant.namespace_name == name;
  };
  StageGrantsGone(on_namespace, batch);
}

void Catalog::StageUserLosses(const UserDefinition& old, const UserDefinition& user,
                              WriteBatch* batch) {
  if (old.token_epoch == user.token_epoch && (old.deleted_at != 0 || user.deleted_at == 0)) return;
  // Tokens of an epoch that is over are refused whatever they say.
  const std::string of_user = RefreshState::RefreshKey(user.id, "");
  const auto any = [](const RefreshState&) { return true; };
  for (const std::string& key : KeysOf(staged_.refresh_states, refresh_states_, of_user, any)) {
    batch->Delete(KeySpace::kMeta, meta::NameKey(meta::kRefreshState, key));
    staged_.refresh_states.emplace_back(key, nullptr);
  }
  if (user.deleted_at == 0) return;
  const auto given = [&](const GrantDefinition& grant) {
    return grant.grantee_kind == GranteeKind::kUser && grant.grantee == user.id;
  };
  StageGrantsGone(given, batch);
  const auto owned = [&](const ApiKeyDefinition& key) { return key.user_id == user.id; };
  for (const std::string& id : KeysOf(staged_.api_keys, api_keys_, "", owned)) {
    batch->Delete(KeySpace::kMeta, meta::NameKey(meta::kApiKey, id));
    staged_.api_keys.emplace_back(id, nullptr);
  }
}

}  // namespace millrace
