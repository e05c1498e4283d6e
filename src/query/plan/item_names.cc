#include "query/plan/item_names.h"

#include <utility>

#include "query/plan/expression_binder.h"
#include "query/sql/visitor.h"

namespace millrace::plan {
namespace {

// One element of FROM, joins taken apart.
struct Source {
  std::string name;
  const TableDefinition* table = nullptr;  // null: not a base table
};

struct Sources {
  std::vector<Source> list;
  bool natural = false;
  bool merges = false;  // a USING or NATURAL makes one column of two
  bool has_table = false;
};

const TableDefinition* MarkedTable(const sql::TableName& name,
                                   const std::vector<EngineTable>& tables) {
  if (!name.namespace_name.starts_with('#')) return nullptr;
  return tables[std::stoul(name.namespace_name.substr(1))].table.get();
}

void Collect(const sql::TableRef& ref, const std::vector<EngineTable>& tables, Sources* sources) {
  if (const auto* join = ref.If<sql::Join>()) {
    Collect(join->left, tables, sources);
    Collect(join->right, tables, sources);
    sources->natural |= join->natural;
    sources->merges |= join->natural || !join->using_columns.empty();
    return;
  }
  Source source{.name = ref.alias};
  if (const sql::TableName* name = ref.IfTable()) {
    if (source.name.empty()) source.name = name->name;
    source.table = MarkedTable(*name, tables);
    sources->has_table |= source.table != nullptr;
  } else if (const auto* function = ref.If<sql::TableFunction>(); function && ref.alias.empty()) {
    source.name = function->call.name;
  }
  sources->list.push_back(std::move(source));
}

void AppendSource(const Source& source, std::vector<sql::SelectItem>* items) {
  if (source.table == nullptr) {
    items->push_back({.expression = sql::Expr(sql::Star{{}, source.name})});
    return;
  }
  for (const ColumnDefinition& column : source.table->columns()) {
    items->push_back({.expression = sql::Expr(sql::ColumnRef{{}, source.name, column.name})});
  }
}

Status ExpandStarsOf(sql::Select* select, const std::vector<EngineTable>& tables) {
  Sources sources;
  for (const sql::TableRef& ref : select->from) Collect(ref, tables, &sources);
  if (!sources.has_table) return Status::Ok();
  if (sources.natural) {
    return Unimplemented("NATURAL JOIN together with _seq or _deleted is not supported")
        .WithHint("Write JOIN … USING (…).");
  }
  std::vector<sql::SelectItem> items;
  for (sql::SelectItem& item : select->items) {
    const auto* star = item.expression.If<sql::Star>();
    if (star == nullptr) {
      items.push_back(std::move(item));
      continue;
    }
    if (star->table.empty() && sources.merges) {
      return Unimplemented("* over JOIN … USING together with _seq or _deleted is not supported")
          .WithHint("Name the columns.");
    }
    bool found = false;
    for (const Source& source : sources.list) {
      if (!star->table.empty() && star->table != source.name) continue;
      AppendSource(source, &items);
      found = true;
    }
    // The engine knows what to say about a name that is not there.
    if (!found) items.push_back(std::move(item));
  }
  select->items = std::move(items);
  return Status::Ok();
}

}  // namespace

void NameSelectItems(sql::Query* query) {
  sql::ForEachSelect(*query, [](sql::Select& select) {
    for (sql::SelectItem& item : select.items) {
      const bool named = !item.alias.empty() || item.expression.Is<sql::Star>() ||
                         item.expression.Is<sql::ColumnRef>();
      if (!named) item.alias = InferName(item.expression);
    }
  });
}

Status ExpandStars(sql::Query* query, const std::vector<EngineTable>& tables) {
  Status status;
  sql::ForEachSelect(*query, [&](sql::Select& select) {
    if (status.ok()) status = ExpandStarsOf(&select, tables);
  });
  return status;
}

}  // namespace millrace::plan
