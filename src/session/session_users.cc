// Statements about users, and statements run as another one.
#include <utility>

#include "auth/authorize.h"
#include "query/sql/printer.h"
#include "query/sql/secrets.h"
#include "session/session_call.h"

namespace millrace {
namespace {

// Of a statement in the audit log; a bulk INSERT does not belong there.
constexpr size_t kAuditedTextBytesMax = 2048;

Result<Role> ParseRole(std::string_view name) {
  if (name.empty()) return Role::kUser;
  const std::optional<Role> role = RoleFromName(name);
  if (role.has_value() && *role != Role::kAnonymous) return *role;
  return InvalidArgument("role \"" + std::string(name) + "\" does not exist")
      .WithSqlState("22023")
      .WithHint("Roles are user, service, dba and system.");
}

std::string_view AuthType(sql::AuthKind kind) {
  switch (kind) {
    case sql::AuthKind::kOAuth:
      return auth::kOauthAuth;
    case sql::AuthKind::kInternal:
      return auth::kInternalAuth;
    default:
      return auth::kPasswordAuth;
  }
}

Result<auth::NewUser> MakeNewUser(const sql::CreateUser& create) {
  auth::NewUser user;
  user.id = create.name;
  ASSIGN_OR_RETURN(user.role, ParseRole(create.role));
  user.auth_type = AuthType(create.auth);
  if (create.auth == sql::AuthKind::kPassword) user.password = create.secret.value_or("");
  if (create.auth == sql::AuthKind::kOAuth) user.auth_data = create.secret.value_or("");
  user.email = create.email.value_or("");
  return user;
}

Result<auth::UserChange> MakeUserChange(const sql::AlterUser& alter) {
  auth::UserChange change;
  switch (alter.kind) {
    case sql::AlterUserKind::kPassword:
      change.password = alter.value;
      break;
    case sql::AlterUserKind::kRole: {
      ASSIGN_OR_RETURN(change.role, ParseRole(alter.value));
      break;
    }
    case sql::AlterUserKind::kEmail:
      change.email = alter.value;
      break;
    case sql::AlterUserKind::kUnlock:
      change.unlock = true;
      break;
    case sql::AlterUserKind::kRevokeSessions:
      change.end_sessions = true;
      break;
  }
  return change;
}

}  // namespace

Task<Result<exec::StatementResult>> Session::RunAccountStatement(sql::Statement statement) {
  if (auto* create = statement.If<sql::CreateUser>()) {
    co_return co_await CreateUser(std::move(*create));
  }
  if (auto* alter = statement.If<sql::AlterUser>()) {
    co_return co_await AlterUser(std::move(*alter));
  }
  if (auto* drop = statement.If<sql::DropUser>()) co_return co_await DropUser(std::move(*drop));
  if (auto* grant = statement.If<sql::Grant>()) co_return co_await Grant(std::move(*grant));
  if (auto* key = statement.If<sql::CreateApiKey>()) {
    co_return co_await CreateApiKey(std::move(*key));
  }
  if (auto* key = statement.If<sql::DropApiKey>()) co_return co_await DropApiKey(std::move(*key));
  co_return co_await RotateTokenKey(*statement.If<sql::RotateTokenKey>());
}

static Status CheckChangesUsers(Role role) {
  if (auth::CanAdminister(role)) return Status::Ok();
  return PermissionDenied("permission denied: changing users needs the role dba");
}

Task<Result<exec::StatementResult>> Session::CreateUser(sql::CreateUser create) {
  CO_RETURN_IF_ERROR(CheckChangesUsers(principal_.role));
  ASSIGN_OR_CO_RETURN(auth::NewUser user, MakeNewUser(create));
  const Status status =
      co_await services_.accounts_.accounts.CreateUser(principal_, std::move(user));
  if (status.code() == Code::kAlreadyExists && create.if_not_exists) {
    co_return exec::StatementResult::Message("User \"" + create.name + "\" already exists");
  }
  CO_RETURN_IF_ERROR(Status(status));
  co_return exec::StatementResult::Message("User \"" + create.name + "\" created");
}

Task<Result<exec::StatementResult>> Session::AlterUser(sql::AlterUser alter) {
  // One's own sessions may be ended by oneself; the accounts look into that.
  if (alter.kind != sql::AlterUserKind::kRevokeSessions || alter.name != principal_.user_id) {
    CO_RETURN_IF_ERROR(CheckChangesUsers(principal_.role));
  }
  ASSIGN_OR_CO_RETURN(auth::UserChange change, MakeUserChange(alter));
  CO_RETURN_IF_ERROR(
      co_await services_.accounts_.accounts.AlterUser(principal_, alter.name, std::move(change)));
  co_return exec::StatementResult::Message("User \"" + alter.name + "\" altered");
}

Task<Result<exec::StatementResult>> Session::DropUser(sql::DropUser drop) {
  CO_RETURN_IF_ERROR(CheckChangesUsers(principal_.role));
  const Status status = co_await services_.accounts_.accounts.DropUser(principal_, drop.name);
  if (status.code() == Code::kNotFound && drop.if_exists) {
    co_return exec::StatementResult::Message("User \"" + drop.name + "\" does not exist, skipped");
  }
  CO_RETURN_IF_ERROR(Status(status));
  if (const auto& wake = services_.exec_services().wake_cleanup) wake();
  co_return exec::StatementResult::Message("User \"" + drop.name + "\" dropped");
}

Task<Result<exec::StatementResult>> Session::RunAs(std::shared_ptr<Call> call,
                                                   sql::ExecuteAs statement) {
  const UserPtr target = services_.accounts_.accounts.Find(statement.user);
  const bool allowed =
      target != nullptr && !impersonating_ && auth::MayImpersonate(principal_.role, target->role);
  services_.log_.Info(
      "execute_as_user",
      {{"actor", principal_.user_id}, {"subject", statement.user}, {"allowed", allowed}});
  if (principal_.role <= Role::kUser) {
    co_return PermissionDenied("permission denied: EXECUTE AS USER needs the role service");
  }
  if (target == nullptr) {
    co_return NotFound("user \"" + statement.user + "\" does not exist").WithSqlState("42704");
  }
  if (!allowed) {
    co_return PermissionDenied("permission denied to act as user \"" + statement.user + "\"");
  }
  if (impersonating_) {
    co_return InvalidArgument("EXECUTE AS USER cannot be nested").WithSqlState("42601");
  }
  // Before anything happens: what is done for another leaves a trace or is not done.
  const std::string text = sql::HideSecrets(sql::Print(*statement.statement));
  CO_RETURN_IF_ERROR(co_await services_.accounts_.accounts.RecordImpersonation(
      principal_, target->id, auth::JsonMember("statement", text.substr(0, kAuditedTextBytesMax))));
  auth::Principal subject;
  subject.user_id = target->id;
  subject.account = target->account;
  subject.role = Role::kUser;
  Session inner(services_, std::move(subject), namespace_name_);
  inner.impersonating_ = true;
  inner.transaction_ = transaction_;
  auto inner_call = std::make_shared<Call>(*call);
  inner_call->inner = *statement.statement;
  inner_call->has_inner = true;
  Result<exec::StatementResult> result = co_await inner.Run(std::move(inner_call));
  inner.transaction_ = nullptr;  // it is this session's
  if (result.ok()) result->as_user = target->id;
  co_return result;
}

}  // namespace millrace
