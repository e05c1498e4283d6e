// Statements about users, and statements run as another one.
#include <utility>

#include "auth/authorize.h"
#include "session/session_call.h"

namespace millrace {
namespace {

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
  }
  return change;
}

}  // namespace

Task<Result<exec::StatementResult>> Session::RunUserStatement(sql::Statement statement) {
  if (!auth::CanAdminister(principal_.role)) {
    co_return PermissionDenied("permission denied: changing users needs the role dba");
  }
  if (const auto* create = statement.If<sql::CreateUser>()) {
    ASSIGN_OR_CO_RETURN(auth::NewUser user, MakeNewUser(*create));
    const Status status = co_await services_.accounts_.CreateUser(principal_, std::move(user));
    if (status.code() == Code::kAlreadyExists && create->if_not_exists) {
      co_return exec::StatementResult::Message("User \"" + create->name + "\" already exists");
    }
    CO_RETURN_IF_ERROR(Status(status));
    co_return exec::StatementResult::Message("User \"" + create->name + "\" created");
  }
  if (const auto* alter = statement.If<sql::AlterUser>()) {
    ASSIGN_OR_CO_RETURN(auth::UserChange change, MakeUserChange(*alter));
    CO_RETURN_IF_ERROR(
        co_await services_.accounts_.AlterUser(principal_, alter->name, std::move(change)));
    co_return exec::StatementResult::Message("User \"" + alter->name + "\" altered");
  }
  const auto& drop = *statement.If<sql::DropUser>();
  const Status status = co_await services_.accounts_.DropUser(principal_, drop.name);
  if (status.code() == Code::kNotFound && drop.if_exists) {
    co_return exec::StatementResult::Message("User \"" + drop.name + "\" does not exist, skipped");
  }
  CO_RETURN_IF_ERROR(Status(status));
  if (const auto& wake = services_.exec_services().wake_cleanup) wake();
  co_return exec::StatementResult::Message("User \"" + drop.name + "\" dropped");
}

Task<Result<exec::StatementResult>> Session::RunAs(std::shared_ptr<Call> call,
                                                   sql::ExecuteAs statement) {
  const UserPtr target = services_.accounts_.Find(statement.user);
  const bool allowed = target != nullptr && auth::MayImpersonate(principal_.role, target->role);
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
