#include "query/exec/system_rows.h"

#include <algorithm>
#include <array>
#include <utility>

#include "query/exec/account_rows.h"
#include "types/json_text.h"

namespace millrace::exec {
namespace {

Value Text(std::string_view text) { return Value::Text(std::string(text)); }
Value OptionalText(std::string_view text) {
  return text.empty() ? Value::Null(TypeId::kText) : Text(text);
}
Value Int(int64_t value) { return Value::Integer(TypeId::kInt, value); }
Value Json(std::string text) { return Value::String(TypeId::kJson, std::move(text)); }
Value Time(int64_t micros) { return Value::Integer(TypeId::kTimestamp, micros); }
Value OptionalTime(int64_t micros) {
  return micros == 0 ? Value::Null(TypeId::kTimestamp) : Time(micros);
}

void AddMember(std::string* json, std::string_view name, std::string_view value) {
  if (json->size() > 1) json->push_back(',');
  AppendJsonString(json, name);
  json->append(":").append(value);
}

void AddTextMember(std::string* json, std::string_view name, std::string_view text) {
  std::string quoted;
  AppendJsonString(&quoted, text);
  AddMember(json, name, quoted);
}

std::string OptionsJson(const TableDefinition& table) {
  std::string json = "{";
  AddTextMember(&json, "table_type", TableKindName(table.kind));
  if (table.kind == TableKind::kShared) {
    AddTextMember(&json, "access_level", AccessLevelName(table.access));
  }
  if (table.ttl_seconds > 0) {
    AddMember(&json, "ttl_seconds", std::to_string(table.ttl_seconds));
  }
  if (table.max_buffer > 0) AddMember(&json, "max_buffer", std::to_string(table.max_buffer));
  if (table.ephemeral) AddMember(&json, "ephemeral", "true");
  if (table.durability.has_value()) {
    AddTextMember(&json, "durability",
                  *table.durability == Durability::kStrict ? "strict" : "relaxed");
  }
  AddTextMember(&json, "storage_id", table.storage_id);
  if (!table.flush_policy.empty()) AddTextMember(&json, "flush_policy", table.flush_policy);
  return json + "}";
}

std::string ColumnsJson(const TableDefinition& table, const SchemaVersion& version) {
  std::string json = "[";
  for (size_t i = 0; i < version.columns.size(); ++i) {
    const ColumnDefinition& column = version.columns[i];
    std::string one = "{";
    AddTextMember(&one, "column_name", column.name);
    AddMember(&one, "column_id", std::to_string(column.id.value));
    AddMember(&one, "ordinal_position", std::to_string(i + 1));
    AddMember(&one, "data_type", WireName(column.type));
    AddMember(&one, "is_nullable", column.nullable ? "true" : "false");
    AddMember(&one, "is_primary_key", table.IsKeyColumn(column.id) ? "true" : "false");
    if (!column.default_sql.empty()) AddTextMember(&one, "default_value", column.default_sql);
    if (i > 0) json.push_back(',');
    json.append(one).append("}");
  }
  return json + "]";
}

void Namespaces(const Services& services, const Request& request, Batch* batch) {
  for (const NamespacePtr& entry : services.catalog.Namespaces()) {
    std::string options = "{";
    const std::vector<TablePtr> tables = services.catalog.Tables(entry->name);
    const auto seen = std::ranges::count_if(
        tables, [&](const TablePtr& table) { return MaySee(services, *table, request); });
    if (!entry->description.empty()) AddTextMember(&options, "description", entry->description);
    const std::array<Value, 5> row = {Text(entry->name), Text(entry->name), Time(entry->created_at),
                                      Json(options + "}"), Int(seen)};
    batch->AppendRow(row);
  }
}

void Tables(const Services& services, Batch* batch) {
  for (const TablePtr& table : services.catalog.Tables()) {
    const std::array<Value, 9> row = {
        Text(table->namespace_name),  Text(table->name),       Text(TableKindName(table->kind)),
        Text(table->storage_id),      Int(table->version()),   Json(OptionsJson(*table)),
        OptionalText(table->comment), Time(table->updated_at), Time(table->created_at)};
    batch->AppendRow(row);
  }
}

void Columns(const Services& services, Batch* batch) {
  for (const TablePtr& table : services.catalog.Tables()) {
    const std::vector<size_t> key = table->KeyPositions();
    for (size_t i = 0; i < table->columns().size(); ++i) {
      const ColumnDefinition& column = table->columns()[i];
      Value key_position = Value::Null(TypeId::kInt);
      for (size_t k = 0; k < key.size(); ++k) {
        if (key[k] == i) key_position = Int(static_cast<int64_t>(k + 1));
      }
      const std::array<Value, 12> row = {Text(table->namespace_name),
                                         Text(table->name),
                                         Int(table->version()),
                                         Int(column.id.value),
                                         Text(column.name),
                                         OptionalText(column.comment),
                                         Text(SqlName(column.type)),
                                         OptionalText(column.default_sql),
                                         Int(static_cast<int64_t>(i + 1)),
                                         Value::Boolean(column.nullable),
                                         Value::Boolean(!key_position.is_null()),
                                         key_position};
      batch->AppendRow(row);
    }
  }
}

void SchemaVersions(const Services& services, const Request& request, Batch* batch) {
  for (const TablePtr& table : services.catalog.Tables()) {
    if (!MaySee(services, *table, request)) continue;
    for (const auto& version : table->versions) {
      const bool shared = table->kind == TableKind::kShared;
      const std::array<Value, 14> row = {
          Text(table->namespace_name + ":" + table->name),
          Text(table->name),
          Text(table->namespace_name),
          Text(TableKindName(table->kind)),
          Time(table->created_at),
          Int(version->version),
          Json(ColumnsJson(*table, *version)),
          OptionalText(table->comment),
          Time(version->created_at),
          Json(OptionsJson(*table)),
          shared ? Text(AccessLevelName(table->access)) : Value::Null(TypeId::kText),
          Value::Boolean(version == table->versions.back()),
          Text(table->storage_id),
          Value::Boolean(table->use_user_storage)};
      batch->AppendRow(row);
    }
  }
}

void Users(const Services& services, Batch* batch) {
  for (const UserPtr& user : services.catalog.Users()) {
    const std::array<Value, 15> row = {
        Text(user->id),
        user->password_hash.empty() ? Value::Null(TypeId::kText) : Text("***"),
        Text(RoleName(user->role)),
        OptionalText(user->email),
        Text(user->auth_type),
        user->auth_data.empty() ? Value::Null(TypeId::kJson) : Json(user->auth_data),
        Text("table"),
        Value::Null(TypeId::kText),
        Int(user->failed_logins),
        OptionalTime(user->locked_until),
        OptionalTime(user->last_login_at),
        Time(user->created_at),
        Time(user->updated_at),
        OptionalTime(user->last_login_at),
        OptionalTime(user->deleted_at)};
    batch->AppendRow(row);
  }
}

void Stats(const Services& services, Batch* batch) {
  auto add = [batch](std::string name, const std::string& value) {
    const std::array<Value, 2> row = {Value::Text(std::move(name)), Value::Text(value)};
    batch->AppendRow(row);
  };
  add("total_users", std::to_string(services.catalog.Users().size()));
  add("total_namespaces", std::to_string(services.catalog.Namespaces().size()));
  add("total_tables", std::to_string(services.catalog.Tables().size()));
  add("applied_lsn", std::to_string(services.log.applied().value));
  for (const auto& [name, value] : services.store.Statistics()) {
    add(name, std::to_string(static_cast<uint64_t>(value)));
  }
  for (const MetricSample& sample : services.metrics.Collect()) {
    std::string name = sample.name;
    for (const auto& [label, value] : sample.labels) name.append("{" + label + "=" + value + "}");
    std::string value;
    AppendJsonDouble(&value, sample.value);
    add(std::move(name), value);
  }
}

void DataTypes(Batch* batch) {
  struct Known {
    SqlType type;
    std::string_view arrow;
    std::string_view description;
  };
  const std::array<Known, 17> types = {{{TypeId::kBoolean, "Boolean", "true or false"},
                                        {TypeId::kSmallInt, "Int16", "16-bit integer"},
                                        {TypeId::kInt, "Int32", "32-bit integer"},
                                        {TypeId::kBigInt, "Int64", "64-bit integer"},
                                        {TypeId::kFloat, "Float32", "32-bit binary float"},
                                        {TypeId::kDouble, "Float64", "64-bit binary float"},
                                        {SqlType::Decimal(38, 10), "Decimal128", "exact decimal"},
                                        {TypeId::kText, "Utf8", "text"},
                                        {TypeId::kBytes, "Binary", "bytes"},
                                        {TypeId::kJson, "Utf8", "JSON text"},
                                        {TypeId::kTimestamp, "Timestamp(us)", "date and time"},
                                        {TypeId::kDate, "Date32", "date"},
                                        {TypeId::kDateTime, "Timestamp(us, UTC)", "instant"},
                                        {TypeId::kTime, "Time64(us)", "time of day"},
                                        {TypeId::kUuid, "FixedSizeBinary(16)", "UUID"},
                                        {SqlType::Embedding(3), "List(Float32)", "vector"},
                                        {TypeId::kFile, "Utf8", "reference to a file"}}};
  for (const Known& known : types) {
    const std::array<Value, 4> row = {Text(known.arrow), Value::Text(WireName(known.type)),
                                      Value::Text(SqlName(known.type)), Text(known.description)};
    batch->AppendRow(row);
  }
}

void InformationTables(const Services& services, const Request& request, Batch* batch) {
  for (const TablePtr& table : services.catalog.Tables()) {
    if (!MaySee(services, *table, request)) continue;
    const std::array<Value, 4> row = {Text("millrace"), Text(table->namespace_name),
                                      Text(table->name), Text("BASE TABLE")};
    batch->AppendRow(row);
  }
}

void InformationColumns(const Services& services, const Request& request, Batch* batch) {
  for (const TablePtr& table : services.catalog.Tables()) {
    if (!MaySee(services, *table, request)) continue;
    for (size_t i = 0; i < table->columns().size(); ++i) {
      const ColumnDefinition& column = table->columns()[i];
      const std::array<Value, 8> row = {Text("millrace"),
                                        Text(table->namespace_name),
                                        Text(table->name),
                                        Text(column.name),
                                        Int(static_cast<int64_t>(i + 1)),
                                        OptionalText(column.default_sql),
                                        Text(column.nullable ? "YES" : "NO"),
                                        Text(SqlName(column.type))};
      batch->AppendRow(row);
    }
  }
}

}  // namespace

void AppendSystemRows(const Services& services, const Request& request,
                      const plan::VirtualTable& table, Batch* batch) {
  if (table.namespace_name == "information_schema") {
    return table.name == "tables" ? InformationTables(services, request, batch)
                                  : InformationColumns(services, request, batch);
  }
  if (table.name == "namespaces") return Namespaces(services, request, batch);
  if (table.name == "tables") return Tables(services, batch);
  if (table.name == "columns") return Columns(services, batch);
  if (table.name == "schemas" || table.name == "table_schemas") {
    return SchemaVersions(services, request, batch);
  }
  if (table.name == "users") return Users(services, batch);
  if (table.name == "grants") return AppendGrants(services, request, batch);
  if (table.name == "api_keys") return AppendApiKeys(services, request, batch);
  if (table.name == "stats") return Stats(services, batch);
  if (table.name == "datatypes") return DataTypes(batch);
  if (table.name == "jobs" && services.append_jobs) return services.append_jobs(batch);
}

}  // namespace millrace::exec
