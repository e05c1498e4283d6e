// Syntax errors: the message, the place and the guess at what was meant. Only
// reached once per failed text, so nothing here needs to be fast.
#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "query/sql/parser_state.h"
#include "query/sql/secrets.h"
#include "query/sql/suggest.h"
#include "query/sql/token_text.h"

namespace millrace::sql {
namespace {

// Longer tokens are shown cut: a megabyte of string helps nobody.
constexpr size_t kShownBytesMax = 64;

std::string Shown(std::string_view text) {
  if (text.size() <= kShownBytesMax) return std::string(text);
  size_t cut = kShownBytesMax;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  return std::string(text.substr(0, cut)) + "...";
}

std::string Quoted(std::string_view text) { return "\"" + Shown(text) + "\""; }

bool BeginsValue(const Token& token) {
  switch (token.kind) {
    case TokenKind::kWord:
      return ClassOf(token.keyword) != KeywordClass::kReserved || token.keyword == Keyword::kNull ||
             token.keyword == Keyword::kTrue || token.keyword == Keyword::kFalse;
    case TokenKind::kQuotedIdentifier:
    case TokenKind::kString:
    case TokenKind::kEscapeString:
    case TokenKind::kDollarString:
    case TokenKind::kBytes:
    case TokenKind::kInteger:
    case TokenKind::kDecimal:
    case TokenKind::kFloat:
    case TokenKind::kParameter:
      return true;
    default:
      return false;
  }
}

bool EndsValue(const Token& token) {
  return BeginsValue(token) || token.kind == TokenKind::kRightParen ||
         token.kind == TokenKind::kRightBracket;
}

// Words a clause can begin with where an alias may stand.
constexpr std::string_view kClauseWords[] = {
    "FROM",  "WHERE",  "GROUP", "ORDER",  "HAVING",  "LIMIT",     "OFFSET", "UNION",   "EXCEPT",
    "INNER", "LEFT",   "RIGHT", "FULL",   "CROSS",   "JOIN",      "USING",  "NATURAL", "INTERSECT",
    "FETCH", "VALUES", "SET",   "WINDOW", "QUALIFY", "RETURNING", "SELECT",
};

struct ProblemText {
  std::string_view message;
  std::string_view hint;
};

ProblemText TextFor(TokenProblem problem) {
  switch (problem) {
    case TokenProblem::kUnterminatedString:
      return {"unterminated quoted string",
              "Close the string with a single quote; a quote inside it is written twice."};
    case TokenProblem::kUnterminatedIdentifier:
      return {"unterminated quoted identifier", "Close the identifier with a double quote."};
    case TokenProblem::kUnterminatedComment:
      return {"unterminated /* comment", "Close the comment with */; comments nest."};
    case TokenProblem::kUnterminatedDollarString:
      return {"unterminated dollar-quoted string", "Repeat the opening tag to close the string."};
    case TokenProblem::kEmptyIdentifier:
      return {"zero-length delimited identifier",
              "Strings are written in single quotes: '' is the empty string."};
    case TokenProblem::kMalformedNumber:
      return {"trailing junk after numeric literal",
              "An identifier may not start with a digit; put a space after the number."};
    case TokenProblem::kMalformedBytes:
      return {"invalid hexadecimal string", "Between the quotes stand pairs of digits 0-9, A-F."};
    case TokenProblem::kMalformedEscape:
      return {"invalid escape sequence in string", "A backslash is written twice in E'..'."};
    default:
      return {"syntax error", ""};
  }
}

std::string CharacterHint(std::string_view text) {
  if (text.starts_with('`')) return "Identifiers are quoted with double quotes.";
  if (text.starts_with('$')) return "Parameters are written $1, $2 and so on.";
  if (text.starts_with('\xE2')) {
    return "This is a typographic quotation mark; write ' around strings and \" around "
           "identifiers.";
  }
  return {};
}

}  // namespace

// What may be a password is not repeated.
std::string_view Parser::TextToShow(const Token& token) const {
  const std::string_view text = Text(token);
  const bool word = token.kind == TokenKind::kWord && previous_.keyword != Keyword::kPassword;
  if (word || (!BeginsValue(token) && token.kind != TokenKind::kError)) return text;
  const std::string_view before = lexer_.source().substr(0, token.end());
  return HideSecrets(before) == before ? text : "***";
}

SqlPosition Parser::PositionOf(const Token& token) const {
  return {token.position.line, token.position.column, Shown(TextToShow(token))};
}

bool Parser::Fail(const Token& token, std::string message, std::string hint,
                  std::string_view sqlstate) {
  error_ =
      InvalidArgument(std::move(message)).WithSqlState(sqlstate).WithPosition(PositionOf(token));
  if (!hint.empty()) error_ = std::move(error_).WithHint(std::move(hint));
  return false;
}

bool Parser::Unsupported(const Token& token, std::string_view what, std::string hint) {
  error_ = Unimplemented(std::string(what) + " is not supported")
               .WithSqlState("0A000")
               .WithPosition(PositionOf(token));
  if (!hint.empty()) error_ = std::move(error_).WithHint(std::move(hint));
  return false;
}

bool Parser::TokenError() {
  const ProblemText text = TextFor(current_.problem);
  std::string hint(text.hint);
  if (current_.problem == TokenProblem::kUnexpectedCharacter) hint = CharacterHint(CurrentText());
  return Fail(current_, std::string(text.message) + " at or near " + Quoted(TextToShow(current_)),
              std::move(hint));
}

bool Parser::SyntaxErrorAt(const Token& token, std::string hint) {
  if (token.kind == TokenKind::kEnd) {
    return Fail(token, "syntax error at end of input", std::move(hint));
  }
  return Fail(token, "syntax error at or near " + Quoted(TextToShow(token)), std::move(hint));
}

bool Parser::SyntaxError(std::string hint) {
  if (current_.kind == TokenKind::kError) return TokenError();
  if (hint.empty()) {
    std::string alias_hint = MisspelledAliasHint(current_);
    if (!alias_hint.empty()) return SyntaxErrorAt(bare_alias_, std::move(alias_hint));
    hint = Hint(current_);
  }
  return SyntaxErrorAt(current_, std::move(hint));
}

bool Parser::ReservedWordError() {
  if (current_.kind != TokenKind::kWord || current_.keyword == Keyword::kNone) {
    return SyntaxError();
  }
  std::string hint = ListHint(current_);
  if (hint.empty()) {
    const std::string word(CurrentText());
    hint = "\"" + word + "\" is a reserved word; write it in double quotes to use it as a name.";
  }
  return SyntaxErrorAt(current_, std::move(hint));
}

bool Parser::StringExpectedError() {
  if (current_.kind != TokenKind::kQuotedIdentifier) return SyntaxError();
  return SyntaxErrorAt(current_,
                       "Strings are written in single quotes; double quotes are for "
                       "identifiers.");
}

// SELECT a FORM t: FORM was taken as an alias, and the error shows one token later.
std::string Parser::MisspelledAliasHint(const Token& token) {
  if (bare_alias_.kind != TokenKind::kWord || bare_alias_.end() != previous_.end()) return {};
  if (!BeginsValue(token) && token.keyword == Keyword::kNone && token.kind != TokenKind::kStar &&
      token.kind != TokenKind::kLeftParen) {
    return {};
  }
  const std::string_view word = NearestWord(Text(bare_alias_), kClauseWords);
  if (word.empty()) return {};
  return "Did you mean \"" + std::string(word) + "\"?";
}

std::string Parser::ListHint(const Token& token) {
  const bool ends_list = token.kind == TokenKind::kRightParen ||
                         token.kind == TokenKind::kSemicolon || token.kind == TokenKind::kEnd ||
                         ClassOf(token.keyword) == KeywordClass::kReserved;
  if (previous_.kind == TokenKind::kComma && ends_list) {
    return token.kind == TokenKind::kEnd ? "Remove the comma at the end."
                                         : "Remove the comma before " + Quoted(Text(token)) + ".";
  }
  return {};
}

// Walks the text once more, up to the error, to pair the parentheses.
std::string Parser::ParenthesisHint(const Token& token) {
  std::vector<Token> open;
  Lexer lexer(lexer_.source());
  for (Token seen = lexer.Next(); seen.position.offset < token.position.offset;
       seen = lexer.Next()) {
    if (seen.kind == TokenKind::kEnd) break;
    if (seen.kind == TokenKind::kSemicolon) open.clear();
    if (seen.kind == TokenKind::kLeftParen) open.push_back(seen);
    if (seen.kind == TokenKind::kRightParen && !open.empty()) open.pop_back();
  }
  if (token.kind == TokenKind::kRightParen && open.empty()) {
    return "No parenthesis is open here.";
  }
  const bool at_end = token.kind == TokenKind::kEnd || token.kind == TokenKind::kSemicolon;
  const bool at_clause =
      MissedKind(TokenKind::kRightParen) &&
      std::ranges::find(kClauseWords, ToUpper(Text(token))) != std::end(kClauseWords);
  if ((!at_end && !at_clause) || open.empty()) return {};
  const SourcePosition& at = open.back().position;
  return "The parenthesis opened at line " + std::to_string(at.line) + ", column " +
         std::to_string(at.column) + " is not closed.";
}

bool Parser::MissedKind(TokenKind kind) const {
  const auto missed = std::span(missed_kinds_).first(missed_kind_count_);
  return std::ranges::find(missed, kind) != missed.end();
}

std::string Parser::Hint(const Token& token) {
  if (std::string hint = ListHint(token); !hint.empty()) return hint;
  if (std::string hint = ParenthesisHint(token); !hint.empty()) return hint;
  if (token.kind == TokenKind::kDoubleEqual) return "Values are compared with a single \"=\".";
  if (token.kind == TokenKind::kQuestion || token.kind == TokenKind::kColon) {
    return "Parameters are written $1, $2 and so on.";
  }
  if (token.kind == TokenKind::kWord) {
    std::vector<std::string> spellings;
    for (size_t i = 0; i < missed_keyword_count_; ++i) {
      spellings.push_back(ToUpper(KeywordSpelling(missed_keywords_[i])));
    }
    const std::vector<std::string_view> candidates(spellings.begin(), spellings.end());
    const std::string_view nearest = NearestWord(Text(token), candidates);
    if (!nearest.empty()) return "Did you mean \"" + std::string(nearest) + "\"?";
  }
  if (MissedKind(TokenKind::kComma) && BeginsValue(token) && EndsValue(previous_)) {
    return "A comma may be missing before " + Quoted(TextToShow(token)) + ".";
  }
  if (missed_keyword_count_ == 1 && missed_kind_count_ == 0) {
    return ToUpper(KeywordSpelling(missed_keywords_[0])) + " was expected here.";
  }
  if (missed_kind_count_ == 1 && missed_keyword_count_ == 0) {
    if (missed_kinds_[0] == TokenKind::kRightParen) return "A \")\" was expected here.";
    if (missed_kinds_[0] == TokenKind::kLeftParen) return "A \"(\" was expected here.";
    if (missed_kinds_[0] == TokenKind::kEqual) return "A \"=\" was expected here.";
  }
  return {};
}

}  // namespace millrace::sql
