// Printing and parsing are inverses: for a corpus of every form and for random trees.
#include <gtest/gtest.h>

#include "query/sql/parser.h"
#include "query/sql/printer.h"
#include "query/sql/random_ast.h"
#include "query/sql/test_statements.h"

namespace millrace::sql {
namespace {

TEST(RoundTripTest, EveryFormParsesPrintsAndParsesTheSame) {
  for (const char* sql : kTestStatements) {
    const Result<Statement> statement = ParseStatement(sql);
    ASSERT_TRUE(statement.ok()) << sql << "\n" << statement.status().ToString();
    const std::string printed = Print(*statement);
    const Result<Statement> again = ParseStatement(printed);
    ASSERT_TRUE(again.ok()) << sql << "\n" << printed << "\n" << again.status().ToString();
    EXPECT_TRUE(*again == *statement) << sql << "\n" << printed << "\n" << Print(*again);
    EXPECT_EQ(Print(*again), printed);
  }
}

TEST(RoundTripTest, RandomExpressionsComeBackEqual) {
  RandomAst ast(/*seed=*/1);
  for (int i = 0; i < 6000; ++i) {
    const Expr expression = ast.MakeExpr(1 + i % 4);
    const std::string printed = Print(expression);
    const Result<Expr> again = ParseExpression(printed);
    ASSERT_TRUE(again.ok()) << printed << "\n" << again.status().ToString();
    ASSERT_TRUE(*again == expression) << printed << "\n" << Print(*again);
    ASSERT_EQ(Print(*again), printed);
  }
}

TEST(RoundTripTest, RandomStatementsComeBackEqual) {
  RandomAst ast(/*seed=*/2);
  for (int i = 0; i < 3000; ++i) {
    const Statement statement = ast.MakeStatement(1 + i % 4);
    const std::string printed = Print(statement);
    const Result<Statement> again = ParseStatement(printed);
    ASSERT_TRUE(again.ok()) << printed << "\n" << again.status().ToString();
    ASSERT_TRUE(*again == statement) << printed << "\n" << Print(*again);
    ASSERT_EQ(Print(*again), printed);
  }
}

TEST(RoundTripTest, ACloneIsEqualAndIndependent) {
  RandomAst ast(/*seed=*/3);
  for (int i = 0; i < 200; ++i) {
    const Statement statement = ast.MakeStatement(3);
    Statement clone = statement.Clone();
    EXPECT_TRUE(clone == statement);
    const std::string before = Print(statement);
    clone = Statement(ExportUserData{});
    EXPECT_EQ(Print(statement), before);
    EXPECT_FALSE(clone == statement);
  }
}

}  // namespace
}  // namespace millrace::sql
