// Makes random trees for the round-trip test: only shapes that a text can have.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "query/sql/ast.h"

namespace millrace::sql {

class RandomAst {
 public:
  explicit RandomAst(uint64_t seed) : random_(seed) {}

  Expr MakeExpr(int depth) {
    if (depth <= 0) return MakeLeaf();
    switch (Below(19)) {
      case 0:
        return Expr(Unary{Pick({UnaryOperator::kNot, UnaryOperator::kNegate, UnaryOperator::kPlus,
                                UnaryOperator::kBitNot}),
                          MakeExpr(depth - 1)});
      case 1:
      case 2:
      case 3:
        return Expr(Binary{static_cast<BinaryOperator>(Below(kBinaryOperators)),
                           MakeExpr(depth - 1), MakeExpr(depth - 1)});
      case 4:
      case 5:
        return Expr(Logical{Pick({LogicalOperator::kAnd, LogicalOperator::kOr}),
                            MakeExprs(2 + Below(2), depth - 1)});
      case 6:
        return Expr(IsTest{static_cast<IsTestKind>(Below(4)), Coin(), MakeExpr(depth - 1)});
      case 7: {
        PatternMatch match{static_cast<PatternKind>(Below(3)),
                           Coin(),
                           MakeExpr(depth - 1),
                           MakeExpr(depth - 1),
                           {}};
        if (Coin()) match.escape = MakeExpr(0);
        return Expr(std::move(match));
      }
      case 8:
        return Expr(
            Between{Coin(), Coin(), MakeExpr(depth - 1), MakeExpr(depth - 1), MakeExpr(depth - 1)});
      case 9:
        return Expr(InList{Coin(), MakeExpr(depth - 1), MakeExprs(2 + Below(2), depth - 1)});
      case 10:
        return Expr(InQuery{Coin(), MakeExpr(depth - 1), MakeQuery(depth - 2)});
      case 11:
        return Coin() ? Expr(Exists{MakeQuery(depth - 2)})
                      : Expr(ScalarSubquery{MakeQuery(depth - 2)});
      case 12:
        return MakeQuantified(depth);
      case 13:
        return MakeCase(depth);
      case 14:
        return Expr(Cast{MakeExpr(depth - 1), MakeType(), Coin()});
      case 15:
        return Coin() ? Expr(Collate{MakeExpr(depth - 1), Name()})
                      : Expr(AtTimeZone{MakeExpr(depth - 1), MakeExpr(depth - 1)});
      case 16:
        return Expr(MakeCall(depth - 1));
      case 17:
        return MakeComposite(depth);
      default:
        return MakeAccess(depth);
    }
  }

  Query MakeQuery(int depth) {
    Query query;
    if (depth > 0 && Below(4) == 0) {
      With with{Coin(), {}};
      with.tables.push_back(
          {{}, Name(), Names(0), static_cast<Materialization>(Below(3)), MakeQuery(depth - 1)});
      query.with = std::move(with);
    }
    if (depth > 0 && Below(4) == 0) {
      query.body = Box<SetOperation>(
          {static_cast<SetOperator>(Below(3)), Coin(), MakeQuery(depth - 1), MakeQuery(depth - 1)});
    } else if (Below(8) == 0) {
      query.body = Box<Values>(MakeValues(depth, /*with_default=*/false));
    } else {
      query.body = Box<Select>(MakeSelect(depth));
    }
    if (Below(3) == 0) query.order_by = MakeOrder(depth - 1);
    if (Below(3) == 0) {
      query.limit = MakeExpr(depth - 2);
      if (*query.limit == Expr()) query.limit = Expr(Parameter{1});
      query.with_ties = Below(4) == 0;
    }
    if (Below(4) == 0) query.offset = MakeExpr(depth - 2);
    return query;
  }

  Statement MakeStatement(int depth) {
    switch (Below(6)) {
      case 0: {
        Insert insert;
        insert.table = MakeTableName();
        insert.columns = Names(0);
        if (Coin()) {
          Query source;
          source.body = Box<Values>(MakeValues(depth, /*with_default=*/true));
          insert.source = std::move(source);
        } else if (Coin()) {
          insert.source = MakeQuery(depth);
        }
        if (Coin()) {
          OnConflict& conflict = insert.on_conflict.emplace();
          conflict.columns = Names(0);
          if (Coin()) {
            conflict.action = ConflictAction::kUpdate;
            conflict.assignments = MakeAssignments(depth);
            conflict.where = MakeOptional(depth);
          }
        }
        insert.returning = MakeItems(Below(3), depth);
        return insert;
      }
      case 1: {
        Update update;
        update.table = MakeTableName();
        if (Coin()) update.alias = Name();
        update.assignments = MakeAssignments(depth);
        if (Coin()) update.from = MakeTables(depth);
        update.where = MakeOptional(depth);
        update.returning = MakeItems(Below(2), depth);
        return update;
      }
      case 2: {
        Delete statement;
        statement.table = MakeTableName();
        if (Coin()) statement.using_tables = MakeTables(depth);
        statement.where = MakeOptional(depth);
        return statement;
      }
      case 3:
        return MakeCreateTable(depth);
      default:
        return MakeQuery(depth);
    }
  }

 private:
  static constexpr uint64_t kBinaryOperators = static_cast<uint64_t>(BinaryOperator::kLike);

  uint64_t Below(uint64_t bound) { return random_.Below(bound); }
  bool Coin() { return Below(2) == 0; }
  template <typename T>
  T Pick(std::initializer_list<T> choices) {
    return choices.begin()[Below(choices.size())];
  }

  std::string Name() {
    return Pick<const char*>(
        {"a",    "b1",     "_seq",      "order", "select",    "timestamp", "we\"ird", "a b",
         "left", "rows",   "unbounded", "name",  "caf\u00e9", "options",   "set",     "interval",
         "file", "values", "show",      "0a",    "partition", "e",         "x"});
  }
  std::vector<std::string> Names(size_t least) {
    std::vector<std::string> names(least + Below(3));
    for (std::string& name : names) name = Name();
    return names;
  }
  TableName MakeTableName() { return {{}, Coin() ? Name() : "", Name()}; }
  TypeName MakeType() {
    TypeName type;
    type.name = Pick<const char*>({"BIGINT", "DECIMAL", "TIMESTAMPTZ", "TIMESTAMP", "VARCHAR",
                                   "INTERVAL", "DOUBLE", "EMBEDDING", "FILE", "TIMETZ"});
    if (type.name != "DOUBLE" && Coin()) type.modifiers = {5};
    if (type.name == "DECIMAL" && !type.modifiers.empty()) type.modifiers.push_back(-2);
    type.array_depth = static_cast<uint32_t>(Below(3));
    return type;
  }

  Expr MakeLiteral() {
    switch (Below(9)) {
      case 0:
        return Expr(Literal::Null());
      case 1:
        return Expr(Literal::Boolean(Coin()));
      case 2:
        return Expr(Literal::Integer(static_cast<int64_t>(random_.NextUint64())));
      case 3:
        return Expr(Literal::Integer(static_cast<int64_t>(Below(3)) - 1));
      case 4:
        return Expr(Literal{LiteralKind::kHugeInteger, 0,
                            Pick<const char*>({"9223372036854775808", "-9223372036854775809"})});
      case 5:
        return Expr(Literal{LiteralKind::kDecimal, 0, Pick<const char*>({"1.50", "-.5", "3."})});
      case 6:
        return Expr(Literal{LiteralKind::kFloat, 0, Pick<const char*>({"1e10", "-2.5E-3"})});
      case 7:
        return Expr(Literal{LiteralKind::kBytes, 0, std::string("\0\xff'", 3)});
      default:
        return Expr(Literal::String(
            Pick<const char*>({"", "it's", "--", "/*", "\\", "line\nbreak", "\u00fc", "$1"})));
    }
  }
  Expr MakeLeaf() {
    switch (Below(8)) {
      case 0:
        return Expr(Parameter{static_cast<uint32_t>(1 + Below(9))});
      case 1:
        return Expr(TypedLiteral{{{}, "DATE", {}, 0}, "2024-01-01", ""});
      case 2:
        return Expr(TypedLiteral{{{}, "INTERVAL", {}, 0}, "1", Coin() ? "DAY TO SECOND" : ""});
      case 3:
        return Expr(TypedLiteral{{{}, "TIMESTAMPTZ", {3}, 0}, "now", ""});
      case 4:
        return Expr(FilePlaceholder{"Part \"1\""});
      case 5:
      case 6: {
        ColumnRef column;
        column.column = Name();
        if (Coin()) column.table = Name();
        if (!column.table.empty() && Coin()) column.namespace_name = Name();
        return Expr(std::move(column));
      }
      default:
        return MakeLiteral();
    }
  }
  std::vector<Expr> MakeExprs(size_t count, int depth) {
    std::vector<Expr> expressions(count);
    for (Expr& expression : expressions) expression = MakeExpr(depth);
    return expressions;
  }
  ExprPtr MakeOptional(int depth) { return Coin() ? ExprPtr(MakeExpr(depth - 1)) : ExprPtr(); }

  Expr MakeQuantified(int depth) {
    Quantified quantified;
    quantified.op = Pick({BinaryOperator::kEqual, BinaryOperator::kLess, BinaryOperator::kLike,
                          BinaryOperator::kNotILike, BinaryOperator::kConcat});
    quantified.quantifier = Pick({Quantifier::kAny, Quantifier::kAll});
    quantified.left = MakeExpr(depth - 1);
    if (Coin()) {
      quantified.query = MakeQuery(depth - 2);
    } else {
      quantified.array = Expr(ArrayConstructor{MakeExprs(2, depth - 2)});
    }
    return Expr(std::move(quantified));
  }
  Expr MakeCase(int depth) {
    Case node;
    node.operand = MakeOptional(depth);
    for (uint64_t i = 0; i <= Below(2); ++i) {
      node.branches.push_back({MakeExpr(depth - 1), MakeExpr(depth - 1)});
    }
    node.otherwise = MakeOptional(depth);
    return Expr(std::move(node));
  }
  Expr MakeComposite(int depth) {
    switch (Below(4)) {
      case 0:
        return Expr(ArrayConstructor{MakeExprs(Below(3), depth - 1)});
      case 1:
        return Expr(ArrayQuery{MakeQuery(depth - 2)});
      case 2:
        return Expr(Extract{"year", MakeExpr(depth - 1)});
      default:
        return Expr(RowConstructor{MakeExprs(Below(4), depth - 1)});
    }
  }
  Expr MakeAccess(int depth) {
    if (Coin()) return Expr(FieldAccess{MakeExpr(depth - 1), Name()});
    Subscript subscript;
    subscript.base = MakeExpr(depth - 1);
    subscript.slice = Coin();
    if (!subscript.slice || Coin()) subscript.index = MakeExpr(depth - 1);
    if (subscript.slice && Coin()) subscript.upper = MakeExpr(depth - 1);
    return Expr(std::move(subscript));
  }

  FunctionCall MakeCall(int depth) {
    FunctionCall call;
    call.name =
        Pick<const char*>({"f", "left", "coalesce", "exists", "count", "current_date", "interval",
                           "rollup", "order", "we ird", "values", "file", "time", "array"});
    if (Below(4) == 0) call.namespace_name = Name();
    if (Below(6) == 0) {
      call.arguments.emplace_back(Star{});
    } else {
      call.arguments = MakeExprs(Below(3), depth);
      if (!call.arguments.empty()) {
        call.distinct = Below(4) == 0;
        if (Below(4) == 0) call.order_by = MakeOrder(depth);
        if (Below(4) == 0) call.arguments[0] = Expr(NamedArgument{Name(), MakeExpr(depth)});
        call.null_treatment = static_cast<NullTreatment>(Below(3));
      }
    }
    if (Below(6) == 0) call.within_group = MakeOrder(depth);
    if (Below(4) == 0) call.filter = MakeExpr(depth);
    if (Below(4) == 0) {
      Over over;
      if (Coin()) {
        over.window = Name();
      } else {
        over.spec = MakeWindow(depth);
      }
      call.over = std::move(over);
    }
    return call;
  }
  WindowSpec MakeWindow(int depth) {
    WindowSpec spec;
    if (Coin()) spec.base = Name();
    spec.partition_by = MakeExprs(Below(2), depth);
    if (Coin()) spec.order_by = MakeOrder(depth);
    if (Coin()) {
      WindowFrame& frame = spec.frame.emplace();
      frame.unit = static_cast<FrameUnit>(Below(3));
      frame.start = MakeBound(depth);
      if (Coin()) frame.end = MakeBound(depth);
      frame.exclusion = static_cast<FrameExclusion>(Below(5));
    }
    return spec;
  }
  FrameBound MakeBound(int depth) {
    FrameBound bound;
    bound.kind = static_cast<FrameBoundKind>(Below(5));
    if (bound.kind == FrameBoundKind::kPreceding || bound.kind == FrameBoundKind::kFollowing) {
      bound.offset = MakeExpr(depth);
    }
    return bound;
  }
  std::vector<OrderItem> MakeOrder(int depth) {
    std::vector<OrderItem> items(1 + Below(2));
    for (OrderItem& item : items) {
      item = {MakeExpr(depth), static_cast<SortDirection>(Below(3)),
              static_cast<NullsOrder>(Below(3))};
    }
    return items;
  }

  Values MakeValues(int depth, bool with_default) {
    Values values;
    values.columns = 1 + Below(3);
    values.cells = MakeExprs(values.columns * (1 + Below(3)), depth - 1);
    if (with_default) values.cells[0] = Expr(DefaultValue{});
    return values;
  }
  std::vector<SelectItem> MakeItems(size_t count, int depth) {
    std::vector<SelectItem> items(count);
    for (SelectItem& item : items) {
      if (Below(6) == 0) {
        item.expression = Expr(Star{});
      } else {
        item = {MakeExpr(depth - 1), Coin() ? Name() : ""};
      }
    }
    return items;
  }
  Select MakeSelect(int depth) {
    Select select;
    select.quantifier = static_cast<SelectQuantifier>(Below(3));
    if (select.quantifier == SelectQuantifier::kDistinctOn) {
      select.distinct_on = MakeExprs(1, depth - 1);
    }
    select.items = MakeItems(1 + Below(2), depth);
    if (Coin()) select.from = MakeTables(depth);
    select.where = MakeOptional(depth);
    if (Below(4) == 0) {
      select.group_by.push_back(MakeGrouping(depth));
    } else {
      select.group_by_all = Below(8) == 0;
    }
    if (Below(4) == 0) select.having = MakeExpr(depth - 1);
    if (Below(6) == 0) select.windows.push_back({Name(), MakeWindow(depth - 1)});
    if (Below(6) == 0) select.qualify = MakeExpr(depth - 1);
    return select;
  }
  GroupingElement MakeGrouping(int depth) {
    GroupingElement element;
    element.kind = static_cast<GroupingKind>(Below(depth > 0 ? 5 : 3));
    if (element.kind == GroupingKind::kExpression) element.expressions = MakeExprs(1, depth - 1);
    if (element.kind == GroupingKind::kRollup || element.kind == GroupingKind::kCube) {
      element.expressions = MakeExprs(1 + Below(2), depth - 1);
    }
    if (element.kind == GroupingKind::kSets) element.sets.push_back(MakeGrouping(depth - 1));
    return element;
  }
  std::vector<TableRef> MakeTables(int depth) {
    std::vector<TableRef> tables(1 + Below(2));
    for (TableRef& table : tables) table = MakeTable(depth);
    return tables;
  }
  TableRef MakeTable(int depth) {
    TableRef table;
    const uint64_t choice = depth <= 0 ? 0 : Below(5);
    if (choice <= 1) {
      table.node = MakeTableName();
    } else if (choice == 2) {
      table.node = Box<DerivedTable>({MakeQuery(depth - 1)});
      table.lateral = Coin();
    } else if (choice == 3) {
      table.node = Box<TableFunction>({MakeCall(depth - 1), Coin()});
      table.lateral = Coin();
    } else {
      table.node = Box<Join>(MakeJoin(depth));
    }
    if (Coin()) {
      table.alias = Name();
      table.column_aliases = Names(0);
    }
    return table;
  }
  Join MakeJoin(int depth) {
    Join join;
    join.kind = static_cast<JoinKind>(Below(5));
    join.left = MakeTable(depth - 1);
    join.right = MakeTable(depth - 1);
    if (join.kind == JoinKind::kCross) return join;
    switch (Below(3)) {
      case 0:
        join.natural = true;
        break;
      case 1:
        join.using_columns = Names(1);
        break;
      default:
        join.on = MakeExpr(depth - 1);
    }
    return join;
  }

  std::vector<Assignment> MakeAssignments(int depth) {
    std::vector<Assignment> assignments(1 + Below(2));
    for (Assignment& assignment : assignments) {
      assignment.column = Name();
      assignment.value = Below(4) == 0 ? Expr(DefaultValue{}) : MakeExpr(depth - 1);
    }
    return assignments;
  }
  CreateTable MakeCreateTable(int depth) {
    CreateTable create;
    create.kind = static_cast<TableKind>(Below(4));
    create.if_not_exists = Coin();
    create.table = MakeTableName();
    if (Below(4) == 0) {
      create.as_query = MakeQuery(depth - 1);
      create.as_query_columns = Names(0);
    }
    for (uint64_t i = 0; !create.as_query && i <= Below(3); ++i) {
      ColumnDefinition& column = create.columns.emplace_back();
      column.name = Name();
      column.type = MakeType();
      column.nullability = static_cast<Nullability>(Below(3));
      column.primary_key = Coin();
      column.unique = Coin();
      column.default_value = MakeOptional(depth);
      column.generated = MakeOptional(depth);
      if (Coin()) column.checks.push_back({Coin() ? Name() : "", MakeExpr(depth - 1)});
      if (Coin()) {
        column.references = ForeignKey{MakeTableName(), Names(0), ReferentialAction::kCascade,
                                       static_cast<ReferentialAction>(Below(6))};
      }
      if (Coin()) column.comment = "it's";
    }
    if (Coin()) {
      TableConstraint& constraint = create.constraints.emplace_back();
      if (Coin()) constraint.name = Name();
      constraint.columns = Names(1);
    }
    if (Coin()) create.options.push_back({{}, "TTL_SECONDS", Literal::Integer(-5)});
    return create;
  }

  SeededRandom random_;
};

}  // namespace millrace::sql
