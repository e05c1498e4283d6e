// Query expressions: WITH, set operations, ORDER BY, LIMIT, VALUES.
#include "query/sql/parser_state.h"

namespace millrace::sql {

bool Parser::AtQueryStart() {
  switch (current_.keyword) {
    case Keyword::kSelect:
    case Keyword::kWith:
    case Keyword::kTable:
      return true;
    case Keyword::kValues:
      return NextIs(TokenKind::kLeftParen);
    default:
      return false;
  }
}

bool Parser::AtQuery() {
  if (current_.kind != TokenKind::kLeftParen) return AtQueryStart();
  Token token = Next();
  Lexer ahead = lexer_;
  while (token.kind == TokenKind::kLeftParen) token = ahead.Next();
  return token.keyword == Keyword::kSelect || token.keyword == Keyword::kWith ||
         token.keyword == Keyword::kTable ||
         (token.keyword == Keyword::kValues && ahead.Next().kind == TokenKind::kLeftParen);
}

bool Parser::ParseQuery(Query& query) {
  const Level level(*this);
  const Chain chain(*this);
  if (!WithinLimits()) return false;
  const SourcePosition position = current_.position;
  Box<With> with;
  if (At(Keyword::kWith)) {
    With tables;
    if (!ParseWith(tables)) return false;
    with = std::move(tables);
  }
  const Token operand = current_;
  if (!ParseQueryOperand(query) || !ContinueQuery(query)) return false;
  query.position = position;
  if (!with) return true;
  if (query.with) return Fail(operand, "multiple WITH clauses not allowed");
  query.with = std::move(with);
  return true;
}

bool Parser::ParseQueryOperand(Query& query) {
  query.position = current_.position;
  switch (current_.keyword) {
    case Keyword::kSelect: {
      Select select;
      if (!ParseSelect(select)) return false;
      query.body = Box<Select>(std::move(select));
      return true;
    }
    case Keyword::kValues: {
      Values values;
      Advance();
      if (!ParseValues(values, /*allow_default=*/false)) return false;
      query.body = Box<Values>(std::move(values));
      return true;
    }
    case Keyword::kTable:
      return ParseTableQuery(query);
    default:
      break;
  }
  if (current_.kind != TokenKind::kLeftParen) {
    for (const Keyword word : {Keyword::kSelect, Keyword::kValues, Keyword::kTable}) Missed(word);
    return SyntaxError();
  }
  Advance();
  return ParseQuery(query) && Expect(TokenKind::kRightParen);
}

// ---- Set operations ---------------------------------------------------------

namespace {

void Combine(SetOperator op, bool all, Query& left, Query right) {
  SetOperation operation;
  operation.op = op;
  operation.all = all;
  operation.right = std::move(right);
  const SourcePosition position = left.position;
  operation.left = std::move(left);
  left = Query();
  left.position = position;
  left.body = Box<SetOperation>(std::move(operation));
}

}  // namespace

bool Parser::ContinueQuery(Query& left) {
  if (!ContinueIntersect(left)) return false;
  while (At(Keyword::kUnion) || At(Keyword::kExcept)) {
    const SetOperator op =
        current_.keyword == Keyword::kUnion ? SetOperator::kUnion : SetOperator::kExcept;
    Advance();
    const bool all = Accept(Keyword::kAll);
    if (!all) Accept(Keyword::kDistinct);
    Query right;
    if (!Grow() || !ParseQueryOperand(right) || !ContinueIntersect(right)) return false;
    Combine(op, all, left, std::move(right));
  }
  return ParseQueryTail(left);
}

bool Parser::ContinueIntersect(Query& left) {
  while (Accept(Keyword::kIntersect)) {
    const bool all = Accept(Keyword::kAll);
    if (!all) Accept(Keyword::kDistinct);
    Query right;
    if (!Grow() || !ParseQueryOperand(right)) return false;
    Combine(SetOperator::kIntersect, all, left, std::move(right));
  }
  return true;
}

// ---- WITH -------------------------------------------------------------------

bool Parser::ParseWith(With& with) {
  if (!Expect(Keyword::kWith)) return false;
  with.recursive = Accept(Keyword::kRecursive);
  return ParseCommaList(with.tables, &Parser::ParseCommonTable);
}

bool Parser::ParseCommonTable(CommonTable& table) {
  table.position = current_.position;
  if (!ParseIdentifier(table.name)) return false;
  if (At(TokenKind::kLeftParen) && !ParseIdentifierList(table.columns)) return false;
  if (!Expect(Keyword::kAs)) return false;
  if (Accept(Keyword::kMaterialized)) {
    table.materialization = Materialization::kMaterialized;
  } else if (Accept(Keyword::kNot)) {
    if (!Expect(Keyword::kMaterialized)) return false;
    table.materialization = Materialization::kNotMaterialized;
  }
  if (!Expect(TokenKind::kLeftParen)) return false;
  if (At(Keyword::kInsert) || At(Keyword::kUpdate) || At(Keyword::kDelete)) {
    return Unsupported(current_, "a data-modifying statement in WITH",
                       "Run it as a statement of its own, in a transaction.");
  }
  return ParseQuery(table.query) && Expect(TokenKind::kRightParen);
}

// ---- ORDER BY, LIMIT, OFFSET, FETCH -----------------------------------------

bool Parser::ParseQueryTail(Query& query) {
  if (At(Keyword::kOrder)) {
    if (!query.order_by.empty()) {
      return Fail(current_, "multiple ORDER BY clauses not allowed");
    }
    if (!Expect({Keyword::kOrder, Keyword::kBy}) || !ParseOrderBy(query.order_by)) return false;
  }
  for (bool found = true; found;) {
    if (!ParseLimitClause(query, found)) return false;
  }
  if (At(Keyword::kFor)) {
    return Unsupported(current_, "FOR UPDATE",
                       "Read and write in one transaction; a conflict aborts it.");
  }
  return true;
}

bool Parser::ParseLimitClause(Query& query, bool& found) {
  found = true;
  const Token clause = current_;
  if (At(Keyword::kLimit) || At(Keyword::kFetch)) {
    if (query.limit) return Fail(clause, "multiple LIMIT clauses not allowed");
    if (At(Keyword::kFetch)) return ParseFetch(query);
    Advance();
    if (Accept(Keyword::kAll)) return true;
    return ParseLimitCount(query);
  }
  if (Accept(Keyword::kOffset)) {
    if (query.offset) return Fail(clause, "multiple OFFSET clauses not allowed");
    Expr count;
    if (!ParseExpr(count)) return false;
    query.offset = std::move(count);
    if (!Accept(Keyword::kRows)) Accept(Keyword::kRow);
    return true;
  }
  found = false;
  return true;
}

bool Parser::ParseLimitCount(Query& query) {
  Expr count;
  if (!ParseExpr(count)) return false;
  // LIMIT NULL is LIMIT ALL.
  if (count != Expr()) query.limit = std::move(count);
  if (current_.kind == TokenKind::kComma) {
    return SyntaxError("Write LIMIT count OFFSET start.");
  }
  return true;
}

bool Parser::ParseFetch(Query& query) {
  Advance();
  if (!Accept(Keyword::kFirst) && !Expect(Keyword::kNext)) return false;
  if (At(Keyword::kRow) || At(Keyword::kRows)) {
    query.limit = Expr(Literal::Integer(1), current_.position);
  } else {
    Expr count;
    if (!ParsePrimary(count)) return false;
    if (count != Expr()) query.limit = std::move(count);
  }
  if (!Accept(Keyword::kRows) && !Expect(Keyword::kRow)) return false;
  if (Accept(Keyword::kWith)) {
    query.with_ties = static_cast<bool>(query.limit);
    return Expect(Keyword::kTies);
  }
  return Expect(Keyword::kOnly);
}

// ---- VALUES and TABLE -------------------------------------------------------

bool Parser::ParseValues(Values& values, bool allow_default) {
  const uint32_t start = current_.position.offset;
  do {
    if (!ParseValuesRow(values, allow_default)) return false;
    if (values.row_count() == 1 && current_.kind == TokenKind::kComma) {
      // Guess the number of rows from the length of the first.
      const size_t row_bytes = current_.end() - start;
      const size_t rest = lexer_.source().size() - current_.end();
      values.cells.reserve(values.columns * (1 + rest / row_bytes));
    }
  } while (Accept(TokenKind::kComma));
  return true;
}

bool Parser::ParseValuesRow(Values& values, bool allow_default) {
  const Token open = current_;
  const size_t before = values.cells.size();
  if (!Expect(TokenKind::kLeftParen)) return false;
  do {
    if (!ParseValueCell(values, allow_default)) return false;
  } while (Accept(TokenKind::kComma));
  if (!Expect(TokenKind::kRightParen)) return false;
  const size_t width = values.cells.size() - before;
  if (values.columns == 0) values.columns = width;
  if (width == values.columns) return true;
  return Fail(open, "VALUES lists must all be the same length",
              "The first row has " + std::to_string(values.columns) + " values, this one " +
                  std::to_string(width) + ".");
}

// The hot path of a bulk INSERT: a lone literal goes straight into its cell.
bool Parser::ParseValueCell(Values& values, bool allow_default) {
  Expr& cell = values.cells.emplace_back();
  const TokenKind after = Next().kind;
  if (after == TokenKind::kComma || after == TokenKind::kRightParen) {
    if (allow_default && current_.keyword == Keyword::kDefault) {
      cell = Expr(DefaultValue{}, current_.position);
      Advance();
      return true;
    }
    return ParsePrimary(cell);
  }
  return ParseExpr(cell);
}

// TABLE t is SELECT * FROM t.
bool Parser::ParseTableQuery(Query& query) {
  Advance();
  Select select;
  select.position = query.position;
  select.items.push_back({Expr(Star{}, query.position), {}});
  TableRef& table = select.from.emplace_back();
  TableName name;
  table.position = current_.position;
  if (!ParseTableName(name)) return false;
  table.node = std::move(name);
  query.body = Box<Select>(std::move(select));
  return true;
}

}  // namespace millrace::sql
