#include "query/exec/create_index.h"

#include <algorithm>
#include <utility>

#include "query/exec/catalog_commit.h"
#include "query/exec/definition.h"
#include "query/plan/planner.h"
#include "query/plan/virtual_catalog.h"
#include "query/sql/printer.h"
#include "types/key_coding.h"

namespace millrace::exec {
namespace {

// Index keys hold at most so many parts.
constexpr size_t kPartsMax = 32;

Status NotIndexable(std::string what) {
  return Unimplemented(std::move(what)).WithSqlState("0A000");
}

// data -> 'a' ->> 'b', in parentheses or not: the column, and a, b.
bool ReadJsonPath(const sql::Expr& expression, bool last, std::string* column,
                  std::vector<std::string>* path) {
  if (const auto* ref = expression.If<sql::ColumnRef>()) {
    *column = ref->column;
    return !last;
  }
  const auto* step = expression.If<sql::Binary>();
  const auto wanted = last ? sql::BinaryOperator::kJsonGetText : sql::BinaryOperator::kJsonGet;
  if (step == nullptr || step->op != wanted) return false;
  const auto* key = step->right.If<sql::Literal>();
  if (key == nullptr || key->kind != sql::LiteralKind::kString) return false;
  if (!ReadJsonPath(step->left, false, column, path)) return false;
  path->push_back(key->text);
  return true;
}

Result<IndexPart> MakePart(const sql::Expr& expression, const TableDefinition& table) {
  std::string column;
  IndexPart part;
  if (const auto* ref = expression.If<sql::ColumnRef>()) {
    column = ref->column;
  } else if (!ReadJsonPath(expression, true, &column, &part.json_path)) {
    return plan::AtPosition(
        NotIndexable("an index on this expression is not supported")
            .WithHint("Columns and paths into a JSON column, (data -> 'a' ->> 'b'), are."),
        expression.position, sql::Print(expression));
  }
  const std::optional<size_t> position = table.FindColumn(column);
  if (!position.has_value()) {
    return plan::AtPosition(InvalidArgument("column \"" + column + "\" of relation \"" +
                                            table.name + "\" does not exist")
                                .WithSqlState("42703"),
                            expression.position, column);
  }
  const ColumnDefinition& definition = table.columns()[*position];
  if (!part.json_path.empty() && definition.type.id != TypeId::kJson) {
    return plan::AtPosition(
        InvalidArgument("column \"" + column + "\" is not JSON").WithSqlState("42804"),
        expression.position, column);
  }
  if (part.json_path.empty() && !CanBeKey(definition.type.id)) {
    return plan::AtPosition(
        InvalidArgument("column \"" + column + "\" has a type that cannot be indexed")
            .WithSqlState("42804"),
        expression.position, column);
  }
  part.column = definition.id;
  return part;
}

std::string ColumnsText(const IndexDefinition& index, const TableDefinition& table) {
  std::string text;
  for (const IndexPart& part : index.parts) {
    text += "_" + table.columns()[*table.FindColumn(part.column)].name;
    if (!part.json_path.empty()) text += "_" + part.json_path.back();
  }
  return text;
}

// "t_a_b_idx", with a number behind it when there is one already.
std::string FreeName(const IndexDefinition& index, const TableDefinition& table,
                     std::string_view suffix) {
  const std::string name = table.name + ColumnsText(index, table) + std::string(suffix);
  std::string candidate = name;
  for (int number = 1; table.FindIndex(candidate) != nullptr; ++number) {
    candidate = name + std::to_string(number);
  }
  return candidate;
}

Result<IndexDefinition> MakeIndex(const sql::CreateIndex& statement, const TableDefinition& table) {
  if (!statement.method.empty() && statement.method != "btree") {
    return NotIndexable("index method \"" + statement.method + "\" is not supported yet");
  }
  if (statement.where) return NotIndexable("a partial index is not supported yet");
  if (table.kind == TableKind::kStream) {
    return NotIndexable("an index on a STREAM table is not supported yet");
  }
  if (statement.elements.size() > kPartsMax) {
    return InvalidArgument("an index has at most 32 columns").WithSqlState("54011");
  }
  IndexDefinition index{.id = table.next_index_id, .unique = statement.unique};
  for (const sql::OrderItem& element : statement.elements) {
    ASSIGN_OR_RETURN(IndexPart part, MakePart(element.expression, table));
    index.parts.push_back(std::move(part));
  }
  index.name = statement.name.empty() ? FreeName(index, table, "_idx") : statement.name;
  RETURN_IF_ERROR(CheckName("index", index.name));
  return index;
}

// Index names are those of their namespace, so that DROP INDEX finds them.
TablePtr FindIndexOwner(const Catalog& catalog, std::string_view namespace_name,
                        std::string_view index) {
  for (const TablePtr& table : catalog.Tables(namespace_name)) {
    if (table->FindIndex(index) != nullptr) return table;
  }
  return nullptr;
}

Task<Result<Verdict>> Replace(const Services& services, const TableDefinition& before,
                              TableDefinition after, const Request& request) {
  after.AddVersion(request.statement_time_micros);
  std::vector<CatalogChange> changes;
  changes.push_back({.op = CatalogOp::kPutTable,
                     .name = before.qualified_name(),
                     .expected = before.version(),
                     .body = EncodeTable(after)});
  co_return co_await CommitCatalog(services, std::move(changes));
}

}  // namespace

Status AddUnique(const std::vector<std::string>& columns, std::string name,
                 TableDefinition* table) {
  if (table->kind == TableKind::kStream) {
    return NotIndexable("UNIQUE on a STREAM table is not supported");
  }
  IndexDefinition index{
      .id = table->next_index_id, .unique = true, .constraint = true, .state = IndexState::kReady};
  for (const std::string& column : columns) {
    const std::optional<size_t> position = table->FindColumn(column);
    if (!position.has_value()) {
      return InvalidArgument("column \"" + column + "\" named in key does not exist")
          .WithSqlState("42703");
    }
    const ColumnDefinition& definition = table->columns()[*position];
    if (!CanBeKey(definition.type.id)) {
      return InvalidArgument("column \"" + column + "\" has a type that cannot be unique")
          .WithSqlState("42804");
    }
    index.parts.push_back({.column = definition.id});
  }
  index.name = name.empty() ? FreeName(index, *table, "_key") : std::move(name);
  if (table->FindIndex(index.name) != nullptr) {
    return AlreadyExists("relation \"" + index.name + "\" already exists").WithSqlState("42P07");
  }
  ++table->next_index_id;
  table->indexes.push_back(std::move(index));
  return Status::Ok();
}

Task<Result<StatementResult>> ExecuteCreateIndex(const Services& services,
                                                 plan::PreparedPtr prepared, RequestPtr request) {
  const auto& statement = *prepared->statement.If<sql::CreateIndex>();
  ASSIGN_OR_CO_RETURN(
      const TablePtr table,
      plan::Planner(services.catalog).FindTable(statement.table, request->namespace_name));
  if (plan::IsSystemNamespace(table->namespace_name)) {
    co_return PermissionDenied("tables of the system have no indexes");
  }
  ASSIGN_OR_CO_RETURN(IndexDefinition index, MakeIndex(statement, *table));
  const std::string name = index.name;
  if (FindIndexOwner(services.catalog, table->namespace_name, name) != nullptr) {
    if (statement.if_not_exists) {
      co_return StatementResult::Message("Index \"" + name + "\" already exists");
    }
    co_return AlreadyExists("relation \"" + name + "\" already exists").WithSqlState("42P07");
  }
  const uint32_t id = index.id;
  TableDefinition changed = *table;
  ++changed.next_index_id;
  changed.indexes.push_back(std::move(index));
  ASSIGN_OR_CO_RETURN(const Verdict verdict,
                      co_await Replace(services, *table, std::move(changed), *request));
  if (verdict != Verdict::kApplied) co_return ChangedMeanwhile();
  auto build = [&services, table, id, request] {
    return services.build_index(table->id, id, request->stop);
  };
  CO_RETURN_IF_ERROR(co_await services.pool.Run(std::move(build)));
  co_return StatementResult::Message("Index \"" + name + "\" created");
}

Task<Result<StatementResult>> ExecuteDropIndex(const Services& services, plan::PreparedPtr prepared,
                                               RequestPtr request) {
  const auto& statement = *prepared->statement.If<sql::DropIndex>();
  const std::string namespace_name = statement.index.namespace_name.empty()
                                         ? request->namespace_name
                                         : statement.index.namespace_name;
  const std::string& name = statement.index.name;
  const TablePtr table = FindIndexOwner(services.catalog, namespace_name, name);
  if (table == nullptr) {
    if (statement.if_exists) {
      co_return StatementResult::Message("Index \"" + name + "\" does not exist, skipped");
    }
    co_return NotFound("index \"" + name + "\" does not exist").WithSqlState("42704");
  }
  if (table->FindIndex(name)->constraint && !statement.cascade) {
    co_return FailedPrecondition("cannot drop index \"" + name + "\" because constraint \"" + name +
                                 "\" on table \"" + table->name + "\" requires it")
        .WithSqlState("2BP01")
        .WithHint("Use ALTER TABLE … DROP CONSTRAINT.");
  }
  TableDefinition changed = *table;
  std::erase_if(changed.indexes, [&](const IndexDefinition& index) { return index.name == name; });
  ASSIGN_OR_CO_RETURN(const Verdict verdict,
                      co_await Replace(services, *table, std::move(changed), *request));
  if (verdict != Verdict::kApplied) co_return ChangedMeanwhile();
  co_return StatementResult::Message("Index \"" + name + "\" dropped");
}

}  // namespace millrace::exec
