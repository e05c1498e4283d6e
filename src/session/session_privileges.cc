// What a principal may do, statement by statement.
#include <utility>

#include "auth/authorize.h"
#include "query/exec/definition.h"
#include "query/sql/visitor.h"
#include "session/session.h"

namespace millrace {
namespace {

Status NeedsRole(std::string_view what, std::string_view role) {
  return PermissionDenied("permission denied: " + std::string(what) + " needs the role " +
                          std::string(role));
}

}  // namespace

Status Session::AuthorizeTable(const plan::TableAccess& access) const {
  const TableDefinition& table = *access.table;
  const Privileges missing =
      Without(access.needs, auth::FixedRights(principal_.role, table.kind, table.access));
  const auto granted = [&] {
    const Catalog& catalog = services_.exec_services().catalog;
    return catalog.GrantedOn(principal_.user_id, principal_.role, table);
  };
  if (missing != Privileges::kNone && Without(missing, granted()) != Privileges::kNone) {
    return PermissionDenied("permission denied for table \"" + table.qualified_name() + "\"");
  }
  if (impersonating_ && table.kind == TableKind::kShared) {
    return InvalidArgument("EXECUTE AS USER is not for SHARED tables")
        .WithDetail("Table \"" + table.qualified_name() + "\" belongs to no user.");
  }
  return Status::Ok();
}

Status Session::Authorize(const plan::Prepared& prepared) const {
  if (prepared.reads_system && !auth::CanReadSystem(principal_.role)) {
    return NeedsRole("reading system tables", "dba");
  }
  for (const plan::TableAccess& access : prepared.accesses) {
    RETURN_IF_ERROR(AuthorizeTable(access));
  }
  if (!std::holds_alternative<plan::OtherPlan>(prepared.plan)) return Status::Ok();
  return AuthorizeDefinition(prepared.statement);
}

Status Session::AfterFailedPlan(const sql::Statement& statement, Status error) const {
  const auto* explain = statement.If<sql::Explain>();
  if (explain != nullptr) return AfterFailedPlan(*explain->statement, std::move(error));
  Status refused;
  const auto check = [&](const sql::TableName& name, Privileges needs) {
    const Result<TablePtr> table = services_.planner_.FindTable(name, namespace_name_);
    if (refused.ok() && table.ok()) refused = AuthorizeTable({.table = *table, .needs = needs});
  };
  sql::ForEachTable(statement,
                    [&](const sql::TableName& name) { check(name, Privileges::kSelect); });
  if (const auto* insert = statement.If<sql::Insert>()) check(insert->table, Privileges::kInsert);
  if (const auto* update = statement.If<sql::Update>()) check(update->table, Privileges::kUpdate);
  if (const auto* deletion = statement.If<sql::Delete>()) {
    check(deletion->table, Privileges::kDelete);
  }
  return refused.ok() ? error : refused;
}

Status Session::AuthorizeDefinition(const sql::Statement& statement) const {
  const Role role = principal_.role;
  if (const auto* create = statement.If<sql::CreateTable>()) {
    ASSIGN_OR_RETURN(const TableKind kind, exec::DecideKind(*create));
    if (auth::CanCreateTable(role, kind)) return Status::Ok();
    return PermissionDenied("permission denied to create a table of this kind");
  }
  if (const auto* alter = statement.If<sql::AlterTable>()) {
    const Result<TablePtr> table = services_.planner_.FindTable(alter->table, namespace_name_);
    if (!table.ok() || auth::CanAlterTable(role, (*table)->kind, (*table)->access)) {
      return Status::Ok();
    }
    return PermissionDenied("permission denied to alter table \"" + (*table)->qualified_name() +
                            "\"");
  }
  if (const auto* create = statement.If<sql::CreateIndex>()) {
    const Result<TablePtr> table = services_.planner_.FindTable(create->table, namespace_name_);
    if (!table.ok() || auth::CanAlterTable(role, (*table)->kind, (*table)->access)) {
      return Status::Ok();
    }
    return PermissionDenied("permission denied to create an index on table \"" +
                            (*table)->qualified_name() + "\"");
  }
  if (statement.If<sql::DropTable>() != nullptr) {
    return auth::CanDropTable(role) ? Status::Ok() : NeedsRole("DROP TABLE", "dba");
  }
  if (const auto* explain = statement.If<sql::Explain>()) {
    const Result<plan::PreparedPtr> inner =
        services_.planner_.Prepare(*explain->statement, namespace_name_);
    if (!inner.ok()) return AfterFailedPlan(*explain->statement, inner.status());
    return Authorize(**inner);
  }
  if (statement.If<sql::Show>() != nullptr || statement.If<sql::Describe>() != nullptr ||
      statement.If<sql::UseNamespace>() != nullptr) {
    if (role >= Role::kUser) return Status::Ok();
    return NeedsRole("this statement", "user");
  }
  if (auth::CanAdminister(role)) return Status::Ok();
  return NeedsRole("this statement", "dba");
}

}  // namespace millrace
