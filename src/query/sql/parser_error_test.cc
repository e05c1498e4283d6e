// What a user is told when a statement does not parse.
#include <gtest/gtest.h>

#include <string>

#include "query/sql/parser.h"
#include "query/sql/secrets.h"
#include "query/sql/suggest.h"

namespace millrace::sql {
namespace {

struct ErrorCase {
  const char* sql;
  const char* message;
  uint32_t line;
  uint32_t column;
  const char* hint;  // a part of it; empty means no hint at all
};

constexpr ErrorCase kCases[] = {
    // Misspelled words.
    {"SELECT * FORM t", "syntax error at or near \"FORM\"", 1, 10, "Did you mean \"FROM\"?"},
    {"SELECT a FORM t", "syntax error at or near \"FORM\"", 1, 10, "Did you mean \"FROM\"?"},
    {"SELCT 1", "syntax error at or near \"SELCT\"", 1, 1, "Did you mean \"SELECT\"?"},
    {"SELECT *\nFROM t\n  WEHRE a = 1", "syntax error at or near \"WEHRE\"", 3, 3,
     "Did you mean \"WHERE\"?"},
    {"UPDATE t ST a = 1", "syntax error at or near \"ST\"", 1, 10, "Did you mean \"SET\"?"},
    {"INSERT INTO t VALEUS (1)", "syntax error at or near \"VALEUS\"", 1, 15,
     "Did you mean \"VALUES\"?"},
    {"DROP TABEL t", "syntax error at or near \"TABEL\"", 1, 6, "Did you mean \"TABLE\"?"},
    {"CREATE TABLE t (a INT PRIMRY KEY)", "syntax error at or near \"PRIMRY\"", 1, 23,
     "Did you mean \"PRIMARY\"?"},
    {"SELECT 1 FROM t GROUP BU a", "syntax error at or near \"BU\"", 1, 23,
     "BY was expected here."},
    // Commas and parentheses.
    {"SELECT a, b, FROM t", "syntax error at or near \"FROM\"", 1, 14,
     "Remove the comma before \"FROM\"."},
    {"CREATE TABLE t (a INT,)", "syntax error at or near \")\"", 1, 23, "Remove the comma"},
    {"SELECT a b c FROM t", "syntax error at or near \"c\"", 1, 12,
     "A comma may be missing before \"c\"."},
    {"INSERT INTO t VALUES (1 2)", "syntax error at or near \"2\"", 1, 25,
     "A comma may be missing before \"2\"."},
    {"SELECT (a + 1", "syntax error at end of input", 1, 14,
     "The parenthesis opened at line 1, column 8 is not closed."},
    {"SELECT (a + 1 FROM t", "syntax error at or near \"FROM\"", 1, 15,
     "The parenthesis opened at line 1, column 8 is not closed."},
    {"SELECT 1)", "syntax error at or near \")\"", 1, 9, "No parenthesis is open here."},
    // Quotes.
    {"SELECT 'abc", "unterminated quoted string at or near \"'abc\"", 1, 8, "Close the string"},
    {"KILL JOB \"x\"", "syntax error at or near \"\"x\"\"", 1, 10, "single quotes"},
    {"CREATE TABLE t (a INT) WITH (TYPE = \"USER\")", "syntax error at or near \"\"USER\"\"", 1, 37,
     "single quotes"},
    {"SELECT `a`", "syntax error at or near \"`\"", 1, 8, "double quotes"},
    {"SELECT \u2018a\u2019", "syntax error at or near \"\u2018\"", 1, 8, "typographic"},
    {"SELECT E'\\x'", "invalid escape sequence in string at or near \"E'\\x'\"", 1, 8, "twice"},
    {"SELECT \"\"", "zero-length delimited identifier at or near \"\"\"\"", 1, 8, "single quotes"},
    // Words and operators of other systems.
    {"SELECT order FROM t", "syntax error at or near \"order\"", 1, 8, "reserved word"},
    {"CREATE TABLE user (a INT)", "syntax error at or near \"user\"", 1, 14, "reserved word"},
    {"SELECT 1 WHERE a == 1", "syntax error at or near \"==\"", 1, 18, "single \"=\""},
    {"SELECT 1 WHERE a < b < c", "syntax error at or near \"<\"", 1, 22, "do not chain"},
    {"SELECT 1 WHERE a = ?", "syntax error at or near \"?\"", 1, 20, "$1, $2"},
    {"SELECT 1 LIMIT 5, 10", "syntax error at or near \",\"", 1, 17, "OFFSET"},
    {"SELECT 12abc", "trailing junk after numeric literal at or near \"12abc\"", 1, 8, "digit"},
    {"SELECT 1 WHERE a IN ()", "syntax error at or near \")\"", 1, 22, "at least one value"},
    {"SELECT 1 + SELECT 2", "syntax error at or near \"SELECT\"", 1, 12, "parentheses"},
    {"SELECT * FROM a JOIN b", "syntax error at end of input", 1, 23, "ON or USING"},
    // Sense, where the grammar itself can tell.
    {"VALUES (1, 2), (3)", "VALUES lists must all be the same length", 1, 16, "2 values"},
    {"SELECT DEFAULT", "DEFAULT is not allowed in this context", 1, 8, "INSERT"},
    {"SELECT * FROM a.b.c", "improper qualified name (too many dotted names)", 1, 18,
     "namespace.table"},
    {"UPDATE t SET (a, b) = (1)", "number of columns does not match number of values", 1, 14, ""},
    {"", "no statement", 1, 1, ""},
    {"SELECT 1; SELECT 2", "more than one statement where one was expected", 1, 11, ""},
};

TEST(ParserErrorTest, SaysWhatWhereAndWhatWouldBeRight) {
  for (const ErrorCase& expected : kCases) {
    const Result<Statement> statement = ParseStatement(expected.sql);
    ASSERT_FALSE(statement.ok()) << expected.sql;
    const Status status = statement.status();
    EXPECT_EQ(status.message(), expected.message) << expected.sql;
    EXPECT_EQ(status.sqlstate(), "42601") << expected.sql;
    ASSERT_NE(status.position(), nullptr) << expected.sql;
    EXPECT_EQ(status.position()->line, expected.line) << expected.sql;
    EXPECT_EQ(status.position()->column, expected.column) << expected.sql;
    if (*expected.hint == '\0') {
      EXPECT_EQ(status.hint(), "") << expected.sql;
    } else {
      EXPECT_NE(status.hint().find(expected.hint), std::string::npos) << expected.sql << "\n"
                                                                      << status.hint();
    }
  }
}

TEST(ParserErrorTest, ForeignStatementsAndClausesAreNotSyntaxErrors) {
  for (const char* sql :
       {"MERGE INTO t USING s ON TRUE", "COPY t FROM 'x'", "PRAGMA x", "VACUUM",
        "CREATE TEMP TABLE t (a INT)", "CREATE DATABASE x", "SELECT 1 FOR UPDATE",
        "SELECT a INTO b FROM c", "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
        "SELECT * FROM t TABLESAMPLE bernoulli (1)", "EXECUTE plan", "SET ROLE bob",
        "COMMIT AND CHAIN", "ALTER INDEX i RENAME TO j"}) {
    const Result<Statement> statement = ParseStatement(sql);
    ASSERT_FALSE(statement.ok()) << sql;
    EXPECT_EQ(statement.status().sqlstate(), "0A000") << sql;
    EXPECT_EQ(statement.status().code(), Code::kUnimplemented) << sql;
  }
}

TEST(ParserErrorTest, ParametersStartAtOneAndEndSomewhere) {
  EXPECT_EQ(ParseExpression("$0").status().sqlstate(), "42P02");
  EXPECT_EQ(ParseExpression("$65536").status().sqlstate(), "42P02");
  EXPECT_EQ(ParseExpression("$99999999999999999999").status().sqlstate(), "42P02");
  EXPECT_TRUE(ParseExpression("$65535").ok());
}

TEST(ParserErrorTest, WhatMayBeAPasswordIsNotRepeated) {
  for (const char* sql :
       {"CREATE USER bob WITH PASWORD 'hunter2'", "CREATE USER bob 'hunter2'",
        "ALTER USER bob PASSWORD 'hunter2'", "create user bob with password 'hunter2",
        "ALTER USER bob SET PASSWORD \"hunter2\"", "ALTER USER bob SET PASSWORD hunter2",
        "CREATE USER bob WITH PASSWORD hunter2", "CREATE USER bob WITH PASSWORD 'a' 'hunter2'",
        "SELECT 1; CREATE ROLE bob 'hunter2'"}) {
    const Status status = ParseStatements(sql).status();
    ASSERT_FALSE(status.ok()) << sql;
    EXPECT_EQ(status.ToString().find("hunter2"), std::string::npos) << status.ToString();
    EXPECT_EQ(status.hint().find("hunter2"), std::string::npos) << status.hint();
    EXPECT_EQ(status.position()->token.find("hunter2"), std::string::npos) << sql;
  }
}

struct HiddenCase {
  const char* sql;
  const char* hidden;
};

TEST(SecretsTest, EverythingBehindTheWordsThatLeadToASecretGoes) {
  constexpr HiddenCase kHidden[] = {
      {"CREATE USER bob WITH PASSWORD 'x'", "CREATE USER ***"},
      {"create /* a */ user bob with password 'x", "create /* a */ user ***"},
      {"ALTER USER bob SET PASSWORD 'x'; SELECT 1", "ALTER USER ***"},
      {"SELECT 1; CREATE OR REPLACE USER bob", "SELECT 1; CREATE OR REPLACE USER ***"},
      {"CREATE \u2018 ` ROLE bob", "CREATE \u2018 ` ROLE bob"},
      {"CREATE ROLE bob PASSWORD 'x'", "CREATE ROLE ***"},
      {"SET PASSWORD = 'x'", "SET PASSWORD ***"},
      {"CREATE STORAGE s TYPE s3 CREDENTIALS 'x'", "CREATE STORAGE s TYPE s3 CREDENTIALS ***"},
      {"EXPLAIN ALTER USER bob SET ROLE dba", "EXPLAIN ALTER USER ***"},
      // Nothing to hide.
      {"CREATE USER TABLE t (password TEXT)", "CREATE USER TABLE t (password TEXT)"},
      {"SELECT password FROM t WHERE name = 'create user'",
       "SELECT password FROM t WHERE name = 'create user'"},
      {"DROP USER bob", "DROP USER bob"},
      {"EXECUTE AS USER 'bob' (SELECT 1)", "EXECUTE AS USER 'bob' (SELECT 1)"},
      {"CREATE USER", "CREATE USER"},
      {"", ""},
  };
  for (const HiddenCase& c : kHidden) EXPECT_EQ(HideSecrets(c.sql), c.hidden);
}

TEST(ParserErrorTest, ALongTokenIsShownCut) {
  const Status status = ParseStatement("SELECT 1 FROM t '" + std::string(5000, 'x') + "'").status();
  EXPECT_LT(status.message().size(), 120u);
  EXPECT_LT(status.position()->token.size(), 80u);
}

// ---- Depth ------------------------------------------------------------------

std::string Repeat(std::string_view text, int count) {
  std::string repeated;
  for (int i = 0; i < count; ++i) repeated.append(text);
  return repeated;
}

TEST(ParserDepthTest, NestingBeyondTheLimitIsRefused) {
  const auto nested = [](std::string_view open, std::string_view middle, std::string_view close,
                         int count) {
    return std::string("SELECT ") + Repeat(open, count) + std::string(middle) +
           Repeat(close, count);
  };
  for (const int count : {1000, 100000}) {
    for (const std::string& sql :
         {nested("(", "1", ")", count),
          nested("NOT ", "a", "", count),
          nested("- ", "a", "", count),
          nested("(SELECT ", "1", ")", count),
          nested("f(", "1", ")", count),
          nested("ARRAY[", "1", "]", count),
          nested("CASE WHEN ", "1", " THEN 1 END", count),
          nested("a ^ (", "1", ")", count),
          nested("((SELECT 1) + ", "1", ")", count),
          "SELECT * FROM " + Repeat("(", count) + "t" + Repeat(")", count),
          "SELECT * FROM t GROUP BY " + Repeat("GROUPING SETS (", count) + "a" + Repeat(")", count),
          Repeat("EXPLAIN ", count) + "SELECT 1",
          Repeat("(", count) + "SELECT 1",
          "SELECT a" + Repeat("[1]", count),
          "SELECT a" + Repeat("::int", count),
          "SELECT 1" + Repeat(" + 1", count),
          "SELECT 1" + Repeat(" UNION SELECT 1", count),
          "SELECT 1" + Repeat(" INTERSECT SELECT 1", count),
          "SELECT * FROM t" + Repeat(" CROSS JOIN t", count),
          "SELECT * FROM t" + Repeat(" JOIN t", count),
          "SELECT a" + Repeat(" IS NULL", count)}) {
      const Result<Statement> statement = ParseStatement(sql);
      ASSERT_FALSE(statement.ok()) << sql.substr(0, 60);
      EXPECT_EQ(statement.status().sqlstate(), "54001") << sql.substr(0, 60);
    }
  }
}

TEST(ParserDepthTest, ReasonableNestingAndLongListsParse) {
  EXPECT_TRUE(ParseStatement("SELECT " + Repeat("(", 150) + "1" + Repeat(")", 150)).ok());
  EXPECT_TRUE(ParseStatement("SELECT 1" + Repeat(" + 1", 900)).ok());
  EXPECT_TRUE(ParseStatement("SELECT 1 WHERE a = 0" + Repeat(" OR a = 1", 20000)).ok());
  EXPECT_TRUE(ParseStatement("SELECT 1 WHERE a IN (0" + Repeat(", 1", 20000) + ")").ok());
}

TEST(SuggestTest, ShortWordsAreNotGuessedAt) {
  constexpr std::string_view kWords[] = {"OR", "AS", "FROM", "WHERE"};
  EXPECT_EQ(NearestWord("ob", kWords), "");
  EXPECT_EQ(NearestWord("xxxx", kWords), "");
  EXPECT_EQ(NearestWord("wheer", kWords), "WHERE");
}

}  // namespace
}  // namespace millrace::sql
