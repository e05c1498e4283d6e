// CREATE TABLE, DROP TABLE, TRUNCATE and what they share with ALTER TABLE.
#include "query/sql/parser_state.h"

namespace millrace::sql {

// [USER|SHARED|STREAM] TABLE
bool Parser::AcceptTableKind(TableKind& kind) {
  if (Accept(Keyword::kUser)) {
    kind = TableKind::kUser;
  } else if (Accept(Keyword::kShared)) {
    kind = TableKind::kShared;
  } else if (Accept(Keyword::kStream)) {
    kind = TableKind::kStream;
  }
  return Expect(Keyword::kTable);
}

bool Parser::ParseCreateTable(CreateTable& create) {
  if (!AcceptTableKind(create.kind) || !AcceptIfNotExists(create.if_not_exists) ||
      !ParseTableName(create.table)) {
    return false;
  }
  if (At(TokenKind::kLeftParen)) {
    // CREATE TABLE t (a, b) AS .. names columns without types.
    Next();
    const Token after_name = SecondNext();
    const bool names_only =
        after_name.kind == TokenKind::kComma || after_name.kind == TokenKind::kRightParen;
    if (names_only ? !ParseNamesOfQuery(create) : !ParseTableElements(create)) {
      return false;
    }
  }
  return ParseCreateTableTail(create);
}

// (a, b, PRIMARY KEY (a)): constraints stand behind the names.
bool Parser::ParseNamesOfQuery(CreateTable& create) {
  if (!Expect(TokenKind::kLeftParen)) return false;
  do {
    const bool names_ended = !create.constraints.empty();
    const bool parsed = names_ended || AtTableConstraint()
                            ? ParseTableConstraint(create.constraints.emplace_back())
                            : ParseIdentifier(create.as_query_columns.emplace_back());
    if (!parsed) return false;
  } while (Accept(TokenKind::kComma));
  return Expect(TokenKind::kRightParen);
}

bool Parser::ParseTableElements(CreateTable& create) {
  if (!Expect(TokenKind::kLeftParen)) return false;
  do {
    if (At(Keyword::kLike)) return Unsupported(current_, "LIKE in CREATE TABLE");
    const bool parsed = AtTableConstraint()
                            ? ParseTableConstraint(create.constraints.emplace_back())
                            : ParseColumnDefinition(create.columns.emplace_back());
    if (!parsed) return false;
  } while (Accept(TokenKind::kComma));
  return Expect(TokenKind::kRightParen);
}

// [USING engine] [WITH (options)] [AS query]
bool Parser::ParseCreateTableTail(CreateTable& create) {
  if (Accept(Keyword::kUsing) && !ParseIdentifier(create.engine)) return false;
  if (Accept(Keyword::kWith) && !ParseOptionList(create.options)) return false;
  if (create.columns.empty() ? !Expect(Keyword::kAs) : !Accept(Keyword::kAs)) {
    return !create.columns.empty();
  }
  Query query;
  if (!AtQuery()) return SyntaxError();
  if (!ParseQuery(query)) return false;
  create.as_query = std::move(query);
  if (At(Keyword::kWith)) return Unsupported(current_, "WITH [NO] DATA");
  return true;
}

bool Parser::ParseDropTable(DropTable& drop) {
  return AcceptTableKind(drop.kind) && AcceptIfExists(drop.if_exists) &&
         ParseTableName(drop.table) && AcceptCascade(drop.cascade);
}

// [CASCADE|RESTRICT]
bool Parser::AcceptCascade(bool& cascade) {
  cascade = Accept(Keyword::kCascade);
  if (!cascade) Accept(Keyword::kRestrict);
  return true;
}

bool Parser::ParseTruncate(Truncate& truncate) {
  Advance();
  Accept(Keyword::kTable);
  if (!ParseCommaList(truncate.tables, &Parser::ParseTableName)) return false;
  if (Accept(Keyword::kRestart)) {
    truncate.restart_identity = true;
    if (!Expect(Keyword::kIdentity)) return false;
  } else if (Accept(Keyword::kContinue) && !Expect(Keyword::kIdentity)) {
    return false;
  }
  return AcceptCascade(truncate.cascade);
}

// ---- Table constraints ------------------------------------------------------

bool Parser::AtTableConstraint() {
  return At(Keyword::kConstraint) || At(Keyword::kPrimary) || At(Keyword::kUnique) ||
         At(Keyword::kCheck) || At(Keyword::kForeign);
}

bool Parser::ParseTableConstraint(TableConstraint& constraint) {
  constraint.position = current_.position;
  if (Accept(Keyword::kConstraint) && !ParseIdentifier(constraint.name)) return false;
  if (Accept(Keyword::kPrimary)) {
    constraint.kind = TableConstraintKind::kPrimaryKey;
    return Expect(Keyword::kKey) && ParseIdentifierList(constraint.columns);
  }
  if (Accept(Keyword::kUnique)) {
    constraint.kind = TableConstraintKind::kUnique;
    return ParseIdentifierList(constraint.columns);
  }
  if (Accept(Keyword::kCheck)) {
    constraint.kind = TableConstraintKind::kCheck;
    Expr condition;
    if (!Expect(TokenKind::kLeftParen) || !ParseExpr(condition) ||
        !Expect(TokenKind::kRightParen)) {
      return false;
    }
    constraint.check = std::move(condition);
    return true;
  }
  constraint.kind = TableConstraintKind::kForeignKey;
  return Expect({Keyword::kForeign, Keyword::kKey}) && ParseIdentifierList(constraint.columns) &&
         Expect(Keyword::kReferences) && ParseForeignKey(constraint.references.emplace());
}

// After REFERENCES.
bool Parser::ParseForeignKey(ForeignKey& key) {
  if (!ParseTableName(key.table)) return false;
  if (At(TokenKind::kLeftParen) && !ParseIdentifierList(key.columns)) return false;
  while (Accept(Keyword::kOn)) {
    if (Accept(Keyword::kDelete)) {
      if (!ParseReferentialAction(key.on_delete)) return false;
    } else {
      if (!Expect(Keyword::kUpdate) || !ParseReferentialAction(key.on_update)) return false;
    }
  }
  if (At(Keyword::kDeferrable)) return Unsupported(current_, "a deferrable constraint");
  return true;
}

bool Parser::ParseReferentialAction(ReferentialAction& action) {
  if (Accept(Keyword::kCascade)) {
    action = ReferentialAction::kCascade;
    return true;
  }
  if (Accept(Keyword::kRestrict)) {
    action = ReferentialAction::kRestrict;
    return true;
  }
  if (Accept(Keyword::kNo)) {
    action = ReferentialAction::kNoAction;
    return Expect(Keyword::kAction);
  }
  if (!Expect(Keyword::kSet)) return false;
  action = At(Keyword::kNull) ? ReferentialAction::kSetNull : ReferentialAction::kSetDefault;
  return Accept(Keyword::kNull) || Expect(Keyword::kDefault);
}

// ---- Columns ----------------------------------------------------------------

bool Parser::ParseColumnDefinition(ColumnDefinition& column) {
  column.position = current_.position;
  if (!ParseIdentifier(column.name) || !ParseType(column.type)) return false;
  for (bool found = true; found;) {
    if (!ParseColumnConstraint(column, found)) return false;
  }
  return true;
}

bool Parser::ParseColumnConstraint(ColumnDefinition& column, bool& found) {
  found = true;
  std::string name;
  if (Accept(Keyword::kConstraint) && !ParseIdentifier(name)) return false;
  switch (current_.keyword) {
    case Keyword::kNot:
      column.nullability = Nullability::kNotNull;
      return Expect({Keyword::kNot, Keyword::kNull});
    case Keyword::kNull:
      column.nullability = Nullability::kNull;
      return Expect(Keyword::kNull);
    case Keyword::kPrimary:
      column.primary_key = true;
      return Expect({Keyword::kPrimary, Keyword::kKey});
    case Keyword::kUnique:
      column.unique = true;
      return Expect(Keyword::kUnique);
    case Keyword::kAutoIncrement:
      column.auto_increment = true;
      return Expect(Keyword::kAutoIncrement);
    case Keyword::kDefault: {
      Expr value;
      Advance();
      if (!ParseExpr(value)) return false;
      column.default_value = std::move(value);
      return true;
    }
    case Keyword::kGenerated:
      return ParseGenerated(column);
    case Keyword::kCheck: {
      CheckConstraint& check = column.checks.emplace_back();
      check.name = std::move(name);
      Advance();
      return Expect(TokenKind::kLeftParen) && ParseExpr(check.condition) &&
             Expect(TokenKind::kRightParen);
    }
    case Keyword::kReferences:
      Advance();
      return ParseForeignKey(column.references.emplace());
    case Keyword::kComment:
      Advance();
      return ParseString(column.comment.emplace());
    case Keyword::kCollate:
      Advance();
      return ParseAnyWord(column.collation);
    default:
      break;
  }
  found = false;
  for (const Keyword word : {Keyword::kNot, Keyword::kNull, Keyword::kPrimary, Keyword::kUnique,
                             Keyword::kDefault, Keyword::kGenerated, Keyword::kAutoIncrement,
                             Keyword::kReferences, Keyword::kCheck, Keyword::kComment}) {
    Missed(word);
  }
  return name.empty() || SyntaxError();
}

// GENERATED (ALWAYS | BY DEFAULT) AS IDENTITY | GENERATED ALWAYS AS (expression) STORED
bool Parser::ParseGenerated(ColumnDefinition& column) {
  Advance();
  const bool always = Accept(Keyword::kAlways);
  if (!always && !Expect({Keyword::kBy, Keyword::kDefault})) return false;
  if (!Expect(Keyword::kAs)) return false;
  if (!always || !At(TokenKind::kLeftParen)) {
    column.identity = always ? Identity::kAlways : Identity::kByDefault;
    if (!Expect(Keyword::kIdentity)) return false;
    if (At(TokenKind::kLeftParen)) return Unsupported(current_, "a sequence option of IDENTITY");
    return true;
  }
  Expr expression;
  if (!Expect(TokenKind::kLeftParen) || !ParseExpr(expression) || !Expect(TokenKind::kRightParen) ||
      !Expect(Keyword::kStored)) {
    return false;
  }
  column.generated = std::move(expression);
  return true;
}

}  // namespace millrace::sql
