#include "query/sql/parser_state.h"

#include "query/sql/token_text.h"

namespace millrace::sql {

// ---- Entry points -----------------------------------------------------------

bool Parser::ParseAll(std::vector<Statement>& statements) {
  while (true) {
    while (Accept(TokenKind::kSemicolon)) {
    }
    if (At(TokenKind::kEnd)) return true;
    if (!ParseStatement(statements.emplace_back())) return false;
    if (!At(TokenKind::kEnd) && !At(TokenKind::kSemicolon)) return SyntaxError();
  }
}

bool Parser::ParseOnly(Statement& statement) {
  while (Accept(TokenKind::kSemicolon)) {
  }
  if (At(TokenKind::kEnd)) return Fail(current_, "no statement");
  if (!ParseStatement(statement)) return false;
  while (Accept(TokenKind::kSemicolon)) {
  }
  if (At(TokenKind::kEnd)) return true;
  if (previous_.kind != TokenKind::kSemicolon) return SyntaxError();
  return Fail(current_, "more than one statement where one was expected");
}

bool Parser::ParseOnly(Query& query) {
  if (!ParseQuery(query)) return false;
  while (Accept(TokenKind::kSemicolon)) {
  }
  return At(TokenKind::kEnd) || SyntaxError();
}

bool Parser::ParseOnly(Expr& expression) {
  return ParseExpr(expression) && (At(TokenKind::kEnd) || SyntaxError());
}

bool Parser::ParseOnly(TypeName& type) {
  return ParseType(type) && (At(TokenKind::kEnd) || SyntaxError());
}

bool Parser::ParseOnly(TableName& name) {
  return ParseTableName(name) && (At(TokenKind::kEnd) || SyntaxError());
}

// ---- Tokens -----------------------------------------------------------------

void Parser::Advance() {
  previous_ = current_;
  if (next_.has_value()) {
    current_ = *next_;
    next_.reset();
  } else {
    current_ = lexer_.Next();
  }
  missed_keyword_count_ = 0;
  missed_kind_count_ = 0;
}

const Token& Parser::Next() {
  if (!next_.has_value()) next_ = lexer_.Next();
  return *next_;
}

Token Parser::SecondNext() {
  Next();
  Lexer ahead = lexer_;
  return ahead.Next();
}

bool Parser::AtWord(std::string_view word) {
  return current_.kind == TokenKind::kWord && EqualIgnoringCase(CurrentText(), word);
}

bool Parser::Accept(TokenKind kind) {
  if (!At(kind)) return false;
  Advance();
  return true;
}

bool Parser::Accept(Keyword keyword) {
  if (!At(keyword)) return false;
  Advance();
  return true;
}

bool Parser::Accept(Keyword first, Keyword second) {
  if (!At(first) || !NextIs(second)) return false;
  Advance();
  Advance();
  return true;
}

bool Parser::AcceptWord(std::string_view word) {
  if (!AtWord(word)) return false;
  Advance();
  return true;
}

bool Parser::Expect(TokenKind kind) { return Accept(kind) || SyntaxError(); }

bool Parser::Expect(Keyword keyword) { return Accept(keyword) || SyntaxError(); }

bool Parser::Expect(std::initializer_list<Keyword> keywords) {
  for (const Keyword keyword : keywords) {
    if (!Expect(keyword)) return false;
  }
  return true;
}

bool Parser::AcceptIfExists(bool& found) {
  found = At(Keyword::kIf) && NextIs(Keyword::kExists);
  return !found || Expect({Keyword::kIf, Keyword::kExists});
}

bool Parser::AcceptIfNotExists(bool& found) {
  found = At(Keyword::kIf) && NextIs(Keyword::kNot);
  return !found || Expect({Keyword::kIf, Keyword::kNot, Keyword::kExists});
}

bool Parser::WithinLimits() {
  if (depth_ <= kDepthMax && height_ <= kHeightMax) [[likely]]
    return true;
  return Fail(current_, "statement is nested too deeply",
              "Rewrite it with fewer nested parentheses, subqueries or chained operators.",
              "54001");
}

// ---- The public functions ---------------------------------------------------

namespace {

template <typename T>
Result<T> ParseWhole(std::string_view sql) {
  Parser parser(sql);
  T out;
  if (!parser.ParseOnly(out)) return parser.TakeError();
  return out;
}

}  // namespace

Result<std::vector<Statement>> ParseStatements(std::string_view sql) {
  Parser parser(sql);
  std::vector<Statement> statements;
  if (!parser.ParseAll(statements)) return parser.TakeError();
  return statements;
}

Result<Statement> ParseStatement(std::string_view sql) { return ParseWhole<Statement>(sql); }
Result<Query> ParseQuery(std::string_view sql) { return ParseWhole<Query>(sql); }
Result<Expr> ParseExpression(std::string_view sql) { return ParseWhole<Expr>(sql); }
Result<TypeName> ParseTypeName(std::string_view sql) { return ParseWhole<TypeName>(sql); }
Result<TableName> ParseTableName(std::string_view sql) { return ParseWhole<TableName>(sql); }

}  // namespace millrace::sql
