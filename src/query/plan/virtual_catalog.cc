#include "query/plan/virtual_catalog.h"

#include <initializer_list>
#include <utility>

namespace millrace::plan {
namespace {

Field Key(std::string name) {
  return {.name = std::move(name), .type = TypeId::kText, .nullable = false, .primary_key = true};
}
Field Text(std::string name) { return {.name = std::move(name), .type = TypeId::kText}; }
Field Json(std::string name) { return {.name = std::move(name), .type = TypeId::kJson}; }
Field Int(std::string name) { return {.name = std::move(name), .type = TypeId::kInt}; }
Field BigInt(std::string name) { return {.name = std::move(name), .type = TypeId::kBigInt}; }
Field Bool(std::string name) { return {.name = std::move(name), .type = TypeId::kBoolean}; }
Field Time(std::string name) { return {.name = std::move(name), .type = TypeId::kTimestamp}; }

Schema Of(std::initializer_list<Field> fields) { return Schema{fields}; }

Schema SchemaVersions() {
  return Of({Key("table_id"), Text("table_name"), Text("namespace_id"), Text("table_type"),
             Time("created_at"), Int("schema_version"), Json("columns"), Text("table_comment"),
             Time("updated_at"), Json("options"), Text("access_level"), Bool("is_latest"),
             Text("storage_id"), Bool("use_user_storage")});
}

std::vector<VirtualTable> Make() {
  constexpr std::string_view kSystem = "system";
  constexpr std::string_view kInformation = "information_schema";
  return {
      {kSystem, "namespaces",
       Of({Key("namespace_id"), Text("name"), Time("created_at"), Json("options"),
           Int("table_count")})},
      {kSystem, "tables",
       Of({Text("namespace_id"), Text("table_name"), Text("table_type"), Text("storage_id"),
           Int("version"), Json("options"), Text("comment"), Time("updated_at"),
           Time("created_at")})},
      {kSystem, "columns",
       Of({Text("namespace_id"), Text("table_name"), Int("version"), Int("column_id"),
           Text("column_name"), Text("comment"), Text("data_type"), Text("default_value"),
           Int("ordinal"), Bool("nullable"), Bool("primary_key"), Int("primary_key_pos")})},
      {kSystem, "schemas", SchemaVersions()},
      {kSystem, "table_schemas", SchemaVersions()},
      {kSystem, "users",
       Of({Key("user_id"), Text("password_hash"), Text("role"), Text("email"), Text("auth_type"),
           Json("auth_data"), Text("storage_mode"), Text("storage_id"),
           Int("failed_login_attempts"), Time("locked_until"), Time("last_login_at"),
           Time("created_at"), Time("updated_at"), Time("last_seen"), Time("deleted_at")})},
      {kSystem, "jobs", Of({Key("job_id"),           Text("job_type"),        Text("status"),
                            Text("leader_status"),   Json("parameters"),      Text("message"),
                            Text("exception_trace"), Text("idempotency_key"), Text("queue"),
                            Int("priority"),         Int("retry_count"),      Int("max_retries"),
                            BigInt("memory_used"),   BigInt("cpu_used"),      Text("node_id"),
                            Text("leader_node_id"),  Time("created_at"),      Time("updated_at"),
                            Time("started_at"),      Time("finished_at")})},
      {kSystem, "grants",
       Of({Text("grantee_type"), Text("grantee"), Text("object_type"), Text("namespace_id"),
           Text("table_name"), Text("privileges"), Text("granted_by"), Time("created_at"),
           Time("updated_at")}),
       false},
      {kSystem, "api_keys",
       Of({Key("key_id"), Text("name"), Text("user_id"), Text("created_by"), Time("created_at"),
           Time("expires_at"), Time("last_used_at")}),
       false},
      {kSystem, "audit_log",
       Of({Key("audit_id"), Time("timestamp"), Text("actor_user_id"), Text("action"),
           Text("target"), Text("details"), Text("ip_address"), Text("subject_user_id")})},
      {kSystem, "stats", Of({Text("metric_name"), Text("metric_value")})},
      {kSystem, "datatypes",
       Of({Text("arrow_type"), Text("kalam_type"), Text("sql_name"), Text("description")}), false},
      {kInformation, "tables",
       Of({Text("table_catalog"), Text("table_schema"), Text("table_name"), Text("table_type")}),
       false},
      {kInformation, "columns",
       Of({Text("table_catalog"), Text("table_schema"), Text("table_name"), Text("column_name"),
           Int("ordinal_position"), Text("column_default"), Text("is_nullable"),
           Text("data_type")}),
       false},
  };
}

}  // namespace

const std::vector<VirtualTable>& VirtualTables() {
  static const std::vector<VirtualTable> kTables = Make();
  return kTables;
}

const VirtualTable* FindVirtualTable(std::string_view namespace_name, std::string_view name) {
  for (const VirtualTable& table : VirtualTables()) {
    if (table.namespace_name == namespace_name && table.name == name) return &table;
  }
  return nullptr;
}

bool IsSystemNamespace(std::string_view name) {
  return name == "system" || name == "information_schema";
}

}  // namespace millrace::plan
