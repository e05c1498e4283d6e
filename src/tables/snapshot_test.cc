// Scans, key ranges and snapshots against naive oracles.
#include "tables/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "feed/cursor.h"
#include "tables/tables_for_test.h"
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
  const auto matches = [](const Value& value, const ColumnBound& bound) {
    const int order = *CompareValues(value, bound.value);
    switch (bound.kind) {
      case ColumnBound::Kind::kEqual:
        return order == 0;
      case ColumnBound::Kind::kLess:
        return order < 0;
      case ColumnBound::Kind::kLessOrEqual:
        return order <= 0;
      case ColumnBound::Kind::kGreater:
        return order > 0;
      case ColumnBound::Kind::kGreaterOrEqual:
        return order >= 0;
    }
    return false;
  };
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
        const bool holds = matches(rows[i][bound.column], bound);
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

// Users whose ids are prefixes of each other, random operations, one map per user
// as the oracle; and at the end the feed, replayed from the beginning, is the table.
class WholePathTest : public ::testing::TestWithParam<TableKind> {
 protected:
  struct Stored {
    uint64_t seq;
    std::string text;
  };
  using Oracle = std::map<std::string, std::map<int64_t, Stored>>;

  static std::vector<std::string> Print(const std::map<int64_t, Stored>& rows) {
    std::vector<std::string> lines;
    for (const auto& [id, row] : rows) {
      lines.push_back(std::to_string(id) + "|" + row.text + "|" + std::to_string(row.seq));
    }
    return lines;
  }
};

TEST_P(WholePathTest, EachUserSeesExactlyHisRowsAndTheFeedRebuildsThem) {
  TestTables tables;
  CodecPtr codec = tables.Create(
      MakeTable("t", GetParam(), {{"id", TypeId::kBigInt, true}, {"v", TypeId::kText}}));
  const std::vector<std::string> all_users = {"a",
                                              "ab",
                                              std::string("a\0", 2),
                                              std::string("a\0b", 3),
                                              std::string("a\0\xff", 3),
                                              std::string("a\0\x01", 3),
                                              "",
                                              "\xc3\xa9",
                                              "\xff",
                                              "b"};
  const bool shared = GetParam() == TableKind::kShared;
  const std::vector<std::string> users = shared ? std::vector<std::string>{""} : all_users;
  SeededRandom random(static_cast<uint64_t>(GetParam()) + 17);
  Oracle oracle;
  uint64_t last_seq = 0;
  size_t refused = 0;
  for (int round = 0; round < 600; ++round) {
    MutationBatch batch = tables.NewBatch();
    Oracle next = oracle;
    Verdict expected = Verdict::kApplied;
    uint64_t seq = tables.log().applied().value;
    for (uint64_t sections = 1 + random.Below(2); sections > 0; --sections) {
      const std::string& user = users[random.Below(users.size())];
      batch.BeginTable(codec->table(), user);
      for (uint64_t ops = 1 + random.Below(3); ops > 0; --ops) {
        const int64_t id = testing::RandomInteger(random, -4, 4);
        const std::string text = testing::RandomString(random, "xyz");
        const std::vector<Value> row = {Value::BigInt(id), Value::Text(text)};
        const std::string key = codec->RelativeKey(user, row);
        auto& mine = next[user];
        const auto found = mine.find(id);
        // Sometimes a stale version, to be refused.
        uint64_t version = found == mine.end() ? 5 : found->second.seq;
        if (random.Below(20) == 0) --version;
        const bool right = found != mine.end() && found->second.seq == version;
        ++seq;
        switch (random.Below(4)) {
          case 0:
            batch.Insert(key, tables.Row(*codec, row));
            if (found != mine.end() && expected == Verdict::kApplied) {
              expected = Verdict::kKeyExists;
            }
            mine[id] = {seq, text};
            break;
          case 1:
            batch.Replace(key, tables.Row(*codec, row));
            mine[id] = {seq, text};
            break;
          case 2:
            batch.Update(key, version, tables.Row(*codec, row));
            if (!right && expected == Verdict::kApplied) expected = Verdict::kRowChanged;
            mine[id] = {seq, text};
            break;
          default:
            batch.Delete(key, version);
            if (!right && expected == Verdict::kApplied) expected = Verdict::kRowChanged;
            mine.erase(id);
        }
      }
    }
    const Receipt receipt = tables.Append(batch);
    ASSERT_EQ(receipt.verdict, expected) << round;
    if (receipt.verdict == Verdict::kApplied) {
      EXPECT_EQ(receipt.first.value, last_seq == 0 ? receipt.first.value : last_seq + 1);
      last_seq = receipt.lsn.value;
      EXPECT_EQ(last_seq, seq);
      oracle = std::move(next);
    } else {
      ++refused;
    }
    if (round % 150 == 100) {
      tables.Open();
      codec = tables.Codec("t");
    }
    if (round % 20 != 0) continue;
    for (const std::string& user : users) {
      EXPECT_EQ(tables.ScanUser(codec, user), Print(oracle[user])) << round;
    }
  }
  EXPECT_GT(refused, 50u);
  EXPECT_LT(refused, 550u);

  Oracle replayed;
  uint64_t seq_before = 0;
  Cursor cursor = *Cursor::OpenAfter(tables.store(), codec->table().id, Lsn(0));
  for (std::vector<Commit> commits = *cursor.Next(7); !commits.empty(); commits = *cursor.Next(7)) {
    std::map<uint64_t, std::pair<std::string, Change>> in_order;
    for (const Commit& commit : commits) {
      for (const Change& change : commit.changes) in_order[change.seq] = {commit.user, change};
    }
    for (const auto& [seq, entry] : in_order) {
      const auto& [user, change] = entry;
      EXPECT_GT(seq, seq_before);
      seq_before = seq;
      const std::string& row = change.op == ChangeOp::kDelete ? change.old_row : change.new_row;
      const std::vector<Value> values = *codec->DecodeRow(row);
      const int64_t id = values[0].integer();
      EXPECT_EQ(change.key, codec->RelativeKey(user, values));
      auto& mine = replayed[user];
      ASSERT_EQ(mine.contains(id), change.op != ChangeOp::kInsert);
      if (!change.old_row.empty()) EXPECT_EQ(row_format::Seq(change.old_row), mine[id].seq);
      if (change.op == ChangeOp::kDelete) {
        mine.erase(id);
      } else {
        mine[id] = {seq, values[1].string()};
      }
    }
  }
  for (const std::string& user : users) EXPECT_EQ(Print(replayed[user]), Print(oracle[user]));
  // A user's own cursor sees his changes and nobody else's.
  if (shared) return;
  for (const std::string& user : users) {
    if (user.empty()) continue;  // no scope keys: there is no user without a name
    std::map<int64_t, Stored> mine;
    Cursor own = *Cursor::OpenAfter(tables.store(), codec->table().id, Lsn(0), user);
    for (const Commit& commit : *own.Next(SIZE_MAX)) {
      EXPECT_EQ(commit.user, user);
      for (const Change& change : commit.changes) {
        const auto& row = change.op == ChangeOp::kDelete ? change.old_row : change.new_row;
        const std::vector<Value> values = *codec->DecodeRow(row);
        mine.erase(values[0].integer());
        if (change.op != ChangeOp::kDelete) {
          mine[values[0].integer()] = {change.seq, values[1].string()};
        }
      }
    }
    EXPECT_EQ(Print(mine), Print(oracle[user]));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, WholePathTest,
                         ::testing::Values(TableKind::kShared, TableKind::kUser,
                                           TableKind::kStream));

}  // namespace
}  // namespace millrace
