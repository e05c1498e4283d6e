#include "auth/accounts.h"

#include <algorithm>
#include <utility>

#include "auth/account_rules.h"
#include "auth/authorize.h"
#include "auth/password.h"

namespace millrace::auth {
namespace {

std::string Quoted(std::string_view id) { return "\"" + std::string(id) + "\""; }

Status UserExists(std::string_view id) {
  return AlreadyExists("user " + Quoted(id) + " exists already").WithSqlState("42710");
}

Status NoSuchUser(std::string_view id) {
  return NotFound("user " + Quoted(id) + " does not exist").WithSqlState("42704");
}

Status CheckManages(Role actor, Role target) {
  if (CanManageUser(actor, target)) return Status::Ok();
  return PermissionDenied("role " + std::string(RoleName(actor)) +
                          " may not manage users of role " + std::string(RoleName(target)))
      .WithSqlState("42501");
}

Status CheckGivenRole(Role role) {
  if (role != Role::kAnonymous) return Status::Ok();
  return InvalidArgument("no user can have the role anonymous")
      .WithHint("Use user, service, dba or system.");
}

Status CheckAuthType(const NewUser& user, const PasswordRules& rules) {
  if (user.auth_type == kPasswordAuth) return CheckNewPassword(user.password, user.id, rules);
  if (user.auth_type != kOauthAuth && user.auth_type != kInternalAuth) {
    return InvalidArgument("unknown kind of login " + Quoted(user.auth_type));
  }
  if (user.password.empty()) return Status::Ok();
  return InvalidArgument("a user with " + user.auth_type + " login has no password");
}

// What changed; of a password only that it did.
std::string DetailsOf(const UserChange& change) {
  if (change.role) return JsonMember("role", RoleName(*change.role));
  if (change.email) return JsonMember("email", *change.email);
  if (change.password) return JsonMember("changed", "password");
  return JsonMember("changed", change.unlock ? "lockout" : "sessions");
}

}  // namespace

AuthError InvalidCredentials() {
  return {AuthErrorCode::kInvalidCredentials, Unauthenticated("invalid credentials")};
}

Accounts::Accounts(AccountsOptions options, Catalog& catalog, AccountJournal& journal,
                   AsyncPasswords& passwords, const Clock& clock, Log& log)
    : options_(options),
      catalog_(catalog),
      journal_(journal),
      passwords_(passwords),
      clock_(clock),
      log_(log) {}

bool Accounts::WasDropped(std::string_view id) const {
  const UserPtr user = catalog_.FindUser(id);
  return user != nullptr && user->deleted_at != 0;
}

UserPtr Accounts::Find(std::string_view id) const {
  UserPtr user = catalog_.FindUser(id);
  if (user == nullptr || user->deleted_at != 0) return nullptr;
  return user;
}

bool Accounts::needs_setup() const {
  const UserPtr root = Find(kRootUser);
  return root == nullptr || root->password_hash.empty();
}

bool Accounts::IsLocked(const UserDefinition& user) const {
  return user.locked_until > clock_.WallMicros();
}

UserDefinition Accounts::NewRow(const NewUser& user, std::string hash) const {
  const int64_t now = clock_.WallMicros();
  const UserPtr dropped = catalog_.FindUser(user.id);
  return {.id = user.id,
          .account = dropped == nullptr ? 1 : dropped->account + 1,
          .role = user.role,
          .password_hash = std::move(hash),
          .email = user.email,
          .auth_type = user.auth_type,
          .auth_data = user.auth_data,
          .created_at = now,
          .updated_at = now,
          .token_epoch = dropped == nullptr ? 1 : dropped->token_epoch + 1,
          .tokens_valid_from = dropped == nullptr ? 0 : now};
}

CatalogChange Accounts::PutUser(const UserDefinition& user) const {
  const bool exists = catalog_.FindUser(user.id) != nullptr;
  return {.op = CatalogOp::kPutUser,
          .name = user.id,
          .expected = static_cast<uint64_t>(exists ? Expect::kExisting : Expect::kNew),
          .body = EncodeUser(user)};
}

Task<Status> Accounts::Write(std::vector<CatalogChange> changes, Durability durability) {
  ASSIGN_OR_CO_RETURN(const Receipt receipt, co_await journal_.Commit(changes, durability));
  if (receipt.verdict == Verdict::kApplied) co_return Status::Ok();
  const CatalogChange& refused = changes[receipt.conflict];
  if (refused.op != CatalogOp::kPutUser) {
    co_return Aborted("the user's sessions were changed by somebody else at the same time");
  }
  const std::string& id = refused.name;
  if (receipt.verdict == Verdict::kKeyExists) co_return UserExists(id);
  co_return Aborted("user " + Quoted(id) + " was changed by somebody else at the same time");
}

Task<Result<std::string>> Accounts::HashOf(std::string password) {
  if (password.empty()) co_return std::string();
  co_return co_await passwords_.Hash(std::move(password));
}

// The first start, and the setup page.

Task<Status> Accounts::EnsureRoot(std::optional<std::string> root_password) {
  std::string password = std::move(root_password).value_or("");
  if (Find(kRootUser) != nullptr && (password.empty() || !needs_setup())) co_return Status::Ok();
  if (!password.empty()) {
    CO_RETURN_IF_ERROR(CheckNewPassword(password, kRootUser, options_.passwords));
  }
  ASSIGN_OR_CO_RETURN(std::string hash, co_await HashOf(std::move(password)));

  const AsyncMutex::Guard guard = co_await rows_.Lock();
  if (!needs_setup()) co_return Status::Ok();
  NewUser fresh{.id = std::string(kRootUser), .role = Role::kSystem};
  const UserPtr root = Find(kRootUser);
  UserDefinition row = root != nullptr ? *root : NewRow(fresh, "");
  const bool with_password = !hash.empty();
  row.password_hash = std::move(hash);
  row.updated_at = clock_.WallMicros();
  std::vector<CatalogChange> changes = {PutUser(row)};
  if (with_password) {
    changes.push_back(journal_.Audit(AccountJournal::Server(), {.action = "set_root_password",
                                                                .target = std::string(kRootUser)}));
  }
  CO_RETURN_IF_ERROR(co_await Write(std::move(changes), Durability::kStrict));
  log_.Info("root_user_ready", {{"password_set", with_password}});
  co_return Status::Ok();
}

std::optional<AuthError> Accounts::RefuseSetUp(const SetUpRequest& request) const {
  if (!needs_setup()) {
    return AuthError{AuthErrorCode::kAlreadyConfigured,
                     FailedPrecondition("the server is set up already")};
  }
  Status named = CheckUserId(request.user);
  if (named.ok()) named = CheckEmail(request.email);
  if (!named.ok()) return AuthError{AuthErrorCode::kInvalidUser, std::move(named)};
  if (request.user == kRootUser || Find(request.user) != nullptr) {
    return AuthError{AuthErrorCode::kUserExists, UserExists(request.user)};
  }
  Status strong = CheckNewPassword(request.password, request.user, options_.passwords);
  if (strong.ok()) strong = CheckNewPassword(request.root_password, kRootUser, options_.passwords);
  if (!strong.ok()) return AuthError{AuthErrorCode::kWeakPassword, std::move(strong)};
  return std::nullopt;
}

Task<AuthResult<UserPtr>> Accounts::SetUp(SetUpRequest request) {
  if (auto refused = RefuseSetUp(request)) co_return std::unexpected(*std::move(refused));
  Result<std::string> hash = co_await HashOf(request.password);
  if (!hash.ok()) co_return std::unexpected(ServerSideError(hash.status()));
  Result<std::string> root_hash = co_await HashOf(request.root_password);
  if (!root_hash.ok()) co_return std::unexpected(ServerSideError(root_hash.status()));
  co_return co_await WriteSetUp(std::move(request), *std::move(hash), *std::move(root_hash));
}

Task<AuthResult<UserPtr>> Accounts::WriteSetUp(SetUpRequest request, std::string hash,
                                               std::string root_hash) {
  const AsyncMutex::Guard guard = co_await rows_.Lock();
  // Somebody else may have been quicker while we hashed.
  if (auto refused = RefuseSetUp(request)) co_return std::unexpected(*std::move(refused));
  NewUser root_user{.id = std::string(kRootUser), .role = Role::kSystem};
  const UserPtr root = Find(kRootUser);
  UserDefinition root_row = root != nullptr ? *root : NewRow(root_user, "");
  root_row.password_hash = std::move(root_hash);
  root_row.updated_at = clock_.WallMicros();
  NewUser first{.id = request.user, .role = Role::kDba, .email = request.email};
  const UserDefinition row = NewRow(first, std::move(hash));

  std::vector<CatalogChange> changes = {PutUser(root_row), PutUser(row)};
  changes.push_back(
      journal_.Audit(AccountJournal::Server(), {.action = "set_up", .target = request.user}));
  Status written = co_await Write(std::move(changes), Durability::kStrict);
  if (!written.ok()) co_return std::unexpected(ServerSideError(std::move(written)));
  log_.Info("server_set_up", {{"user", request.user}});
  co_return Find(request.user);
}

// CREATE, ALTER and DROP USER. Each looks before it spends a hash, and again under the lock.

Status Accounts::CheckCreate(const Principal& actor, const NewUser& user) const {
  RETURN_IF_ERROR(CheckManages(actor.role, user.role));
  RETURN_IF_ERROR(CheckGivenRole(user.role));
  RETURN_IF_ERROR(CheckUserId(user.id));
  RETURN_IF_ERROR(CheckEmail(user.email));
  RETURN_IF_ERROR(CheckAuthType(user, options_.passwords));
  return Find(user.id) == nullptr ? Status::Ok() : UserExists(user.id);
}

Task<Status> Accounts::CreateUser(Principal actor, NewUser user) {
  CO_RETURN_IF_ERROR(CheckCreate(actor, user));
  ASSIGN_OR_CO_RETURN(std::string hash, co_await HashOf(user.password));

  const AsyncMutex::Guard guard = co_await rows_.Lock();
  CO_RETURN_IF_ERROR(CheckCreate(actor, user));
  std::vector<CatalogChange> changes = {PutUser(NewRow(user, std::move(hash)))};
  changes.push_back(journal_.Audit(actor, {.action = "create_user",
                                           .target = user.id,
                                           .details = JsonMember("role", RoleName(user.role))}));
  CO_RETURN_IF_ERROR(co_await Write(std::move(changes), Durability::kStrict));
  log_.Info("user_created",
            {{"user", user.id}, {"role", RoleName(user.role)}, {"by", actor.user_id}});
  co_return Status::Ok();
}

Result<UserPtr> Accounts::FindToAlter(const Principal& actor, std::string_view id,
                                      const UserChange& change) const {
  // Everybody may end his own sessions, and nothing else.
  const bool own_sessions = id == actor.user_id && change.end_sessions && !change.password &&
                            !change.role && !change.email && !change.unlock;
  if (!own_sessions) RETURN_IF_ERROR(CheckManages(actor.role, Role::kUser));
  UserPtr user = Find(id);
  if (user == nullptr) return NoSuchUser(id);
  if (!own_sessions) RETURN_IF_ERROR(CheckManages(actor.role, user->role));
  if (change.role) {
    RETURN_IF_ERROR(CheckManages(actor.role, *change.role));
    RETURN_IF_ERROR(CheckGivenRole(*change.role));
    if (id == kRootUser && *change.role != Role::kSystem) {
      return FailedPrecondition("the user root keeps the role system");
    }
  }
  if (change.email) RETURN_IF_ERROR(CheckEmail(*change.email));
  if (change.password) {
    RETURN_IF_ERROR(CheckNewPassword(*change.password, id, options_.passwords));
    if (user->auth_type != kPasswordAuth) {
      return FailedPrecondition("user " + Quoted(id) + " has " + user->auth_type +
                                " login and no password");
    }
  }
  return user;
}

void Accounts::EndTokens(UserDefinition* row) const {
  ++row->token_epoch;
  row->ended_sessions.clear();
  row->tokens_valid_from = clock_.WallMicros();
}

UserDefinition Accounts::AfterChange(UserDefinition row, const UserChange& change,
                                     std::string hash) const {
  const bool new_role = change.role && *change.role != row.role;
  if (change.password) row.password_hash = std::move(hash);
  if (change.password || change.unlock) {
    row.failed_logins = 0;
    row.locked_until = 0;
  }
  if (new_role) row.role = *change.role;
  if (change.email) row.email = *change.email;
  // Who knew the old password must not stay inside by a token, and tokens of an old role
  // must not come back to life with it.
  if (change.password || new_role || change.end_sessions) {
    EndTokens(&row);
  }
  row.updated_at = clock_.WallMicros();
  return row;
}

Task<Status> Accounts::AlterUser(Principal actor, std::string id, UserChange change) {
  CO_RETURN_IF_ERROR(FindToAlter(actor, id, change).status());
  ASSIGN_OR_CO_RETURN(std::string hash, co_await HashOf(change.password.value_or("")));

  const AsyncMutex::Guard guard = co_await rows_.Lock();
  ASSIGN_OR_CO_RETURN(const UserPtr current, FindToAlter(actor, id, change));
  const UserDefinition row = AfterChange(*current, change, std::move(hash));
  std::vector<CatalogChange> changes = {PutUser(row)};
  changes.push_back(
      journal_.Audit(actor, {.action = "alter_user", .target = id, .details = DetailsOf(change)}));
  CO_RETURN_IF_ERROR(co_await Write(std::move(changes), Durability::kStrict));
  log_.Info("user_altered", {{"user", id},
                             {"role", RoleName(row.role)},
                             {"password_changed", change.password.has_value()},
                             {"by", actor.user_id}});
  co_return Status::Ok();
}

Result<UserPtr> Accounts::FindToDrop(const Principal& actor, std::string_view id) const {
  RETURN_IF_ERROR(CheckManages(actor.role, Role::kUser));
  UserPtr user = Find(id);
  if (user == nullptr) return NoSuchUser(id);
  RETURN_IF_ERROR(CheckManages(actor.role, user->role));
  if (id == kRootUser) return FailedPrecondition("the user root cannot be dropped");
  if (id == actor.user_id) {
    return FailedPrecondition("the current user cannot be dropped").WithSqlState("55006");
  }
  return user;
}

Task<Status> Accounts::DropUser(Principal actor, std::string id) {
  const AsyncMutex::Guard guard = co_await rows_.Lock();
  ASSIGN_OR_CO_RETURN(const UserPtr current, FindToDrop(actor, id));
  UserDefinition row = *current;
  row.deleted_at = clock_.WallMicros();
  row.updated_at = row.deleted_at;
  row.password_hash.clear();
  row.ended_sessions.clear();
  std::vector<CatalogChange> changes = {PutUser(row)};
  changes.push_back(journal_.Audit(actor, {.action = "drop_user", .target = id}));
  CO_RETURN_IF_ERROR(co_await Write(std::move(changes), Durability::kStrict));
  log_.Info("user_dropped", {{"user", id}, {"by", actor.user_id}});
  co_return Status::Ok();
}

// Logins.

UserDefinition Accounts::AfterAttempt(UserDefinition row, const LogInAttempt& attempt) const {
  const int64_t now = clock_.WallMicros();
  const bool lock_ended = row.locked_until != 0;
  row.locked_until = 0;
  if (attempt.password_matched) {
    row.failed_logins = 0;
    row.last_login_at = now;
    if (!attempt.new_hash.empty()) row.password_hash = attempt.new_hash;
    return row;
  }
  row.failed_logins = lock_ended ? 1 : row.failed_logins + 1;
  if (row.failed_logins >= options_.failed_logins_max) {
    row.locked_until = now + std::chrono::microseconds(options_.lock_duration).count();
  }
  return row;
}

Task<AuthResult<UserPtr>> Accounts::RecordLogIn(LogInAttempt attempt) {
  const AsyncMutex::Guard guard = co_await rows_.Lock();
  const UserPtr current = Find(attempt.user_id);
  if (current == nullptr) co_return std::unexpected(InvalidCredentials());
  // Guesses that were being checked while the account was locked must not pay off.
  if (IsLocked(*current)) co_return std::unexpected(InvalidCredentials());
  if (current->password_hash != attempt.checked_hash) co_return UserPtr();

  const UserDefinition row = AfterAttempt(*current, attempt);
  std::vector<CatalogChange> changes = {PutUser(row)};
  if (IsLocked(row)) {
    const Principal guesser{.user_id = row.id, .address = attempt.address};
    changes.push_back(journal_.Audit(guesser, {.action = "lock_account", .target = row.id}));
  }
  // Losing the last of these to a power cut costs nothing; an fsync per login would.
  Status written = co_await Write(std::move(changes), Durability::kRelaxed);
  if (IsLocked(row)) log_.Warn("account_locked", {{"user", row.id}});
  if (!attempt.password_matched) {
    // A guess that cannot be counted is not answered.
    if (!written.ok()) co_return std::unexpected(ServerSideError(std::move(written)));
    co_return std::unexpected(InvalidCredentials());
  }
  if (!written.ok()) {
    log_.Warn("login_not_recorded", {{"user", row.id}, {"error", written.ToString()}});
  }
  co_return Find(attempt.user_id);
}

}  // namespace millrace::auth
