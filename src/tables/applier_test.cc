// Preconditions, sequence numbers and feed records, entry by entry and inside one
// group, which the tests drive by hand.
#include "tables/applier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/random.h"
#include "feed/cursor.h"
#include "tables/tables_for_test.h"

namespace millrace {
namespace {

using testing::DropTable;
using ::testing::ElementsAre;
using testing::MakeTable;
using testing::PutTable;
using testing::TestTables;

class ApplierTest : public ::testing::Test {
 protected:
  ApplierTest()
      : shared_(tables_.Create(MakeTable("s", TableKind::kShared,
                                         {{"id", TypeId::kBigInt, true}, {"v", TypeId::kText}}))),
        applier_(tables_.store(), tables_.catalog(), nullptr),
        batch_(tables_.store().NewBatch()),
        applied_(tables_.log().applied()) {
    applier_.BeginGroup();
  }

  std::string Key(int64_t id, const std::string& user = "") const {
    return shared_->RelativeKey(user, std::vector<Value>{Value::BigInt(id)});
  }
  std::string Row(int64_t id, const std::string& text) const {
    return tables_.Row(*shared_, {Value::BigInt(id), Value::Text(text)});
  }
  MutationBatch NewEntry() const {
    MutationBatch entry = tables_.NewBatch();
    entry.BeginTable(shared_->table(), "");
    return entry;
  }
  MutationBatch Insert(int64_t id, const std::string& text) const {
    MutationBatch entry = NewEntry();
    entry.Insert(Key(id), Row(id, text));
    return entry;
  }
  MutationBatch Update(int64_t id, uint64_t seq, const std::string& text) const {
    MutationBatch entry = NewEntry();
    entry.Update(Key(id), seq, Row(id, text));
    return entry;
  }
  MutationBatch Delete(int64_t id, uint64_t seq) const {
    MutationBatch entry = NewEntry();
    entry.Delete(Key(id), seq);
    return entry;
  }
  // Applies one entry in the open group. The payload lives until the group ends.
  std::string Apply(MutationBatch entry) {
    payloads_.push_back(std::make_unique<std::string>(entry.Finish()));
    const auto applied = applier_.Apply(*payloads_.back(), Lsn(applied_.value + 1), &batch_);
    if (!applied.ok()) return applied.status().ToString();
    const std::string at = " " + std::to_string(applied->conflict);
    switch (applied->verdict) {
      case Verdict::kKeyExists:
        return "exists" + at;
      case Verdict::kRowChanged:
        return "row changed" + at;
      case Verdict::kTableChanged:
        return "table changed" + at;
      case Verdict::kNotUnique:
        return "not unique" + at;
      case Verdict::kApplied:
        break;
    }
    const uint64_t first = applied_.value + 1;
    applied_ = Lsn(applied_.value + applied->changes);
    return std::to_string(first) + ".." + std::to_string(applied_.value);
  }
  // Writes the group, as the log does, and opens the next.
  void EndGroup() {
    ASSERT_TRUE(tables_.store().Write(&batch_, Sync::kNoSync).ok());
    applier_.GroupWritten(applied_);
    batch_.Clear();
    payloads_.clear();
    applier_.BeginGroup();
  }
  std::vector<std::string> Rows(const CodecPtr& codec, const std::string& user = "") {
    return tables_.ScanUser(codec, user);
  }
  std::vector<std::string> Rows() { return Rows(shared_); }
  // "+1|a|3" insert, "*old>new", "-old".
  std::vector<std::string> Feed(const CodecPtr& codec) {
    std::vector<std::string> lines;
    auto cursor = *Cursor::OpenAfter(tables_.store(), codec->table().id, Lsn(0));
    for (const Commit& commit : *cursor.Next(SIZE_MAX)) {
      for (const Change& change : commit.changes) {
        if (!change.new_row.empty()) EXPECT_EQ(row_format::Seq(change.new_row), change.seq);
        std::string line(1, " +*-!"[static_cast<size_t>(change.op)]);
        if (!change.old_row.empty()) line += PrintRow(*codec, change.old_row);
        if (!change.old_row.empty() && !change.new_row.empty()) line += ">";
        if (!change.new_row.empty()) line += PrintRow(*codec, change.new_row);
        lines.push_back(line);
      }
    }
    return lines;
  }
  static std::string PrintRow(const TableCodec& codec, std::string_view row) {
    return TestTables::Print(*codec.DecodeRow(row)) + "|" + std::to_string(row_format::Seq(row));
  }

  // Deletes all rows of a model and of the table, one entry each, in a group of its own.
  void ClearRows(std::map<int64_t, uint64_t>* model) {
    for (const auto& [id, seq] : *model) Apply(Delete(id, seq));
    model->clear();
    EndGroup();
  }

  TestTables tables_;
  CodecPtr shared_;
  Applier applier_;
  WriteBatch batch_;
  Lsn applied_;  // 2: the namespace and the table
  std::vector<std::unique_ptr<std::string>> payloads_;
};

TEST_F(ApplierTest, ConditionsHoldAcrossGroups) {
  EXPECT_EQ(Apply(Insert(1, "a")), "3..3");
  EndGroup();
  EXPECT_EQ(Apply(Insert(1, "b")), "exists 0");
  EXPECT_EQ(Apply(Update(1, 99, "b")), "row changed 0");
  EXPECT_EQ(Apply(Update(2, 3, "b")), "row changed 0");
  EXPECT_EQ(Apply(Delete(1, 99)), "row changed 0");
  EndGroup();
  EXPECT_THAT(Rows(), ElementsAre("1|a|3"));
  EXPECT_EQ(Apply(Update(1, 3, "b")), "4..4");
  EndGroup();
  EXPECT_EQ(Apply(Delete(1, 4)), "5..5");
  EndGroup();
  EXPECT_THAT(Rows(), ElementsAre());
  EXPECT_THAT(Feed(shared_), ElementsAre("+1|a|3", "*1|a|3>1|b|4", "-1|b|4"));
}

TEST_F(ApplierTest, ConditionsHoldInsideAGroup) {
  EXPECT_EQ(Apply(Insert(1, "a")), "3..3");
  EXPECT_EQ(Apply(Insert(1, "b")), "exists 0");
  EXPECT_EQ(Apply(Update(1, 3, "c")), "4..4");
  EXPECT_EQ(Apply(Update(1, 3, "d")), "row changed 0");  // two writers of one version
  EXPECT_EQ(Apply(Delete(1, 4)), "5..5");
  EXPECT_EQ(Apply(Delete(1, 4)), "row changed 0");
  EXPECT_EQ(Apply(Insert(1, "e")), "6..6");
  EndGroup();
  EXPECT_THAT(Rows(), ElementsAre("1|e|6"));
  EXPECT_THAT(Feed(shared_), ElementsAre("+1|a|3", "*1|a|3>1|c|4", "-1|c|4", "+1|e|6"));
}

TEST_F(ApplierTest, AnEntryIsAllOrNothing) {
  EXPECT_EQ(Apply(Insert(1, "a")), "3..3");
  MutationBatch entry = NewEntry();
  entry.Delete(Key(1), 3);
  entry.Insert(Key(2), Row(2, "x"));
  entry.Insert(Key(2), Row(2, "y"));
  EXPECT_EQ(Apply(std::move(entry)), "exists 2");
  // What the refused entry would have done is forgotten inside the group too.
  EXPECT_EQ(Apply(Insert(2, "b")), "4..4");
  EXPECT_EQ(Apply(Update(1, 3, "c")), "5..5");
  EndGroup();
  EXPECT_THAT(Rows(), ElementsAre("1|c|5", "2|b|4"));
}

TEST_F(ApplierTest, OperationsOfAnEntrySeeEachOther) {
  MutationBatch entry = NewEntry();
  entry.Insert(Key(1), Row(1, "a"));
  entry.Replace(Key(1), Row(1, "b"));
  entry.Replace(Key(2), Row(2, "c"));
  EXPECT_EQ(Apply(std::move(entry)), "3..5");
  EndGroup();
  EXPECT_THAT(Rows(), ElementsAre("1|b|4", "2|c|5"));
  EXPECT_THAT(Feed(shared_), ElementsAre("+1|a|3", "*1|a|3>1|b|4", "+2|c|5"));
}

TEST_F(ApplierTest, AFailedGroupLeavesNothing) {
  EXPECT_EQ(Apply(Insert(1, "a")), "3..3");
  applier_.GroupFailed();
  batch_.Clear();
  applied_ = Lsn(2);
  applier_.BeginGroup();
  EXPECT_EQ(Apply(Insert(1, "b")), "3..3");
  EndGroup();
  EXPECT_THAT(Rows(), ElementsAre("1|b|3"));
}

TEST_F(ApplierTest, AnEntryForAnotherSchemaVersionIsRefused) {
  MutationBatch before = Insert(1, "a");
  tables_.Append({DropTable("app.s")});
  EXPECT_EQ(Apply(std::move(before)), "table changed 0");
}

TEST_F(ApplierTest, ACatalogChangeOfTheGroupIsSeen) {
  const std::string drop = EncodeCatalogCommand({DropTable("app.s")});
  EXPECT_EQ(Apply(Insert(1, "a")), "3..3");
  ASSERT_TRUE(applier_.Apply(drop, Lsn(4), &batch_).ok());
  applied_ = Lsn(4);
  EXPECT_EQ(Apply(Insert(2, "b")), "table changed 0");
}

TEST_F(ApplierTest, SeveralUsersInOneEntry) {
  const CodecPtr codec = tables_.Create(
      MakeTable("u", TableKind::kUser, {{"id", TypeId::kBigInt, true}, {"v", TypeId::kText}}));
  applied_ = tables_.log().applied();
  MutationBatch entry = tables_.NewBatch();
  for (const char* user : {"ann", "bob", "ann"}) {
    entry.BeginTable(codec->table(), user);
    const int64_t id = static_cast<int64_t>(entry.changes());
    const std::vector<Value> row = {Value::BigInt(id), Value::Text(user)};
    entry.Insert(codec->RelativeKey(user, row), tables_.Row(*codec, row));
  }
  EXPECT_EQ(Apply(std::move(entry)), "4..6");
  EndGroup();
  EXPECT_THAT(Rows(codec, "ann"), ElementsAre("0|ann|4", "2|ann|6"));
  EXPECT_THAT(Rows(codec, "bob"), ElementsAre("1|bob|5"));
  EXPECT_THAT(Feed(codec), ElementsAre("+0|ann|4", "+1|bob|5", "+2|ann|6"));
}

TEST_F(ApplierTest, RowsKeyedByArrivalNeverCollide) {
  const CodecPtr codec = tables_.Create(MakeTable("e", TableKind::kStream, {{"v", TypeId::kText}}));
  applied_ = tables_.log().applied();
  const auto entry = [&](const char* first, const char* second) {
    MutationBatch batch = tables_.NewBatch();
    batch.BeginTable(codec->table(), "ann");
    for (const char* text : {first, second}) {
      batch.Insert(codec->RelativeScope("ann"), tables_.Row(*codec, {Value::Text(text)}));
    }
    return batch;
  };
  EXPECT_EQ(Apply(entry("a", "a")), "4..5");
  EXPECT_EQ(Apply(entry("a", "b")), "6..7");
  EndGroup();
  EXPECT_THAT(Rows(codec, "ann"), ElementsAre("a|4", "a|5", "a|6", "b|7"));
  EXPECT_THAT(Feed(codec), ElementsAre("+a|4", "+a|5", "+a|6", "+b|7"));
}

TEST_F(ApplierTest, EphemeralRowsAreOnlyInTheFeed) {
  TableDefinition table =
      MakeTable("p", TableKind::kStream, {{"id", TypeId::kBigInt, true}, {"v", TypeId::kText}});
  table.ephemeral = true;
  const CodecPtr codec = tables_.Create(table);
  applied_ = tables_.log().applied();
  for (const bool replace : {false, true, true}) {
    MutationBatch entry = tables_.NewBatch();
    entry.BeginTable(codec->table(), "ann");
    const std::vector<Value> row = {Value::BigInt(1), Value::Text("x")};
    const std::string key = codec->RelativeKey("ann", row);
    if (replace) {
      entry.Replace(key, tables_.Row(*codec, row));
    } else {
      entry.Insert(key, tables_.Row(*codec, row));
    }
    Apply(std::move(entry));
  }
  EndGroup();
  EXPECT_THAT(Rows(codec, "ann"), ElementsAre());
  EXPECT_THAT(Feed(codec), ElementsAre("+1|x|4", "+1|x|5", "+1|x|6"));
}

TEST_F(ApplierTest, AnExpiredRowDoesNotExist) {
  TableDefinition table =
      MakeTable("t", TableKind::kStream, {{"id", TypeId::kBigInt, true}, {"v", TypeId::kText}});
  table.ttl_seconds = 10;
  const CodecPtr codec = tables_.Create(table);
  applied_ = tables_.log().applied();
  const auto insert = [&](const char* text) {
    MutationBatch entry = tables_.NewBatch();
    entry.BeginTable(codec->table(), "ann");
    const std::vector<Value> row = {Value::BigInt(1), Value::Text(text)};
    entry.Insert(codec->RelativeKey("ann", row), tables_.Row(*codec, row));
    return entry;
  };
  EXPECT_EQ(Apply(insert("a")), "4..4");
  EndGroup();
  tables_.clock.AdvanceMicros(9'999'999);
  EXPECT_EQ(Apply(insert("b")), "exists 0");
  EXPECT_THAT(Rows(codec, "ann"), ElementsAre("1|a|4"));
  tables_.clock.AdvanceMicros(1);
  EXPECT_THAT(Rows(codec, "ann"), ElementsAre());
  EXPECT_EQ(Apply(insert("b")), "5..5");
  EndGroup();
  EXPECT_THAT(Rows(codec, "ann"), ElementsAre("1|b|5"));
  EXPECT_THAT(Feed(codec), ElementsAre("+1|a|4", "+1|b|5"));
}

// Inserts of many rows take a short cut when their keys ascend and nothing lies between
// them. Against a model: groups of such inserts, of others, and of ones that fail.
TEST_F(ApplierTest, LargeInsertsSeeAndAreSeenLikeSmallOnes) {
  SeededRandom random(11);
  std::map<int64_t, uint64_t> model;  // id -> seq
  int truncates = 0;
  int refused = 0;
  int applied = 0;
  for (int group = 0; group < 300; ++group) {
    if (group % 20 == 0) ClearRows(&model);
    for (uint64_t entries = 1 + random.Below(4); entries > 0; --entries) {
      MutationBatch entry = NewEntry();
      std::map<int64_t, uint64_t> after = model;
      uint64_t seq = applied_.value;
      std::string expected;
      for (uint64_t sections = 1 + random.Below(2); sections > 0; --sections) {
        entry.BeginTable(shared_->table(), "");
        if (random.Below(8) == 0) {
          entry.Truncate("");
          after.clear();
          ++seq;
          ++truncates;
        }
        int64_t id = static_cast<int64_t>(random.Below(3000));
        for (uint64_t rows = 1 + random.Below(40); rows > 0; --rows) {
          id += random.Below(30) == 0 ? -1 : static_cast<int64_t>(1 + random.Below(3));
          const uint32_t position = static_cast<uint32_t>(entry.changes());
          entry.Insert(Key(id), Row(id, "x"));
          if (!after.emplace(id, ++seq).second && expected.empty()) {
            expected = "exists " + std::to_string(position);
          }
        }
      }
      if (expected.empty()) {
        expected = std::to_string(applied_.value + 1) + ".." + std::to_string(seq);
        model = after;
        ++applied;
      } else {
        ++refused;
      }
      ASSERT_EQ(Apply(std::move(entry)), expected) << "group " << group;
    }
    EndGroup();
  }
  EXPECT_GT(refused, 100);
  EXPECT_GT(truncates, 50);
  EXPECT_GT(applied, 100);
  std::vector<std::string> rows;
  for (const auto& [id, seq] : model) {
    rows.push_back(std::to_string(id) + "|x|" + std::to_string(seq));
  }
  EXPECT_EQ(Rows(), rows);
}

TEST_F(ApplierTest, ATruncateRemovesWhatWasThereInLogOrder) {
  const auto truncate = [this] {
    MutationBatch entry = NewEntry();
    entry.Truncate("");
    return entry;
  };
  EXPECT_EQ(Apply(Insert(1, "stored")), "3..3");
  EndGroup();
  EXPECT_EQ(Apply(Insert(2, "before")), "4..4");
  EXPECT_EQ(Apply(truncate()), "5..5");
  EXPECT_EQ(Apply(Update(1, 3, "x")), "row changed 0");
  EXPECT_EQ(Apply(Delete(2, 4)), "row changed 0");
  EXPECT_EQ(Apply(Insert(1, "after")), "6..6");
  EndGroup();
  EXPECT_THAT(Rows(), ElementsAre("1|after|6"));
  EXPECT_THAT(Feed(shared_), ElementsAre("+1|stored|3", "+2|before|4", "!", "+1|after|6"));
}

TEST_F(ApplierTest, ARefusedTruncateLeavesTheRowsOfItsGroup) {
  EXPECT_EQ(Apply(Insert(1, "a")), "3..3");
  EndGroup();
  EXPECT_EQ(Apply(Insert(2, "b")), "4..4");
  MutationBatch entry = NewEntry();
  entry.Truncate("");
  entry.Delete(Key(1), 3);
  EXPECT_EQ(Apply(std::move(entry)), "row changed 1");
  EXPECT_EQ(Apply(Update(1, 3, "c")), "5..5");
  EXPECT_EQ(Apply(Insert(2, "x")), "exists 0");
  EndGroup();
  EXPECT_THAT(Rows(), ElementsAre("1|c|5", "2|b|4"));
}

TEST_F(ApplierTest, ATruncateIsOfOneUser) {
  const CodecPtr codec = tables_.Create(
      MakeTable("u", TableKind::kUser, {{"id", TypeId::kBigInt, true}, {"v", TypeId::kText}}));
  applied_ = tables_.log().applied();
  const std::vector<Value> row = {Value::BigInt(1), Value::Text("x")};
  for (const char* user : {"an", "ann", "anna"}) {
    MutationBatch entry = tables_.NewBatch();
    entry.BeginTable(codec->table(), user);
    entry.Insert(codec->RelativeKey(user, row), tables_.Row(*codec, row));
    Apply(std::move(entry));
  }
  MutationBatch entry = tables_.NewBatch();
  entry.BeginTable(codec->table(), "ann");
  entry.Truncate(codec->RelativeScope("ann"));
  EXPECT_EQ(Apply(std::move(entry)), "7..7");
  EndGroup();
  EXPECT_THAT(Rows(codec, "an"), ElementsAre("1|x|4"));
  EXPECT_THAT(Rows(codec, "ann"), ElementsAre());
  EXPECT_THAT(Rows(codec, "anna"), ElementsAre("1|x|6"));
}

TEST_F(ApplierTest, DamagedEntriesChangeNothing) {
  const std::string payload = Insert(1, "a").Finish();
  const size_t head = 10;  // an entry of no sections is whole
  for (size_t size = 0; size < payload.size(); ++size) {
    const auto applied = applier_.Apply(payload.substr(0, size), Lsn(3), &batch_);
    if (size == head) {
      EXPECT_EQ(applied->changes, 0u);
    } else {
      EXPECT_EQ(applied.status().code(), Code::kDataLoss) << size;
    }
  }
  EXPECT_TRUE(batch_.empty());
}

}  // namespace
}  // namespace millrace
