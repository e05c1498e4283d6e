// Names, strings, numbers and options.
#include <charconv>

#include "query/sql/parser_state.h"
#include "query/sql/token_text.h"

namespace millrace::sql {

// ---- Names ------------------------------------------------------------------

bool Parser::AtIdentifier() const {
  if (current_.kind == TokenKind::kQuotedIdentifier) return true;
  if (current_.kind != TokenKind::kWord) return false;
  const KeywordClass word_class = ClassOf(current_.keyword);
  return word_class != KeywordClass::kReserved && word_class != KeywordClass::kTypeOrFunction;
}

bool Parser::AtFunctionName() const {
  if (current_.kind == TokenKind::kQuotedIdentifier) return true;
  return current_.kind == TokenKind::kWord && ClassOf(current_.keyword) != KeywordClass::kReserved;
}

bool Parser::ParseIdentifier(std::string& name) {
  if (!AtIdentifier()) {
    const bool word = current_.kind == TokenKind::kWord || current_.kind == TokenKind::kEnd;
    if (word) return ReservedWordError();
    // Before a parenthesis it is more often a comma too many.
    if (current_.kind == TokenKind::kRightParen) return SyntaxError();
    return SyntaxError("A name was expected here.");
  }
  name = IdentifierText(CurrentText(), current_);
  Advance();
  return true;
}

bool Parser::ParseNamespaceName(std::string& name) {
  return At(Keyword::kDefault) ? ParseAnyWord(name) : ParseIdentifier(name);
}

bool Parser::ParseAnyWord(std::string& name) {
  if (current_.kind != TokenKind::kWord && current_.kind != TokenKind::kQuotedIdentifier) {
    return SyntaxError();
  }
  name = IdentifierText(CurrentText(), current_);
  Advance();
  return true;
}

bool Parser::ParseTableName(TableName& name) {
  name.position = current_.position;
  if (!(AtDefaultNamespace() ? ParseAnyWord(name.name) : ParseIdentifier(name.name))) return false;
  if (!Accept(TokenKind::kDot)) return true;
  name.namespace_name = std::move(name.name);
  if (!ParseAnyWord(name.name)) return false;
  if (!At(TokenKind::kDot)) return true;
  return Fail(current_, "improper qualified name (too many dotted names)",
              "A table is named by itself or as namespace.table.");
}

bool Parser::ParseIdentifierList(std::vector<std::string>& names) {
  return Expect(TokenKind::kLeftParen) && ParseCommaList(names, &Parser::ParseIdentifier) &&
         Expect(TokenKind::kRightParen);
}

bool Parser::ParseNameOrString(std::string& name) {
  return AtString() ? ParseString(name) : ParseIdentifier(name);
}

// An id such as my-s3 is cut into words, numbers and minus signs; they belong
// together as long as nothing stands between them.
bool Parser::ParseStorageId(std::string& id) {
  if (AtString() || current_.kind == TokenKind::kQuotedIdentifier) return ParseNameOrString(id);
  const uint32_t start = current_.position.offset;
  uint32_t end = start;
  while (current_.position.offset == end) {
    const bool word = current_.kind == TokenKind::kWord || current_.kind == TokenKind::kInteger ||
                      current_.problem == TokenProblem::kMalformedNumber;
    if (!word && (current_.kind != TokenKind::kMinus || end == start)) break;
    end = current_.end();
    Advance();
  }
  if (end == start) return SyntaxError();
  id = ToLower(lexer_.source().substr(start, end - start));
  return true;
}

// ---- Strings and numbers ----------------------------------------------------

bool Parser::AtString() const {
  return current_.kind == TokenKind::kString || current_.kind == TokenKind::kEscapeString ||
         current_.kind == TokenKind::kDollarString;
}

bool Parser::ParseString(std::string& text) {
  if (!AtString()) return StringExpectedError();
  std::optional<std::string> value = StringValue(CurrentText(), current_);
  if (!value.has_value()) {
    current_.problem = TokenProblem::kMalformedEscape;
    return TokenError();
  }
  text = *std::move(value);
  Advance();
  // As in the SQL standard, a string goes on in the next line's quotes.
  while (current_.kind == TokenKind::kString && current_.after_newline) {
    text.append(*StringValue(CurrentText(), current_));
    Advance();
  }
  return true;
}

bool Parser::ParseUnsigned(uint64_t& value) {
  if (current_.kind != TokenKind::kInteger) return SyntaxError("A whole number was expected here.");
  const Literal literal = NumberLiteral(CurrentText(), current_, /*negative=*/false);
  if (literal.kind != LiteralKind::kInteger) {
    return Fail(current_, "number is too large", {}, "22003");
  }
  value = static_cast<uint64_t>(literal.integer);
  Advance();
  return true;
}

bool Parser::ParseConstant(WordCase words, Literal& literal) {
  literal = Literal();
  const bool negative = current_.kind == TokenKind::kMinus;
  if (negative || current_.kind == TokenKind::kPlus) Advance();
  switch (current_.kind) {
    case TokenKind::kInteger:
    case TokenKind::kDecimal:
    case TokenKind::kFloat:
      literal = NumberLiteral(CurrentText(), current_, negative);
      Advance();
      return true;
    case TokenKind::kWord:
      if (negative) return SyntaxError();
      if (current_.keyword == Keyword::kNull) {
        literal = Literal::Null();
      } else if (current_.keyword == Keyword::kTrue || current_.keyword == Keyword::kFalse) {
        literal = Literal::Boolean(current_.keyword == Keyword::kTrue);
      } else {
        literal = Literal::String(words == WordCase::kUpper ? ToUpper(CurrentText())
                                                            : ToLower(CurrentText()));
      }
      Advance();
      return true;
    case TokenKind::kQuotedIdentifier:
      if (words == WordCase::kUpper || negative) return StringExpectedError();
      literal = Literal::String(IdentifierText(CurrentText(), current_));
      Advance();
      return true;
    default:
      if (negative) return SyntaxError();
      literal.kind = LiteralKind::kString;
      return ParseString(literal.text);
  }
}

// ---- Options ----------------------------------------------------------------

bool Parser::ParseOption(Option& option) {
  option.position = current_.position;
  std::string name;
  if (!(AtString() ? ParseString(name) : ParseAnyWord(name))) return false;
  while (Accept(TokenKind::kDot)) {
    std::string part;
    if (!ParseAnyWord(part)) return false;
    name.append(".").append(part);
  }
  option.name = ToUpper(name);
  option.value = Literal::Boolean(true);
  if (At(TokenKind::kComma) || At(TokenKind::kRightParen)) return true;
  return Expect(TokenKind::kEqual) && ParseConstant(WordCase::kUpper, option.value);
}

bool Parser::ParseOptionList(std::vector<Option>& options) {
  return Expect(TokenKind::kLeftParen) && ParseCommaList(options, &Parser::ParseOption) &&
         Expect(TokenKind::kRightParen);
}

}  // namespace millrace::sql
