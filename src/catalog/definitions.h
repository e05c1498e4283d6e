// What the catalog knows of a namespace, a table, a user. Plain values; the
// catalog hands them out as shared_ptr<const T>, so a statement keeps the
// version it was bound to while an ALTER installs the next one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/coding.h"
#include "base/ids.h"
#include "base/status.h"
#include "log/commit_log.h"
#include "types/schema.h"
#include "types/value.h"

namespace millrace {

// Stored: never renumber the enums of this file.
enum class TableKind : uint8_t { kShared = 0, kUser = 1, kStream = 2 };
std::string_view TableKindName(TableKind kind);  // "shared", "user", "stream"

// Who may read and write a shared table (docs/user_guide: access levels).
enum class AccessLevel : uint8_t { kPublic = 0, kPrivate = 1, kRestricted = 2, kDba = 3 };
std::string_view AccessLevelName(AccessLevel level);

// In rising power: comparisons mean "at least".
enum class Role : uint8_t { kAnonymous = 0, kUser = 1, kService = 2, kDba = 3, kSystem = 4 };
std::string_view RoleName(Role role);
std::optional<Role> RoleFromName(std::string_view name);

struct ColumnDefinition {
  ColumnId id;
  std::string name;
  SqlType type;
  bool nullable = true;
  std::string default_sql;  // an expression; empty means NULL
  // What rows hold that were written before the column was added.
  Value initial;
  std::string comment;
  bool operator==(const ColumnDefinition&) const = default;
};

// The columns as one schema version had them; rows name the version they were
// written under.
struct SchemaVersion {
  uint32_t version = 1;
  int64_t created_at = 0;  // wall microseconds
  std::vector<ColumnDefinition> columns;
};

struct TableDefinition {
  TableId id;
  std::string namespace_name;
  std::string name;
  TableKind kind = TableKind::kShared;
  AccessLevel access = AccessLevel::kPrivate;
  // Oldest first; the last one is current. Never empty.
  std::vector<std::shared_ptr<const SchemaVersion>> versions;
  uint32_t next_column_id = 1;
  std::vector<ColumnId> primary_key;     // empty: a stream keyed by arrival
  uint64_t ttl_seconds = 0;              // streams
  uint64_t max_buffer = 0;               // streams: rows kept per user; 0 = no limit
  bool ephemeral = false;                // streams: nothing is stored, only fed to subscribers
  std::optional<Durability> durability;  // empty: the server's default
  std::string storage_id = "local";
  bool use_user_storage = false;
  std::string flush_policy;
  uint64_t deleted_retention_hours = 0;
  std::string comment;
  int64_t created_at = 0;
  int64_t updated_at = 0;

  const SchemaVersion& current() const { return *versions.back(); }
  const std::vector<ColumnDefinition>& columns() const { return current().columns; }
  uint32_t version() const { return current().version; }
  // Rows belong to one user each: the key begins with the user's id.
  bool per_user() const { return kind != TableKind::kShared; }
  std::string qualified_name() const { return namespace_name + "." + name; }
  // Position in columns(); the name in lower case.
  std::optional<size_t> FindColumn(std::string_view column_name) const;
  std::optional<size_t> FindColumn(ColumnId column_id) const;
  // Positions of the key columns in columns(), in key order.
  std::vector<size_t> KeyPositions() const;
  bool IsKeyColumn(ColumnId column_id) const;
  Schema ToSchema() const;
};
using TablePtr = std::shared_ptr<const TableDefinition>;

struct NamespaceDefinition {
  std::string name;
  std::string description;
  int64_t created_at = 0;
};
using NamespacePtr = std::shared_ptr<const NamespaceDefinition>;

// The text that begins the keys of a user's rows. User ids hold no NUL, so the scopes of
// two accounts never meet, not even when they bear one name after the other.
std::string RowScope(std::string_view user_id, uint32_t account);

// A session that was logged out while its tokens would still be good.
struct EndedSession {
  std::string id;
  int64_t until = 0;  // wall micros at which its last token has expired
  bool operator==(const EndedSession&) const = default;
};

struct UserDefinition {
  std::string id;
  // Which of the accounts that bore this name one after the other: the first is 1. Rows
  // belong to the account, not to the name.
  uint32_t account = 1;
  Role role = Role::kUser;
  std::string password_hash;  // empty: cannot log in with a password
  std::string email;
  std::string auth_type = "password";
  std::string auth_data;
  uint32_t failed_logins = 0;
  int64_t locked_until = 0;
  int64_t last_login_at = 0;
  int64_t created_at = 0;
  int64_t updated_at = 0;
  int64_t deleted_at = 0;
  // Part of every token; tokens of another epoch are refused. Only rises: with a new
  // password, with a new role, and when a dropped name is given again.
  uint64_t token_epoch = 1;
  // Wall micros: tokens that other issuers issued before are refused, as those of an
  // older epoch are of ours. 0: none.
  int64_t tokens_valid_from = 0;
  std::vector<EndedSession> ended_sessions;

  std::string row_scope() const { return RowScope(id, account); }
};
using UserPtr = std::shared_ptr<const UserDefinition>;

// Binary forms, each beginning with a format version byte. Decode* give
// kDataLoss for anything Encode* did not write.
std::string EncodeTable(const TableDefinition& table);
Result<TableDefinition> DecodeTable(std::string_view bytes);
std::string EncodeNamespace(const NamespaceDefinition& definition);
Result<NamespaceDefinition> DecodeNamespace(std::string_view bytes);
std::string EncodeUser(const UserDefinition& user);
Result<UserDefinition> DecodeUser(std::string_view bytes);
void EncodeValue(std::string* out, const Value& value);
Result<Value> DecodeValue(ByteReader* reader);

}  // namespace millrace
