// Cuts SQL text into tokens, one per call, without allocating. A Lexer is a small
// value: a copy of it looks ahead without disturbing the original.
//
// Comments are -- to the end of the line and /* */, which nest. Operators are
// matched longest first from a fixed set.
#pragma once

#include <string_view>

#include "query/sql/token.h"

namespace millrace::sql {

class Lexer {
 public:
  explicit Lexer(std::string_view sql) : sql_(sql) {}

  // The next token; kEnd again and again at the end of the text.
  Token Next();

  std::string_view TextOf(const Token& token) const {
    return sql_.substr(token.position.offset, token.length);
  }
  std::string_view source() const { return sql_; }

  // Moves to just after `token` plus `bytes` more. For the one place of the
  // grammar where -- is not a comment: CLUSTER PURGE --UPTO n.
  void ResumeAfter(const Token& token, size_t bytes);

 private:
  // Returns false on an unterminated comment.
  bool SkipSpace(Token& token);
  bool SkipBlockComment();
  bool AtTypographicQuote() const;
  void ScanWord(Token& token);
  void ScanNumber(Token& token);
  void ScanHexNumber(Token& token);
  void ScanQuoted(Token& token, char quote, TokenKind kind, TokenProblem problem);
  void ScanEscapeString(Token& token);
  void ScanDollar(Token& token);
  void ScanOperator(Token& token);
  void Fail(Token& token, TokenProblem problem);
  // Accounts for a byte inside a token or comment that may span lines.
  void Track(char c);

  bool AtEnd() const { return at_ >= sql_.size(); }
  char At(size_t ahead) const { return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0'; }

  std::string_view sql_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  // Offset of the line's first byte plus the bytes on it that continue a UTF-8
  // character, so that a column is a subtraction.
  size_t line_origin_ = 0;
};

}  // namespace millrace::sql
