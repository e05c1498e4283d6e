// Operands: literals, names, parentheses and the special forms.
#include "query/sql/parser_state.h"
#include "query/sql/token_text.h"

namespace millrace::sql {

bool Parser::ParsePrimary(Expr& out) {
  switch (current_.kind) {
    case TokenKind::kInteger:
    case TokenKind::kDecimal:
    case TokenKind::kFloat:
      return ParseNumber(out, current_.position, /*negative=*/false);
    case TokenKind::kString:
    case TokenKind::kEscapeString:
    case TokenKind::kDollarString:
    case TokenKind::kBytes:
      return ParseStringLiteral(out);
    case TokenKind::kParameter:
      return ParseParameter(out);
    case TokenKind::kLeftParen:
      return ParseParenthesized(out);
    case TokenKind::kLeftBracket:
      return ParseArray(out);
    case TokenKind::kQuotedIdentifier:
      return ParseNameExpr(out);
    case TokenKind::kWord: {
      bool handled = true;
      if (!ParseKeywordPrimary(out, handled)) return false;
      return handled || ParseNameExpr(out);
    }
    default:
      return SyntaxError();
  }
}

// The forms that begin with a keyword. Words that are not reserved only begin one
// when what follows them says so.
bool Parser::ParseKeywordPrimary(Expr& out, bool& handled) {
  switch (current_.keyword) {
    case Keyword::kNull:
      out = Expr(Literal::Null(), current_.position);
      Advance();
      return true;
    case Keyword::kTrue:
    case Keyword::kFalse:
      out = Expr(Literal::Boolean(current_.keyword == Keyword::kTrue), current_.position);
      Advance();
      return true;
    case Keyword::kCase:
      return ParseCase(out);
    case Keyword::kCast:
      return ParseCast(out, /*try_cast=*/false);
    case Keyword::kArray:
      return ParseArray(out);
    case Keyword::kCurrentCatalog:
    case Keyword::kCurrentDate:
    case Keyword::kCurrentRole:
    case Keyword::kCurrentSchema:
    case Keyword::kCurrentTime:
    case Keyword::kCurrentTimestamp:
    case Keyword::kCurrentUser:
    case Keyword::kLocaltime:
    case Keyword::kLocaltimestamp:
    case Keyword::kSessionUser:
    case Keyword::kUser:
      return ParseSpecialValue(out);
    case Keyword::kDefault:
      if (AtDefaultNamespace()) break;
      return Fail(current_, "DEFAULT is not allowed in this context",
                  "DEFAULT stands alone as a value of INSERT or UPDATE.");
    case Keyword::kSelect:
      return SyntaxError("A subquery stands in parentheses.");
    case Keyword::kInterval:
      if (NextIs(TokenKind::kString) || NextIs(TokenKind::kEscapeString) ||
          NextIs(TokenKind::kInteger) || NextIs(TokenKind::kDecimal) ||
          (NextIs(TokenKind::kLeftParen) && SecondNext().kind == TokenKind::kInteger)) {
        return ParseInterval(out);
      }
      break;
    case Keyword::kTryCast:
    case Keyword::kExists:
    case Keyword::kExtract:
    case Keyword::kRow:
    case Keyword::kFile:
      if (!NextIs(TokenKind::kLeftParen)) break;
      if (current_.keyword == Keyword::kTryCast) return ParseCast(out, /*try_cast=*/true);
      if (current_.keyword == Keyword::kExtract) return ParseExtract(out);
      if (current_.keyword == Keyword::kRow) return ParseRow(out);
      if (current_.keyword == Keyword::kExists) return ParseExists(out);
      if (SecondNext().kind == TokenKind::kString ||
          SecondNext().kind == TokenKind::kQuotedIdentifier) {
        return ParseFile(out);
      }
      break;
    default:
      break;
  }
  if (AtTypedLiteral()) return ParseTypedLiteral(out);
  handled = false;
  return true;
}

bool Parser::ParseExists(Expr& out) {
  const SourcePosition position = current_.position;
  Exists exists;
  Advance();
  if (!ParseSubquery(exists.query)) return false;
  out = Expr(std::move(exists), position);
  return true;
}

// ---- Literals ---------------------------------------------------------------

bool Parser::ParseNumber(Expr& out, SourcePosition position, bool negative) {
  out = Expr(NumberLiteral(CurrentText(), current_, negative), position);
  Advance();
  return true;
}

bool Parser::ParseStringLiteral(Expr& out) {
  const SourcePosition position = current_.position;
  Literal literal;
  if (current_.kind == TokenKind::kBytes) {
    literal.kind = LiteralKind::kBytes;
    literal.text = *StringValue(CurrentText(), current_);
    Advance();
  } else {
    literal.kind = LiteralKind::kString;
    if (!ParseString(literal.text)) return false;
  }
  out = Expr(std::move(literal), position);
  return true;
}

bool Parser::ParseParameter(Expr& out) {
  uint32_t index = 0;
  for (const char digit : CurrentText().substr(1)) {
    index = index * 10 + static_cast<uint32_t>(digit - '0');
    if (index > kParameterMax) break;
  }
  if (index == 0 || index > kParameterMax) {
    return Fail(current_, "there is no parameter " + std::string(CurrentText()),
                "Parameters are numbered from $1 to $" + std::to_string(kParameterMax) + ".",
                "42P02");
  }
  out = Expr(Parameter{index}, current_.position);
  Advance();
  return true;
}

// ---- Names ------------------------------------------------------------------

// a, a.b, a.b.c, a.*, a.b.*, f(..), ns.f(..).
bool Parser::ParseNameExpr(Expr& out) {
  const SourcePosition position = current_.position;
  const bool calls = NextIs(TokenKind::kLeftParen);
  const bool named = calls ? AtFunctionName() : AtIdentifier() || AtDefaultNamespace();
  if (!named) return ReservedWordError();
  std::string parts[3];
  size_t count = 1;
  parts[0] = IdentifierText(CurrentText(), current_);
  Advance();
  while (current_.kind == TokenKind::kDot) {
    Advance();
    if (count < 3 && Accept(TokenKind::kStar)) {
      Star star;
      star.table = std::move(parts[count - 1]);
      if (count == 2) star.namespace_name = std::move(parts[0]);
      out = Expr(std::move(star), position);
      return true;
    }
    if (count == 3) {
      return Fail(current_, "improper qualified name (too many dotted names)",
                  "A column is named by itself, as table.column or as namespace.table.column.");
    }
    if (!ParseAnyWord(parts[count++])) return false;
  }
  if (current_.kind == TokenKind::kLeftParen && count < 3) {
    FunctionCall call;
    std::string namespace_name = count == 2 ? std::move(parts[0]) : std::string();
    if (!ParseFunction(std::move(namespace_name), std::move(parts[count - 1]), call)) return false;
    out = Expr(std::move(call), position);
    return true;
  }
  ColumnRef column;
  column.column = std::move(parts[count - 1]);
  if (count >= 2) column.table = std::move(parts[count - 2]);
  if (count == 3) column.namespace_name = std::move(parts[0]);
  out = Expr(std::move(column), position);
  return true;
}

// ---- Parentheses ------------------------------------------------------------

bool Parser::ParseParenthesized(Expr& out) {
  const SourcePosition position = current_.position;
  QueryOrList inner;
  Advance();
  if (At(TokenKind::kRightParen)) return SyntaxError("An expression was expected here.");
  if (!ParseQueryOrList(inner)) return false;
  if (inner.query) {
    out = Expr(ScalarSubquery{std::move(inner.query)}, position);
  } else if (inner.list.size() == 1) {
    out = std::move(inner.list[0]);
  } else {
    out = Expr(RowConstructor{std::move(inner.list)}, position);
  }
  return true;
}

// Whether ((SELECT 1) .. is a query or an expression shows only after the inner
// parenthesis: UNION or another parenthesis after it make it a query, anything
// else an expression that begins with a scalar subquery.
bool Parser::ParseQueryOrList(QueryOrList& out) {
  if (AtQueryStart()) {
    Query query;
    if (!ParseQuery(query) || !Expect(TokenKind::kRightParen)) return false;
    out.query = std::move(query);
    return true;
  }
  if (current_.kind == TokenKind::kLeftParen && AtQuery()) {
    const Level level(*this);
    const Chain chain(*this);
    const SourcePosition position = current_.position;
    QueryOrList inner;
    Advance();
    if (!WithinLimits() || !ParseQueryOrList(inner)) return false;
    if (inner.query) {
      if (!ContinueQuery(*inner.query)) return false;
      if (Accept(TokenKind::kRightParen)) {
        out.query = std::move(inner.query);
        return true;
      }
    }
    Expr first;
    if (inner.query) {
      first = Expr(ScalarSubquery{std::move(inner.query)}, position);
    } else if (inner.list.size() == 1) {
      first = std::move(inner.list[0]);
    } else {
      first = Expr(RowConstructor{std::move(inner.list)}, position);
    }
    if (!ParsePostfix(first) || !ContinueExpr(0, first)) return false;
    out.list.push_back(std::move(first));
  } else if (!ParseExpr(out.list.emplace_back())) {
    return false;
  }
  while (Accept(TokenKind::kComma)) {
    if (!ParseExpr(out.list.emplace_back())) return false;
  }
  return Expect(TokenKind::kRightParen);
}

bool Parser::ParseSubquery(Box<Query>& query) {
  Query inner;
  if (!Expect(TokenKind::kLeftParen)) return false;
  if (!AtQuery()) return SyntaxError("A subquery was expected here.");
  if (!ParseQuery(inner) || !Expect(TokenKind::kRightParen)) return false;
  query = std::move(inner);
  return true;
}

// ---- Special forms ----------------------------------------------------------

bool Parser::ParseCase(Expr& out) {
  const SourcePosition position = current_.position;
  Case result;
  Expr part;
  Advance();
  if (!At(Keyword::kWhen)) {
    if (!ParseExpr(part)) return false;
    result.operand = std::move(part);
  }
  if (!At(Keyword::kWhen)) return SyntaxError();
  while (Accept(Keyword::kWhen)) {
    CaseBranch& branch = result.branches.emplace_back();
    if (!ParseExpr(branch.condition) || !Expect(Keyword::kThen) || !ParseExpr(branch.result)) {
      return false;
    }
  }
  if (Accept(Keyword::kElse)) {
    if (!ParseExpr(part)) return false;
    result.otherwise = std::move(part);
  }
  if (!Expect(Keyword::kEnd)) return false;
  out = Expr(std::move(result), position);
  return true;
}

bool Parser::ParseCast(Expr& out, bool try_cast) {
  const SourcePosition position = current_.position;
  Cast cast;
  cast.try_cast = try_cast;
  Advance();
  if (!Expect(TokenKind::kLeftParen) || !ParseExpr(cast.operand) || !Expect(Keyword::kAs) ||
      !ParseType(cast.type) || !Expect(TokenKind::kRightParen)) {
    return false;
  }
  out = Expr(std::move(cast), position);
  return true;
}

bool Parser::ParseExtract(Expr& out) {
  const SourcePosition position = current_.position;
  Extract extract;
  Advance();
  if (!Expect(TokenKind::kLeftParen)) return false;
  if (AtString()) {
    if (!ParseString(extract.field)) return false;
    extract.field = ToLower(extract.field);
  } else if (!ParseAnyWord(extract.field)) {
    return false;
  }
  if (!Expect(Keyword::kFrom) || !ParseExpr(extract.source) || !Expect(TokenKind::kRightParen)) {
    return false;
  }
  out = Expr(std::move(extract), position);
  return true;
}

// ARRAY[..], ARRAY(SELECT ..) and, inside them or alone, [..].
bool Parser::ParseArray(Expr& out) {
  const SourcePosition position = current_.position;
  if (Accept(Keyword::kArray) && At(TokenKind::kLeftParen)) {
    ArrayQuery array;
    if (!ParseSubquery(array.query)) return false;
    out = Expr(std::move(array), position);
    return true;
  }
  ArrayConstructor array;
  if (!Expect(TokenKind::kLeftBracket)) return false;
  if (!At(TokenKind::kRightBracket) && !ParseCommaList(array.elements, &Parser::ParseElement)) {
    return false;
  }
  if (!Expect(TokenKind::kRightBracket)) return false;
  out = Expr(std::move(array), position);
  return true;
}

bool Parser::ParseRow(Expr& out) {
  const SourcePosition position = current_.position;
  RowConstructor row;
  Advance();
  if (!Expect(TokenKind::kLeftParen)) return false;
  if (!At(TokenKind::kRightParen) && !ParseCommaList(row.elements, &Parser::ParseElement)) {
    return false;
  }
  if (!Expect(TokenKind::kRightParen)) return false;
  out = Expr(std::move(row), position);
  return true;
}

bool Parser::ParseFile(Expr& out) {
  const SourcePosition position = current_.position;
  FilePlaceholder file;
  Advance();
  if (!Expect(TokenKind::kLeftParen)) return false;
  // The name is a key of the request, not an identifier: its case stays.
  const std::string_view raw = CurrentText();
  Token as_string = current_;
  if (current_.kind == TokenKind::kQuotedIdentifier && !current_.has_escapes) {
    as_string.kind = TokenKind::kString;
  }
  if (as_string.kind != TokenKind::kString) return SyntaxError();
  file.name = *StringValue(raw, as_string);
  Advance();
  if (!Expect(TokenKind::kRightParen)) return false;
  out = Expr(std::move(file), position);
  return true;
}

}  // namespace millrace::sql
