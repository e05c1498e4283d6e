// Log, applier, rows, feed and snapshot together against an oracle: users whose ids
// are prefixes of each other, random entries, one map per user; at the end the feed,
// replayed from the beginning, is the table.
#include <gtest/gtest.h>

#include <map>

#include "feed/cursor.h"
#include "tables/tables_for_test.h"
#include "types/random_values_for_test.h"

namespace millrace {
namespace {

using testing::MakeTable;
using testing::TestTables;

struct Stored {
  uint64_t seq;
  std::string text;
};
using UserRows = std::map<int64_t, Stored>;
using Oracle = std::map<std::string, UserRows>;

std::vector<std::string> Print(const UserRows& rows) {
  std::vector<std::string> lines;
  for (const auto& [id, row] : rows) {
    lines.push_back(std::to_string(id) + "|" + row.text + "|" + std::to_string(row.seq));
  }
  return lines;
}

std::vector<std::string> Users(TableKind kind) {
  if (kind == TableKind::kShared) return {""};
  return {"a",
          "ab",
          "",
          "\xc3\xa9",
          "\xff",
          "b",
          std::string("a\0", 2),
          std::string("a\0b", 3),
          std::string("a\0\xff", 3),
          std::string("a\0\x01", 3)};
}

// A random entry, what it does to the oracle and how it must end.
class RandomEntry {
 public:
  RandomEntry(Random& random, const TestTables& tables, const TableCodec& codec, Oracle oracle,
              uint64_t seq)
      : random_(random),
        tables_(tables),
        codec_(codec),
        batch(tables.NewBatch()),
        after(std::move(oracle)),
        seq(seq) {}

  void AddSection(const std::string& user) {
    batch.BeginTable(codec_.table(), user);
    for (uint64_t left = 1 + random_.Below(3); left > 0; --left) AddOperation(user);
  }

 private:
  void AddOperation(const std::string& user) {
    const int64_t id = testing::RandomInteger(random_, -4, 4);
    const std::string text = testing::RandomString(random_, "xyz");
    const std::vector<Value> row = {Value::BigInt(id), Value::Text(text)};
    const std::string key = codec_.RelativeKey(user, row);
    const std::string bytes = tables_.Row(codec_, row);
    UserRows& mine = after[user];
    const auto found = mine.find(id);
    // Sometimes a stale version, to be refused.
    uint64_t version = found == mine.end() ? 5 : found->second.seq;
    if (random_.Below(20) == 0) --version;
    const bool right = found != mine.end() && found->second.seq == version;
    ++seq;
    const uint64_t kind = random_.Below(4);
    if (kind == 0) {
      batch.Insert(key, bytes);
      if (found != mine.end()) Refuse(Verdict::kKeyExists);
    } else if (kind == 1) {
      batch.Replace(key, bytes);
    } else {
      if (kind == 2) batch.Update(key, version, bytes);
      if (kind == 3) batch.Delete(key, version);
      if (!right) Refuse(Verdict::kRowChanged);
    }
    if (kind == 3) {
      mine.erase(id);
    } else {
      mine[id] = {seq, text};
    }
  }
  void Refuse(Verdict why) {
    if (expected == Verdict::kApplied) expected = why;
  }

  Random& random_;
  const TestTables& tables_;
  const TableCodec& codec_;

 public:
  MutationBatch batch;
  Oracle after;
  uint64_t seq;  // of the last change
  Verdict expected = Verdict::kApplied;
};

void ReplayChange(const TableCodec& codec, const std::string& user, const Change& change,
                  UserRows* mine) {
  const std::string& row = change.op == ChangeOp::kDelete ? change.old_row : change.new_row;
  const std::vector<Value> values = *codec.DecodeRow(row);
  const int64_t id = values[0].integer();
  EXPECT_EQ(change.key, codec.RelativeKey(user, values));
  ASSERT_EQ(mine->contains(id), change.op != ChangeOp::kInsert);
  if (!change.old_row.empty()) {
    EXPECT_EQ(row_format::Seq(change.old_row), (*mine)[id].seq);
  }
  if (change.op == ChangeOp::kDelete) {
    mine->erase(id);
  } else {
    EXPECT_EQ(row_format::Seq(change.new_row), change.seq);
    (*mine)[id] = {change.seq, values[1].string()};
  }
}

// The table as its feed tells it; with a user, as that user's part of the feed does.
Oracle Replay(TestTables& tables, const TableCodec& codec, std::optional<std::string> user) {
  Oracle replayed;
  uint64_t seq_before = 0;
  Cursor cursor = *Cursor::OpenAfter(tables.store(), codec.table().id, Lsn(0), user);
  while (true) {
    const std::vector<Commit> commits = *cursor.Next(7);
    if (commits.empty()) return replayed;
    for (const Commit& commit : commits) {
      if (user) EXPECT_EQ(commit.user, *user);
      for (const Change& change : commit.changes) {
        EXPECT_LE(change.seq, commit.lsn.value);
        EXPECT_NE(change.seq, seq_before);
        seq_before = change.seq;
        ReplayChange(codec, commit.user, change, &replayed[commit.user]);
      }
    }
  }
}

class WholePathTest : public ::testing::TestWithParam<TableKind> {};

TEST_P(WholePathTest, EachUserSeesExactlyHisRowsAndTheFeedRebuildsThem) {
  TestTables tables;
  CodecPtr codec = tables.Create(
      MakeTable("t", GetParam(), {{"id", TypeId::kBigInt, true}, {"v", TypeId::kText}}));
  const std::vector<std::string> users = Users(GetParam());
  SeededRandom random(static_cast<uint64_t>(GetParam()) + 17);
  Oracle oracle;
  size_t refused = 0;
  for (int round = 0; round < 600; ++round) {
    const uint64_t before = tables.log().applied().value;
    RandomEntry entry(random, tables, *codec, oracle, before);
    for (uint64_t left = 1 + random.Below(2); left > 0; --left) {
      entry.AddSection(users[random.Below(users.size())]);
    }
    const Receipt receipt = tables.Append(entry.batch);
    ASSERT_EQ(receipt.verdict, entry.expected) << round;
    if (receipt.verdict == Verdict::kApplied) {
      EXPECT_EQ(receipt.first.value, before + 1);
      EXPECT_EQ(receipt.lsn.value, entry.seq);
      oracle = std::move(entry.after);
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

  Oracle replayed = Replay(tables, *codec, std::nullopt);
  for (const std::string& user : users) {
    EXPECT_EQ(Print(replayed[user]), Print(oracle[user]));
    if (user.empty()) continue;  // no scope keys: there is no user without a name
    Oracle own = Replay(tables, *codec, user);
    EXPECT_EQ(Print(own[user]), Print(oracle[user]));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, WholePathTest,
                         ::testing::Values(TableKind::kShared, TableKind::kUser,
                                           TableKind::kStream));

}  // namespace
}  // namespace millrace
