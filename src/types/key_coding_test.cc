// The order of coded keys is the order of the values, for every key-able type.
#include "types/key_coding.h"

#include <gtest/gtest.h>

#include "types/random_values_for_test.h"

namespace millrace {
namespace {

std::string KeyOf(const Value& value) {
  std::string key;
  AppendKeyPart(&key, value);
  return key;
}

int Sign(int order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

std::vector<SqlType> KeyTypes() {
  std::vector<SqlType> types;
  for (const SqlType& type : testing::AllTypes()) {
    if (CanBeKey(type.id)) types.push_back(type);
  }
  return types;
}

TEST(KeyCodingTest, EveryTypeButNullEmbeddingAndIntervalCanBeAKey) {
  EXPECT_FALSE(CanBeKey(TypeId::kNull));
  EXPECT_FALSE(CanBeKey(TypeId::kEmbedding));
  EXPECT_FALSE(CanBeKey(TypeId::kInterval));
  EXPECT_TRUE(CanBeKey(TypeId::kDecimal));
  EXPECT_TRUE(CanBeKey(TypeId::kJson));
}

TEST(KeyCodingTest, OrderOfKeysIsOrderOfValues) {
  SeededRandom random(1);
  for (const SqlType& type : KeyTypes()) {
    for (int i = 0; i < 3000; ++i) {
      const Value left = testing::RandomValue(random, type);
      const Value right = testing::RandomValue(random, type);
      const Result<int> expected = CompareValues(left, right);
      ASSERT_TRUE(expected.ok());
      ASSERT_EQ(Sign(KeyOf(left).compare(KeyOf(right))), *expected)
          << SqlName(type) << " round " << i;
    }
  }
}

TEST(KeyCodingTest, OrderOfTuplesIsOrderOfTheirParts) {
  SeededRandom random(2);
  const std::vector<SqlType> types = KeyTypes();
  for (int i = 0; i < 5000; ++i) {
    std::string left_key;
    std::string right_key;
    int expected = 0;
    for (int part = 0; part < 3; ++part) {
      const SqlType& type = types[random.Below(types.size())];
      const Value left = testing::RandomValue(random, type);
      // Equal parts must not decide, so make many.
      const Value right = random.Below(2) == 0 ? left : testing::RandomValue(random, type);
      AppendKeyPart(&left_key, left);
      AppendKeyPart(&right_key, right);
      if (expected == 0) expected = *CompareValues(left, right);
    }
    ASSERT_EQ(Sign(left_key.compare(right_key)), expected);
  }
}

TEST(KeyCodingTest, NoKeyIsAPrefixOfAnother) {
  SeededRandom random(3);
  for (const SqlType& type : KeyTypes()) {
    for (int i = 0; i < 2000; ++i) {
      const std::string left = KeyOf(testing::RandomValue(random, type));
      const std::string right = KeyOf(testing::RandomValue(random, type));
      if (left != right) {
        ASSERT_FALSE(left.starts_with(right)) << SqlName(type);
      }
    }
  }
}

TEST(KeyCodingTest, ReadsBackWhatWasWritten) {
  SeededRandom random(4);
  for (const SqlType& type : KeyTypes()) {
    for (int i = 0; i < 1000; ++i) {
      const Value value = testing::RandomValue(random, type);
      const std::string key = KeyOf(value) + "tail";
      ByteReader reader(key);
      const Result<Value> read = ReadKeyPart(&reader, type);
      ASSERT_TRUE(read.ok()) << read.status().ToString();
      EXPECT_EQ(*read, value) << SqlName(type);
      EXPECT_EQ(reader.rest(), "tail");
    }
  }
}

TEST(KeyCodingTest, AColumnCodesAsItsValues) {
  SeededRandom random(5);
  for (const SqlType& type : KeyTypes()) {
    Column column(type);
    for (int i = 0; i < 50; ++i) {
      const Value value = testing::RandomValue(random, type);
      column.AppendValue(value);
      std::string key;
      AppendKeyPart(&key, column, static_cast<size_t>(i));
      EXPECT_EQ(key, KeyOf(value)) << SqlName(type);
    }
  }
}

// Stored on disk: these bytes may never change.
TEST(KeyCodingTest, BytesAreFixed) {
  using namespace std::string_literals;
  EXPECT_EQ(KeyOf(Value::Boolean(true)), "\x01"s);
  EXPECT_EQ(KeyOf(Value::Integer(TypeId::kSmallInt, -1)), "\x7f\xff"s);
  EXPECT_EQ(KeyOf(Value::Integer(TypeId::kInt, 1)), "\x80\x00\x00\x01"s);
  EXPECT_EQ(KeyOf(Value::Integer(TypeId::kDate, 0)), "\x80\x00\x00\x00"s);
  EXPECT_EQ(KeyOf(Value::BigInt(-2)), "\x7f\xff\xff\xff\xff\xff\xff\xfe"s);
  EXPECT_EQ(KeyOf(Value::Double(1.0)), "\xbf\xf0\x00\x00\x00\x00\x00\x00"s);
  EXPECT_EQ(KeyOf(Value::Double(-0.0)), "\x80\x00\x00\x00\x00\x00\x00\x00"s);
  EXPECT_EQ(KeyOf(Value::Double(-1.0)), "\x40\x0f\xff\xff\xff\xff\xff\xff"s);
  EXPECT_EQ(KeyOf(Value::Double(-NAN)), "\xff\xf8\x00\x00\x00\x00\x00\x00"s);
  EXPECT_EQ(KeyOf(Value::Text("a\0b"s)),
            "a\x00\xff"
            "b\x00\x01"s);
  EXPECT_EQ(KeyOf(Value::Wide(SqlType::Decimal(10, 2), -1)), "\x7f"s + std::string(15, '\xff'));
  EXPECT_EQ(KeyOf(Value::Wide(TypeId::kUuid, 1)), std::string(15, '\0') + "\x01");
}

TEST(KeyCodingTest, DamagedKeysAreDataLoss) {
  using namespace std::string_literals;
  const std::vector<std::pair<SqlType, std::string>> cases = {
      {TypeId::kBoolean, ""s},
      {TypeId::kBoolean, "\x02"s},
      {TypeId::kSmallInt, "\x01"s},
      {TypeId::kInt, "abc"s},
      {TypeId::kBigInt, "abcdefg"s},
      {TypeId::kUuid, "abcdefghijklmno"s},
      {SqlType::Decimal(10, 2), ""s},
      {TypeId::kFloat, "\x7f\xff\xff\xff"s},                   // -0
      {TypeId::kDouble, "\xff\xf8\x00\x00\x00\x00\x00\x01"s},  // another NaN
      {TypeId::kDouble, "\x00\x00\x00\x00\x00\x00\x00\x00"s},  // a negative NaN
      {TypeId::kText, ""s},
      {TypeId::kText, "abc"s},
      {TypeId::kText, "abc\0"s},
      {TypeId::kText, "abc\0\x02"s},
  };
  for (const auto& [type, bytes] : cases) {
    ByteReader reader(bytes);
    const Result<Value> read = ReadKeyPart(&reader, type);
    ASSERT_FALSE(read.ok()) << SqlName(type);
    EXPECT_EQ(read.status().code(), Code::kDataLoss);
  }
}

TEST(KeyCodingTest, PrefixSuccessorIsTheNextKeyAfterAllWithThePrefix) {
  EXPECT_EQ(PrefixSuccessor("ab"), "ac");
  EXPECT_EQ(PrefixSuccessor("a\xff\xff"), "b");
  EXPECT_EQ(PrefixSuccessor("\x7f"), "\x80");
  EXPECT_EQ(PrefixSuccessor("\xff\xff"), "");
  EXPECT_EQ(PrefixSuccessor(""), "");
}

}  // namespace
}  // namespace millrace
