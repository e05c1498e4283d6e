#include "query/exec/account_rows.h"

#include <array>
#include <string>

#include "catalog/audit_log.h"
#include "query/plan/virtual_catalog.h"

namespace millrace::exec {
namespace {

Value Text(std::string_view text) { return Value::Text(std::string(text)); }
Value OptionalText(std::string_view text) {
  return text.empty() ? Value::Null(TypeId::kText) : Text(text);
}
Value Time(int64_t micros) { return Value::Integer(TypeId::kTimestamp, micros); }
Value OptionalTime(int64_t micros) {
  return micros == 0 ? Value::Null(TypeId::kTimestamp) : Time(micros);
}

// Whose rows are wanted; everybody's when there is no name.
struct Whose {
  std::string_view user_id;
  Role role = Role::kUser;
  bool everybody() const { return user_id.empty(); }
};

Whose WhoseFor(const Request& request) {
  if (request.role >= Role::kDba) return {};
  return {.user_id = request.user_id, .role = request.role};
}

bool Concerns(const GrantDefinition& grant, const Whose& whose) {
  if (whose.everybody()) return true;
  return grant.grantee_kind == GranteeKind::kUser ? grant.grantee == whose.user_id
                                                  : grant.grantee == RoleName(whose.role);
}

void GrantRows(const Services& services, const Whose& whose, Batch* batch) {
  for (const GrantPtr& grant : services.catalog.Grants()) {
    if (!Concerns(*grant, whose)) continue;
    const bool on_table = grant->on == GrantedOn::kTable;
    const TablePtr table = on_table ? services.catalog.FindTable(grant->table) : nullptr;
    if (on_table && table == nullptr) continue;  // dropped this moment
    const std::array<Value, 9> row = {
        Text(grant->grantee_kind == GranteeKind::kUser ? "user" : "role"),
        Text(grant->grantee),
        Text(on_table ? "table" : "namespace"),
        Text(on_table ? table->namespace_name : grant->namespace_name),
        on_table ? Text(table->name) : Value::Null(TypeId::kText),
        Value::Text(PrivilegeNames(grant->privileges)),
        Text(grant->granted_by),
        Time(grant->created_at),
        Time(grant->updated_at)};
    batch->AppendRow(row);
  }
}

void ApiKeyRows(const Services& services, const Whose& whose, Batch* batch) {
  for (const ApiKeyPtr& key : services.catalog.ApiKeys()) {
    if (!whose.everybody() && key->user_id != whose.user_id) continue;
    const std::array<Value, 7> row = {Text(key->id),
                                      Text(key->name),
                                      Text(key->user_id),
                                      Text(key->created_by),
                                      Time(key->created_at),
                                      OptionalTime(key->expires_at),
                                      OptionalTime(key->last_used_at)};
    batch->AppendRow(row);
  }
}

Result<Whose> WhoseFor(const Services& services, const sql::Show& show, const Request& request) {
  if (show.name.empty()) return WhoseFor(request);
  if (request.role < Role::kDba && show.name != request.user_id) {
    return PermissionDenied("permission denied: what other users have is shown to the role dba");
  }
  const UserPtr user = services.catalog.FindUser(show.name);
  if (user == nullptr || user->deleted_at != 0) {
    return NotFound("user \"" + show.name + "\" does not exist").WithSqlState("42704");
  }
  return Whose{.user_id = show.name, .role = user->role};
}

}  // namespace

void AppendGrants(const Services& services, const Request& request, Batch* batch) {
  GrantRows(services, WhoseFor(request), batch);
}

void AppendApiKeys(const Services& services, const Request& request, Batch* batch) {
  ApiKeyRows(services, WhoseFor(request), batch);
}

Status AppendAuditLog(const Services& services, Batch* batch) {
  ASSIGN_OR_RETURN(const std::vector<AuditEntry> entries,
                   ReadAuditLog(services.store, kAuditRowsMax));
  for (const AuditEntry& entry : entries) {
    const std::array<Value, 8> row = {Value::Text(AuditIdText(entry.id)),
                                      Time(entry.at),
                                      Text(entry.actor),
                                      Text(entry.action),
                                      OptionalText(entry.target),
                                      OptionalText(entry.details),
                                      OptionalText(entry.address),
                                      OptionalText(entry.subject)};
    batch->AppendRow(row);
  }
  return Status::Ok();
}

Result<StatementResult> ShowOfUser(const Services& services, const sql::Show& show,
                                   const Request& request) {
  ASSIGN_OR_RETURN(const Whose whose, WhoseFor(services, show, request));
  const bool grants = show.kind == sql::ShowKind::kGrants;
  const Schema schema = plan::FindVirtualTable("system", grants ? "grants" : "api_keys")->schema;
  Batch batch = Batch::ForSchema(schema);
  grants ? GrantRows(services, whose, &batch) : ApiKeyRows(services, whose, &batch);
  return StatementResult::Rows(schema, std::move(batch));
}

}  // namespace millrace::exec
