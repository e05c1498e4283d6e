#include "query/exec/show.h"

#include <utility>

#include "query/exec/account_rows.h"
#include "query/exec/system_tables.h"
#include "query/plan/planner.h"
#include "query/plan/virtual_catalog.h"

namespace millrace::exec {
namespace {

Result<StatementResult> SystemRows(const Services& services, const Request& request,
                                   std::string_view name) {
  ASSIGN_OR_RETURN(Batch rows, ReadSystemTable(services, request, "system", name));
  return StatementResult::Rows(plan::FindVirtualTable("system", name)->schema, std::move(rows));
}

// The rows whose text column has the value.
Batch Filtered(const Batch& batch, size_t column, std::string_view value) {
  std::vector<uint32_t> kept;
  for (uint32_t row = 0; row < batch.rows; ++row) {
    if (batch.columns[column].bytes(row) == value) kept.push_back(row);
  }
  return batch.Select(kept);
}

Result<StatementResult> ShowTables(const Services& services, const sql::Show& show,
                                   const Request& request) {
  const Schema& schema = plan::FindVirtualTable("system", "schemas")->schema;
  ASSIGN_OR_RETURN(Batch rows, ReadSystemTable(services, request, "system", "schemas"));
  std::vector<uint32_t> latest;
  const size_t is_latest = *schema.Find("is_latest");
  for (uint32_t row = 0; row < rows.rows; ++row) {
    if (rows.columns[is_latest].value<uint8_t>(row) != 0) latest.push_back(row);
  }
  rows = rows.Select(latest);
  if (!show.name.empty()) {
    if (services.catalog.FindNamespace(show.name) == nullptr) {
      return NotFound("namespace \"" + show.name + "\" does not exist").WithSqlState("3F000");
    }
    rows = Filtered(rows, *schema.Find("namespace_id"), show.name);
  }
  return StatementResult::Rows(schema, std::move(rows));
}

Result<StatementResult> ShowColumns(const Services& services, const sql::Show& show,
                                    const Request& request) {
  sql::Describe describe{.table = show.table, .table_keyword = true};
  return Describe(services, describe, request);
}

// The table of a statement about it; refused as reading it would be.
Result<TablePtr> FindToDescribe(const Services& services, const sql::TableName& name,
                                const Request& request) {
  ASSIGN_OR_RETURN(TablePtr table,
                   plan::Planner(services.catalog).FindTable(name, request.namespace_name));
  if (MaySee(services, *table, request)) return table;
  return PermissionDenied("permission denied for table \"" + table->qualified_name() + "\"");
}

// Everybody's rows for those who administer, one's own for others.
std::string StatsPrefix(const TablePtr& table, const Request& request) {
  const TableCodec codec(table);
  return request.role >= Role::kDba ? codec.FullKey("")
                                    : codec.ScopePrefix(ScopeOf(*table, request));
}

Result<StatementResult> ShowTableStats(const Services& services, const sql::Show& show,
                                       const Request& request) {
  ASSIGN_OR_RETURN(const TablePtr table, FindToDescribe(services, show.table, request));
  const std::string prefix = StatsPrefix(table, request);
  const KvStore::Estimate estimate =
      services.store.EstimateRange(KeySpace::kRows, prefix, PrefixSuccessor(prefix));
  Schema schema{{{.name = "table_name", .type = TypeId::kText},
                 {.name = "estimated_rows", .type = TypeId::kBigInt},
                 {.name = "estimated_bytes", .type = TypeId::kBigInt},
                 {.name = "schema_version", .type = TypeId::kInt}}};
  Batch batch = Batch::ForSchema(schema);
  const Value row[] = {Value::Text(table->qualified_name()),
                       Value::BigInt(static_cast<int64_t>(estimate.rows)),
                       Value::BigInt(static_cast<int64_t>(estimate.bytes)),
                       Value::Integer(TypeId::kInt, table->version())};
  batch.AppendRow(row);
  return StatementResult::Rows(std::move(schema), std::move(batch));
}

Schema DescribeSchema() {
  return {{{.name = "column_name", .type = TypeId::kText},
           {.name = "ordinal_position", .type = TypeId::kInt},
           {.name = "column_id", .type = TypeId::kInt},
           {.name = "data_type", .type = TypeId::kText},
           {.name = "is_nullable", .type = TypeId::kText},
           {.name = "is_primary_key", .type = TypeId::kBoolean},
           {.name = "column_default", .type = TypeId::kText},
           {.name = "column_comment", .type = TypeId::kText},
           {.name = "schema_version", .type = TypeId::kInt}}};
}

Value OptionalText(const std::string& text) {
  return text.empty() ? Value::Null(TypeId::kText) : Value::Text(text);
}

Value DescribedDefault(const ColumnDefinition& column) {
  if (!column.generated()) return OptionalText(column.default_sql);
  return Value::Text("generated always as (" + column.generated_sql + ") stored");
}

void DescribeVersion(const TableDefinition& table, const SchemaVersion& version, Batch* batch) {
  for (size_t i = 0; i < version.columns.size(); ++i) {
    const ColumnDefinition& column = version.columns[i];
    const Value row[] = {Value::Text(column.name),
                         Value::Integer(TypeId::kInt, static_cast<int64_t>(i + 1)),
                         Value::Integer(TypeId::kInt, column.id.value),
                         Value::Text(SqlName(column.type)),
                         Value::Text(column.nullable ? "YES" : "NO"),
                         Value::Boolean(table.IsKeyColumn(column.id)),
                         DescribedDefault(column),
                         OptionalText(column.comment),
                         Value::Integer(TypeId::kInt, version.version)};
    batch->AppendRow(row);
  }
}

Result<StatementResult> DescribeSystemTable(const sql::TableName& name) {
  const plan::VirtualTable* table = plan::FindVirtualTable(name.namespace_name, name.name);
  if (table == nullptr) {
    return NotFound("relation \"" + name.namespace_name + "." + name.name + "\" does not exist")
        .WithSqlState("42P01");
  }
  TableDefinition shape;
  auto version = std::make_shared<SchemaVersion>();
  for (const Field& field : table->schema.fields) {
    ColumnDefinition column;
    column.id = ColumnId(static_cast<uint32_t>(version->columns.size() + 1));
    column.name = field.name;
    column.type = field.type;
    column.nullable = field.nullable;
    if (field.primary_key) shape.primary_key.push_back(column.id);
    version->columns.push_back(std::move(column));
  }
  Batch batch = Batch::ForSchema(DescribeSchema());
  DescribeVersion(shape, *version, &batch);
  return StatementResult::Rows(DescribeSchema(), std::move(batch));
}

}  // namespace

Result<StatementResult> Show(const Services& services, const sql::Show& show,
                             const Request& request) {
  switch (show.kind) {
    case sql::ShowKind::kNamespaces:
      return SystemRows(services, request, "namespaces");
    case sql::ShowKind::kTables:
      return ShowTables(services, show, request);
    case sql::ShowKind::kColumns:
      return ShowColumns(services, show, request);
    case sql::ShowKind::kStats:
      return ShowTableStats(services, show, request);
    case sql::ShowKind::kUsers:
      if (request.role < Role::kDba) return PermissionDenied("SHOW USERS needs the role dba");
      return SystemRows(services, request, "users");
    case sql::ShowKind::kGrants:
    case sql::ShowKind::kApiKeys:
      return ShowOfUser(services, show, request);
    case sql::ShowKind::kJobs:
      if (request.role < Role::kDba) return PermissionDenied("SHOW JOBS needs the role dba");
      return SystemRows(services, request, "jobs");
    default:
      return Unimplemented("this form of SHOW is not supported yet");
  }
}

Result<StatementResult> Describe(const Services& services, const sql::Describe& describe,
                                 const Request& request) {
  if (plan::IsSystemNamespace(describe.table.namespace_name)) {
    return DescribeSystemTable(describe.table);
  }
  ASSIGN_OR_RETURN(const TablePtr table, FindToDescribe(services, describe.table, request));
  Batch batch = Batch::ForSchema(DescribeSchema());
  if (describe.history) {
    for (const auto& version : table->versions) DescribeVersion(*table, *version, &batch);
  } else {
    DescribeVersion(*table, table->current(), &batch);
  }
  return StatementResult::Rows(DescribeSchema(), std::move(batch));
}

}  // namespace millrace::exec
