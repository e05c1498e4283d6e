// Tokens, quotes, comments, numbers and the errors among them.
#include "query/sql/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "query/sql/keywords.h"
#include "query/sql/token_text.h"

namespace millrace::sql {
namespace {

std::vector<Token> Cut(std::string_view sql) {
  Lexer lexer(sql);
  std::vector<Token> tokens;
  do {
    tokens.push_back(lexer.Next());
  } while (tokens.back().kind != TokenKind::kEnd && tokens.back().kind != TokenKind::kError);
  return tokens;
}

// The texts of all tokens, separated by bars.
std::string Texts(std::string_view sql) {
  std::string texts;
  for (const Token& token : Cut(sql)) {
    if (token.kind == TokenKind::kEnd) break;
    if (!texts.empty()) texts.append("|");
    texts.append(sql.substr(token.position.offset, token.length));
  }
  return texts;
}

std::string ValueOf(std::string_view sql) {
  return StringValue(sql, Cut(sql)[0]).value_or("(malformed)");
}

TEST(LexerTest, OperatorsAreMatchedLongestFirst) {
  EXPECT_EQ(Texts("a->>b->c#>>d#>e"), "a|->>|b|->|c|#>>|d|#>|e");
  EXPECT_EQ(Texts("a<-1"), "a|<|-|1");
  EXPECT_EQ(Texts("a!~*b!~b~~*c"), "a|!~*|b|!~|b|~~*|c");
  EXPECT_EQ(Texts("x::int[1:2]"), "x|::|int|[|1|:|2|]");
}

TEST(LexerTest, NumbersOfEveryForm) {
  const auto kind = [](std::string_view sql) { return Cut(sql)[0].kind; };
  EXPECT_EQ(kind("12"), TokenKind::kInteger);
  EXPECT_EQ(kind("0x1F"), TokenKind::kInteger);
  EXPECT_EQ(kind("1_000"), TokenKind::kInteger);
  EXPECT_EQ(kind("1.5"), TokenKind::kDecimal);
  EXPECT_EQ(kind(".5"), TokenKind::kDecimal);
  EXPECT_EQ(kind("5."), TokenKind::kDecimal);
  EXPECT_EQ(kind("1e-3"), TokenKind::kFloat);
  EXPECT_EQ(Cut("12abc")[0].problem, TokenProblem::kMalformedNumber);
  EXPECT_EQ(Cut("0x")[0].problem, TokenProblem::kMalformedNumber);
  EXPECT_EQ(Cut("0x" + std::string(33, 'f'))[0].problem, TokenProblem::kMalformedNumber);
}

TEST(LexerTest, NumberValues) {
  const auto value = [](std::string_view sql, bool negative) {
    return NumberLiteral(sql, Cut(sql)[0], negative);
  };
  EXPECT_EQ(value("0x1F", false), Literal::Integer(31));
  EXPECT_EQ(value("1_000", true), Literal::Integer(-1000));
  EXPECT_EQ(value("9223372036854775808", true), Literal::Integer(INT64_MIN));
  EXPECT_EQ(value("9223372036854775808", false).kind, LiteralKind::kHugeInteger);
  EXPECT_EQ(value("0xFFFFFFFFFFFFFFFF", false).text, "18446744073709551615");
  EXPECT_EQ(value("1.50", true).text, "-1.50");
}

TEST(LexerTest, StringsResolveTheirEscapes) {
  EXPECT_EQ(ValueOf("'it''s'"), "it's");
  EXPECT_EQ(ValueOf("'a\\n'"), "a\\n");
  EXPECT_EQ(ValueOf("E'a\\n\\t\\\\\\'\\x41\\101''b'"), "a\n\t\\'AA'b");
  EXPECT_EQ(ValueOf("E'\\u00e9\\U0001F600\\ud83d\\ude00'"), "\u00e9\U0001F600\U0001F600");
  EXPECT_EQ(ValueOf("$$it's$$"), "it's");
  EXPECT_EQ(ValueOf("$q$a $$ b$q$"), "a $$ b");
  EXPECT_EQ(ValueOf("X'00fF'"), std::string("\0\xff", 2));
}

TEST(LexerTest, MalformedEscapesHaveNoValue) {
  for (const char* sql :
       {"E'\\x'", "E'\\0'", "E'\\u12'", "E'\\ud800'", "E'\\udc00'", "E'\\U00110000'", "E'\\777'"}) {
    EXPECT_EQ(ValueOf(sql), "(malformed)") << sql;
  }
}

TEST(LexerTest, UnterminatedThingsSayWhatTheyAre) {
  EXPECT_EQ(Cut("'abc")[0].problem, TokenProblem::kUnterminatedString);
  EXPECT_EQ(Cut("E'abc\\'")[0].problem, TokenProblem::kUnterminatedString);
  EXPECT_EQ(Cut("\"abc")[0].problem, TokenProblem::kUnterminatedIdentifier);
  EXPECT_EQ(Cut("/* a /* b */")[0].problem, TokenProblem::kUnterminatedComment);
  EXPECT_EQ(Cut("$a$ $b$")[0].problem, TokenProblem::kUnterminatedDollarString);
  EXPECT_EQ(Cut("\"\"")[0].problem, TokenProblem::kEmptyIdentifier);
  EXPECT_EQ(Cut("X'0'")[0].problem, TokenProblem::kMalformedBytes);
}

TEST(LexerTest, PositionsCountCharactersAndLines) {
  const std::vector<Token> tokens = Cut("a '\u00e9\u00e9' b\n/* x\n\u00e9 */ c -- \u00e9\nd");
  EXPECT_EQ(tokens[2].position.column, 8u);  // b
  EXPECT_EQ(tokens[2].position.offset, 9u);
  EXPECT_EQ(tokens[3].position.line, 3u);  // c
  EXPECT_EQ(tokens[3].position.column, 6u);
  EXPECT_EQ(tokens[4].position.line, 4u);  // d
  EXPECT_EQ(tokens[4].position.column, 1u);
  EXPECT_TRUE(tokens[4].after_newline);
}

TEST(LexerTest, IdentifiersFoldToLowerCaseAlsoWhenQuoted) {
  const auto name = [](std::string_view sql) { return IdentifierText(sql, Cut(sql)[0]); };
  EXPECT_EQ(name("UserId"), "userid");
  EXPECT_EQ(name("\"User \"\"Id\"\"\""), "user \"id\"");
}

TEST(KeywordTest, EveryKeywordIsFoundInAnyCase) {
  int count = 0;
  for (uint16_t i = 1; KeywordSpelling(Keyword{i}) != "zone"; ++i, ++count) {
    const std::string_view spelling = KeywordSpelling(Keyword{i});
    EXPECT_EQ(FindKeyword(spelling), Keyword{i}) << spelling;
    EXPECT_EQ(FindKeyword(ToUpper(spelling)), Keyword{i}) << spelling;
    EXPECT_EQ(FindKeyword(std::string(spelling) + "x"), Keyword::kNone) << spelling;
  }
  EXPECT_GT(count, 300);
  EXPECT_EQ(FindKeyword(""), Keyword::kNone);
  EXPECT_EQ(FindKeyword("SELECT"), Keyword::kSelect);
  EXPECT_EQ(FindKeyword("select\x7f"), Keyword::kNone);
}

}  // namespace
}  // namespace millrace::sql
