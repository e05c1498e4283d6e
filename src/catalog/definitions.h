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
  // GENERATED ALWAYS AS (expression) STORED, over other columns of the row; empty for
  // the rest. A generated column has no default.
  std::string generated_sql;
  // What rows hold that were written before the column was added.
  Value initial;
  std::string comment;
  bool operator==(const ColumnDefinition&) const = default;
  bool generated() const { return !generated_sql.empty(); }
};

// Stored: never renumber.
enum class ConstraintKind : uint8_t { kCheck = 1 };

// What every row of a table satisfies. Names are unique within the table.
struct ConstraintDefinition {
  std::string name;
  ConstraintKind kind = ConstraintKind::kCheck;
  // False while, or because, nobody has found the rows that were there when it was added
  // to satisfy it. Rows written since do.
  bool validated = true;
  std::string check_sql;  // kCheck: a condition over columns of the row
  bool operator==(const ConstraintDefinition&) const = default;
};

// The columns as one schema version had them; rows name the version they were
// written under.
struct SchemaVersion {
  uint32_t version = 1;
  int64_t created_at = 0;  // wall microseconds
  std::vector<ColumnDefinition> columns;
};

// What one part of an index key is: a column, or what a path of keys leads to in a JSON
// column, as text.
struct IndexPart {
  ColumnId column;
  std::vector<std::string> json_path;  // empty: the column itself
  bool operator==(const IndexPart&) const = default;
};

//   CREATE INDEX -> kBuilding (every write keeps it up) -> kReady (reads use it)
// Stored: never renumber.
enum class IndexState : uint8_t { kBuilding = 0, kReady = 1 };

// Entries of an index are in the index key space; see tables/index_codec.h.
struct IndexDefinition {
  uint32_t id = 0;  // within the table; never reused
  std::string name;
  bool unique = false;
  bool constraint = false;  // made by UNIQUE or REFERENCES, dropped with the constraint
  std::vector<IndexPart> parts;
  IndexState state = IndexState::kBuilding;
  // Snapshots from this LSN on hold every entry; older ones may lack some.
  uint64_t ready_lsn = 0;
  bool operator==(const IndexDefinition&) const = default;
};

// What the keys of an index begin with, in its key space: table id and index id, u32 BE.
std::string IndexPrefix(TableId table, uint32_t index);

// What happens to the rows that refer to a row that is deleted, or gets another key.
// Stored: never renumber.
enum class ReferenceAction : uint8_t { kRestrict = 0, kCascade = 1, kSetNull = 2 };

// The columns together are NULL in part, or the primary key of a row of `target`.
struct ForeignKeyDefinition {
  std::string name;
  std::vector<ColumnId> columns;  // in the order of the target's key
  TableId target;
  ReferenceAction on_delete = ReferenceAction::kRestrict;
  uint32_t index_id = 0;  // of this table, over `columns`: finds the rows that refer
  bool operator==(const ForeignKeyDefinition&) const = default;
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
  std::vector<ColumnId> primary_key;  // empty: a stream keyed by arrival
  std::vector<ConstraintDefinition> constraints;
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
  uint32_t next_index_id = 1;
  std::vector<IndexDefinition> indexes;
  std::vector<ForeignKeyDefinition> foreign_keys;

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
  // Null when there is none. The name in lower case.
  const IndexDefinition* FindIndex(std::string_view index_name) const;
  const IndexDefinition* FindIndex(uint32_t index_id) const;
  // Null when there is none of this name.
  const ConstraintDefinition* FindConstraint(std::string_view constraint_name) const;
  Schema ToSchema() const;
  // The same columns as a new version, so that whoever holds the old one looks again.
  void AddVersion(int64_t now_micros);
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
