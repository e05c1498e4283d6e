// Queries: WITH, SELECT, VALUES, set operations and FROM.
#include "query/sql/printer_state.h"

namespace millrace::sql {
namespace {

bool HasTail(const Query& query) {
  return query.with || !query.order_by.empty() || query.limit || query.offset;
}

bool Intersects(const SetOperation& operation) { return operation.op == SetOperator::kIntersect; }

}  // namespace

void Printer::Print(const Query& query) {
  const size_t outer_ctes = ctes_.depth();
  if (query.with) PrintWith(*query.with);
  PrintBody(query);
  PrintTail(query);
  ctes_.LeaveTo(outer_ctes);
}

void Printer::PrintWith(const With& with) {
  Add(with.recursive ? "WITH RECURSIVE " : "WITH ");
  bool first = true;
  ctes_.Walk(with, [&](const CommonTable& table) {
    AddIf(!first, ", ");
    first = false;
    AddName(table.name);
    OptionalNames(table.columns);
    Add(" AS ");
    AddIf(table.materialization == Materialization::kMaterialized, "MATERIALIZED ");
    AddIf(table.materialization == Materialization::kNotMaterialized, "NOT MATERIALIZED ");
    PrintSubquery(table.query);
  });
  Add(" ");
}

void Printer::PrintBody(const Query& query) {
  if (const Select* select = query.If<Select>()) return PrintSelect(*select);
  if (const Values* values = query.If<Values>()) return PrintValues(*values);
  if (const SetOperation* operation = query.If<SetOperation>()) {
    return PrintSetOperation(*operation);
  }
}

void Printer::PrintSetOperation(const SetOperation& operation) {
  static constexpr std::string_view kOperators[] = {" UNION ", " INTERSECT ", " EXCEPT "};
  const SetOperation* left = operation.left.If<SetOperation>();
  const SetOperation* right = operation.right.If<SetOperation>();
  // INTERSECT binds tighter than the other two, which go from left to right.
  PrintSetOperand(operation.left, left != nullptr && Intersects(operation) && !Intersects(*left));
  Add(kOperators[static_cast<size_t>(operation.op)]).AddIf(operation.all, "ALL ");
  PrintSetOperand(operation.right,
                  right != nullptr && (Intersects(operation) || !Intersects(*right)));
}

void Printer::PrintSetOperand(const Query& query, bool parentheses) {
  if (parentheses || HasTail(query)) return PrintSubquery(query);
  Print(query);
}

void Printer::PrintValues(const Values& values) {
  Add("VALUES ");
  for (size_t row = 0; row < values.row_count(); ++row) {
    Add(row > 0 ? ", (" : "(");
    for (size_t column = 0; column < values.columns; ++column) {
      AddIf(column > 0, ", ");
      Print(values.cell(row, column));
    }
    Add(")");
  }
}

void Printer::PrintTail(const Query& query) {
  if (!query.order_by.empty()) {
    Add(" ORDER BY ");
    PrintOrder(query.order_by);
  }
  if (query.limit) {
    // FETCH takes only a simple count without parentheses.
    const bool simple = query.limit->Is<Literal>() || query.limit->Is<Parameter>();
    const int fetch_minimum = simple ? kPrecedencePrimary : kPrecedencePrimary + 1;
    Add(query.with_ties ? " FETCH FIRST " : " LIMIT ");
    Print(*query.limit, query.with_ties ? fetch_minimum : 0);
    AddIf(query.with_ties, " ROWS WITH TIES");
  }
  if (query.offset) {
    Add(" OFFSET ");
    Print(*query.offset);
  }
}

// ---- SELECT -----------------------------------------------------------------

void Printer::PrintSelect(const Select& select) {
  Add("SELECT ");
  if (select.quantifier == SelectQuantifier::kDistinct) Add("DISTINCT ");
  if (select.quantifier == SelectQuantifier::kDistinctOn) {
    Add("DISTINCT ON (");
    Expressions(select.distinct_on);
    Add(") ");
  }
  PrintItems(select.items);
  if (!select.from.empty()) {
    Add(" FROM ");
    PrintTables(select.from);
  }
  PrintWhere(select.where);
  PrintGroupBy(select);
  if (select.having) {
    Add(" HAVING ");
    Print(*select.having);
  }
  if (!select.windows.empty()) {
    Add(" WINDOW ");
    List(select.windows, [&](const NamedWindow& window) {
      AddName(window.name).Add(" AS ");
      PrintWindow(window.spec);
    });
  }
  if (select.qualify) {
    Add(" QUALIFY ");
    Print(*select.qualify);
  }
}

void Printer::PrintItems(const std::vector<SelectItem>& items) {
  List(items, [&](const SelectItem& item) {
    Print(item.expression);
    if (!item.alias.empty()) Add(" AS ").AddName(item.alias);
  });
}

void Printer::PrintWhere(const ExprPtr& where) {
  if (!where) return;
  Add(" WHERE ");
  Print(*where);
}

void Printer::PrintGroupBy(const Select& select) {
  if (select.group_by_all) {
    Add(" GROUP BY ALL");
    return;
  }
  if (select.group_by.empty()) return;
  Add(" GROUP BY ");
  List(select.group_by, [&](const GroupingElement& element) { PrintGrouping(element); });
}

void Printer::PrintGrouping(const GroupingElement& element) {
  switch (element.kind) {
    case GroupingKind::kExpression:
      return Expressions(element.expressions);
    case GroupingKind::kEmpty:
      Add("()");
      return;
    case GroupingKind::kRollup:
    case GroupingKind::kCube:
      Add(element.kind == GroupingKind::kRollup ? "ROLLUP (" : "CUBE (");
      Expressions(element.expressions);
      break;
    case GroupingKind::kSets:
      Add("GROUPING SETS (");
      List(element.sets, [&](const GroupingElement& set) { PrintGrouping(set); });
      break;
  }
  Add(")");
}

// ---- FROM -------------------------------------------------------------------

void Printer::PrintTables(const std::vector<TableRef>& tables) {
  List(tables, [&](const TableRef& table) { PrintTable(table); });
}

void Printer::PrintTable(const TableRef& table) {
  AddIf(table.lateral, "LATERAL ");
  if (const TableName* name = table.IfTable()) {
    std::optional<std::string> text;
    if (options_.table && !ctes_.Defines(*name)) text = options_.table(*name);
    if (text.has_value()) {
      Add(*text);
      if (table.alias.empty()) {
        Add(" AS ").AddName(name->name);
        return;
      }
    } else {
      Print(*name);
    }
  } else if (const DerivedTable* derived = table.If<DerivedTable>()) {
    PrintSubquery(derived->query);
  } else if (const TableFunction* function = table.If<TableFunction>()) {
    PrintCall(function->call, /*as_table=*/true);
    AddIf(function->with_ordinality, " WITH ORDINALITY");
  } else if (const Join* join = table.If<Join>()) {
    AddIf(!table.alias.empty(), "(");
    PrintJoin(*join);
    AddIf(!table.alias.empty(), ")");
  }
  PrintAlias(table);
}

void Printer::PrintAlias(const TableRef& table) {
  if (table.alias.empty()) return;
  Add(" AS ").AddName(table.alias);
  OptionalNames(table.column_aliases);
}

void Printer::PrintJoin(const Join& join) {
  static constexpr std::string_view kKinds[] = {"JOIN ", "LEFT JOIN ", "RIGHT JOIN ", "FULL JOIN ",
                                                "CROSS JOIN "};
  const bool nested = join.right.If<Join>() != nullptr && join.right.alias.empty();
  PrintTable(join.left);
  Add(join.natural ? " NATURAL " : " ").Add(kKinds[static_cast<size_t>(join.kind)]);
  AddIf(nested, "(");
  PrintTable(join.right);
  AddIf(nested, ")");
  if (join.on) {
    Add(" ON ");
    Print(*join.on);
  }
  if (!join.using_columns.empty()) {
    Add(" USING ");
    Names(join.using_columns);
  }
}

}  // namespace millrace::sql
