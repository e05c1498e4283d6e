// Columns and batches keep their values through every way of appending.
#include "types/batch.h"

#include <gtest/gtest.h>

#include "types/random_values_for_test.h"

namespace millrace {
namespace {

// Values of one type with some nulls, or none.
std::vector<Value> SomeValues(Random& random, const SqlType& type, size_t count, bool nulls) {
  std::vector<Value> values;
  for (size_t i = 0; i < count; ++i) {
    const bool null = nulls && random.Below(3) == 0;
    values.push_back(null ? Value::Null(type) : testing::RandomValue(random, type));
  }
  return values;
}

Column ColumnOf(const SqlType& type, const std::vector<Value>& values) {
  Column column(type);
  for (const Value& value : values) column.AppendValue(value);
  return column;
}

void ExpectHolds(const Column& column, const std::vector<Value>& values) {
  ASSERT_EQ(column.size(), values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(column.GetValue(i), values[i]) << SqlName(column.type()) << " row " << i;
    EXPECT_EQ(column.is_null(i), values[i].is_null());
  }
}

class EveryTypeTest : public ::testing::TestWithParam<SqlType> {};

TEST_P(EveryTypeTest, KeepsValuesAndNulls) {
  SeededRandom random(1);
  for (const bool nulls : {false, true}) {
    const std::vector<Value> values = SomeValues(random, GetParam(), 100, nulls);
    const Column column = ColumnOf(GetParam(), values);
    ExpectHolds(column, values);
    EXPECT_EQ(column.has_nulls(), nulls);
  }
}

TEST_P(EveryTypeTest, AppendsFromOtherColumns) {
  SeededRandom random(2);
  for (const bool target_nulls : {false, true}) {
    for (const bool source_nulls : {false, true}) {
      const std::vector<Value> first = SomeValues(random, GetParam(), 20, target_nulls);
      const std::vector<Value> second = SomeValues(random, GetParam(), 30, source_nulls);
      const Column source = ColumnOf(GetParam(), second);
      const std::vector<uint32_t> rows = {0, 3, 4, 29};

      Column all = ColumnOf(GetParam(), first);
      Column selected = all;
      Column single = all;
      all.AppendAll(source);
      selected.AppendSelected(source, rows);
      std::vector<Value> expected_all = first;
      expected_all.insert(expected_all.end(), second.begin(), second.end());
      std::vector<Value> expected_selected = first;
      for (const uint32_t row : rows) {
        expected_selected.push_back(second[row]);
        single.AppendFrom(source, row);
      }
      ExpectHolds(all, expected_all);
      ExpectHolds(selected, expected_selected);
      ExpectHolds(single, expected_selected);
    }
  }
}

TEST_P(EveryTypeTest, ClearedColumnStartsAnew) {
  SeededRandom random(3);
  Column column = ColumnOf(GetParam(), SomeValues(random, GetParam(), 10, true));
  column.Clear();
  EXPECT_EQ(column.size(), 0u);
  EXPECT_FALSE(column.has_nulls());
  column.Reserve(10);
  const std::vector<Value> values = SomeValues(random, GetParam(), 10, false);
  for (const Value& value : values) column.AppendValue(value);
  ExpectHolds(column, values);
}

INSTANTIATE_TEST_SUITE_P(ColumnTest, EveryTypeTest, ::testing::ValuesIn(testing::AllTypes()));

TEST(ColumnTest, NullTypeHoldsOnlyNulls) {
  Column column{SqlType()};
  column.AppendNull();
  column.AppendValue(Value());
  EXPECT_EQ(column.size(), 2u);
  EXPECT_TRUE(column.GetValue(1).is_null());
}

TEST(ColumnTest, PayloadOfANullIsZero) {
  Column column(TypeId::kInt);
  column.Append<int32_t>(7);
  column.AppendNull();
  EXPECT_EQ(column.value<int32_t>(1), 0);
  Column text(TypeId::kText);
  text.AppendBytes("a");
  text.AppendNull();
  EXPECT_EQ(text.bytes(1), "");
}

TEST(ColumnTest, KernelsWriteWholeVectors) {
  Column column(TypeId::kBigInt);
  const std::span<int64_t> values = column.Resize<int64_t>(3);
  values[0] = 1;
  values[1] = 2;
  values[2] = 3;
  EXPECT_FALSE(column.has_nulls());
  column.MutableValidity()[1] = 0;
  EXPECT_EQ(column.GetValue(0), Value::BigInt(1));
  EXPECT_TRUE(column.is_null(1));
  EXPECT_EQ(column.GetValue(2), Value::BigInt(3));
}

TEST(ColumnTest, RetypeKeepsPayloads) {
  Column column(TypeId::kTimestamp);
  column.Append<int64_t>(5);
  column.Retype(TypeId::kDateTime);
  EXPECT_EQ(column.GetValue(0), Value::Integer(TypeId::kDateTime, 5));
  EXPECT_DEATH(column.Retype(TypeId::kText), "physical type");
}

TEST(ColumnTest, ValueThatDoesNotFitIsABug) {
  Column column(TypeId::kSmallInt);
  EXPECT_DEATH(column.AppendValue(Value::BigInt(40'000)), "does not fit");
  EXPECT_DEATH(column.AppendValue(Value::Text("a")), "another kind");
}

TEST(BatchTest, RowsGoInAndComeOut) {
  const Schema schema{{{"id", TypeId::kBigInt}, {"name", TypeId::kText}}};
  Batch batch = Batch::ForSchema(schema);
  batch.AppendRow(std::vector<Value>{Value::BigInt(1), Value::Text("a")});
  batch.AppendRow(std::vector<Value>{Value::BigInt(2), Value::Null(TypeId::kText)});
  batch.AppendRow(std::vector<Value>{Value::BigInt(3), Value::Text("c")});
  EXPECT_EQ(batch.rows, 3u);
  EXPECT_EQ(batch.GetRow(1), (std::vector<Value>{Value::BigInt(2), Value::Null(TypeId::kText)}));

  const std::vector<uint32_t> selected = {0, 2};
  const Batch some = batch.Select(selected);
  EXPECT_EQ(some.rows, 2u);
  EXPECT_EQ(some.GetRow(1), (std::vector<Value>{Value::BigInt(3), Value::Text("c")}));
}

TEST(BatchTest, CountsRowsWithoutColumns) {
  Batch batch;
  batch.rows = 5;
  const std::vector<uint32_t> selected = {1, 2, 3};
  EXPECT_EQ(batch.Select(selected).rows, 3u);
}

TEST(SchemaTest, FindsColumnsByName) {
  const Schema schema{{{"id", TypeId::kBigInt}, {"name", TypeId::kText}}};
  EXPECT_EQ(schema.Find("name"), 1u);
  EXPECT_EQ(schema.Find("Name"), std::nullopt);
}

}  // namespace
}  // namespace millrace
