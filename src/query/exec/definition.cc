#include "query/exec/definition.h"

#include <utility>

#include "query/exec/altered_rows.h"
#include "query/exec/catalog_commit.h"
#include "query/exec/create_index.h"
#include "query/plan/virtual_catalog.h"
#include "query/sql/printer.h"

namespace millrace::exec {
namespace {

std::string Quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

std::string NamespaceOf(const sql::TableName& name, const Request& request) {
  return name.namespace_name.empty() ? request.namespace_name : name.namespace_name;
}

Status NoSuchNamespace(std::string_view name) {
  return NotFound("namespace " + Quoted(name) + " does not exist").WithSqlState("3F000");
}

Status SystemNamespace(std::string_view name) {
  return PermissionDenied("namespace " + Quoted(name) + " belongs to the system");
}

Status NamespaceToFillMissing(std::string_view name) {
  return NoSuchNamespace(name).WithHint("CREATE NAMESPACE " + std::string(name) + " makes it.");
}

// DROP STREAM TABLE is not for a USER table of that name.
Status CheckKindWord(sql::TableKind word, const TableDefinition& table) {
  const std::optional<TableKind> kind = KindFromSyntax(word);
  if (!kind.has_value() || *kind == table.kind) return Status::Ok();
  return InvalidArgument(Quoted(table.qualified_name()) + " is not a " +
                         std::string(TableKindName(*kind)) + " table")
      .WithSqlState("42809")
      .WithDetail("It is a " + std::string(TableKindName(table.kind)) + " table.");
}

Task<Result<StatementResult>> CreateNamespace(const Services& services,
                                              sql::CreateNamespace statement, RequestPtr request) {
  CO_RETURN_IF_ERROR(CheckName("namespace", statement.name));
  NamespaceDefinition definition{
      .name = statement.name, .description = "", .created_at = request->statement_time_micros};
  CatalogChange change{.op = CatalogOp::kPutNamespace,
                       .name = statement.name,
                       .expected = static_cast<uint64_t>(Expect::kNew),
                       .body = EncodeNamespace(definition)};
  std::vector<CatalogChange> changes;
  changes.push_back(std::move(change));
  ASSIGN_OR_CO_RETURN(const Verdict verdict, co_await CommitCatalog(services, std::move(changes)));
  if (verdict == Verdict::kApplied) {
    co_return StatementResult::Message("Namespace " + Quoted(statement.name) + " created");
  }
  if (statement.if_not_exists) {
    co_return StatementResult::Message("Namespace " + Quoted(statement.name) + " already exists");
  }
  co_return AlreadyExists("namespace " + Quoted(statement.name) + " already exists")
      .WithSqlState("42P06");
}

Task<Result<StatementResult>> AlterNamespace(const Services& services,
                                             sql::AlterNamespace statement) {
  if (plan::IsSystemNamespace(statement.name)) co_return SystemNamespace(statement.name);
  const NamespacePtr existing = services.catalog.FindNamespace(statement.name);
  if (existing == nullptr) co_return NoSuchNamespace(statement.name);
  NamespaceDefinition changed = *existing;
  changed.description = statement.description;
  std::vector<CatalogChange> changes;
  changes.push_back({.op = CatalogOp::kPutNamespace,
                     .name = statement.name,
                     .expected = static_cast<uint64_t>(Expect::kExisting),
                     .body = EncodeNamespace(changed)});
  ASSIGN_OR_CO_RETURN(const Verdict verdict, co_await CommitCatalog(services, std::move(changes)));
  if (verdict != Verdict::kApplied) co_return NoSuchNamespace(statement.name);
  co_return StatementResult::Message("Namespace " + Quoted(statement.name) + " altered");
}

Task<Result<StatementResult>> DropNamespace(const Services& services,
                                            sql::DropNamespace statement) {
  if (plan::IsSystemNamespace(statement.name)) co_return SystemNamespace(statement.name);
  if (services.catalog.FindNamespace(statement.name) == nullptr) {
    if (!statement.if_exists) co_return NoSuchNamespace(statement.name);
    co_return StatementResult::Message("Namespace " + Quoted(statement.name) +
                                       " does not exist, skipped");
  }
  if (statement.name == "default") {
    co_return FailedPrecondition("namespace \"default\" cannot be dropped").WithSqlState("2BP01");
  }
  const std::vector<TablePtr> tables = services.catalog.Tables(statement.name);
  if (!tables.empty() && !statement.cascade) {
    co_return FailedPrecondition("cannot drop namespace " + Quoted(statement.name) +
                                 " because it contains " + std::to_string(tables.size()) +
                                 " table(s)")
        .WithSqlState("2BP01")
        .WithHint("Use DROP NAMESPACE … CASCADE to drop them too.");
  }
  std::vector<CatalogChange> changes;
  for (const TablePtr& table : tables) {
    changes.push_back({.op = CatalogOp::kDropTable,
                       .name = table->qualified_name(),
                       .expected = table->version()});
  }
  changes.push_back({.op = CatalogOp::kDropNamespace, .name = statement.name});
  ASSIGN_OR_CO_RETURN(const Verdict verdict, co_await CommitCatalog(services, std::move(changes)));
  if (verdict != Verdict::kApplied) co_return ChangedMeanwhile();
  if (!tables.empty() && services.wake_cleanup) services.wake_cleanup();
  co_return StatementResult::Message("Namespace " + Quoted(statement.name) + " dropped");
}

Task<Result<StatementResult>> CreateTable(const Services& services,
                                          std::shared_ptr<const plan::Prepared> prepared,
                                          RequestPtr request) {
  const auto& statement = *prepared->statement.If<sql::CreateTable>();
  const std::string namespace_name = NamespaceOf(statement.table, *request);
  if (plan::IsSystemNamespace(namespace_name)) {
    co_return SystemNamespace(namespace_name);
  }
  if (services.catalog.FindNamespace(namespace_name) == nullptr) {
    co_return NamespaceToFillMissing(namespace_name);
  }
  ASSIGN_OR_CO_RETURN(TableDefinition table, MakeTableDefinition(statement, namespace_name,
                                                                 request->statement_time_micros));
  const std::string name = table.qualified_name();
  std::vector<CatalogChange> changes;
  changes.push_back({.op = CatalogOp::kPutTable, .name = name, .body = EncodeTable(table)});
  ASSIGN_OR_CO_RETURN(const Verdict verdict, co_await CommitCatalog(services, std::move(changes)));
  if (verdict == Verdict::kApplied) {
    co_return StatementResult::Message("Table " + Quoted(name) + " created");
  }
  if (verdict == Verdict::kTableChanged) co_return NamespaceToFillMissing(namespace_name);
  if (statement.if_not_exists) {
    co_return StatementResult::Message("Table " + Quoted(name) + " already exists");
  }
  co_return AlreadyExists("relation " + Quoted(name) + " already exists").WithSqlState("42P07");
}

Task<Result<StatementResult>> DropTable(const Services& services, sql::DropTable statement,
                                        RequestPtr request) {
  const std::string namespace_name = NamespaceOf(statement.table, *request);
  if (plan::IsSystemNamespace(namespace_name)) co_return SystemNamespace(namespace_name);
  const TablePtr table = services.catalog.FindTable(namespace_name, statement.table.name);
  const std::string name = namespace_name + "." + statement.table.name;
  if (table == nullptr) {
    if (statement.if_exists) {
      co_return StatementResult::Message("Table " + Quoted(name) + " does not exist, skipped");
    }
    co_return plan::Planner(services.catalog)
        .FindTable(statement.table, request->namespace_name)
        .status();
  }
  CO_RETURN_IF_ERROR(CheckKindWord(statement.kind, *table));
  std::vector<CatalogChange> changes;
  changes.push_back({.op = CatalogOp::kDropTable, .name = name, .expected = table->version()});
  ASSIGN_OR_CO_RETURN(const Verdict verdict, co_await CommitCatalog(services, std::move(changes)));
  if (verdict != Verdict::kApplied) co_return ChangedMeanwhile();
  if (services.wake_cleanup) services.wake_cleanup();
  co_return StatementResult::Message("Table " + Quoted(name) +
                                     " dropped. Cleanup job: " + CleanupJobId(table->id));
}

Task<Result<StatementResult>> AlterTableStatement(const Services& services,
                                                  plan::PreparedPtr prepared, RequestPtr request) {
  const auto& statement = *prepared->statement.If<sql::AlterTable>();
  const std::string namespace_name = NamespaceOf(statement.table, *request);
  if (plan::IsSystemNamespace(namespace_name)) co_return SystemNamespace(namespace_name);
  Result<TablePtr> found =
      plan::Planner(services.catalog).FindTable(statement.table, request->namespace_name);
  if (!found.ok() && statement.if_exists) {
    co_return StatementResult::Message("Table does not exist, skipped");
  }
  CO_RETURN_IF_ERROR(found.status());
  const TablePtr table = *found;
  CO_RETURN_IF_ERROR(CheckKindWord(statement.kind, *table));
  expr::EvalContext context = MakeEvalContext(services, *request);
  ASSIGN_OR_CO_RETURN(AlteredTable altered, AlterTable(*table, statement, context));
  const std::string name = table->qualified_name();
  std::vector<CatalogChange> changes;
  if (!altered.rename_to.empty()) {
    changes.push_back({.op = CatalogOp::kRenameTable,
                       .name = name,
                       .expected = table->version(),
                       .body = altered.rename_to});
  } else if (!altered.changed) {
    co_return StatementResult::Message("Table " + Quoted(name) + " unchanged");
  } else {
    changes.push_back({.op = CatalogOp::kPutTable,
                       .name = name,
                       .expected = table->version(),
                       .body = EncodeTable(altered.table)});
  }
  ASSIGN_OR_CO_RETURN(const Verdict verdict, co_await CommitCatalog(services, std::move(changes)));
  if (verdict == Verdict::kKeyExists) {
    co_return AlreadyExists("relation " + Quoted(altered.rename_to) + " already exists")
        .WithSqlState("42P07");
  }
  if (verdict != Verdict::kApplied) co_return ChangedMeanwhile();
  if (altered.looks_at_rows()) {
    CO_RETURN_IF_ERROR(co_await CheckRowsOrRevert(services, table, std::move(altered), request));
  }
  co_return StatementResult::Message("Table " + Quoted(name) + " altered");
}

// "CREATE VIEW" of a printed statement: its first two words, if both are keywords.
std::string LeadingKeywords(std::string_view printed) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  size_t end = 0;
  for (int word = 0; word < 2; ++word) {
    const size_t begin = word == 0 ? 0 : end + 1;
    size_t next = begin;
    while (next < printed.size() && is_capital(printed[next])) ++next;
    const bool is_word = next > begin && (next == printed.size() || printed[next] == ' ');
    if (!is_word) break;
    end = next;
  }
  return std::string(printed.substr(0, end));
}

}  // namespace

Task<Result<StatementResult>> ExecuteDefinition(const Services& services, TableCache&,
                                                plan::PreparedPtr prepared, RequestPtr request) {
  const sql::Statement& statement = prepared->statement;
  if (const auto* create = statement.If<sql::CreateNamespace>()) {
    co_return co_await CreateNamespace(services, *create, request);
  }
  if (const auto* alter = statement.If<sql::AlterNamespace>()) {
    co_return co_await AlterNamespace(services, *alter);
  }
  if (const auto* drop = statement.If<sql::DropNamespace>()) {
    co_return co_await DropNamespace(services, *drop);
  }
  if (statement.If<sql::CreateTable>() != nullptr) {
    co_return co_await CreateTable(services, prepared, request);
  }
  if (statement.If<sql::AlterTable>() != nullptr) {
    co_return co_await AlterTableStatement(services, prepared, request);
  }
  if (const auto* drop = statement.If<sql::DropTable>()) {
    co_return co_await DropTable(services, *drop, request);
  }
  if (statement.If<sql::CreateIndex>() != nullptr) {
    co_return co_await ExecuteCreateIndex(services, prepared, request);
  }
  if (statement.If<sql::DropIndex>() != nullptr) {
    co_return co_await ExecuteDropIndex(services, prepared, request);
  }
  co_return Unimplemented(LeadingKeywords(sql::Print(statement)) + " is not supported yet");
}

}  // namespace millrace::exec
