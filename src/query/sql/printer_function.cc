// Function calls, windows and ORDER BY.
#include <algorithm>

#include "query/sql/keywords.h"
#include "query/sql/printer_state.h"

namespace millrace::sql {
namespace {

// Calls written without parentheses.
constexpr std::string_view kSpecialValues[] = {
    "current_catalog",   "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "localtime",    "localtimestamp", "session_user",
};

// Names that begin another form than a plain call.
constexpr std::string_view kFormNames[] = {
    "cube", "exists", "extract",   "file",     "interval", "rollup",
    "row",  "time",   "timestamp", "try_cast", "values",
};

bool IsAmong(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

std::string FunctionName(std::string_view name) {
  const Keyword keyword = FindKeyword(name);
  const bool callable = keyword != Keyword::kNone && ClassOf(keyword) != KeywordClass::kReserved &&
                        !IsAmong(name, kFormNames);
  // PrintIdentifier quotes left and coalesce, which may not be quoted everywhere.
  if (callable) return std::string(name);
  std::string printed = PrintIdentifier(name);
  if (IsAmong(name, kFormNames) && !printed.starts_with('"')) printed = "\"" + printed + "\"";
  return printed;
}

}  // namespace

// CURRENT_DATE, CURRENT_TIMESTAMP(3), position(a IN b).
bool Printer::PrintSpecialCall(const FunctionCall& call) {
  const bool plain = call.namespace_name.empty() && !call.distinct && call.order_by.empty() &&
                     call.within_group.empty() && !call.filter && !call.over &&
                     call.null_treatment == NullTreatment::kDefault;
  if (!plain) return false;
  if (call.name == "position" && call.arguments.size() == 2) {
    Add("position(");
    Print(call.arguments[0], kPrecedenceOther);
    Add(" IN ");
    Print(call.arguments[1]);
    Add(")");
    return true;
  }
  if (!IsAmong(call.name, kSpecialValues) || call.arguments.size() > 1) return false;
  if (call.arguments.size() == 1) {
    if (!call.arguments[0].Is<Literal>()) return false;
    Add(call.name).Add("(");
    Print(call.arguments[0]);
    Add(")");
  } else {
    Add(call.name);
  }
  return true;
}

void Printer::PrintCall(const FunctionCall& call, bool as_table) {
  if (!as_table && PrintSpecialCall(call)) return;
  if (!call.namespace_name.empty()) AddName(call.namespace_name).Add(".");
  const bool special = call.namespace_name.empty() && IsAmong(call.name, kSpecialValues);
  Add(special ? "\"" + call.name + "\"" : FunctionName(call.name)).Add("(");
  AddIf(call.distinct, "DISTINCT ");
  Expressions(call.arguments);
  if (!call.order_by.empty()) {
    Add(" ORDER BY ");
    PrintOrder(call.order_by);
  }
  AddIf(call.null_treatment == NullTreatment::kIgnoreNulls, " IGNORE NULLS");
  AddIf(call.null_treatment == NullTreatment::kRespectNulls, " RESPECT NULLS");
  Add(")");
  if (!call.within_group.empty()) {
    Add(" WITHIN GROUP (ORDER BY ");
    PrintOrder(call.within_group);
    Add(")");
  }
  if (call.filter) {
    Add(" FILTER (WHERE ");
    Print(*call.filter);
    Add(")");
  }
  if (call.over) PrintOver(*call.over);
}

// ---- Windows ----------------------------------------------------------------

void Printer::PrintOver(const Over& over) {
  Add(" OVER ");
  if (!over.window.empty()) {
    AddName(over.window);
    return;
  }
  PrintWindow(over.spec);
}

void Printer::PrintWindow(const WindowSpec& spec) {
  std::string_view separator;
  Add("(");
  if (!spec.base.empty()) {
    AddCarefully(spec.base);
    separator = " ";
  }
  if (!spec.partition_by.empty()) {
    Add(separator).Add("PARTITION BY ");
    Expressions(spec.partition_by);
    separator = " ";
  }
  if (!spec.order_by.empty()) {
    Add(separator).Add("ORDER BY ");
    PrintOrder(spec.order_by);
    separator = " ";
  }
  if (spec.frame.has_value()) {
    Add(separator);
    PrintFrame(*spec.frame);
  }
  Add(")");
}

void Printer::PrintFrame(const WindowFrame& frame) {
  static constexpr std::string_view kUnits[] = {"ROWS ", "RANGE ", "GROUPS "};
  static constexpr std::string_view kExclusions[] = {"", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP",
                                                     " EXCLUDE TIES", " EXCLUDE NO OTHERS"};
  Add(kUnits[static_cast<size_t>(frame.unit)]);
  AddIf(frame.end.has_value(), "BETWEEN ");
  PrintFrameBound(frame.start);
  if (frame.end.has_value()) {
    Add(" AND ");
    PrintFrameBound(*frame.end);
  }
  Add(kExclusions[static_cast<size_t>(frame.exclusion)]);
}

void Printer::PrintFrameBound(const FrameBound& bound) {
  static constexpr std::string_view kBounds[] = {"UNBOUNDED PRECEDING", " PRECEDING", "CURRENT ROW",
                                                 " FOLLOWING", "UNBOUNDED FOLLOWING"};
  // A column may be called unbounded.
  if (bound.offset) {
    const bool column = bound.offset->Is<ColumnRef>();
    Print(*bound.offset, column ? kPrecedencePrimary + 1 : kPrecedenceIs);
  }
  Add(kBounds[static_cast<size_t>(bound.kind)]);
}

// ---- ORDER BY ---------------------------------------------------------------

void Printer::PrintOrder(const std::vector<OrderItem>& items) {
  List(items, [&](const OrderItem& item) { PrintOrderItem(item); });
}

void Printer::PrintOrderItem(const OrderItem& item) {
  Print(item.expression);
  PrintOrderSuffix(item);
}

void Printer::PrintOrderSuffix(const OrderItem& item) {
  AddIf(item.direction == SortDirection::kAscending, " ASC");
  AddIf(item.direction == SortDirection::kDescending, " DESC");
  AddIf(item.nulls == NullsOrder::kFirst, " NULLS FIRST");
  AddIf(item.nulls == NullsOrder::kLast, " NULLS LAST");
}

}  // namespace millrace::sql
