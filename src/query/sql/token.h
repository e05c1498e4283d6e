// One token of SQL text: a range of the source, nothing owned.
#pragma once

#include <cstdint>

#include "query/sql/ast_node.h"
#include "query/sql/keywords.h"

namespace millrace::sql {

enum class TokenKind : uint8_t {
  kEnd,
  kError,             // the lexer's message is in TokenProblem
  kWord,              // bare identifier or keyword
  kQuotedIdentifier,  // ".."
  kString,            // '..'
  kEscapeString,      // E'..'
  kDollarString,      // $tag$..$tag$
  kBytes,             // X'..'
  kInteger,
  kDecimal,
  kFloat,
  kParameter,  // $1
  // Punctuation.
  kLeftParen,
  kRightParen,
  kLeftBracket,
  kRightBracket,
  kComma,
  kSemicolon,
  kDot,
  kColon,
  kCast,   // ::
  kArrow,  // => (also := )
  // Operators.
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kCaret,
  kConcat,
  kEqual,
  kDoubleEqual,  // ==, only to explain it
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kTilde,              // ~
  kTildeStar,          // ~*
  kNotTilde,           // !~
  kNotTildeStar,       // !~*
  kLikeOperator,       // ~~
  kILikeOperator,      // ~~*
  kNotLikeOperator,    // !~~
  kNotILikeOperator,   // !~~*
  kJsonGet,            // ->
  kJsonGetText,        // ->>
  kJsonPath,           // #>
  kJsonPathText,       // #>>
  kJsonDeletePath,     // #-
  kContains,           // @>
  kContainedBy,        // <@
  kQuestion,           // ?
  kQuestionPipe,       // ?|
  kQuestionAmpersand,  // ?&
  kAtQuestion,         // @?
  kAtAt,               // @@
  kDoubleAmpersand,    // &&
  kCaretAt,            // ^@
  kAmpersand,
  kPipe,
  kHash,
  kShiftLeft,
  kShiftRight,
};

// What is wrong with a kError token.
enum class TokenProblem : uint8_t {
  kNone,
  kUnterminatedString,
  kUnterminatedIdentifier,
  kUnterminatedComment,
  kUnterminatedDollarString,
  kEmptyIdentifier,
  kMalformedNumber,
  kMalformedBytes,
  kMalformedEscape,
  kUnexpectedCharacter,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  TokenProblem problem = TokenProblem::kNone;
  Keyword keyword = Keyword::kNone;  // kWord only
  bool has_escapes = false;          // the text is not simply what stands between the quotes
  bool after_newline = false;        // first token of its line
  uint32_t length = 0;               // bytes
  SourcePosition position;

  uint32_t end() const { return position.offset + length; }
};

}  // namespace millrace::sql
