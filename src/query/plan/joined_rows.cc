#include "query/plan/joined_rows.h"

#include <utility>

#include "query/plan/draft.h"
#include "query/plan/projection.h"

namespace millrace::plan {
namespace {

struct Relation {
  std::string name;
  std::vector<Field> fields;
};

void AddRelationNames(const sql::TableRef& ref, std::vector<std::string>* names) {
  if (const auto* join = ref.If<sql::Join>()) {
    AddRelationNames(join->left, names);
    AddRelationNames(join->right, names);
    return;
  }
  std::string name = ref.alias;
  if (name.empty() && ref.IfTable() != nullptr) name = ref.IfTable()->name;
  if (const auto* function = ref.If<sql::TableFunction>(); function != nullptr && name.empty()) {
    name = function->call.name;
  }
  names->push_back(std::move(name));
}

// The table that is changed, with `_seq`, which `*` does not include.
Relation Target(const TableDefinition& table, const std::string& alias) {
  Relation target{alias, table.ToSchema().fields};
  target.fields.push_back(
      {.name = "_seq", .type = TypeId::kBigInt, .nullable = false, .hidden = true});
  return target;
}

Result<std::vector<Relation>> Relations(const JoinedRelations& joined, const TableDefinition& table,
                                        const Schema& rows, size_t first) {
  std::vector<Relation> relations;
  relations.push_back(Target(table, joined.target));
  for (size_t i = first; i < rows.size(); ++i) {
    if (rows.fields[i].name == kRelationMark) {
      if (relations.size() > joined.names.size()) break;
      relations.push_back({joined.names[relations.size() - 1], {}});
    } else {
      relations.back().fields.push_back(rows.fields[i]);
    }
  }
  if (relations.size() == joined.names.size() + 1) return relations;
  return Unimplemented("RETURNING cannot tell the columns of these relations apart");
}

void AddColumns(const Relation& relation, std::vector<sql::SelectItem>* items) {
  for (const Field& field : relation.fields) {
    if (field.hidden) continue;
    sql::SelectItem item;
    item.expression = sql::Expr(sql::ColumnRef{{}, relation.name, field.name});
    items->push_back(std::move(item));
  }
}

// The items with every `*` spelled out.
Result<std::vector<sql::SelectItem>> WithoutStars(const std::vector<sql::SelectItem>& items,
                                                  const std::vector<Relation>& relations) {
  std::vector<sql::SelectItem> expanded;
  for (const sql::SelectItem& item : items) {
    const auto* star = item.expression.If<sql::Star>();
    if (star == nullptr) {
      expanded.push_back(item);
      continue;
    }
    bool found = false;
    for (const Relation& relation : relations) {
      if (!star->table.empty() && star->table != relation.name) continue;
      found = true;
      AddColumns(relation, &expanded);
    }
    if (found) continue;
    return AtPosition(InvalidArgument("missing FROM-clause entry for table \"" + star->table + "\"")
                          .WithSqlState("42P01"),
                      item.expression.position, star->table);
  }
  return expanded;
}

}  // namespace

std::vector<std::string> RelationNames(const std::vector<sql::TableRef>& from) {
  std::vector<std::string> names;
  for (const sql::TableRef& ref : from) AddRelationNames(ref, &names);
  return names;
}

Result<Projection> BindJoinedReturning(const JoinedRelations& joined, const TableDefinition& table,
                                       const Schema& rows, size_t first) {
  ASSIGN_OR_RETURN(const std::vector<Relation> relations, Relations(joined, table, rows, first));
  RelationScope scope;
  for (const Relation& relation : relations) scope.Add({}, relation.name, relation.fields);
  ASSIGN_OR_RETURN(const std::vector<sql::SelectItem> items,
                   WithoutStars(joined.returning, relations));
  return BindItems(items, nullptr, nullptr, scope);
}

}  // namespace millrace::plan
