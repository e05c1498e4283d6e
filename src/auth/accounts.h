// The users: the only writer of their rows. A row is read, changed and written under
// one lock, so that a login that counts a failure never undoes an ALTER USER.
//
//   user row    deleted_at == 0   may log in, by its password or by its tokens
//               deleted_at != 0   dropped: as if unknown; CREATE USER begins it anew, with
//                                 the next account number and the next token epoch
//   sessions    ended_sessions names those that were logged out; when it is full the
//               token epoch rises instead, which ends all
//   refreshes   a session's refresh tokens are numbered from 0; its RefreshState names the
//               one that is good. One that came again ends the session: of two who hold
//               the same token one stole it, and nobody can tell which
//   lockout     failed_logins counts wrong passwords since the last right one; the
//               fifth sets locked_until; the first attempt after that starts at one
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/account_journal.h"
#include "auth/async_passwords.h"
#include "auth/auth_error.h"
#include "auth/password.h"
#include "auth/principal.h"
#include "base/clock.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "catalog/command.h"
#include "observe/log.h"
#include "runtime/async_mutex.h"
#include "runtime/task.h"

namespace millrace::auth {

inline constexpr std::string_view kPasswordAuth = "password";
inline constexpr std::string_view kOauthAuth = "oauth";
inline constexpr std::string_view kInternalAuth = "internal";

struct AccountsOptions {
  uint32_t failed_logins_max = 5;
  std::chrono::minutes lock_duration{15};
  PasswordRules passwords;
};

// Sessions of one user that can be logged out, each by itself, within the lifetime of a
// refresh token.
inline constexpr size_t kEndedSessionsMax = 128;
// Sessions of one user that were refreshed and have not expired. One more ends all.
inline constexpr size_t kRefreshedSessionsMax = 1024;

struct NewUser {
  std::string id;
  Role role = Role::kUser;
  std::string auth_type{kPasswordAuth};
  std::string password;  // for auth_type "password" only
  std::string email;
  std::string auth_data;  // JSON, for auth_type "oauth"
};

// What is set changes.
struct UserChange {
  std::optional<std::string> password;  // also ends a lockout
  std::optional<Role> role;
  std::optional<std::string> email;
  bool unlock = false;        // ends a lockout
  bool end_sessions = false;  // every token of the user is refused from now on
};

struct SetUpRequest {
  std::string user;
  std::string password;
  std::string root_password;
  std::string email;
};

// How a password compared with the hash that a user's row had.
struct LogInAttempt {
  std::string user_id;
  std::string checked_hash;
  bool password_matched = false;
  std::string new_hash;  // replaces a hash made with another cost; may be empty
  std::string address;   // where it came from, for the audit log
};

// What a token said of its user when it was issued.
struct TokenFacts {
  std::string_view user_id;
  uint64_t epoch = 0;
  Role role = Role::kAnonymous;
  std::string_view session;
};

// A refresh token that is being used.
struct RefreshAttempt {
  std::string user_id;
  uint64_t epoch = 0;
  Role role = Role::kAnonymous;
  std::string session;
  uint64_t refreshes = 0;   // its number
  int64_t next_until = 0;   // wall micros at which the token that follows it will have expired
  int64_t ended_until = 0;  // at which every token of the session has
  std::string address;
};

// Thread-safe. Nothing here blocks the loop.
class Accounts {
 public:
  // The references must outlive the object.
  Accounts(AccountsOptions options, Catalog& catalog, AccountJournal& journal,
           AsyncPasswords& passwords, const Clock& clock, Log& log);

  // Null for unknown and for dropped users.
  UserPtr Find(std::string_view id) const;
  // Whether the name was a user's and is nobody's now.
  bool WasDropped(std::string_view id) const;
  // The user, when all a token said still holds: kInvalidCredentials after a DROP USER,
  // another password, another role or the end of the session. Costs one look-up.
  AuthResult<UserPtr> FindHolder(const TokenFacts& facts) const;
  // The same for whoever goes on with a principal after the request's beginning.
  Status CheckPrincipal(const Principal& principal) const;

  // At every start: creates the user root (role system) when there is none, and gives
  // it `root_password` when it has no password yet. kInvalidArgument for a weak one.
  Task<Status> EnsureRoot(std::optional<std::string> root_password);

  // Whether root has no password yet.
  bool needs_setup() const;
  // Once: gives root its password and creates a first user of role dba, both or neither.
  // kAlreadyConfigured, kUserExists, kWeakPassword, kInvalidUser.
  Task<AuthResult<UserPtr>> SetUp(SetUpRequest request);

  // The statements CREATE, ALTER and DROP USER, checked against `actor`'s role:
  // kPermissionDenied, kInvalidArgument (id, password, e-mail), kAlreadyExists, kNotFound,
  // kFailedPrecondition (root; a password for somebody who has none), kAborted when
  // somebody else changed the row at the same time.
  Task<Status> CreateUser(Principal actor, NewUser user);
  Task<Status> AlterUser(Principal actor, std::string id, UserChange change);
  Task<Status> DropUser(Principal actor, std::string id);

  // Has the tokens of one session refused until they have expired. Ok when the user is
  // gone.
  Task<Status> EndSession(std::string id, EndedSession session);
  // Uses a refresh token up, durably: the user, when it was the session's good one. One
  // that was used before ends the session. kInvalidCredentials.
  Task<AuthResult<UserPtr>> RecordRefresh(RefreshAttempt attempt);

  // For who acts for another user, before he does: durable, or an error.
  Task<Status> RecordImpersonation(Principal actor, std::string subject, std::string details);

  // Whether wrong passwords have locked the user out, for now.
  bool IsLocked(const UserDefinition& user) const;
  // Counts the attempt and gives the user's row after it: kInvalidCredentials when the
  // password was wrong, the user is gone or locked out: then even for a right password.
  // Null when the row's hash is no longer the one that was checked: check again.
  Task<AuthResult<UserPtr>> RecordLogIn(LogInAttempt attempt);

 private:
  Status CheckApiKey(const Principal& principal) const;
  Task<Status> Write(std::vector<CatalogChange> changes, Durability durability);
  // Under the lock: whether there is a row, if only a dropped one, to replace.
  CatalogChange PutUser(const UserDefinition& user) const;
  UserDefinition NewRow(const NewUser& user, std::string hash) const;
  Status CheckCreate(const Principal& actor, const NewUser& user) const;
  // The user's row when `actor` may make `change` of it.
  Result<UserPtr> FindToAlter(const Principal& actor, std::string_view id,
                              const UserChange& change) const;
  Result<UserPtr> FindToDrop(const Principal& actor, std::string_view id) const;
  std::optional<AuthError> RefuseSetUp(const SetUpRequest& request) const;
  // Empty for an empty password: a user without one has no hash.
  Task<Result<std::string>> HashOf(std::string password);
  Task<AuthResult<UserPtr>> WriteSetUp(SetUpRequest request, std::string hash,
                                       std::string root_hash);
  UserDefinition AfterAttempt(UserDefinition row, const LogInAttempt& attempt) const;
  UserDefinition AfterChange(UserDefinition row, const UserChange& change, std::string hash) const;
  // Every token issued so far, by whomever.
  void EndTokens(UserDefinition* row) const;
  UserDefinition AfterEndOf(UserDefinition row, EndedSession session) const;
  Task<AuthResult<UserPtr>> EndReplayed(UserPtr user, RefreshAttempt attempt);
  // Drops rows of other sessions that expired: of this user, and of some others, in turn.
  void AddExpired(const RefreshAttempt& attempt, std::vector<CatalogChange>* changes);

  const AccountsOptions options_;
  Catalog& catalog_;
  AccountJournal& journal_;
  AsyncPasswords& passwords_;
  const Clock& clock_;
  Log& log_;
  // Held from reading a row to the receipt of its change. Across processes the log's
  // expectations decide; within one this lock does.
  AsyncMutex rows_;
  // Under the lock: how far AddExpired has come among all users.
  std::string expiry_position_;
};

// The one answer for unknown users, wrong passwords, dropped users and locked accounts.
AuthError InvalidCredentials();

}  // namespace millrace::auth
