// The catalog: namespaces, tables with all their schema versions, users and
// settings, in memory and in the meta key space. Changed only by commands from
// the log, so every change is durable before it can be seen.
//
//   meta keys   'N' name            namespace
//               'T' table id BE     table
//               'D' table id BE     dropped table whose rows are still being removed: "ns.name"
//               'U' user id         user; a dropped one's entry stays, for its numbers
//               'A' row scope       dropped account whose rows are still being removed; empty
//               'S' name            setting
//               'G' grant key       what a user or a role was granted on a table or namespace
//               'K' API key id      API key
//               'R' user NUL session   how often the session was refreshed
//               'L' time, random    an entry of the audit log (audit_log.h); not in memory
//               "next_table_id"     u32; ids are never reused
//
// Readers get shared_ptr<const Definition>s under a short lock; `generation`
// rises with every change of namespaces and tables and tells plan caches to look
// again.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "catalog/account_definitions.h"
#include "catalog/command.h"
#include "catalog/definitions.h"
#include "log/commit_log.h"
#include "storage/hot/kv_store.h"

namespace millrace {

struct DroppedTable {
  TableId id;
  std::string name;  // "ns.table", for messages
};

// The job that removes a dropped table's rows: "CL-" and the table id in twelve
// hexadecimal digits, so that DROP TABLE can name it before it runs.
std::string CleanupJobId(TableId table);

// Thread-safe; no call blocks except Load.
class Catalog {
 public:
  // Reads everything; kDataLoss when an entry is damaged. Blocking.
  static Result<std::unique_ptr<Catalog>> Load(KvStore& store);

  // Null when there is none. Names in lower case.
  NamespacePtr FindNamespace(std::string_view name) const;
  TablePtr FindTable(std::string_view namespace_name, std::string_view name) const;
  TablePtr FindTable(TableId id) const;
  UserPtr FindUser(std::string_view id) const;
  std::string Setting(std::string_view name) const;  // empty when not set
  ApiKeyPtr FindApiKey(std::string_view id) const;
  RefreshStatePtr FindRefreshState(std::string_view user_id, std::string_view session) const;
  // What was granted on the table to the user, to the role, or on its namespace to
  // either.
  Privileges GrantedOn(std::string_view user_id, Role role, const TableDefinition& table) const;

  // Sorted by name.
  std::vector<NamespacePtr> Namespaces() const;
  std::vector<TablePtr> Tables() const;
  std::vector<TablePtr> Tables(std::string_view namespace_name) const;
  std::vector<UserPtr> Users() const;
  std::vector<DroppedTable> Dropped() const;
  // Row scopes of dropped users whose rows are still being removed.
  std::vector<std::string> DroppedAccounts() const;
  std::vector<GrantPtr> Grants() const;
  std::vector<ApiKeyPtr> ApiKeys() const;
  std::vector<RefreshStatePtr> RefreshStates(std::string_view user_id) const;
  // At most `count_max` after that key, in the order of their keys: to walk through all.
  std::vector<RefreshStatePtr> RefreshStatesAfter(std::string_view key, size_t count_max) const;

  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  // The rest is for the state machine, on the committer thread.
  // Stages a command: checks it against published and staged state and adds its
  // writes to the batch.
  Result<Applied> Stage(std::string_view payload, WriteBatch* batch);
  // The newest definition, staged ones included; null when dropped.
  TablePtr FindForApply(TableId id) const;
  // Whether the account whose rows have this scope is not dropped, staged changes
  // included. From its drop on in log order no row of it is written, so its rows can
  // be removed once and for all.
  bool AcceptsRowsOf(std::string_view row_scope) const;
  // Makes staged changes visible, or forgets them.
  void PublishStaged();
  void ForgetStaged();

 private:
  Catalog() = default;

  // What a group changes before it is durable. Few entries: looked up linearly.
  struct Staged {
    std::vector<std::pair<std::string, NamespacePtr>> namespaces;  // null = dropped
    std::vector<std::pair<TableId, TablePtr>> tables;              // null = dropped
    std::vector<UserPtr> users;
    std::vector<DroppedTable> dropped;
    std::vector<TableId> forgotten;
    std::vector<std::string> dropped_accounts;
    std::vector<std::string> forgotten_accounts;
    std::vector<std::pair<std::string, std::string>> settings;
    std::vector<std::pair<std::string, GrantPtr>> grants;                 // null = gone
    std::vector<std::pair<std::string, ApiKeyPtr>> api_keys;              // null = gone
    std::vector<std::pair<std::string, RefreshStatePtr>> refresh_states;  // null = gone
    bool empty() const {
      return namespaces.empty() && tables.empty() && users.empty() && dropped.empty() &&
             forgotten.empty() && dropped_accounts.empty() && forgotten_accounts.empty() &&
             settings.empty() && grants.empty() && api_keys.empty() && refresh_states.empty();
    }
  };

  Status LoadRange(KvStore& store, std::string begin, std::string end);
  Status LoadEntry(std::string_view key, std::string_view value);
  Status LoadAccountEntry(char kind, std::string_view name, std::string_view value);
  Status CheckLoaded() const;
  NamespacePtr NewestNamespace(std::string_view name) const;
  TablePtr NewestTable(std::string_view qualified_name) const;
  UserPtr NewestUser(std::string_view id) const;
  bool NamespaceHasTables(std::string_view name) const;
  GrantPtr NewestGrant(const std::string& key) const;
  ApiKeyPtr NewestApiKey(const std::string& id) const;
  RefreshStatePtr NewestRefreshState(const std::string& key) const;

  Result<Verdict> StageChange(const CatalogChange& change, WriteBatch* batch);
  Result<Verdict> StageNamespace(const CatalogChange& change, WriteBatch* batch);
  Result<Verdict> StageTable(const CatalogChange& change, WriteBatch* batch);
  Result<Verdict> StageDropTable(const CatalogChange& change, WriteBatch* batch);
  Result<Verdict> StageRenameTable(const CatalogChange& change, WriteBatch* batch);
  Result<Verdict> StageUser(const CatalogChange& change, WriteBatch* batch);
  void StageTableWrite(TableDefinition table, WriteBatch* batch);
  Result<Verdict> StageGrant(const CatalogChange& change, WriteBatch* batch);
  Result<Verdict> StageRevoke(const CatalogChange& change, WriteBatch* batch);
  bool GrantIsPossible(const GrantDefinition& grant) const;
  Result<Verdict> StageApiKey(const CatalogChange& change, WriteBatch* batch);
  Result<Verdict> StageRefreshState(const CatalogChange& change, WriteBatch* batch);
  // What goes with a table, with a namespace, and with a user's row that another replaces:
  // grants, API keys, refreshed sessions.
  void StageTableLosses(TableId table, WriteBatch* batch);
  void StageNamespaceLosses(std::string_view name, WriteBatch* batch);
  void StageUserLosses(const UserDefinition& old, const UserDefinition& user, WriteBatch* batch);
  template <typename Predicate>
  void StageGrantsGone(const Predicate& goes, WriteBatch* batch);
  void PublishAccountChanges();

  mutable Mutex mutex_;
  std::map<std::string, NamespacePtr, std::less<>> namespaces_;
  std::unordered_map<TableId, TablePtr> tables_;
  std::map<std::string, TablePtr, std::less<>> tables_by_name_;  // "ns.table"
  std::map<std::string, UserPtr, std::less<>> users_;
  std::map<std::string, std::string, std::less<>> settings_;
  std::map<std::string, GrantPtr, std::less<>> grants_;                 // by Key()
  std::map<std::string, ApiKeyPtr, std::less<>> api_keys_;              // by id
  std::map<std::string, RefreshStatePtr, std::less<>> refresh_states_;  // by Key()
  std::map<uint32_t, DroppedTable> dropped_;
  std::set<std::string> dropped_accounts_;
  std::atomic<uint64_t> generation_{1};

  // Committer thread only.
  Staged staged_;
  uint32_t next_table_id_ = 1;
};

}  // namespace millrace
