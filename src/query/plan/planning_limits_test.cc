// What is refused before the engine sees it, and what is not.
#include "query/plan/planning_limits.h"

#include <gtest/gtest.h>

#include <string>

#include "query/sql/parser.h"

namespace millrace::plan {
namespace {

// The SQLSTATE, or empty.
std::string Check(const std::string& sql) {
  const Result<sql::Query> query = sql::ParseQuery(sql);
  EXPECT_TRUE(query.ok()) << query.status().ToString();
  const Status status = CheckPlanningLimits(*query);
  return status.ok() ? std::string() : std::string(status.sqlstate());
}

std::string Repeat(std::string_view text, size_t times) {
  std::string result;
  for (size_t i = 0; i < times; ++i) result += text;
  return result;
}

TEST(PlanningLimitsTest, TablesOfOneFromClause) {
  const auto joined = [](size_t tables) {
    return "SELECT 1 FROM t" + Repeat(" JOIN t USING (a)", tables - 1);
  };
  EXPECT_EQ(Check(joined(kTablesInFromMax)), "");
  EXPECT_EQ(Check(joined(kTablesInFromMax + 1)), "54001");
  EXPECT_EQ(Check("SELECT 1 FROM t" + Repeat(", t", kTablesInFromMax)), "54001");
  EXPECT_EQ(Check("SELECT 1 FROM (" + joined(kTablesInFromMax + 1) + ") x"), "54001");
  EXPECT_EQ(Check("WITH x AS (" + joined(kTablesInFromMax + 1) + ") SELECT 1"), "54001");
  EXPECT_EQ(Check("SELECT 1 WHERE EXISTS (" + joined(kTablesInFromMax + 1) + ")"), "54001");
  EXPECT_EQ(Check("SELECT 1 FROM t" + Repeat(" UNION SELECT 1 FROM t", 100)), "");
}

TEST(PlanningLimitsTest, CommonTables) {
  const auto with = [](size_t tables) {
    return "WITH a AS (SELECT 1)" + Repeat(", b AS (SELECT 2)", tables - 1) + " SELECT 1";
  };
  EXPECT_EQ(Check(with(kCommonTablesMax)), "");
  EXPECT_EQ(Check(with(kCommonTablesMax + 1)), "54001");
}

TEST(PlanningLimitsTest, Subqueries) {
  const auto list = [](size_t queries) {
    return "SELECT 1" + Repeat(", (SELECT 2)", queries) + " FROM t";
  };
  EXPECT_EQ(Check(list(kSubqueriesMax)), "");
  EXPECT_EQ(Check(list(kSubqueriesMax + 1)), "54001");
}

// Each scalar subquery around it doubles what planning a query takes.
TEST(PlanningLimitsTest, NestedScalarSubqueries) {
  const auto nested = [](size_t depth, const std::string& inner) {
    return "SELECT " + Repeat("(SELECT ", depth) + inner + Repeat(")", depth) + " FROM t";
  };
  EXPECT_EQ(Check(nested(18, "1")), "");
  EXPECT_EQ(Check(nested(19, "1")), "54001");
  const std::string join = "(SELECT 1 FROM t" + Repeat(", t", 23) + ")";
  EXPECT_EQ(Check(nested(2, join)), "");
  EXPECT_EQ(Check(nested(6, join)), "54001");
  EXPECT_EQ(Check("SELECT 1 WHERE 1 IN " + Repeat("(SELECT 1 WHERE 1 IN ", 30) + "(1)" +
                  Repeat(")", 30)),
            "");
}

TEST(PlanningLimitsTest, SeveralLargeJoins) {
  const std::string join = "(SELECT 1 FROM t" + Repeat(", t", 40) + ")";
  EXPECT_EQ(Check("SELECT 1 FROM " + join + " a, " + join + " b"), "");
  EXPECT_EQ(Check("SELECT 1 FROM " + join + " a, " + join + " b, " + join + " c, " + join + " d"),
            "54001");
}

TEST(PlanningLimitsTest, ColumnsOperationsAndLiterals) {
  EXPECT_EQ(Check("SELECT 1" + Repeat(", 1", kResultColumnsMax - 1)), "");
  EXPECT_EQ(Check("SELECT 1" + Repeat(", 1", kResultColumnsMax)), "54011");
  EXPECT_EQ(Check("SELECT 1 FROM t WHERE a IN (1" + Repeat(",1", 100'000) + ")"), "");
  EXPECT_EQ(Check("SELECT 1 FROM t WHERE a IN (1" + Repeat(",1", kLiteralsMax) + ")"), "54001");
  EXPECT_EQ(Check("SELECT 1 FROM t WHERE a = 1" + Repeat(" OR a = 1", kOperationsMax / 2)),
            "54001");
}

}  // namespace
}  // namespace millrace::plan
