// What expressions give, as text against text.
#include "query/plan/expression_harness_for_test.h"

namespace millrace::plan {
namespace {

TEST(ExpressionEvalTest, IntegersTruncateOverflowAndRefuseZero) {
  EXPECT_EVAL("1 + 2", "3");
  EXPECT_EVAL("7 / 2", "3");
  EXPECT_EVAL("-7 / 2", "-3");
  EXPECT_EVAL("-7 % 3", "-1");
  EXPECT_EVAL("2 ^ 10", "1024");
  EXPECT_EVAL("1 / 0", "!22012");
  EXPECT_EVAL("1 % 0", "!22012");
  EXPECT_EVAL("1.0 / 0", "!22012");
  EXPECT_EVAL("1e0 / 0", "!22012");
  EXPECT_EVAL("2147483647 + 1", "!22003");
  EXPECT_EVAL("2147483648 + 1", "2147483649");
  EXPECT_EVAL("9223372036854775807 + 1", "!22003");
  EXPECT_EVAL("-9223372036854775808 / -1", "!22003");
  EXPECT_EVAL("-9223372036854775808 % -1", "0");
  EXPECT_EVAL("-(-9223372036854775808)", "!22003");
  EXPECT_EVAL("CAST(32767 AS SMALLINT) + CAST(1 AS SMALLINT)", "!22003");
  EXPECT_EVAL("1 + NULL", "NULL");
  EXPECT_EVAL("NULL / 0", "NULL");
}

TEST(ExpressionEvalTest, ResultTypesFollowPromotion) {
  EXPECT_TYPE("1 + 2", "INT");
  EXPECT_TYPE("1 + 3000000000", "BIGINT");
  EXPECT_TYPE("1 + 1.5", "DECIMAL(12,1)");
  EXPECT_TYPE("1 + 1e0", "DOUBLE");
  EXPECT_TYPE("1.5 + 1e0", "DOUBLE");
  EXPECT_TYPE("CAST(1 AS FLOAT) + CAST(1 AS FLOAT)", "FLOAT");
  EXPECT_TYPE("CAST(1 AS FLOAT) + 1", "DOUBLE");
  EXPECT_TYPE("'5' + 1", "INT");
  EXPECT_TYPE("CAST(1 AS SMALLINT) + 1", "INT");
  EXPECT_TYPE("'a'", "TEXT");
  EXPECT_TYPE("NULL", "TEXT");
  EXPECT_TYPE("$1", "TEXT");
  EXPECT_TYPE("$1 + 1", "INT");
  EXPECT_TYPE("abs($1)", "DOUBLE");
  EXPECT_TYPE("lower($1)", "TEXT");
  EXPECT_TYPE("TIMESTAMP '2026-01-01' + '1 day'", "TIMESTAMP");
}

TEST(ExpressionEvalTest, DecimalsAreExact) {
  EXPECT_EVAL("0.1 + 0.2", "0.3");
  EXPECT_EVAL("1.10 - 0.9", "0.20");
  EXPECT_EVAL("1.5 * 1.5", "2.25");
  EXPECT_EVAL("10.0 / 3", "3.333333");
  EXPECT_EVAL("-10.0 / 3", "-3.333333");
  EXPECT_EVAL("2.0 / 3", "0.666667");
  EXPECT_EVAL("5.5 % 2", "1.5");
  EXPECT_EVAL("99999999999999999999 + 1", "100000000000000000000");
  EXPECT_EVAL("99999999999999999999999999999999999999 + 1", "!22003");
  EXPECT_EVAL("CAST(1.5 AS DECIMAL(38,10)) * CAST(2 AS DECIMAL(38,10))", "3.00000000000000000000");
  EXPECT_EVAL("CAST('0.00000000000000000001' AS DECIMAL(38,20)) * 0.5", "0.00000000000000000001");
  EXPECT_EVAL("CAST(123456789012345678.5 AS DECIMAL(38,20)) * CAST(10 AS DECIMAL(38,20))",
              "!22003");
  EXPECT_EVAL("CAST(12345678901234567.5 AS DECIMAL(38,20)) * CAST(10 AS DECIMAL(38,20))",
              "123456789012345675.00000000000000000000");
}

TEST(ExpressionEvalTest, FloatsOverflowAsErrorsAndOrderNaNLast) {
  EXPECT_EVAL("1e308 * 10", "!22003");
  EXPECT_EVAL("CAST('NaN' AS DOUBLE) = CAST('NaN' AS DOUBLE)", "true");
  EXPECT_EVAL("CAST('NaN' AS DOUBLE) > CAST('Infinity' AS DOUBLE)", "true");
  EXPECT_EVAL("CAST('-Infinity' AS DOUBLE) < -1e308", "true");
  EXPECT_EVAL("CAST('Infinity' AS DOUBLE) + 1", "Infinity");
  EXPECT_EVAL("-0.0::DOUBLE = 0.0::DOUBLE", "true");
}

TEST(ExpressionEvalTest, ComparisonsMeetInOneType) {
  EXPECT_EVAL("1 = 1.0", "true");
  EXPECT_EVAL("1 < 1.5", "true");
  EXPECT_EVAL("'5' = 5", "true");
  EXPECT_EVAL("'abc' = 5", "!22P02");
  EXPECT_EVAL("5 = TRUE", "!42883");
  EXPECT_EVAL("'a' < 'b'", "true");
  EXPECT_EVAL("'a' < 'B'", "false");
  EXPECT_EVAL("DATE '2026-01-02' < TIMESTAMP '2026-01-02 00:00:01'", "true");
  EXPECT_EVAL("DATE '2026-01-02' = '2026-01-02'", "true");
  EXPECT_EVAL("INTERVAL '1 month' = INTERVAL '30 days'", "true");
  EXPECT_EVAL("NULL = NULL", "NULL");
  EXPECT_EVAL("NULL IS NOT DISTINCT FROM NULL", "true");
  EXPECT_EVAL("1 IS DISTINCT FROM NULL", "true");
  EXPECT_EVAL("1 IS NOT DISTINCT FROM 1", "true");
  EXPECT_EVAL(
      "UUID 'ffffffff-ffff-ffff-ffff-ffffffffffff' > UUID "
      "'00000000-0000-0000-0000-000000000001'",
      "true");
}

TEST(ExpressionEvalTest, ThreeValuedLogic) {
  const char* const kValues[] = {"TRUE", "FALSE", "NULL"};
  const char* const kAnd[3][3] = {
      {"true", "false", "NULL"}, {"false", "false", "false"}, {"NULL", "false", "NULL"}};
  const char* const kOr[3][3] = {
      {"true", "true", "true"}, {"true", "false", "NULL"}, {"true", "NULL", "NULL"}};
  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = 0; j < 3; ++j) {
      const std::string left = kValues[i];
      EXPECT_EVAL(left + " AND " + kValues[j], kAnd[i][j]);
      EXPECT_EVAL(left + " OR " + kValues[j], kOr[i][j]);
    }
  }
  EXPECT_EVAL("NOT NULL::BOOLEAN", "NULL");
  EXPECT_EVAL("NOT TRUE", "false");
  EXPECT_EVAL("NULL IS NULL", "true");
  EXPECT_EVAL("(NULL = 1) IS UNKNOWN", "true");
  EXPECT_EVAL("(NULL = 1) IS NOT TRUE", "true");
  EXPECT_EVAL("(1 = 1) IS FALSE", "false");
}

TEST(ExpressionEvalTest, BranchesNotTakenAreNotEvaluated) {
  EXPECT_EVAL("FALSE AND 1 / 0 = 1", "false");
  EXPECT_EVAL("TRUE OR 1 / 0 = 1", "true");
  EXPECT_EVAL("1 / 0 = 1 AND FALSE", "!22012");
  EXPECT_EVAL("CASE WHEN FALSE THEN 1 / 0 ELSE 7 END", "7");
  EXPECT_EVAL("COALESCE(1, 1 / 0)", "1");
  ExpressionHarness harness;
  harness.AddColumn("a", TypeId::kInt,
                    {Value::Integer(TypeId::kInt, 10), Value::Integer(TypeId::kInt, 20),
                     Value::Integer(TypeId::kInt, 30), Value::Null(TypeId::kInt)});
  harness.AddColumn("b", TypeId::kInt,
                    {Value::Integer(TypeId::kInt, 2), Value::Integer(TypeId::kInt, 0),
                     Value::Null(TypeId::kInt), Value::Integer(TypeId::kInt, 1)});
  EXPECT_EQ(harness.Eval("CASE WHEN b <> 0 THEN a / b END"), "5, NULL, NULL, NULL");
  EXPECT_EQ(harness.Eval("CASE WHEN b <> 0 THEN a / b ELSE -1 END"), "5, -1, -1, NULL");
  EXPECT_EQ(harness.Eval("b <> 0 AND a / b > 1"), "true, false, NULL, NULL");
  EXPECT_EQ(harness.Eval("b = 0 OR a / b > 1"), "true, true, NULL, NULL");
  EXPECT_EQ(harness.Eval("b IS NULL OR b = 0 OR a / b > 1"), "true, true, true, NULL");
  EXPECT_EQ(harness.Eval("COALESCE(NULLIF(b, 0), a / NULLIF(b, 0), 9)"), "2, 9, 9, 1");
  EXPECT_EQ(harness.Eval("a / b"), "!22012");
  EXPECT_EQ(harness.Eval("CASE b WHEN 0 THEN 'zero' WHEN 2 THEN 'two' END"),
            "two, zero, NULL, NULL");
}

TEST(ExpressionEvalTest, InAndBetween) {
  EXPECT_EVAL("2 IN (1, 2, 3)", "true");
  EXPECT_EVAL("5 IN (1, 2, 3)", "false");
  EXPECT_EVAL("5 IN (1, NULL)", "NULL");
  EXPECT_EVAL("5 NOT IN (1, NULL)", "NULL");
  EXPECT_EVAL("1 NOT IN (1, NULL)", "false");
  EXPECT_EVAL("NULL IN (1, 2)", "NULL");
  EXPECT_EVAL("'b' IN ('a', 'b')", "true");
  EXPECT_EVAL("5 IN (1,2,3,4,6,7,8,9,10,11)", "false");
  EXPECT_EVAL("11 IN (1,2,3,4,6,7,8,9,10,11)", "true");
  EXPECT_EVAL("5 IN (1,2,3,4,6,7,8,9,10,NULL)", "NULL");
  EXPECT_EVAL("0.0::DOUBLE IN (-0.0,2,3,4,6,7,8,9,10,11)", "true");
  EXPECT_EVAL("1.5 IN (1, 1.50)", "true");
  EXPECT_EVAL("2 BETWEEN 1 AND 3", "true");
  EXPECT_EVAL("2 NOT BETWEEN 1 AND 3", "false");
  EXPECT_EVAL("2 BETWEEN 3 AND 1", "false");
  EXPECT_EVAL("2 BETWEEN SYMMETRIC 3 AND 1", "true");
  EXPECT_EVAL("2 BETWEEN NULL AND 1", "false");
}

TEST(ExpressionEvalTest, Conditionals) {
  EXPECT_EVAL("CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' ELSE 'c' END", "b");
  EXPECT_EVAL("CASE WHEN 1 > 2 THEN 1 END", "NULL");
  EXPECT_TYPE("CASE WHEN TRUE THEN 1 ELSE 2.5 END", "DECIMAL(11,1)");
  EXPECT_EVAL("CASE WHEN TRUE THEN 1 ELSE 2.5 END", "1.0");
  EXPECT_EVAL("CASE WHEN TRUE THEN 1 ELSE TRUE END", "!42804");
  EXPECT_EVAL("COALESCE(NULL, NULL, 3)", "3");
  EXPECT_EVAL("COALESCE(NULL, 'x')", "x");
  EXPECT_EVAL("NULLIF(1, 1)", "NULL");
  EXPECT_EVAL("NULLIF(1, 2)", "1");
  EXPECT_EVAL("NULLIF('a', 'a')", "NULL");
  EXPECT_TYPE("NULLIF(1, 2.5)", "INT");
  EXPECT_EVAL("GREATEST(1, NULL, 3, 2)", "3");
  EXPECT_EVAL("LEAST(2.5, 1)", "1.0");
  EXPECT_EVAL("GREATEST(NULL, NULL)", "NULL");
  EXPECT_EVAL("GREATEST('a', 'c', 'b')", "c");
}

TEST(ExpressionEvalTest, Casts) {
  EXPECT_EVAL("CAST('12' AS INT)", "12");
  EXPECT_EVAL("'x'::INT", "!22P02");
  EXPECT_EVAL("TRY_CAST('x' AS INT)", "NULL");
  EXPECT_EVAL("TRY_CAST('7' AS INT)", "7");
  EXPECT_EVAL("70000::SMALLINT", "!22003");
  EXPECT_EVAL("TRY_CAST(70000 AS SMALLINT)", "NULL");
  EXPECT_EVAL("2.5::INT", "3");
  EXPECT_EVAL("1.005::DECIMAL(10,2)", "1.01");
  EXPECT_EVAL("TRUE::TEXT", "true");
  EXPECT_EVAL("1::BOOLEAN", "true");
  EXPECT_EVAL("DATE '2026-01-02'::TIMESTAMP", "2026-01-02 00:00:00");
  EXPECT_EVAL("TIMESTAMP '2026-01-02 03:04:05'::DATE", "2026-01-02");
  EXPECT_EVAL("TIMESTAMP '2026-01-02 03:04:05'::TIME", "03:04:05");
  EXPECT_EVAL("TRUE::DATE", "!42846");
  EXPECT_EVAL("'{\"a\":1}'::JSON", "{\"a\":1}");
  EXPECT_EVAL("'{'::JSON", "!22P02");
}

}  // namespace
}  // namespace millrace::plan
