// Rows of every shape give back what went in, in every schema version; damaged
// ones are refused.
#include "tables/row_format.h"

#include <gtest/gtest.h>

#include "catalog/definitions_for_test.h"
#include "tables/table_codec.h"
#include "types/random_values_for_test.h"

namespace millrace {
namespace {

SchemaVersion RandomSchema(Random& random, size_t columns) {
  SchemaVersion version;
  version.version = 1 + static_cast<uint32_t>(random.Below(1000));
  const auto& types = testing::AllTypes();
  while (version.columns.size() < columns) {
    const SqlType type = types[random.Below(types.size())];
    version.columns.push_back(
        {.id = ColumnId(static_cast<uint32_t>(version.columns.size() + 1)), .type = type});
  }
  return version;
}

std::vector<Value> RandomRow(Random& random, const SchemaVersion& version) {
  std::vector<Value> row;
  for (const ColumnDefinition& column : version.columns) {
    row.push_back(random.Below(4) == 0 ? Value::Null(column.type)
                                       : testing::RandomValue(random, column.type));
  }
  return row;
}

TEST(RowFormatTest, RowsOfEveryShapeRoundTrip) {
  SeededRandom random(1);
  for (const size_t columns : {0, 1, 2, 7, 8, 9, 16, 21, 64, 200}) {
    for (int round = 0; round < 20; ++round) {
      const SchemaVersion version = RandomSchema(random, columns);
      const RowLayout layout(version);
      const std::vector<Value> row = RandomRow(random, version);
      std::optional<int64_t> time;
      if (random.Below(2) == 1) time = static_cast<int64_t>(random.NextUint64());
      std::string bytes = "before";
      ASSERT_TRUE(layout.Encode(row, time, &bytes).ok());
      bytes.erase(0, 6);
      ASSERT_TRUE(layout.Validate(bytes));
      EXPECT_EQ(row_format::SchemaVersionOf(bytes), version.version);
      EXPECT_EQ(row_format::Seq(bytes), 0u);
      EXPECT_EQ(row_format::HasTime(bytes), time.has_value());
      if (time) EXPECT_EQ(row_format::Time(bytes), *time);
      for (size_t i = 0; i < columns; ++i) {
        EXPECT_EQ(layout.Get(bytes, i, version.columns[i].type), row[i]) << i;
        EXPECT_EQ(layout.IsNull(bytes, i), row[i].is_null());
      }
      EXPECT_FALSE(layout.Validate(bytes + "x"));
      for (size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(layout.Validate(std::string_view(bytes).substr(0, size))) << size;
      }
    }
  }
}

TEST(RowFormatTest, EmptyTextIsNotNull) {
  SchemaVersion version;
  version.columns = {{.type = TypeId::kText}, {.type = TypeId::kBytes}, {.type = TypeId::kText}};
  const RowLayout layout(version);
  const std::vector<Value> row = {Value::Text(""), Value::Null(TypeId::kBytes),
                                  Value::Text(std::string("\0x", 2))};
  std::string bytes;
  ASSERT_TRUE(layout.Encode(row, std::nullopt, &bytes).ok());
  for (size_t i = 0; i < row.size(); ++i) {
    EXPECT_EQ(layout.Get(bytes, i, version.columns[i].type), row[i]);
  }
}

TEST(RowFormatTest, HeapOffsetsThatLieAreRefused) {
  SchemaVersion version;
  version.columns = {{.type = TypeId::kText}, {.type = TypeId::kText}};
  const RowLayout layout(version);
  std::string bytes;
  ASSERT_TRUE(
      layout.Encode(std::vector<Value>{Value::Text("abc"), Value::Text("d")}, std::nullopt, &bytes)
          .ok());
  const size_t first_slot = row_format::kSeqEnd + 1;
  for (const uint32_t offset : {5U, 100U, UINT32_MAX}) {
    std::string damaged = bytes;
    std::memcpy(damaged.data() + first_slot, &offset, sizeof(offset));
    EXPECT_FALSE(layout.Validate(damaged)) << offset;
  }
}

// Encodes under version 1 of `table`, decodes under its newest version.
Result<std::vector<Value>> Evolve(const TableDefinition& table, const std::vector<Value>& row) {
  std::string bytes;
  EXPECT_TRUE(RowLayout(*table.versions.front()).Encode(row, std::nullopt, &bytes).ok());
  return TableCodec(std::make_shared<const TableDefinition>(table)).DecodeRow(bytes);
}

class SchemaEvolutionTest : public ::testing::Test {
 protected:
  SchemaEvolutionTest()
      : table_(testing::MakeTable("t", TableKind::kShared,
                                  {{"id", TypeId::kBigInt, true}, {"name", TypeId::kText}})),
        row_({Value::BigInt(1), Value::Text("12")}) {
    next_ = std::make_shared<SchemaVersion>(table_.current());
    next_->version = 2;
    table_.versions.push_back(next_);
  }
  TableDefinition table_;
  std::shared_ptr<SchemaVersion> next_;
  std::vector<Value> row_;
};

TEST_F(SchemaEvolutionTest, AnAddedColumnHasItsInitialValue) {
  next_->columns.push_back(
      {.id = ColumnId(3), .name = "a", .type = TypeId::kBigInt, .initial = Value::BigInt(9)});
  next_->columns.push_back({.id = ColumnId(4), .name = "b", .type = TypeId::kText});
  EXPECT_EQ(*Evolve(table_, row_),
            (std::vector<Value>{row_[0], row_[1], Value::BigInt(9), Value::Null(TypeId::kText)}));
}

TEST_F(SchemaEvolutionTest, AnInitialValueFollowsTheColumnsType) {
  next_->columns.push_back({.id = ColumnId(3),
                            .name = "a",
                            .type = TypeId::kBigInt,
                            .initial = Value::Integer(TypeId::kInt, 9)});
  EXPECT_EQ((*Evolve(table_, row_))[2], Value::BigInt(9));
}

TEST_F(SchemaEvolutionTest, ADroppedColumnIsGoneAndItsNameIsFree) {
  next_->columns.pop_back();
  next_->columns.push_back({.id = ColumnId(3), .name = "name", .type = TypeId::kText});
  EXPECT_EQ(*Evolve(table_, row_), (std::vector<Value>{row_[0], Value::Null(TypeId::kText)}));
}

TEST_F(SchemaEvolutionTest, ARenamedOrMovedColumnKeepsItsValues) {
  next_->columns[1].name = "title";
  std::swap(next_->columns[0], next_->columns[1]);
  EXPECT_EQ(*Evolve(table_, row_), (std::vector<Value>{row_[1], row_[0]}));
}

TEST_F(SchemaEvolutionTest, AChangedTypeCastsOldValues) {
  next_->columns[1].type = TypeId::kInt;
  EXPECT_EQ((*Evolve(table_, row_))[1], Value::Integer(TypeId::kInt, 12));
  row_[1] = Value::Text("not a number");
  EXPECT_EQ(Evolve(table_, row_).status().sqlstate(), "22P02");
  row_[1] = Value::Null(TypeId::kText);
  EXPECT_TRUE((*Evolve(table_, row_))[1].is_null());
}

TEST_F(SchemaEvolutionTest, UnknownVersionsAndDamagedRowsAreDataLoss) {
  const TableCodec codec(std::make_shared<const TableDefinition>(table_));
  std::string bytes;
  ASSERT_TRUE(codec.EncodeRow(row_, std::nullopt, &bytes).ok());
  ASSERT_TRUE(codec.DecodeRow(bytes).ok());
  std::string unknown = bytes;
  unknown[row_format::kSchemaOffset] = 9;
  EXPECT_EQ(codec.DecodeRow(unknown).status().code(), Code::kDataLoss);
  EXPECT_EQ(codec.DecodeRow(bytes.substr(0, 20)).status().code(), Code::kDataLoss);
  EXPECT_EQ(codec.DecodeRow("").status().code(), Code::kDataLoss);
}

}  // namespace
}  // namespace millrace
