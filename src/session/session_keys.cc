// GRANT and REVOKE, API keys, and the keys of tokens.
#include <utility>

#include "auth/authorize.h"
#include "query/plan/virtual_catalog.h"
#include "session/session_call.h"
#include "types/datetime.h"

namespace millrace {
namespace {

using exec::StatementResult;

Result<Privileges> ParsePrivileges(const std::vector<std::string>& names) {
  Privileges privileges = Privileges::kNone;
  for (const std::string& name : names) {
    const Privileges one = PrivilegesFromName(name);
    if (one == Privileges::kNone) {
      return InvalidArgument("unrecognized privilege type \"" + name + "\"")
          .WithSqlState("42601")
          .WithHint("Privileges are SELECT, INSERT, UPDATE, DELETE and ALL.");
    }
    privileges = privileges | one;
  }
  return privileges;
}

Status CheckGrantForm(const sql::Grant& grant) {
  if (grant.with_grant_option) {
    return Unimplemented("GRANT OPTION is not supported").WithHint("The role dba grants.");
  }
  if (grant.object == sql::GrantObject::kRole) {
    return Unimplemented("roles are not granted")
        .WithHint("ALTER USER name SET ROLE role gives a user another one.");
  }
  if (grant.object == sql::GrantObject::kTopic) {
    return Unimplemented("privileges on topics are not supported yet");
  }
  return Status::Ok();
}

std::vector<auth::GranteeName> MakeGrantees(const std::vector<sql::Grantee>& grantees) {
  std::vector<auth::GranteeName> names;
  for (const sql::Grantee& grantee : grantees) {
    auth::GranteeName& name = names.emplace_back();
    name.name = grantee.name;
    if (grantee.word == sql::GranteeWord::kUser) name.kind = GranteeKind::kUser;
    if (grantee.word == sql::GranteeWord::kRole) name.kind = GranteeKind::kRole;
  }
  return names;
}

Result<int64_t> ParseExpiry(const sql::CreateApiKey& create, int64_t now_micros) {
  if (!create.expires.has_value()) return int64_t{0};
  if (!create.expires_in) return datetime::ParseTimestamp(*create.expires, TypeId::kTimestamp);
  ASSIGN_OR_RETURN(const Interval interval, datetime::ParseInterval(*create.expires));
  return datetime::AddInterval(now_micros, interval);
}

}  // namespace

Result<auth::GrantChange> Session::MakeGrantChange(const sql::Grant& grant) const {
  const Catalog& catalog = services_.exec_services().catalog;
  auth::GrantChange change;
  change.action = grant.revoke ? auth::GrantAction::kRevoke : auth::GrantAction::kGrant;
  ASSIGN_OR_RETURN(change.privileges, ParsePrivileges(grant.privileges));
  change.grantees = MakeGrantees(grant.grantees);
  for (const sql::TableName& object : grant.objects) {
    const bool table = grant.object == sql::GrantObject::kTable;
    if (plan::IsSystemNamespace(table ? object.namespace_name : object.name)) {
      return Unimplemented("privileges on system tables are not granted");
    }
    if (table) {
      ASSIGN_OR_RETURN(TablePtr found, services_.planner_.FindTable(object, namespace_name_));
      change.tables.push_back(std::move(found));
      continue;
    }
    if (catalog.FindNamespace(object.name) == nullptr) {
      return NotFound("namespace \"" + object.name + "\" does not exist").WithSqlState("3F000");
    }
    if (grant.object == sql::GrantObject::kNamespace) {
      change.namespaces.push_back(object.name);
      continue;
    }
    for (TablePtr& each : catalog.Tables(object.name)) change.tables.push_back(std::move(each));
  }
  return change;
}

Task<Result<StatementResult>> Session::Grant(sql::Grant grant) {
  if (!auth::CanAdminister(principal_.role)) {
    co_return PermissionDenied("permission denied: GRANT and REVOKE need the role dba");
  }
  CO_RETURN_IF_ERROR(CheckGrantForm(grant));
  ASSIGN_OR_CO_RETURN(auth::GrantChange change, MakeGrantChange(grant));
  const std::string names = PrivilegeNames(change.privileges);
  CO_RETURN_IF_ERROR(co_await services_.accounts_.grants.Change(principal_, std::move(change)));
  co_return StatementResult::Message((grant.revoke ? "Revoked " : "Granted ") + names);
}

Task<Result<StatementResult>> Session::CreateApiKey(sql::CreateApiKey create) {
  const int64_t now = services_.exec_services().clock.WallMicros();
  ASSIGN_OR_CO_RETURN(const int64_t expires_at, ParseExpiry(create, now));
  auth::NewApiKey key{.name = create.name, .user_id = create.user, .expires_at = expires_at};
  ASSIGN_OR_CO_RETURN(auth::MadeApiKey made,
                      co_await services_.accounts_.api_keys.Create(principal_, std::move(key)));
  Schema schema{
      {{.name = "key_id", .type = TypeId::kText}, {.name = "api_key", .type = TypeId::kText}}};
  Batch batch = Batch::ForSchema(schema);
  const Value row[] = {Value::Text(std::move(made.id)), Value::Text(std::move(made.key))};
  batch.AppendRow(row);
  co_return StatementResult::Rows(std::move(schema), std::move(batch));
}

Task<Result<StatementResult>> Session::DropApiKey(sql::DropApiKey drop) {
  const Status status = co_await services_.accounts_.api_keys.Drop(principal_, drop.id);
  if (status.code() == Code::kNotFound && drop.if_exists) {
    co_return StatementResult::Message("API key \"" + drop.id + "\" does not exist, skipped");
  }
  CO_RETURN_IF_ERROR(Status(status));
  co_return StatementResult::Message("API key \"" + drop.id + "\" dropped");
}

Task<Result<StatementResult>> Session::RotateTokenKey(sql::RotateTokenKey rotate) {
  const auth::OldKeys old =
      rotate.revoke_old ? auth::OldKeys::kRevoke : auth::OldKeys::kKeepUntilExpiry;
  CO_RETURN_IF_ERROR(co_await services_.accounts_.token_keys.Rotate(principal_, old));
  co_return StatementResult::Message(rotate.revoke_old ? "Token key rotated, old keys revoked"
                                                       : "Token key rotated");
}

}  // namespace millrace
