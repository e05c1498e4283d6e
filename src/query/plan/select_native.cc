// The routes that need no engine: constants, point gets, key ranges.
#include <algorithm>
#include <iterator>
#include <utility>

#include "query/expr/builder.h"
#include "query/plan/draft.h"
#include "query/plan/projection.h"
#include "query/plan/table_scope.h"
#include "query/plan/virtual_catalog.h"

namespace millrace::plan {
namespace {

// The first clause that only the engine knows; empty when there is none.
std::string_view EngineClause(const sql::Query& query, const sql::Select& select) {
  if (query.with) return "WITH";
  if (query.with_ties) return "WITH TIES";
  if (select.quantifier != sql::SelectQuantifier::kAll) return "DISTINCT";
  if (!select.group_by.empty() || select.group_by_all) return "GROUP BY";
  if (select.having) return "HAVING";
  if (select.qualify) return "QUALIFY";
  if (!select.windows.empty()) return "WINDOW";
  if (select.from.size() > 1) return "more than one table";
  return {};
}

Result<expr::NodePtr> BindCount(const sql::ExprPtr& expression, std::string_view clause) {
  if (!expression) return expr::NodePtr();
  // A parameter alone has the type that is wanted of it.
  if (expression->Is<sql::Parameter>()) {
    return BindAssignment(*expression, EmptyScope(), TypeId::kBigInt, clause);
  }
  ASSIGN_OR_RETURN(expr::NodePtr node, BindExpression(*expression, EmptyScope(), Fallback::kNone));
  Result<expr::NodePtr> count = expr::CoerceTo(std::move(node), TypeId::kBigInt);
  if (count.ok()) return count;
  return AtPosition(InvalidArgument("argument of " + std::string(clause) + " must be an integer")
                        .WithSqlState("42804"),
                    expression->position, std::string(clause));
}

Result<expr::NodePtr> BindFilter(const sql::ExprPtr& where, const Scope& scope) {
  if (!where) return expr::NodePtr();
  return BindCondition(*where, scope, Fallback::kEngine, "WHERE");
}

// What ORDER BY names: an output alias, an output number or a column.
const sql::Expr* Ordered(const sql::OrderItem& item, const sql::Select& select) {
  if (const auto* literal = item.expression.If<sql::Literal>()) {
    if (literal->kind != sql::LiteralKind::kInteger) return nullptr;
    const auto number = static_cast<size_t>(literal->integer);
    if (number < 1 || number > select.items.size()) return nullptr;
    return &select.items[number - 1].expression;
  }
  const auto* ref = item.expression.If<sql::ColumnRef>();
  if (ref == nullptr) return nullptr;
  if (ref->table.empty()) {
    for (const sql::SelectItem& output : select.items) {
      const std::string name = output.alias.empty() ? InferName(output.expression) : output.alias;
      if (name == ref->column) return &output.expression;
    }
  }
  return &item.expression;
}

// Whether the order of `key`, in one direction, is the order asked for. Columns pinned by
// equality may be anywhere.
std::optional<Direction> OrderDirection(const sql::Query& query, const sql::Select& select,
                                        const TableScope& scope, const TableRead& read,
                                        std::vector<size_t> key) {
  if (query.order_by.empty()) return Direction::kForward;
  std::erase_if(key, [&](size_t column) {
    return std::ranges::any_of(read.bounds, [&](const ValueBound& bound) {
      return bound.column == column && bound.kind == ColumnBound::Kind::kEqual;
    });
  });
  std::optional<Direction> direction;
  size_t next = 0;
  for (const sql::OrderItem& item : query.order_by) {
    const sql::Expr* expression = Ordered(item, select);
    const auto* ref = expression == nullptr ? nullptr : expression->If<sql::ColumnRef>();
    if (ref == nullptr || next >= key.size() || !scope.Resolve(*ref).ok()) return std::nullopt;
    if (read.table->columns()[key[next]].name != ref->column) return std::nullopt;
    const Direction wanted = item.direction == sql::SortDirection::kDescending
                                 ? Direction::kBackward
                                 : Direction::kForward;
    if (direction.has_value() && *direction != wanted) return std::nullopt;
    direction = wanted;
    ++next;
  }
  return direction;
}

// Index order is that of SQL as long as there is no NULL: those come first in an index.
bool HoldsNoNull(const TableRead& read, size_t column) {
  return !read.table->columns()[column].nullable ||
         std::ranges::any_of(read.bounds,
                             [&](const ValueBound& bound) { return bound.column == column; });
}

std::vector<size_t> IndexColumns(const TableRead& read, const IndexDefinition& index) {
  std::vector<size_t> columns;
  for (const IndexPart& part : index.parts) {
    const size_t column = *read.table->FindColumn(part.column);
    if (!part.json_path.empty() || !HoldsNoNull(read, column)) return columns;
    columns.push_back(column);
  }
  // An exclusive entry has nothing behind its parts, and needs nothing: they are unique.
  if (!index.unique) std::ranges::copy(read.table->KeyPositions(), std::back_inserter(columns));
  return columns;
}

// Decides how the rows come in the order asked for; false when they do not.
bool ChooseOrder(const sql::Query& query, const sql::Select& select, const TableScope& scope,
                 TableRead* read) {
  const auto by_key = OrderDirection(query, select, scope, *read, read->table->KeyPositions());
  if (by_key.has_value()) {
    read->direction = *by_key;
    return true;
  }
  // Row by row through a whole index is slower than sorting.
  if (read->index == 0 && !query.limit) return false;
  for (const IndexDefinition& index : read->table->indexes) {
    if (index.state != IndexState::kReady) continue;
    if (read->index != 0 && read->index != index.id) continue;
    const auto direction = OrderDirection(query, select, scope, *read, IndexColumns(*read, index));
    if (!direction.has_value()) continue;
    read->index = index.id;
    read->index_order = true;
    read->direction = *direction;
    return true;
  }
  return false;
}

Status NotNative(std::string reason) { return Unimplemented(std::move(reason)); }

}  // namespace

Result<std::optional<SelectPlan>> Planner::PlanNative(const sql::Query& query, Draft* draft) const {
  const auto* select = query.If<sql::Select>();
  if (select == nullptr) return NotNative(query.If<sql::Values>() ? "VALUES" : "a set operation");
  if (const std::string_view clause = EngineClause(query, *select); !clause.empty()) {
    return NotNative(std::string(clause));
  }
  ASSIGN_OR_RETURN(expr::NodePtr limit, BindCount(query.limit, "LIMIT"));
  ASSIGN_OR_RETURN(expr::NodePtr offset, BindCount(query.offset, "OFFSET"));
  if (select->from.empty()) {
    const EmptyScope scope;
    SelectConstant constant{.limit = std::move(limit), .offset = std::move(offset)};
    ASSIGN_OR_RETURN(constant.filter, BindFilter(select->where, scope));
    ASSIGN_OR_RETURN(constant.output, BindItems(select->items, nullptr, nullptr, scope));
    return std::optional<SelectPlan>(std::move(constant));
  }
  const sql::TableRef& ref = select->from.front();
  const sql::TableName* name = ref.IfTable();
  if (name == nullptr || !ref.column_aliases.empty()) return NotNative("a derived table");
  if (IsSystemNamespace(name->namespace_name)) return NotNative("a system table");
  ASSIGN_OR_RETURN(TablePtr table, FindTable(*name, draft->default_namespace));
  const TableScope scope(*table, ref.alias.empty() ? table->name : ref.alias);
  SelectTable plan;
  plan.read.table = table;
  ASSIGN_OR_RETURN(plan.read.filter, BindFilter(select->where, scope));
  ASSIGN_OR_RETURN(plan.output, BindItems(select->items, table.get(), &scope, scope));
  plan.read.columns = scope.columns();
  FindBounds(&plan.read);
  if (!ChooseOrder(query, *select, scope, &plan.read)) {
    return NotNative("an ORDER BY that is neither the key's nor an index's");
  }
  plan.read.limit = std::move(limit);
  plan.read.offset = std::move(offset);
  draft->AddAccess(table, Privileges::kSelect);
  return std::optional<SelectPlan>(std::move(plan));
}

Result<SelectPlan> Planner::PlanSelect(const sql::Query& query, Draft* draft) const {
  Result<std::optional<SelectPlan>> native = PlanNative(query, draft);
  if (native.ok()) return std::move(**native);
  if (!IsNotNative(native.status())) return native.status();
  ASSIGN_OR_RETURN(SelectEngine engine, PlanEngine(query, native.status().message(), draft));
  return SelectPlan(std::move(engine));
}

}  // namespace millrace::plan
