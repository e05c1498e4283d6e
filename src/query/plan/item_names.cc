#include "query/plan/item_names.h"

#include "query/plan/expression_binder.h"

namespace millrace::plan {
namespace {

void NameInFrom(sql::TableRef* table) {
  if (auto* derived = table->If<sql::DerivedTable>()) {
    NameSelectItems(&derived->query);
  } else if (auto* join = table->If<sql::Join>()) {
    NameInFrom(&join->left);
    NameInFrom(&join->right);
  }
}

}  // namespace

void NameSelectItems(sql::Query* query) {
  if (query->with) {
    for (sql::CommonTable& table : query->with->tables) NameSelectItems(&table.query);
  }
  if (auto* operation = query->If<sql::SetOperation>()) {
    NameSelectItems(&operation->left);
    NameSelectItems(&operation->right);
  } else if (auto* select = query->If<sql::Select>()) {
    for (sql::SelectItem& item : select->items) {
      const bool named = !item.alias.empty() || item.expression.Is<sql::Star>() ||
                         item.expression.Is<sql::ColumnRef>();
      if (!named) item.alias = InferName(item.expression);
    }
    for (sql::TableRef& table : select->from) NameInFrom(&table);
  }
}

}  // namespace millrace::plan
