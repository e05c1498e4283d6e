// CAST and the implicit conversions, by table, and text round trips by property.
#include <gtest/gtest.h>

#include <cmath>

#include "types/batch.h"
#include "types/random_values_for_test.h"
#include "types/uuid.h"
#include "types/value.h"

namespace millrace {
namespace {

using namespace std::string_literals;

Value Decimal(Int128 unscaled, uint8_t precision, uint8_t scale) {
  return Value::Wide(SqlType::Decimal(precision, scale), unscaled);
}
Value Int(int64_t value) { return Value::Integer(TypeId::kInt, value); }
Value SmallInt(int64_t value) { return Value::Integer(TypeId::kSmallInt, value); }
Value Float(double value) { return Value::Real(TypeId::kFloat, value); }

struct CastCase {
  Value from;
  Value to;  // its type is the target
};

void ExpectCast(const CastCase& test) {
  const Result<Value> cast = CastValue(test.from, test.to.type());
  ASSERT_TRUE(cast.ok()) << test.from.ToSqlLiteral() << ": " << cast.status().ToString();
  EXPECT_EQ(*cast, test.to) << test.from.ToSqlLiteral() << " to " << SqlName(test.to.type())
                            << " gave " << cast->ToSqlLiteral();
}

TEST(CastValueTest, Numbers) {
  const CastCase cases[] = {
      {Value::BigInt(32'767), SmallInt(32'767)},
      {Value::Double(2.5), Int(2)},  // half to even
      {Value::Double(3.5), Int(4)},
      {Value::Double(-2.5), Int(-2)},
      {Value::Double(2'147'483'647.4), Int(INT32_MAX)},
      {Value::Double(-0x1p63), Value::BigInt(INT64_MIN)},
      {Decimal(25, 10, 1), Int(3)},  // half away from zero
      {Decimal(-25, 10, 1), Int(-3)},
      {Decimal(24, 10, 1), Int(2)},
      {Int(5), Decimal(500, 10, 2)},
      {Decimal(12'345, 10, 3), Decimal(1235, 10, 2)},
      {Value::Double(2.675), Decimal(268, 10, 2)},
      {Float(0.1F), Decimal(1'000'000'000, 38, 10)},
      {Float(0.1F), Value::Double(0.1F)},
      {Value::Double(0.1), Float(0.1F)},
      {Value::BigInt(16'777'217), Float(16'777'216)},
      {Decimal(-50, 10, 2), Value::Double(-0.5)},
      {Value::Double(NAN), Float(NAN)},
      {Value::Double(INFINITY), Float(INFINITY)},
      {Value::Boolean(true), Int(1)},
      {Int(-7), Value::Boolean(true)},
      {Int(0), Value::Boolean(false)},
      {Value::Null(), Value::Null(TypeId::kInt)},
      {Value::Null(TypeId::kText), Value::Null(TypeId::kInt)},
  };
  for (const CastCase& test : cases) ExpectCast(test);
}

TEST(CastValueTest, FromText) {
  const CastCase cases[] = {
      {Value::Text(" 42 "), Int(42)},
      {Value::Text("+42"), Int(42)},
      {Value::Text("-32768"), SmallInt(-32'768)},
      {Value::Text("9223372036854775807"), Value::BigInt(INT64_MAX)},
      {Value::Text(" 1.5e3 "), Value::Double(1500)},
      {Value::Text("nan"), Value::Double(NAN)},
      {Value::Text("-Infinity"), Value::Double(-INFINITY)},
      {Value::Text("+inf"), Value::Double(INFINITY)},
      {Value::Text("0.1"), Float(0.1F)},
      {Value::Text(" -0.505 "), Decimal(-51, 10, 2)},
      {Value::Text("t"), Value::Boolean(true)},
      {Value::Text(" YES "), Value::Boolean(true)},
      {Value::Text("on"), Value::Boolean(true)},
      {Value::Text("1"), Value::Boolean(true)},
      {Value::Text("fal"), Value::Boolean(false)},
      {Value::Text("of"), Value::Boolean(false)},
      {Value::Text("\\x00FF 7f"), Value::String(TypeId::kBytes, "\x00\xff\x7f"s)},
      {Value::Text("a\\\\b\\001"), Value::String(TypeId::kBytes, "a\\b\x01")},
      {Value::Text("{\"a\" : 1}"), Value::String(TypeId::kJson, "{\"a\" : 1}")},
      {Value::Text("1970-01-02"), Value::Integer(TypeId::kDate, 1)},
      {Value::Text("1970-01-01 01:00+01"), Value::Integer(TypeId::kDateTime, 0)},
      {Value::Text("00:00:01"), Value::Integer(TypeId::kTime, 1'000'000)},
      {Value::Text("{00000000-0000-0000-0000-0000000000FF}"), Value::Wide(TypeId::kUuid, 255)},
      {Value::Text("[1, -0.5]"),
       Value::String(SqlType::Embedding(2), "\x00\x00\x80\x3f\x00\x00\x00\xbf"s)},
      {Value::Text("1 day"), Value::OfInterval({0, 1, 0})},
  };
  for (const CastCase& test : cases) ExpectCast(test);
}

TEST(CastValueTest, Temporal) {
  constexpr int64_t kDay = 86'400'000'000;
  auto timestamp = [](int64_t micros) { return Value::Integer(TypeId::kTimestamp, micros); };
  const CastCase cases[] = {
      {timestamp(5), Value::Integer(TypeId::kDateTime, 5)},
      {timestamp(kDay + 7), Value::Integer(TypeId::kDate, 1)},
      {timestamp(-1), Value::Integer(TypeId::kDate, -1)},
      {timestamp(-kDay), Value::Integer(TypeId::kDate, -1)},
      {timestamp(-1), Value::Integer(TypeId::kTime, kDay - 1)},
      {timestamp(kDay + 7), Value::Integer(TypeId::kTime, 7)},
      {Value::Integer(TypeId::kDate, 2), timestamp(2 * kDay)},
      {Value::Integer(TypeId::kTime, 7), Value::OfInterval({0, 0, 7})},
      {timestamp(0), Value::Text("1970-01-01 00:00:00")},
  };
  for (const CastCase& test : cases) ExpectCast(test);
}

struct ErrorCase {
  Value from;
  SqlType target;
  std::string_view state;
};

TEST(CastValueTest, Errors) {
  const ErrorCase cases[] = {
      {Value::Text(""), TypeId::kInt, "22P02"},
      {Value::Text("1.5"), TypeId::kInt, "22P02"},
      {Value::Text("+-1"), TypeId::kInt, "22P02"},
      {Value::Text("1 2"), TypeId::kInt, "22P02"},
      {Value::Text("32768"), TypeId::kSmallInt, "22003"},
      {Value::Text("99999999999999999999"), TypeId::kBigInt, "22003"},
      {Value::Text("1e400"), TypeId::kDouble, "22003"},
      {Value::Text("1e40"), TypeId::kFloat, "22003"},
      {Value::Text("nan(1)"), TypeId::kDouble, "22P02"},
      {Value::Text("-nan"), TypeId::kDouble, "22P02"},
      {Value::Text("0x10"), TypeId::kDouble, "22P02"},
      {Value::Text("o"), TypeId::kBoolean, "22P02"},
      {Value::Text("2"), TypeId::kBoolean, "22P02"},
      {Value::Text("\\x0"), TypeId::kBytes, "22P02"},
      {Value::Text("\\xzz"), TypeId::kBytes, "22P02"},
      {Value::Text("a\\b"), TypeId::kBytes, "22P02"},
      {Value::Text("\\"), TypeId::kBytes, "22P02"},
      {Value::Text("{a}"), TypeId::kJson, "22P02"},
      {Value::Text("2026-02-30"), TypeId::kDate, "22008"},
      {Value::Text("soon"), TypeId::kTimestamp, "22007"},
      {Value::Text("[1,2]"), SqlType::Embedding(3), "22P02"},
      {Value::Text("[1,nan,2]"), SqlType::Embedding(3), "22P02"},
      {Value::Text("[1,2,3"), SqlType::Embedding(3), "22P02"},
      {Value::Text("[1,2,]"), SqlType::Embedding(3), "22P02"},
      {Value::Text("[1,2,3]x"), SqlType::Embedding(3), "22P02"},
      {Value::Text("12345"), SqlType::Decimal(4, 0), "22003"},
      {Value::Text("a\0b"s), TypeId::kText, "22021"},
      {Value::Text("a\xff"), TypeId::kText, "22021"},
      {Value::BigInt(40'000), TypeId::kSmallInt, "22003"},
      {Value::Double(NAN), TypeId::kInt, "22003"},
      {Value::Double(INFINITY), SqlType::Decimal(10, 2), "22003"},
      {Value::Double(2'147'483'647.5), TypeId::kInt, "22003"},
      {Value::Double(0x1p63), TypeId::kBigInt, "22003"},
      {Value::Double(1e300), TypeId::kFloat, "22003"},
      {Value::Double(1e-300), TypeId::kFloat, "22003"},
      {Value::BigInt(1000), SqlType::Decimal(4, 2), "22003"},
      {Value::Integer(TypeId::kDate, INT32_MAX), TypeId::kTimestamp, "22008"},
      {Value::BigInt(1), TypeId::kTimestamp, "42846"},
      {Value::Boolean(true), TypeId::kDouble, "42846"},
      {Value::Integer(TypeId::kTime, 1), TypeId::kDate, "42846"},
      {Value::Wide(TypeId::kUuid, 1), TypeId::kBigInt, "42846"},
      {Value::String(TypeId::kJson, "1"), TypeId::kInt, "42846"},
  };
  for (const ErrorCase& test : cases) {
    const Result<Value> cast = CastValue(test.from, test.target);
    ASSERT_FALSE(cast.ok()) << test.from.ToSqlLiteral() << " gave " << cast->ToSqlLiteral();
    EXPECT_EQ(cast.status().sqlstate(), test.state)
        << test.from.ToSqlLiteral() << ": " << cast.status().ToString();
  }
}

TEST(CastValueTest, ErrorsNameTypeAndValue) {
  EXPECT_EQ(CastValue(Value::Text("abc"), TypeId::kInt).status().message(),
            "invalid input syntax for type INT: \"abc\"");
  EXPECT_EQ(CastValue(Value::BigInt(40'000), TypeId::kSmallInt).status().message(),
            "value 40000 is out of range for type SMALLINT");
  // Long text is cut, and not within a character.
  std::string text(127, 'x');
  text += "ää and more";
  EXPECT_EQ(CastValue(Value::Text(text), TypeId::kInt).status().message(),
            "invalid input syntax for type INT: \"" + std::string(127, 'x') + "...\"");
}

TEST(CastValueTest, EveryValueReadsBackFromItsText) {
  SeededRandom random(1);
  for (const SqlType& type : testing::AllTypes()) {
    for (int i = 0; i < 2000; ++i) {
      const Value value = testing::RandomValue(random, type);
      const Result<Value> text = CastValue(value, TypeId::kText);
      ASSERT_TRUE(text.ok()) << SqlName(type) << text.status().ToString();
      const Result<Value> back = CastValue(*text, type);
      ASSERT_TRUE(back.ok()) << text->ToText() << back.status().ToString();
      ASSERT_EQ(*back, value) << SqlName(type) << " " << text->ToText();
    }
  }
}

TEST(CastValueTest, EveryPairOfTypesEitherCastsToTheTargetOrSaysWhyNot) {
  SeededRandom random(2);
  for (const SqlType& from : testing::AllTypes()) {
    for (const SqlType& target : testing::AllTypes()) {
      for (int i = 0; i < 20; ++i) {
        const Value value = testing::RandomValue(random, from);
        const Result<Value> cast = CastValue(value, target);
        if (cast.ok()) {
          EXPECT_EQ(cast->type(), target);
          Column column(target);
          column.AppendValue(*cast);  // asserts that the payload fits
        }
        const Result<Value> coerced = CoerceValue(value, target);
        if (coerced.ok()) {
          EXPECT_EQ(*coerced, *cast);
        }
      }
    }
  }
}

TEST(CoerceValueTest, AllowsWhatLosesNothing) {
  const CastCase cases[] = {
      {Int(5), Value::BigInt(5)},
      {Value::BigInt(5), SmallInt(5)},
      {Value::Double(5), Int(5)},
      {Decimal(500, 10, 2), Int(5)},
      {Decimal(1500, 10, 3), Decimal(15, 10, 1)},
      {Value::Double(0.1), Decimal(10, 10, 2)},
      {Float(0.1F), Decimal(10, 10, 2)},
      {Value::Double(0.1), Float(0.1F)},
      {Decimal(10, 10, 2), Value::Double(0.1)},
      {Value::Text("5"), Int(5)},
      {Value::Text("1970-01-01"), Value::Integer(TypeId::kDate, 0)},
      {Value::String(TypeId::kJson, "{}"), Value::Text("{}")},
      {Value::Integer(TypeId::kDate, 0), Value::Integer(TypeId::kTimestamp, 0)},
      {Value::Null(), Value::Null(TypeId::kUuid)},
  };
  for (const CastCase& test : cases) {
    const Result<Value> coerced = CoerceValue(test.from, test.to.type());
    ASSERT_TRUE(coerced.ok()) << test.from.ToSqlLiteral() << coerced.status().ToString();
    EXPECT_EQ(*coerced, test.to);
  }
}

TEST(CoerceValueTest, RefusesWhatNeedsACast) {
  const ErrorCase cases[] = {
      {Value::Double(1.5), TypeId::kInt, "42804"},
      {Decimal(15, 10, 1), TypeId::kInt, "42804"},
      {Decimal(1239, 10, 3), SqlType::Decimal(10, 2), "42804"},
      {Value::Double(0.125), SqlType::Decimal(10, 2), "42804"},
      {Value::BigInt(40'000), TypeId::kSmallInt, "22003"},
      {Value::BigInt(5), TypeId::kText, "42804"},
      {Int(1), TypeId::kBoolean, "42804"},
      {Value::Boolean(true), TypeId::kInt, "42804"},
      {Value::Integer(TypeId::kTimestamp, 0), TypeId::kDate, "42804"},
      {Value::BigInt(5), TypeId::kUuid, "42846"},
      {Value::Text("abc"), TypeId::kInt, "22P02"},
      {Value::Text("a\0"s), TypeId::kText, "22021"},
  };
  for (const ErrorCase& test : cases) {
    const Result<Value> coerced = CoerceValue(test.from, test.target);
    ASSERT_FALSE(coerced.ok()) << test.from.ToSqlLiteral();
    EXPECT_EQ(coerced.status().sqlstate(), test.state) << coerced.status().ToString();
  }
}

TEST(UuidTest, ReadsTheFormsOfPostgresAndPrintsOne) {
  constexpr std::string_view kCanonical = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
  for (const std::string_view text :
       {"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
        "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", "a0eebc999c0b4ef8bb6d6bb9bd380a11",
        "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11"}) {
    const Result<Int128> uuid = uuid::Parse(text);
    ASSERT_TRUE(uuid.ok()) << text;
    std::string printed;
    uuid::AppendTo(&printed, *uuid);
    EXPECT_EQ(printed, kCanonical);
  }
  for (const std::string_view text :
       {"", "{", "{}", "a0eebc99", "{a0eebc999c0b4ef8bb6d6bb9bd380a11",
        "a0eebc999c0b4ef8bb6d6bb9bd380a111", "a0eebc999c0b4ef8bb6d6bb9bd380a1g",
        "-a0eebc999c0b4ef8bb6d6bb9bd380a11", "a0eebc999c0b4ef8bb6d6bb9bd380a11-",
        "a0eebc99--9c0b4ef8bb6d6bb9bd380a11", "a0eeb-c999c0b4ef8bb6d6bb9bd380a11"}) {
    EXPECT_EQ(uuid::Parse(text).status().sqlstate(), "22P02") << text;
  }
}

}  // namespace
}  // namespace millrace
