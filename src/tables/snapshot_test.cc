// Scans, key ranges and snapshots against naive oracles.
#include "tables/row_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tables/tables_for_test.h"
#include "types/column_bound_for_test.h"
#include "types/random_values_for_test.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using testing::MakeTable;
using testing::TestTables;

void Insert(TestTables& tables, const CodecPtr& codec, const std::string& user,
            const std::vector<Value>& row) {
  MutationBatch batch = tables.NewBatch();
  batch.BeginTable(codec->table(), user);
  std::string key =
      codec->keyed_by_arrival() ? codec->RelativeScope(user) : codec->RelativeKey(user, row);
  batch.Insert(key, tables.Row(*codec, row));
  ASSERT_EQ(tables.Append(batch).verdict, Verdict::kApplied);
}

TEST(RowScanTest, ReadsForwardAndBackwardInBatches) {
  TestTables tables;
  const CodecPtr codec =
      tables.Create(MakeTable("t", TableKind::kShared, {{"id", TypeId::kBigInt, true}}));
  for (const int64_t id : {3, -1, 7, 0, 5}) Insert(tables, codec, "", {Value::BigInt(id)});
  const KeyRange all = NarrowRange(*codec, "", {}).range;
  std::vector<std::string> rows = tables.Scan(codec, all);
  EXPECT_THAT(rows, ElementsAre("-1|4", "0|6", "3|3", "5|7", "7|5"));
  std::reverse(rows.begin(), rows.end());
  EXPECT_EQ(tables.Scan(codec, all, ScanOrder::kBackward), rows);
  EXPECT_EQ(tables.Scan(codec, all, ScanOrder::kBackward, 1), rows);
}

TEST(RowScanTest, ASnapshotDoesNotMove) {
  TestTables tables;
  const CodecPtr codec =
      tables.Create(MakeTable("t", TableKind::kShared, {{"id", TypeId::kBigInt, true}}));
  Insert(tables, codec, "", {Value::BigInt(1)});
  const SnapshotPtr before = tables.Snap();
  EXPECT_EQ(before->lsn(), tables.log().applied());
  Insert(tables, codec, "", {Value::BigInt(2)});
  EXPECT_EQ(tables.Snap()->lsn().value, before->lsn().value + 1);
  const std::string key = codec->FullKey("", std::vector<Value>{Value::BigInt(2)});
  EXPECT_EQ(*GetRow(*before, *codec, key), std::nullopt);
  EXPECT_TRUE(GetRow(*tables.Snap(), *codec, key)->has_value());
}

TEST(RowScanTest, ExpiredRowsAreInvisibleToScansAndGets) {
  TestTables tables;
  TableDefinition table = MakeTable("t", TableKind::kStream, {{"id", TypeId::kBigInt, true}});
  table.ttl_seconds = 5;
  const CodecPtr codec = tables.Create(table);
  Insert(tables, codec, "ann", {Value::BigInt(1)});
  tables.clock.AdvanceMicros(3'000'000);
  Insert(tables, codec, "ann", {Value::BigInt(2)});
  EXPECT_THAT(tables.ScanUser(codec, "ann"), ElementsAre("1|3", "2|4"));
  tables.clock.AdvanceMicros(2'000'000);
  EXPECT_THAT(tables.ScanUser(codec, "ann"), ElementsAre("2|4"));
  const auto get = [&](int64_t id) {
    return GetRow(*tables.Snap(), *codec, codec->FullKey("ann", std::vector{Value::BigInt(id)}))
        ->has_value();
  };
  EXPECT_FALSE(get(1));
  EXPECT_TRUE(get(2));
  tables.clock.AdvanceMicros(100'000'000);
  EXPECT_THAT(tables.ScanUser(codec, "ann"), ElementsAre());
}

TEST(RowScanTest, BatchesOfLongRowsAreShort) {
  TestTables tables;
  const CodecPtr codec = tables.Create(
      MakeTable("t", TableKind::kShared, {{"id", TypeId::kBigInt, true}, {"v", TypeId::kText}}));
  const std::string text(size_t{6} << 20, 'x');
  for (int64_t id = 0; id < 7; ++id) {
    Insert(tables, codec, "", {Value::BigInt(id), Value::Text(text)});
  }
  for (const ScanOrder order : {ScanOrder::kForward, ScanOrder::kBackward}) {
    RowScan scan(tables.Snap(), codec, NarrowRange(*codec, "", {}).range, {0, 1}, order);
    std::vector<size_t> sizes;
    Batch batch;
    while (*scan.Next(&batch)) sizes.push_back(batch.rows);
    EXPECT_THAT(sizes, ElementsAre(3, 3, 1));
  }
}

TEST(RowScanTest, ADamagedRowIsDataLoss) {
  TestTables tables;
  const CodecPtr codec = tables.Create(
      MakeTable("t", TableKind::kShared, {{"id", TypeId::kBigInt, true}, {"v", TypeId::kText}}));
  Insert(tables, codec, "", {Value::BigInt(1), Value::Text("abc")});
  WriteBatch batch = tables.store().NewBatch();
  batch.Put(KeySpace::kRows, codec->FullKey("", std::vector{Value::BigInt(1)}), "damaged");
  ASSERT_TRUE(tables.store().Write(&batch, Sync::kNoSync).ok());
  RowScan scan(tables.Snap(), codec, NarrowRange(*codec, "", {}).range, {0});
  Batch rows;
  EXPECT_EQ(scan.Next(&rows).status().code(), Code::kDataLoss);
}

TEST(TableSourceTest, PartitionsTogetherAreTheTable) {
  TestTables tables;
  const CodecPtr codec =
      tables.Create(MakeTable("t", TableKind::kShared, {{"id", TypeId::kBigInt, true}}));
  for (int64_t id = 0; id < 60; ++id) {
    Insert(tables, codec, "", {Value::BigInt(id)});
    if (id % 15 == 14) ASSERT_TRUE(tables.store().Flush().ok());
  }
  const auto source = MakeTableSource(tables.Snap(), codec, "");
  EXPECT_EQ(source->schema(), codec->scan_schema());
  EXPECT_GT(source->EstimatedRows(), 20u);
  auto readers = *source->Scan({.columns = {0}}, 4);
  EXPECT_GT(readers.size(), 1u);
  int64_t next = 0;
  for (auto& reader : readers) {
    Batch batch;
    while (*reader->Next(&batch)) {
      ASSERT_GT(batch.rows, 0u);
      for (size_t row = 0; row < batch.rows; ++row) {
        EXPECT_EQ(batch.columns[0].value<int64_t>(row), next++);
      }
    }
  }
  EXPECT_EQ(next, 60);
  const ColumnBound below{0, ColumnBound::Kind::kLess, Value::BigInt(-5)};
  const ColumnBound above{0, ColumnBound::Kind::kGreater, Value::BigInt(5)};
  auto none = *source->Scan({.columns = {0}, .bounds = {below, above}}, 4);
  ASSERT_EQ(none.size(), 1u);
  Batch batch;
  EXPECT_FALSE(*none[0]->Next(&batch));
}

// NarrowRange may keep too much, never too little; on leading key columns it is exact.
TEST(NarrowRangeTest, AgreesWithANaiveFilter) {
  TestTables tables;
  const CodecPtr codec = tables.Create(
      MakeTable("t", TableKind::kUser,
                {{"a", TypeId::kText, true}, {"b", TypeId::kSmallInt, true}, {"c", TypeId::kInt}}));
  SeededRandom random(5);
  const auto text = [&] { return testing::RandomString(random, std::string_view("a\0b", 3)); };
  std::vector<std::vector<Value>> rows;
  std::vector<std::string> keys;
  for (int i = 0; i < 300; ++i) {
    rows.push_back({Value::Text(text()),
                    Value::Integer(TypeId::kSmallInt, testing::RandomInteger(random, -3, 3)),
                    Value::Integer(TypeId::kInt, i)});
    keys.push_back(codec->FullKey(codec->RelativeKey("ann", rows.back())));
  }
  size_t narrowed = 0;
  for (int round = 0; round < 3000; ++round) {
    std::vector<ColumnBound> bounds;
    for (uint64_t left = random.Below(4); left > 0; --left) {
      const size_t column = random.Below(3);
      Value value = Value::Text(text());
      if (column > 0) {
        value = Value::Integer(column == 1 ? TypeId::kSmallInt : TypeId::kInt,
                               testing::RandomInteger(random, -4, 4));
      }
      bounds.push_back({column, static_cast<ColumnBound::Kind>(random.Below(5)), value});
    }
    const BoundedRange bounded = NarrowRange(*codec, "ann", bounds);
    for (size_t i = 0; i < rows.size(); ++i) {
      bool wanted = true;
      bool first_column_holds = true;
      for (const ColumnBound& bound : bounds) {
        const bool holds = testing::Satisfies(rows[i][bound.column], bound);
        wanted = wanted && holds;
        if (bound.column == 0) first_column_holds = first_column_holds && holds;
      }
      const bool inside =
          !bounded.empty && keys[i] >= bounded.range.lower && keys[i] < bounded.range.upper;
      if (wanted) EXPECT_TRUE(inside);
      narrowed += inside ? 0 : 1;
      // Only inequalities on the first column: nothing else may be inside.
      if (bounded.key_columns_fixed == 0) EXPECT_EQ(inside, first_column_holds);
    }
  }
  EXPECT_GT(narrowed, 100'000u);
}

TEST(NarrowRangeTest, EqualityOnTheWholeKeyIsOneRow) {
  TestTables tables;
  const CodecPtr codec = tables.Create(
      MakeTable("t", TableKind::kUser, {{"a", TypeId::kText, true}, {"b", TypeId::kInt, true}}));
  const Value one = Value::Integer(TypeId::kInt, 1);
  const BoundedRange range = NarrowRange(
      *codec, "ann",
      {{1, ColumnBound::Kind::kEqual, one}, {0, ColumnBound::Kind::kEqual, Value::Text("x")}});
  EXPECT_EQ(range.key_columns_fixed, 2u);
  EXPECT_EQ(range.range.lower, codec->FullKey("ann", std::vector{Value::Text("x"), one}));
}

}  // namespace
}  // namespace millrace
