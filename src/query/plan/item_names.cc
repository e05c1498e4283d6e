#include "query/plan/item_names.h"

#include "query/plan/expression_binder.h"
#include "query/sql/visitor.h"

namespace millrace::plan {

void NameSelectItems(sql::Query* query) {
  sql::ForEachSelect(*query, [](sql::Select& select) {
    for (sql::SelectItem& item : select.items) {
      const bool named = !item.alias.empty() || item.expression.Is<sql::Star>() ||
                         item.expression.Is<sql::ColumnRef>();
      if (!named) item.alias = InferName(item.expression);
    }
  });
}

}  // namespace millrace::plan
