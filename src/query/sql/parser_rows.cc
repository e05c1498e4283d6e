// INSERT, UPDATE, DELETE.
#include "query/sql/parser_state.h"

namespace millrace::sql {

bool Parser::ParseInsert(Insert& insert) {
  if (!Expect({Keyword::kInsert, Keyword::kInto}) || !ParseTableName(insert.table)) return false;
  if (Accept(Keyword::kAs) && !ParseIdentifier(insert.alias)) return false;
  // INSERT INTO t (SELECT ..) has no column list.
  if (At(TokenKind::kLeftParen) && !AtQuery() && !ParseIdentifierList(insert.columns)) {
    return false;
  }
  if (!ParseInsertSource(insert)) return false;
  if (At(Keyword::kOn) && !ParseOnConflict(insert.on_conflict.emplace())) return false;
  return ParseReturning(insert.returning);
}

bool Parser::ParseInsertSource(Insert& insert) {
  if (Accept(Keyword::kDefault)) return Expect(Keyword::kValues);
  Query query;
  query.position = current_.position;
  if (Accept(Keyword::kValues)) {
    Values values;
    if (!ParseValues(values, /*allow_default=*/true)) return false;
    query.body = Box<Values>(std::move(values));
    // Whatever may follow a VALUES query may follow it here too.
    if (!ContinueQuery(query)) return false;
  } else if (AtQuery()) {
    if (!ParseQuery(query)) return false;
  } else {
    for (const Keyword word : {Keyword::kValues, Keyword::kSelect}) Missed(word);
    return SyntaxError();
  }
  insert.source = std::move(query);
  return true;
}

bool Parser::ParseOnConflict(OnConflict& conflict) {
  if (!Expect({Keyword::kOn, Keyword::kConflict})) return false;
  if (At(TokenKind::kLeftParen)) {
    if (!ParseIdentifierList(conflict.columns)) return false;
    if (At(Keyword::kWhere)) return Unsupported(current_, "a condition on a conflict target");
  } else if (Accept(Keyword::kOn)) {
    if (!Expect(Keyword::kConstraint) || !ParseIdentifier(conflict.constraint)) return false;
  }
  if (!Expect(Keyword::kDo)) return false;
  if (Accept(Keyword::kNothing)) return true;
  conflict.action = ConflictAction::kUpdate;
  return Expect({Keyword::kUpdate, Keyword::kSet}) && ParseAssignments(conflict.assignments) &&
         ParseWhere(conflict.where);
}

bool Parser::ParseUpdate(Update& update) {
  Advance();
  if (!ParseTableName(update.table) || !ParseTargetAlias(update.alias)) return false;
  if (!Expect(Keyword::kSet) || !ParseAssignments(update.assignments)) return false;
  if (Accept(Keyword::kFrom) && !ParseFrom(update.from)) return false;
  return ParseWhere(update.where) && ParseReturning(update.returning);
}

bool Parser::ParseDelete(Delete& statement) {
  Advance();
  if (!Expect(Keyword::kFrom) || !ParseTableName(statement.table) ||
      !ParseTargetAlias(statement.alias)) {
    return false;
  }
  if (Accept(Keyword::kUsing) && !ParseFrom(statement.using_tables)) return false;
  return ParseWhere(statement.where) && ParseReturning(statement.returning);
}

bool Parser::ParseTargetAlias(std::string& alias) {
  if (Accept(Keyword::kAs)) return ParseIdentifier(alias);
  if (!AtBareTableAlias()) return true;
  bare_alias_ = current_;
  return ParseIdentifier(alias);
}

// ---- SET --------------------------------------------------------------------

bool Parser::ParseAssignments(std::vector<Assignment>& assignments) {
  do {
    const bool parsed = At(TokenKind::kLeftParen) ? ParseMultipleAssignment(assignments)
                                                  : ParseAssignment(assignments.emplace_back());
    if (!parsed) return false;
  } while (Accept(TokenKind::kComma));
  return true;
}

bool Parser::ParseAssignment(Assignment& assignment) {
  assignment.position = current_.position;
  if (!ParseIdentifier(assignment.column)) return false;
  if (At(TokenKind::kDot)) return SyntaxError("Name the column alone, without its table.");
  return Expect(TokenKind::kEqual) && ParseAssignedValue(assignment.value);
}

// (a, b) = (1, 2)
bool Parser::ParseMultipleAssignment(std::vector<Assignment>& assignments) {
  const Token open = current_;
  std::vector<std::string> columns;
  if (!ParseIdentifierList(columns) || !Expect(TokenKind::kEqual)) return false;
  if (current_.kind == TokenKind::kLeftParen && AtQuery()) {
    return Unsupported(current_, "assignment of a subquery to several columns",
                       "Assign one scalar subquery to each column.");
  }
  Accept(Keyword::kRow);
  std::vector<Expr> values;
  if (!Expect(TokenKind::kLeftParen) || !ParseCommaList(values, &Parser::ParseAssignedValue) ||
      !Expect(TokenKind::kRightParen)) {
    return false;
  }
  if (values.size() != columns.size()) {
    return Fail(open, "number of columns does not match number of values");
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    assignments.push_back({open.position, std::move(columns[i]), std::move(values[i])});
  }
  return true;
}

bool Parser::ParseAssignedValue(Expr& out) {
  if (!At(Keyword::kDefault)) return ParseExpr(out);
  out = Expr(DefaultValue{}, current_.position);
  Advance();
  return true;
}

// ---- Shared clauses ---------------------------------------------------------

bool Parser::ParseWhere(ExprPtr& where) {
  if (!Accept(Keyword::kWhere)) return true;
  Expr condition;
  if (!ParseExpr(condition)) return false;
  where = std::move(condition);
  return true;
}

bool Parser::ParseReturning(std::vector<SelectItem>& items) {
  return !Accept(Keyword::kReturning) || ParseSelectItems(items);
}

}  // namespace millrace::sql
