// Equality, order, text and literals of single values.
#include "types/value.h"

#include <gtest/gtest.h>

#include <cmath>

#include "types/decimal.h"
#include "types/random_values_for_test.h"

namespace millrace {
namespace {

TEST(ValueTest, EqualityIsOfTypeAndPayload) {
  EXPECT_EQ(Value::BigInt(1), Value::BigInt(1));
  EXPECT_FALSE(Value::BigInt(1) == Value::Integer(TypeId::kInt, 1));
  EXPECT_EQ(Value::Null(TypeId::kInt), Value::Null(TypeId::kInt));
  EXPECT_FALSE(Value::Null(TypeId::kInt) == Value::Null());
  EXPECT_EQ(Value::Double(NAN), Value::Double(NAN));
  EXPECT_FALSE(Value::Double(NAN) == Value::Double(1));
  EXPECT_FALSE(Value::Text("") == Value::Null(TypeId::kText));
}

TEST(ValueTest, PayloadOfAnotherKindIsABug) {
  EXPECT_DEATH(Value::Text("a").integer(), "another kind");
  EXPECT_DEATH(Value::Null(TypeId::kInt).integer(), "another kind");
}

TEST(ValueToSqlLiteralTest, CarriesTheTypeWhereNeeded) {
  using namespace std::string_literals;
  const std::pair<Value, std::string_view> cases[] = {
      {Value::Null(TypeId::kInt), "NULL"},
      {Value::Boolean(true), "TRUE"},
      {Value::Integer(TypeId::kInt, -5), "-5"},
      {Value::BigInt(INT64_MIN), "-9223372036854775808"},
      {Value::Double(1.5), "1.5e+00"},
      {Value::Double(NAN), "CAST('NaN' AS DOUBLE)"},
      {Value::Real(TypeId::kFloat, 0.1F), "CAST('0.1' AS FLOAT)"},
      {Value::Wide(SqlType::Decimal(10, 2), -50), "CAST('-0.50' AS DECIMAL(10,2))"},
      {Value::Text("it's"), "'it''s'"},
      {Value::String(TypeId::kBytes, "\x00\xff"s), "X'00ff'"},
      {Value::String(TypeId::kJson, "{}"), "CAST('{}' AS JSON)"},
      {Value::Integer(TypeId::kDate, 0), "DATE '1970-01-01'"},
      {Value::Integer(TypeId::kTime, 1), "TIME '00:00:00.000001'"},
      {Value::Integer(TypeId::kTimestamp, 0), "TIMESTAMP '1970-01-01 00:00:00'"},
      {Value::Integer(TypeId::kDateTime, 0), "CAST('1970-01-01 00:00:00+00' AS DATETIME)"},
      {Value::Wide(TypeId::kUuid, 255), "UUID '00000000-0000-0000-0000-0000000000ff'"},
      {Value::OfInterval({1, 0, 0}), "INTERVAL '1 mon'"},
      {Value::String(SqlType::Embedding(1), "\x00\x00\x80\x3f"s), "CAST('[1]' AS EMBEDDING(1))"},
  };
  for (const auto& [value, literal] : cases) EXPECT_EQ(value.ToSqlLiteral(), literal);
}

TEST(ValueToTextTest, PrintsAsPostgres) {
  using namespace std::string_literals;
  const std::pair<Value, std::string_view> cases[] = {
      {Value::Null(), "NULL"},
      {Value::Boolean(false), "false"},
      {Value::Double(100'000), "100000"},
      {Value::Double(1e15), "1e+15"},
      {Value::Double(1e14), "100000000000000"},
      {Value::Double(0.0001), "0.0001"},
      {Value::Double(0.00001), "1e-05"},
      {Value::Double(-INFINITY), "-Infinity"},
      {Value::Real(TypeId::kFloat, 1e6F), "1e+06"},
      {Value::Real(TypeId::kFloat, 0.0001F), "0.0001"},
      {Value::Real(TypeId::kFloat, 123456.7F), "123456.7"},
      {Value::String(TypeId::kBytes, "\x01\xab"s), "\\x01ab"},
      {Value::String(TypeId::kBytes, ""), "\\x"},
  };
  for (const auto& [value, text] : cases) EXPECT_EQ(value.ToText(), text);
}

Value Decimal(Int128 unscaled, int precision, int scale) {
  return Value::Wide(SqlType::Decimal(static_cast<uint8_t>(precision), static_cast<uint8_t>(scale)),
                     unscaled);
}

TEST(CompareValuesTest, OrdersAcrossTypes) {
  struct Case {
    Value left;
    Value right;
    int order;
  };
  const Int128 huge = decimal::PowerOfTen(38) - 1;
  const Case cases[] = {
      {Value::Integer(TypeId::kSmallInt, 1), Value::BigInt(2), -1},
      {Value::BigInt(INT64_MAX), Value::BigInt(INT64_MAX - 1), 1},
      {Value::BigInt(2), Decimal(200, 10, 2), 0},
      {Value::BigInt(2), Decimal(201, 10, 2), -1},
      {Value::BigInt(-2), Decimal(-201, 10, 2), 1},
      {Decimal(huge, 38, 0), Decimal(huge, 38, 38), 1},
      {Decimal(-huge, 38, 38), Decimal(-1, 38, 0), 1},
      {Decimal(150, 10, 2), Decimal(15, 10, 1), 0},
      {Decimal(-5, 10, 1), Decimal(5, 10, 1), -1},
      {Value::Double(1.5), Decimal(150, 10, 2), 0},
      {Value::Double(1.5), Value::BigInt(1), 1},
      {Value::Double(NAN), Value::Double(INFINITY), 1},
      {Value::Double(NAN), Value::Double(NAN), 0},
      {Value::BigInt(1), Value::Double(NAN), -1},
      {Value::Double(-0.0), Value::Double(0.0), 0},
      {Value::Text("a"), Value::Text("ab"), -1},
      {Value::Text("\xc3\xa4"), Value::Text("z"), 1},
      {Value::Text("{}"), Value::String(TypeId::kJson, "{}"), 0},
      {Value::Integer(TypeId::kDate, 1), Value::Integer(TypeId::kTimestamp, 86'400'000'000), 0},
      {Value::Integer(TypeId::kDateTime, 5), Value::Integer(TypeId::kTimestamp, 4), 1},
      {Value::Wide(TypeId::kUuid, -1), Value::Wide(TypeId::kUuid, 1), 1},
      {Value::OfInterval({1, 0, 0}), Value::OfInterval({0, 30, 0}), 0},
      {Value::OfInterval({0, 1, 0}), Value::OfInterval({0, 0, 86'400'000'001}), -1},
      {Value::Boolean(false), Value::Boolean(true), -1},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(*CompareValues(test.left, test.right), test.order)
        << test.left.ToSqlLiteral() << " and " << test.right.ToSqlLiteral();
    EXPECT_EQ(*CompareValues(test.right, test.left), -test.order);
  }
}

TEST(CompareValuesTest, RefusesTypesWithoutACommonOrder) {
  const Result<int> order = CompareValues(Value::BigInt(1), Value::Text("1"));
  ASSERT_FALSE(order.ok());
  EXPECT_EQ(order.status().sqlstate(), "42883");
  EXPECT_FALSE(
      CompareValues(Value::Integer(TypeId::kTime, 0), Value::Integer(TypeId::kDate, 0)).ok());
  EXPECT_FALSE(CompareValues(Value::Boolean(true), Value::BigInt(1)).ok());
}

TEST(CompareValuesTest, IsATotalOrderWithinEveryType) {
  SeededRandom random(1);
  for (const SqlType& type : testing::AllTypes()) {
    for (int i = 0; i < 500; ++i) {
      const Value a = testing::RandomValue(random, type);
      const Value b = testing::RandomValue(random, type);
      const Value c = testing::RandomValue(random, type);
      ASSERT_EQ(*CompareValues(a, a), 0);
      ASSERT_EQ(*CompareValues(a, b), -*CompareValues(b, a));
      if (*CompareValues(a, b) <= 0 && *CompareValues(b, c) <= 0) {
        ASSERT_LE(*CompareValues(a, c), 0);
      }
    }
  }
}

}  // namespace
}  // namespace millrace
