#include "auth/grants.h"

#include <utility>

#include "auth/authorize.h"

namespace millrace::auth {
namespace {

std::string Quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

std::string_view Word(GranteeKind kind) { return kind == GranteeKind::kUser ? "user" : "role"; }

}  // namespace

Result<GrantDefinition> Grants::Resolve(const GranteeName& grantee) const {
  const UserPtr user = catalog_.FindUser(grantee.name);
  const std::optional<Role> role = RoleFromName(grantee.name);
  const bool is_user = user != nullptr && user->deleted_at == 0;
  const bool is_role = role.has_value() && *role != Role::kAnonymous;
  if (!grantee.kind && is_user && is_role) {
    return InvalidArgument(Quoted(grantee.name) + " is a user and a role")
        .WithSqlState("42702")
        .WithHint("Write USER or ROLE before the name.");
  }
  const GranteeKind kind = grantee.kind.value_or(is_role ? GranteeKind::kRole : GranteeKind::kUser);
  if (kind == GranteeKind::kUser ? !is_user : !is_role) {
    return NotFound(std::string(Word(kind)) + " " + Quoted(grantee.name) + " does not exist")
        .WithSqlState("42704");
  }
  // Roles have aliases; the grant is to the role.
  return GrantDefinition{
      .grantee_kind = kind,
      .grantee = kind == GranteeKind::kUser ? grantee.name : std::string(RoleName(*role))};
}

void Grants::AddSteps(const Principal& actor, const GrantChange& change, GrantDefinition grant,
                      const std::string& target, std::vector<CatalogChange>* steps) const {
  const bool revoke = change.action == GrantAction::kRevoke;
  grant.privileges = change.privileges;
  grant.granted_by = actor.user_id;
  grant.created_at = grant.updated_at = clock_.WallMicros();
  steps->push_back({.op = revoke ? CatalogOp::kRevoke : CatalogOp::kGrant,
                    .name = grant.Key(),
                    .body = EncodeGrant(grant)});
  std::string details = PrivilegeNames(change.privileges) + (revoke ? " from " : " to ");
  details.append(Word(grant.grantee_kind)).append(" ").append(grant.grantee);
  steps->push_back(journal_.Audit(actor, {.action = revoke ? "revoke" : "grant",
                                          .target = target,
                                          .details = JsonMember("privileges", details)}));
}

Result<std::vector<CatalogChange>> Grants::StepsOf(const Principal& actor,
                                                   const GrantChange& change) const {
  const size_t objects = change.tables.size() + change.namespaces.size();
  if (objects * change.grantees.size() > kGrantsPerStatementMax) {
    return ResourceExhausted("too many grants in one statement")
        .WithSqlState("54000")
        .WithHint("Grant on the namespace, or to a role.");
  }
  std::vector<CatalogChange> steps;
  for (const GranteeName& grantee : change.grantees) {
    ASSIGN_OR_RETURN(GrantDefinition grant, Resolve(grantee));
    for (const TablePtr& table : change.tables) {
      grant.on = GrantedOn::kTable;
      grant.table = table->id;
      AddSteps(actor, change, grant, table->qualified_name(), &steps);
    }
    grant.table = TableId();
    for (const std::string& name : change.namespaces) {
      grant.on = GrantedOn::kNamespace;
      grant.namespace_name = name;
      AddSteps(actor, change, grant, name, &steps);
    }
  }
  return steps;
}

Task<Status> Grants::Change(Principal actor, GrantChange change) {
  if (!CanAdminister(actor.role)) {
    co_return PermissionDenied("permission denied: GRANT and REVOKE need the role dba");
  }
  ASSIGN_OR_CO_RETURN(std::vector<CatalogChange> steps, StepsOf(actor, change));
  if (steps.empty()) co_return Status::Ok();
  ASSIGN_OR_CO_RETURN(const Receipt receipt, co_await journal_.Commit(std::move(steps)));
  if (receipt.verdict != Verdict::kApplied) {
    co_return Aborted("a table, a namespace or a user was dropped at the same time");
  }
  log_.Info(change.action == GrantAction::kRevoke ? "revoked" : "granted",
            {{"privileges", PrivilegeNames(change.privileges)}, {"by", actor.user_id}});
  co_return Status::Ok();
}

}  // namespace millrace::auth
