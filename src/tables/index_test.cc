// Indexes against what their rows say: after every commit the entries must be those that
// a fresh look at all rows gives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/random.h"
#include "tables/index_build.h"
#include "tables/index_builder.h"
#include "tables/index_scan.h"
#include "tables/tables_for_test.h"

namespace millrace {
namespace {

using testing::MakeTable;
using testing::TestTables;

constexpr uint32_t kByValue = 1;
constexpr uint32_t kUniqueValue = 2;

class IndexTest : public ::testing::Test {
 protected:
  static TableDefinition Definition(TableKind kind, bool with_value, bool with_unique) {
    TableDefinition table = MakeTable(
        "t", kind, {{"id", TypeId::kBigInt, true}, {"v", TypeId::kBigInt}, {"u", TypeId::kText}});
    table.next_index_id = 3;
    if (with_value) AddIndex(&table, kByValue, 1, false, IndexState::kReady);
    if (with_unique) AddIndex(&table, kUniqueValue, 2, true, IndexState::kReady);
    return table;
  }
  static void AddIndex(TableDefinition* table, uint32_t id, size_t column, bool unique,
                       IndexState state) {
    IndexDefinition index{.id = id, .name = "i" + std::to_string(id), .unique = unique};
    index.parts.push_back({.column = table->columns()[column].id});
    index.state = state;
    table->indexes.push_back(std::move(index));
  }

  CodecPtr Create(const TableDefinition& table) {
    codec_ = tables_.Create(table);
    return codec_;
  }
  // Another definition of the same table.
  void Replace(TableDefinition table) {
    const uint32_t before = codec_->table().version();
    table.AddVersion(0);
    ASSERT_EQ(tables_.Append({testing::PutTable(table, before)}).verdict, Verdict::kApplied);
    codec_ = tables_.Codec("t");
  }

  std::string Key(int64_t id) const {
    return codec_->RelativeKey(user_, std::vector<Value>{Value::BigInt(id), {}, {}});
  }
  std::string Row(int64_t id, std::optional<int64_t> v, std::optional<std::string> u) const {
    return tables_.Row(*codec_,
                       {Value::BigInt(id), v ? Value::BigInt(*v) : Value::Null(TypeId::kBigInt),
                        u ? Value::Text(*u) : Value::Null(TypeId::kText)});
  }
  MutationBatch NewBatch() const {
    MutationBatch batch = tables_.NewBatch();
    batch.BeginTable(codec_->table(), user_);
    return batch;
  }
  uint64_t Seq(int64_t id) {
    const auto row = TestTables::Must(GetRow(*tables_.Snap(), *codec_, codec_->FullKey(Key(id))));
    return row.has_value() ? row_format::Seq(*row) : 0;
  }

  // What is in the index key space, and what should be there.
  std::map<std::string, std::string> Stored() {
    std::map<std::string, std::string> entries;
    const auto it = tables_.store().NewIterator(KeySpace::kIndex, "", "");
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      entries.emplace(it->key(), it->value());
    }
    return entries;
  }
  std::map<std::string, std::string> Expected() {
    std::map<std::string, std::string> entries;
    std::string begin;
    PutBigEndian32(&begin, codec_->table().id.value);
    RowIterator rows(tables_.Snap(), {begin, PrefixSuccessor(begin)}, ScanOrder::kForward);
    for (rows.Start(); rows.Valid(); rows.Next()) {
      const std::string key(rows.key().substr(begin.size()));
      for (const IndexDefinition& index : codec_->table().indexes) {
        entries.emplace(TestTables::Must(IndexCodec(codec_, index).EntryOf(key, rows.value())).key,
                        key);
      }
    }
    return entries;
  }

  // A few random changes as one entry; what must be refused as not unique is.
  void RandomEntry(Random& random) {
    MutationBatch batch = NewBatch();
    std::map<int64_t, std::optional<std::string>> after = unique_;
    std::set<int64_t> touched;
    for (uint64_t i = 0; i <= random.Below(4); ++i) {
      const int64_t id = static_cast<int64_t>(random.Below(20));
      if (!touched.insert(id).second) continue;
      const std::optional<int64_t> v =
          random.Below(5) == 0 ? std::nullopt
                               : std::optional<int64_t>(static_cast<int64_t>(random.Below(4)));
      const std::optional<std::string> u =
          random.Below(5) == 0 ? std::nullopt
                               : std::optional<std::string>(std::to_string(random.Below(25)));
      if (!after.contains(id)) {
        batch.Insert(Key(id), Row(id, v, u));
        after[id] = u;
      } else if (random.Below(3) == 0) {
        batch.Delete(Key(id), Seq(id));
        after.erase(id);
      } else {
        batch.Update(Key(id), Seq(id), Row(id, v, u));
        after[id] = u;
      }
    }
    std::multiset<std::string> values;
    for (const auto& [id, u] : after) {
      if (u.has_value()) values.insert(*u);
    }
    const bool unique = std::set<std::string>(values.begin(), values.end()).size() == values.size();
    const bool checked = codec_->table().FindIndex(kUniqueValue) != nullptr;
    const Receipt receipt = tables_.Append(batch);
    if (checked && !unique) {
      EXPECT_EQ(receipt.verdict, Verdict::kNotUnique);
      EXPECT_EQ(receipt.index, kUniqueValue);
      ++refused_;
    } else {
      EXPECT_EQ(receipt.verdict, Verdict::kApplied);
      unique_ = after;
    }
  }

  TestTables tables_;
  CodecPtr codec_;
  std::string user_;
  std::map<int64_t, std::optional<std::string>> unique_;  // rows there are, and their `u`
  int refused_ = 0;
};

TEST_F(IndexTest, EntriesFollowTheRows) {
  Create(Definition(TableKind::kShared, true, true));
  SeededRandom random(1);
  for (int i = 0; i < 400; ++i) {
    RandomEntry(random);
    ASSERT_EQ(Stored(), Expected()) << i;
  }
  EXPECT_GT(refused_, 10);
  EXPECT_LT(refused_, 350);
}

TEST_F(IndexTest, ValuesOfUsersAreUniqueOnTheirOwn) {
  Create(Definition(TableKind::kUser, false, true));
  for (const char* user : {"ann", "anna"}) {
    user_ = user;
    MutationBatch batch = NewBatch();
    batch.Insert(Key(1), Row(1, 1, "same"));
    EXPECT_EQ(tables_.Append(batch).verdict, Verdict::kApplied);
  }
  MutationBatch batch = NewBatch();
  batch.Insert(Key(2), Row(2, 1, "same"));
  EXPECT_EQ(tables_.Append(batch).verdict, Verdict::kNotUnique);
  EXPECT_EQ(Stored(), Expected());
}

TEST_F(IndexTest, RowsMayExchangeTheirValues) {
  Create(Definition(TableKind::kShared, true, true));
  MutationBatch rows = NewBatch();
  rows.Insert(Key(1), Row(1, 1, "a"));
  rows.Insert(Key(2), Row(2, 2, "b"));
  ASSERT_EQ(tables_.Append(rows).verdict, Verdict::kApplied);
  MutationBatch exchange = NewBatch();
  exchange.Update(Key(1), Seq(1), Row(1, 2, "b"));
  exchange.Update(Key(2), Seq(2), Row(2, 1, "a"));
  EXPECT_EQ(tables_.Append(exchange).verdict, Verdict::kApplied);
  EXPECT_EQ(Stored(), Expected());
}

// Large INSERTs take a shorter way; their values are checked all the same.
TEST_F(IndexTest, ARunOfNewRowsIsChecked) {
  Create(Definition(TableKind::kShared, true, true));
  MutationBatch run = NewBatch();
  for (int64_t id = 0; id < 100; ++id) run.Insert(Key(id), Row(id, id % 3, std::to_string(id)));
  ASSERT_EQ(tables_.Append(run).verdict, Verdict::kApplied);
  EXPECT_EQ(Stored(), Expected());
  MutationBatch twice = NewBatch();
  for (int64_t id = 100; id < 150; ++id)
    twice.Insert(Key(id), Row(id, 0, std::to_string(id % 120)));
  const Receipt receipt = tables_.Append(twice);
  EXPECT_EQ(receipt.verdict, Verdict::kNotUnique);
  EXPECT_EQ(receipt.conflict, 20u);
  EXPECT_EQ(Stored(), Expected());
}

TEST_F(IndexTest, TruncateRemovesEntriesAndFreesValues) {
  Create(Definition(TableKind::kShared, true, true));
  MutationBatch rows = NewBatch();
  rows.Insert(Key(1), Row(1, 1, "a"));
  ASSERT_EQ(tables_.Append(rows).verdict, Verdict::kApplied);
  MutationBatch truncate = NewBatch();
  truncate.Truncate(codec_->RelativeScope(user_));
  ASSERT_EQ(tables_.Append(truncate).verdict, Verdict::kApplied);
  EXPECT_TRUE(Stored().empty());
  MutationBatch again = NewBatch();
  again.Insert(Key(2), Row(2, 1, "a"));
  EXPECT_EQ(tables_.Append(again).verdict, Verdict::kApplied);
  EXPECT_EQ(Stored(), Expected());
}

TEST_F(IndexTest, DroppingAnIndexRemovesItsEntries) {
  Create(Definition(TableKind::kShared, true, true));
  SeededRandom random(2);
  for (int i = 0; i < 20; ++i) RandomEntry(random);
  TableDefinition without = codec_->table();
  without.indexes.erase(without.indexes.begin());
  Replace(without);
  EXPECT_EQ(Stored(), Expected());
}

// Writers change rows between a build's batches, and between its snapshot and its first
// batch: the builder is played step by step.
TEST_F(IndexTest, ABuildSkipsWhatChangedSinceItBegan) {
  SeededRandom random(3);
  for (int round = 0; round < 30; ++round) {
    TableDefinition table = Definition(TableKind::kShared, false, false);
    table.name = "t";
    if (round > 0) {
      ASSERT_EQ(tables_.Append({testing::DropTable("app.t", codec_->table().version())}).verdict,
                Verdict::kApplied);
      WriteBatch clean = tables_.store().NewBatch();
      clean.DeleteRange(KeySpace::kIndex, std::string(1, '\0'), std::string(8, '\xff'));
      ASSERT_TRUE(tables_.store().Write(&clean, Sync::kNoSync).ok());
    }
    unique_.clear();
    Create(table);
    for (int i = 0; i < 15; ++i) RandomEntry(random);
    TableDefinition building = codec_->table();
    AddIndex(&building, kByValue, 1, false, IndexState::kBuilding);
    Replace(building);
    RandomEntry(random);
    ASSERT_EQ(
        tables_.AppendPayload(IndexBuildBatch::BeginEntry(codec_->table().id, kByValue)).verdict,
        Verdict::kApplied);
    const SnapshotPtr snapshot = tables_.Snap();
    for (uint64_t i = 0; i < random.Below(4); ++i) RandomEntry(random);
    std::string begin;
    PutBigEndian32(&begin, codec_->table().id.value);
    const IndexCodec index(codec_, codec_->table().indexes[0]);
    RowIterator rows(snapshot, {begin, PrefixSuccessor(begin)}, ScanOrder::kForward);
    for (rows.Start(); rows.Valid(); rows.Next()) {
      const std::string key(rows.key().substr(begin.size()));
      IndexBuildBatch batch(codec_->table().id, kByValue);
      const IndexEntry entry = TestTables::Must(index.EntryOf(key, rows.value()));
      batch.Add(entry.exclusive, entry.key, key);
      ASSERT_EQ(tables_.AppendPayload(batch.Finish()).verdict, Verdict::kApplied);
      if (random.Below(3) == 0) RandomEntry(random);
    }
    ASSERT_EQ(Stored(), Expected()) << round;
  }
}

TEST_F(IndexTest, ABuildFillsTheIndexAndFindsWhatIsNotUnique) {
  Create(Definition(TableKind::kShared, false, false));
  MutationBatch rows = NewBatch();
  for (int64_t id = 0; id < 2500; ++id) rows.Insert(Key(id), Row(id, id % 7, std::to_string(id)));
  ASSERT_EQ(tables_.Append(rows).verdict, Verdict::kApplied);
  TableDefinition building = codec_->table();
  AddIndex(&building, kByValue, 1, false, IndexState::kBuilding);
  AddIndex(&building, kUniqueValue, 2, true, IndexState::kBuilding);
  Replace(building);
  const IndexBuildServices services{tables_.store(), tables_.catalog(), tables_.log()};
  uint64_t told = 0;
  const auto progress = [&told](uint64_t done, uint64_t of) {
    EXPECT_LE(done, of);
    told = done;
  };
  for (const uint32_t index : {kByValue, kUniqueValue}) {
    EXPECT_EQ(
        TestTables::Must(BuildIndex(services, codec_->table().id, index, StopToken(), progress)),
        2500u);
    EXPECT_EQ(told, 2500u);
  }
  EXPECT_EQ(Stored(), Expected());
  TableDefinition more = codec_->table();
  AddIndex(&more, 3, 1, true, IndexState::kBuilding);
  Replace(more);
  const auto refused = BuildIndex(services, codec_->table().id, 3, StopToken(), progress);
  EXPECT_EQ(refused.status().sqlstate(), "23505");
  EXPECT_THAT(std::string(refused.status().detail()), ::testing::HasSubstr("Key (v)=(0)"));
}

TEST_F(IndexTest, ScansGiveTheRowsOfTheirRangeInOrder) {
  Create(Definition(TableKind::kShared, true, false));
  SeededRandom random(4);
  for (int i = 0; i < 60; ++i) RandomEntry(random);
  const IndexCodec index(codec_, codec_->table().indexes[0]);
  for (int64_t from = -1; from < 5; ++from) {
    const ColumnBound bound{1, ColumnBound::Kind::kGreaterOrEqual, Value::BigInt(from)};
    for (const ScanOrder direction : {ScanOrder::kForward, ScanOrder::kBackward}) {
      const IndexRange range = NarrowIndex(index, user_, {bound});
      IndexScan scan(tables_.Snap(), codec_, index, range.range, {0, 1},
                     {RowOrder::kOfIndex, direction}, 3);
      std::vector<std::pair<int64_t, int64_t>> found;
      Batch batch;
      while (TestTables::Must(scan.Next(&batch))) {
        for (size_t row = 0; row < batch.rows; ++row) {
          found.emplace_back(batch.columns[1].GetValue(row).integer(),
                             batch.columns[0].GetValue(row).integer());
        }
      }
      std::vector<std::pair<int64_t, int64_t>> expected;
      RowScan all(tables_.Snap(), codec_, NarrowRange(*codec_, user_, {}).range, {0, 1});
      while (TestTables::Must(all.Next(&batch))) {
        for (size_t row = 0; row < batch.rows; ++row) {
          if (batch.columns[1].is_null(row)) continue;
          const int64_t v = batch.columns[1].GetValue(row).integer();
          if (v >= from) expected.emplace_back(v, batch.columns[0].GetValue(row).integer());
        }
      }
      std::sort(expected.begin(), expected.end());
      if (direction == ScanOrder::kBackward) std::reverse(expected.begin(), expected.end());
      EXPECT_EQ(found, expected);
    }
  }
}

}  // namespace
}  // namespace millrace
