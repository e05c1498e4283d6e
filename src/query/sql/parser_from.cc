// FROM: tables, joins, subqueries and table functions.
#include "query/sql/parser_state.h"

namespace millrace::sql {

bool Parser::ParseFrom(std::vector<TableRef>& tables) {
  return ParseCommaList(tables, &Parser::ParseTableRef);
}

bool Parser::ParseTableRef(TableRef& table) {
  const Level level(*this);
  const Chain chain(*this);
  return WithinLimits() && ParseTableOperand(table) && ContinueJoins(table);
}

bool Parser::ParseTableOperand(TableRef& table) {
  table.position = current_.position;
  table.lateral = Accept(Keyword::kLateral);
  if (At(TokenKind::kLeftParen)) return ParseParenthesizedTable(table);
  if (At(Keyword::kOnly)) return Unsupported(current_, "ONLY", "Tables have no children here.");
  TableName name;
  if (!AtIdentifier() && AtFunctionName() && NextIs(TokenKind::kLeftParen)) {
    name.position = current_.position;
    if (!ParseAnyWord(name.name)) return false;
  } else if (!ParseTableName(name)) {
    return false;
  }
  if (At(TokenKind::kLeftParen)) return ParseTableFunction(std::move(name), table);
  if (table.lateral) return SyntaxError("LATERAL stands before a subquery or a function.");
  table.node = std::move(name);
  return ParseTableAlias(table);
}

bool Parser::ParseTableFunction(TableName name, TableRef& table) {
  TableFunction function;
  if (!ParseFunction(std::move(name.namespace_name), std::move(name.name), function.call)) {
    return false;
  }
  if (At(Keyword::kWith) && NextIs(Keyword::kOrdinality)) {
    function.with_ordinality = true;
    Advance();
    Advance();
  }
  table.node = Box<TableFunction>(std::move(function));
  return ParseTableAlias(table);
}

// ---- Parentheses ------------------------------------------------------------

bool Parser::ParseParenthesizedTable(TableRef& table) {
  const SourcePosition position = table.position;
  const bool lateral = table.lateral;
  QueryOrTable inner;
  Advance();
  if (!ParseQueryOrTable(inner)) return false;
  if (inner.query) {
    table.node = Box<DerivedTable>(DerivedTable{std::move(*inner.query)});
    table.lateral = lateral;
    return ParseTableAlias(table);
  }
  if (lateral) return SyntaxError("LATERAL stands before a subquery or a function.");
  table = std::move(inner.table);
  table.position = position;
  // (a JOIN b ..) x names the whole; (t) is just t.
  return !table.alias.empty() || ParseTableAlias(table);
}

// Like ParseQueryOrList: ((SELECT 1) UNION SELECT 2) is a query, ((SELECT 1) a JOIN b ..)
// a join.
bool Parser::ParseQueryOrTable(QueryOrTable& out) {
  const Level level(*this);
  const Chain chain(*this);
  if (!WithinLimits()) return false;
  if (AtQueryStart()) {
    Query query;
    if (!ParseQuery(query) || !Expect(TokenKind::kRightParen)) return false;
    out.query = std::move(query);
    return true;
  }
  if (current_.kind == TokenKind::kLeftParen) {
    const SourcePosition position = current_.position;
    QueryOrTable inner;
    Advance();
    if (!ParseQueryOrTable(inner)) return false;
    if (inner.query) {
      if (!ContinueQuery(*inner.query)) return false;
      if (Accept(TokenKind::kRightParen)) {
        out.query = std::move(inner.query);
        return true;
      }
      out.table.node = Box<DerivedTable>(DerivedTable{std::move(*inner.query)});
      out.table.position = position;
    } else {
      out.table = std::move(inner.table);
    }
    if (out.table.alias.empty() && !ParseTableAlias(out.table)) return false;
    if (!ContinueJoins(out.table)) return false;
  } else if (!ParseTableRef(out.table)) {
    return false;
  }
  return Expect(TokenKind::kRightParen);
}

// ---- Joins ------------------------------------------------------------------

bool Parser::ContinueJoins(TableRef& left) {
  while (true) {
    Join join;
    bool found = false;
    if (!ParseJoinKind(join, found)) return false;
    if (!found) return true;
    if (!Grow() || !ParseTableOperand(join.right)) return false;
    if (!ParseJoinCondition(join)) return false;
    const SourcePosition position = left.position;
    join.left = std::move(left);
    left = TableRef();
    left.position = position;
    left.node = Box<Join>(std::move(join));
  }
}

bool Parser::ParseJoinCondition(Join& join) {
  if (join.kind == JoinKind::kCross || join.natural) return true;
  if (!At(Keyword::kOn) && !At(Keyword::kUsing)) {
    // a JOIN b JOIN c ON .. ON ..: the first condition belongs to the second join.
    const Level level(*this);
    if (!WithinLimits() || !ContinueJoins(join.right)) return false;
  }
  if (Accept(Keyword::kUsing)) return ParseIdentifierList(join.using_columns);
  if (!Accept(Keyword::kOn)) {
    return SyntaxError(Hint(current_).empty() ? "A join needs ON or USING." : "");
  }
  Expr condition;
  if (!ParseExpr(condition)) return false;
  join.on = std::move(condition);
  return true;
}

bool Parser::ParseJoinKind(Join& join, bool& found) {
  found = true;
  if (Accept(Keyword::kCross)) {
    join.kind = JoinKind::kCross;
    return Expect(Keyword::kJoin);
  }
  join.natural = Accept(Keyword::kNatural);
  if (Accept(Keyword::kJoin)) return true;
  if (Accept(Keyword::kInner)) return Expect(Keyword::kJoin);
  if (Accept(Keyword::kLeft)) {
    join.kind = JoinKind::kLeft;
  } else if (Accept(Keyword::kRight)) {
    join.kind = JoinKind::kRight;
  } else if (Accept(Keyword::kFull)) {
    join.kind = JoinKind::kFull;
  } else {
    found = join.natural;
    return !join.natural || SyntaxError();
  }
  Accept(Keyword::kOuter);
  return Expect(Keyword::kJoin);
}

// ---- Aliases ----------------------------------------------------------------

bool Parser::AtBareTableAlias() { return AtBareAlias() && current_.keyword != Keyword::kSet; }

bool Parser::ParseTableAlias(TableRef& table) {
  if (At(Keyword::kTablesample)) return Unsupported(current_, "TABLESAMPLE");
  if (Accept(Keyword::kAs)) {
    if (!ParseIdentifier(table.alias)) return false;
  } else if (AtBareTableAlias()) {
    bare_alias_ = current_;
    if (!ParseIdentifier(table.alias)) return false;
  } else {
    return true;
  }
  if (!At(TokenKind::kLeftParen)) return true;
  return ParseIdentifierList(table.column_aliases);
}

}  // namespace millrace::sql
