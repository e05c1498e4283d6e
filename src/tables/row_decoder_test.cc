// The scan's decoder gives what the codec gives row by row, whatever the schema
// version, and stays inside of damaged rows.
#include "tables/row_decoder.h"

#include <gtest/gtest.h>

#include <utility>

#include "catalog/definitions_for_test.h"
#include "types/random_values_for_test.h"

namespace millrace {
namespace {

// A table of two schema versions: the second lacks some columns of the first, has
// them in another order, and has columns that rows of the first do not know.
TableDefinition RandomTable(Random& random) {
  const auto& types = testing::AllTypes();
  TableDefinition table = testing::MakeTable("t", TableKind::kShared, {});
  auto next = std::make_shared<SchemaVersion>();
  auto first = std::make_shared<SchemaVersion>();
  next->version = 2;
  for (uint64_t left = 1 + random.Below(20); left > 0; --left) {
    const SqlType type = types[random.Below(types.size())];
    ColumnDefinition column{.id = ColumnId(table.next_column_id++), .type = type};
    const uint64_t where = random.Below(4);
    if (where != 0) first->columns.push_back(column);
    if (where == 0 && random.Below(2) == 0) column.initial = testing::RandomValue(random, type);
    if (where != 1) {
      next->columns.insert(next->columns.begin() + random.Below(next->columns.size() + 1), column);
    }
  }
  table.versions = {std::move(first), std::move(next)};
  return table;
}

std::string RandomRow(Random& random, const SchemaVersion& version) {
  std::vector<Value> values;
  for (const ColumnDefinition& column : version.columns) {
    values.push_back(random.Below(4) == 0 ? Value::Null(column.type)
                                          : testing::RandomValue(random, column.type));
  }
  std::string row;
  std::optional<int64_t> time;
  if (random.Below(2) == 0) time = 5;
  EXPECT_TRUE(RowLayout(version).Encode(values, time, &row).ok());
  row[row_format::kSeqOffset] = static_cast<char>(random.Below(100));
  return row;
}

TEST(RowDecoderTest, AgreesWithTheCodecOnRowsOfMixedVersions) {
  SeededRandom random(3);
  for (int round = 0; round < 200; ++round) {
    const auto table = std::make_shared<const TableDefinition>(RandomTable(random));
    const auto codec = std::make_shared<const TableCodec>(table);
    std::vector<size_t> columns;
    for (uint64_t left = random.Below(6); left > 0; --left) {
      columns.push_back(random.Below(codec->deleted_column() + 1));
    }
    RowDecoder decoder(codec, columns);
    Batch batch;
    for (int repeat = 0; repeat < 3; ++repeat) {  // into the memory of the batch before
      std::vector<std::string> rows;
      decoder.Begin(20, &batch);
      for (uint64_t left = random.Below(21); left > 0; --left) {
        rows.push_back(RandomRow(random, *table->versions[random.Below(2)]));
        ASSERT_TRUE(decoder.Append(rows.back()).ok());
      }
      decoder.Finish();
      ASSERT_EQ(batch.rows, rows.size());
      ASSERT_EQ(batch.columns.size(), columns.size());
      for (size_t row = 0; row < rows.size(); ++row) {
        std::vector<Value> all = *codec->DecodeRow(rows[row]);
        all.push_back(Value::BigInt(static_cast<int64_t>(row_format::Seq(rows[row]))));
        all.push_back(Value::Boolean(false));
        std::vector<Value> expected;
        for (const size_t column : columns) expected.push_back(all[column]);
        EXPECT_EQ(batch.GetRow(row), expected) << round;
      }
      for (const Column& column : batch.columns) EXPECT_EQ(column.size(), rows.size());
    }
  }
}

TEST(RowDecoderTest, AColumnOfAnotherTypeIsCast) {
  TableDefinition table = testing::MakeTable(
      "t", TableKind::kShared, {{"a", TypeId::kText, false}, {"b", TypeId::kInt, false}});
  auto next = std::make_shared<SchemaVersion>(table.current());
  next->version = 2;
  next->columns[0].type = TypeId::kInt;
  next->columns[1].type = TypeId::kText;
  const RowLayout first(table.current());
  table.versions.push_back(next);
  const auto codec =
      std::make_shared<const TableCodec>(std::make_shared<const TableDefinition>(table));
  std::string row;
  const std::vector<Value> old = {Value::Text("12"), Value::Integer(TypeId::kInt, 7)};
  ASSERT_TRUE(first.Encode(old, std::nullopt, &row).ok());
  RowDecoder decoder(codec, {1, 0});
  Batch batch;
  decoder.Begin(4, &batch);
  ASSERT_TRUE(decoder.Append(row).ok());
  decoder.Finish();
  EXPECT_EQ(batch.GetRow(0),
            (std::vector<Value>{Value::Text("7"), Value::Integer(TypeId::kInt, 12)}));
}

// A sanitizer build sees a read outside of the row.
TEST(RowDecoderTest, DamagedRowsAreRefusedOrReadInside) {
  SeededRandom random(4);
  size_t refused = 0;
  for (int round = 0; round < 2000; ++round) {
    const auto table = std::make_shared<const TableDefinition>(RandomTable(random));
    const auto codec = std::make_shared<const TableCodec>(table);
    std::string row = RandomRow(random, *table->versions[random.Below(2)]);
    for (uint64_t left = 1 + random.Below(3); left > 0; --left) {
      row[random.Below(row.size())] = static_cast<char>(random.Below(256));
    }
    if (random.Below(4) == 0) row.resize(random.Below(row.size()));
    const std::vector<char> exact(row.begin(), row.end());
    std::vector<size_t> columns;
    for (size_t i = 0; i <= codec->deleted_column(); ++i) columns.push_back(i);
    RowDecoder decoder(codec, columns);
    Batch batch;
    decoder.Begin(1, &batch);
    const Status status = decoder.Append({exact.data(), exact.size()});
    EXPECT_EQ(decoder.rows(), status.ok() ? 1u : 0u);
    if (!status.ok()) {
      EXPECT_EQ(status.code(), Code::kDataLoss);
      ++refused;
    }
  }
  EXPECT_GT(refused, 200u);
}

}  // namespace
}  // namespace millrace
