// Statements that define no table and touch no row: SHOW, transactions,
// variables, storages, topics, users, the cluster, backup.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/sql/ast_query.h"
#include "query/sql/ast_table.h"

namespace millrace::sql {

// ---- SHOW and DESCRIBE ------------------------------------------------------

enum class ShowKind : uint8_t {
  kNamespaces,
  kTables,  // `name` is the namespace after IN, or empty
  kViews,   // likewise
  kStorages,
  kStats,  // `table`
  kManifest,
  kExport,
  kColumns,  // `table`
  kIndexes,  // `table`, optional
  kBackups,  // `name` is the database
  kUsers,
  kTopics,
  kJobs,
  kGrants,       // `name` is a user, or empty
  kApiKeys,      // likewise
  kCreateTable,  // `table`
  kAll,
  kVariable,  // `name`, lower case, may be dotted
};

struct Show {
  ShowKind kind = ShowKind::kNamespaces;
  std::string name;
  TableName table;
  bool operator==(const Show&) const = default;
};

// DESCRIBE TABLE name [HISTORY], or DESCRIBE name with `table_keyword` false.
struct Describe {
  TableName table;
  bool table_keyword = false;
  bool history = false;
  bool operator==(const Describe&) const = default;
};

// ---- Transactions and variables ---------------------------------------------

enum class TransactionAction : uint8_t {
  kBegin,
  kCommit,
  kRollback,
  kSavepoint,
  kRelease,
  kRollbackTo,
  kSetCharacteristics,  // SET TRANSACTION ..
};
enum class IsolationLevel : uint8_t {
  kUnspecified,
  kReadUncommitted,
  kReadCommitted,
  kRepeatableRead,
  kSerializable,
};
enum class AccessMode : uint8_t { kUnspecified, kReadOnly, kReadWrite };

struct Transaction {
  TransactionAction action = TransactionAction::kBegin;
  IsolationLevel isolation = IsolationLevel::kUnspecified;
  AccessMode access = AccessMode::kUnspecified;
  std::string savepoint;
  bool operator==(const Transaction&) const = default;
};

// SET name = value {, value}. The name is lower case and may be dotted; words are
// strings in lower case. SET TIME ZONE x is the variable timezone.
struct SetVariable {
  bool local = false;  // SET LOCAL: until the end of the transaction
  std::string name;
  std::vector<Literal> values;
  bool operator==(const SetVariable&) const = default;
};

// RESET name, SET name TO DEFAULT; RESET ALL has an empty name.
struct ResetVariable {
  std::string name;
  bool operator==(const ResetVariable&) const = default;
};

// ---- Storages ---------------------------------------------------------------

// `type` is lower case: filesystem, s3, gcs, azure. Options: NAME, DESCRIPTION,
// PATH, BUCKET, REGION, BASE_DIRECTORY, SHARED_TABLES_TEMPLATE,
// USER_TABLES_TEMPLATE, CREDENTIALS, CONFIG; all strings.
struct CreateStorage {
  std::string id;
  bool if_not_exists = false;
  std::string type;
  std::vector<Option> options;
  bool operator==(const CreateStorage&) const = default;
};

struct AlterStorage {
  std::string id;
  std::vector<Option> options;
  bool operator==(const AlterStorage&) const = default;
};

struct DropStorage {
  std::string id;
  bool if_exists = false;
  bool operator==(const DropStorage&) const = default;
};

// STORAGE CHECK id [EXTENDED].
struct CheckStorage {
  std::string id;
  bool extended = false;
  bool operator==(const CheckStorage&) const = default;
};

enum class MaintenanceKind : uint8_t { kFlush, kCompact };

// STORAGE FLUSH|COMPACT TABLE name, or ALL [IN namespace] when there is no table.
struct MaintainStorage {
  MaintenanceKind kind = MaintenanceKind::kFlush;
  std::optional<TableName> table;
  std::string namespace_name;  // empty: the current namespace
  bool operator==(const MaintainStorage&) const = default;
};

// ---- Jobs and live queries --------------------------------------------------

enum class KillKind : uint8_t { kJob, kLiveQuery, kQuery };

struct Kill {
  KillKind kind = KillKind::kJob;
  std::string id;
  bool operator==(const Kill&) const = default;
};

// SUBSCRIBE TO t WHERE p is SUBSCRIBE TO SELECT * FROM t WHERE p.
struct Subscribe {
  Query query;
  std::vector<Option> options;  // LAST_ROWS, BATCH_SIZE, FROM
  bool operator==(const Subscribe&) const = default;
};

// ---- Topics -----------------------------------------------------------------

struct CreateTopic {
  TableName topic;
  bool if_not_exists = false;
  std::optional<uint64_t> partitions;
  std::vector<Option> options;
  bool operator==(const CreateTopic&) const = default;
};

struct DropTopic {
  TableName topic;
  bool if_exists = false;
  bool operator==(const DropTopic&) const = default;
};

struct ClearTopic {
  TableName topic;
  bool operator==(const ClearTopic&) const = default;
};

enum class TopicOperation : uint8_t { kInsert, kUpdate, kDelete };

// ALTER TOPIC name ADD SOURCE table ON operation [WHERE p] [WITH (payload = ..)].
struct AddTopicSource {
  TableName topic;
  TableName table;
  TopicOperation operation = TopicOperation::kInsert;
  ExprPtr where;
  std::vector<Option> options;
  bool operator==(const AddTopicSource&) const = default;
};

enum class ConsumeStart : uint8_t { kUnspecified, kEarliest, kLatest, kOffset };

struct Consume {
  TableName topic;
  std::optional<std::string> group;
  ConsumeStart start = ConsumeStart::kUnspecified;
  uint64_t offset = 0;  // kOffset
  std::optional<uint64_t> limit;
  bool operator==(const Consume&) const = default;
};

// ACK topic GROUP 'g' [PARTITION n] UPTO OFFSET n.
struct Acknowledge {
  TableName topic;
  std::string group;
  std::optional<uint64_t> partition;
  uint64_t offset = 0;
  bool operator==(const Acknowledge&) const = default;
};

// ---- Users and privileges ---------------------------------------------------

enum class AuthKind : uint8_t { kPassword, kOAuth, kInternal };

struct CreateUser {
  std::string name;
  bool if_not_exists = false;
  AuthKind auth = AuthKind::kPassword;
  std::optional<std::string> secret;  // the password, or the JSON of OAUTH
  std::string role;                   // lower case, as written; empty when not written
  std::optional<std::string> email;
  bool operator==(const CreateUser&) const = default;
};

enum class AlterUserKind : uint8_t { kPassword, kRole, kEmail, kUnlock, kRevokeSessions };

struct AlterUser {
  std::string name;
  AlterUserKind kind = AlterUserKind::kPassword;
  std::string value;  // empty for UNLOCK and REVOKE SESSIONS
  bool operator==(const AlterUser&) const = default;
};

struct DropUser {
  std::string name;
  bool if_exists = false;
  bool operator==(const DropUser&) const = default;
};

// ALTER SYSTEM ROTATE KEY [REVOKE OLD]: the key that tokens are signed with.
struct RotateTokenKey {
  bool revoke_old = false;
  bool operator==(const RotateTokenKey&) const = default;
};

// CREATE API KEY name FOR USER user [EXPIRES [IN] 'when'].
struct CreateApiKey {
  std::string name;
  std::string user;
  bool expires_in = false;  // `expires` is an interval, else a time
  std::optional<std::string> expires;
  bool operator==(const CreateApiKey&) const = default;
};

struct DropApiKey {
  std::string id;
  bool if_exists = false;
  bool operator==(const DropApiKey&) const = default;
};

// A name without USER or ROLE before it may be either.
enum class GranteeWord : uint8_t { kNone, kUser, kRole };
struct Grantee {
  GranteeWord word = GranteeWord::kNone;
  std::string name;
  bool operator==(const Grantee&) const = default;
};

enum class GrantObject : uint8_t { kTable, kNamespace, kAllTablesInNamespace, kTopic, kRole };

// GRANT and REVOKE. For kRole, GRANT role TO user, `privileges` are the roles and
// there are no objects. Privileges are upper case, "ALL" for ALL PRIVILEGES.
struct Grant {
  bool revoke = false;
  std::vector<std::string> privileges;
  GrantObject object = GrantObject::kTable;
  std::vector<TableName> objects;
  std::vector<Grantee> grantees;
  bool with_grant_option = false;  // with revoke: GRANT OPTION FOR
  bool operator==(const Grant&) const = default;
};

// ---- Cluster, backup, export ------------------------------------------------

enum class ClusterAction : uint8_t {
  kList,
  kStatus,
  kSnapshot,
  kPurge,  // `argument`: log index
  kTriggerElection,
  kTransferLeader,  // `argument`: node id
  kStepDown,
  kClear,
};

struct ClusterCommand {
  ClusterAction action = ClusterAction::kList;
  std::optional<uint64_t> argument;
  bool operator==(const ClusterCommand&) const = default;
};

struct BackupDatabase {
  bool if_exists = false;
  std::string database;  // empty: the whole server
  std::string path;
  bool operator==(const BackupDatabase&) const = default;
};

struct RestoreDatabase {
  bool if_not_exists = false;
  std::string database;
  std::string path;
  bool operator==(const RestoreDatabase&) const = default;
};

struct ExportUserData {
  bool operator==(const ExportUserData&) const = default;
};

}  // namespace millrace::sql
