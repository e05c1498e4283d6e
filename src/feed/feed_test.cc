// Cursors and retention. Changes are written as text: `+a@1 -b@2` is an insert of
// key a with sequence number 1 and a delete of key b with number 2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feed/cursor.h"
#include "feed/feed_writer.h"
#include "feed/retention.h"
#include "storage/hot/temporary_directory_for_test.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;

constexpr TableId kTable(7);

std::string Print(const std::vector<Commit>& commits) {
  std::string text;
  for (const Commit& commit : commits) {
    if (!text.empty()) text += " | ";
    if (!commit.user.empty()) text += commit.user + ": ";
    for (size_t i = 0; i < commit.changes.size(); ++i) {
      const Change& change = commit.changes[i];
      if (i > 0) text += " ";
      text +=
          " +*-!"[static_cast<size_t>(change.op)] + change.key + "@" + std::to_string(change.seq);
    }
  }
  return text;
}

class FeedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = KvStore::Open({.directory = directory_.path()}, log_);
    ASSERT_TRUE(opened.ok());
    store_ = std::move(*opened);
  }
  struct Section {
    std::string user;
    std::string changes;  // "+a *b -c"
  };
  // Appends one commit; returns its LSN.
  Lsn Append(const std::vector<Section>& sections, int64_t wall_micros = 0,
             TableId table = kTable) {
    WriteBatch batch = store_->NewBatch();
    uint64_t count = 0;
    for (const Section& section : sections) count += Keys(section.changes).size();
    const Lsn lsn(last_.value + count);
    uint64_t seq = last_.value + 1;
    for (uint32_t part = 0; part < sections.size(); ++part) {
      FeedRecord record;
      record.Begin(table, sections[part].user, wall_micros, seq);
      for (const std::string& word : Keys(sections[part].changes)) {
        ++seq;
        const std::string key = word.substr(1);
        if (word[0] == '+') record.Add(ChangeOp::kInsert, key, "n", "e", "w", "");
        if (word[0] == '*') record.Add(ChangeOp::kUpdate, key, "", "new", "", "old");
        if (word[0] == '!') record.AddTruncate(key);
        if (word[0] == '-') record.Add(ChangeOp::kDelete, key, "", "", "", "old");
      }
      record.Finish(lsn, part, &batch);
    }
    EXPECT_TRUE(store_->Write(&batch, Sync::kNoSync).ok());
    last_ = lsn;
    return lsn;
  }
  static std::vector<std::string> Keys(std::string_view changes) {
    std::vector<std::string> words;
    while (!changes.empty()) {
      const size_t end = std::min(changes.find(' '), changes.size());
      words.emplace_back(changes.substr(0, end));
      changes.remove_prefix(std::min(end + 1, changes.size()));
    }
    return words;
  }
  std::string ReadAll(Lsn after, std::optional<std::string> user = std::nullopt) {
    auto cursor = Cursor::OpenAfter(*store_, kTable, after, std::move(user));
    if (!cursor.ok()) return cursor.status().ToString();
    const auto commits = cursor->Next(SIZE_MAX);
    return commits.ok() ? Print(*commits) : commits.status().ToString();
  }
  size_t FeedKeys() {
    size_t keys = 0;
    const auto iterator = store_->NewIterator(KeySpace::kFeed, "", "");
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) ++keys;
    return keys;
  }
  Lsn TrimByAge(int64_t age_micros, int64_t now_micros) {
    const auto trimmed = TrimFeed(*store_, kTable, {.age_micros_max = age_micros}, now_micros);
    EXPECT_TRUE(trimmed.ok()) << trimmed.status().ToString();
    return trimmed.ok() ? *trimmed : Lsn();
  }

  testing::TemporaryDirectory directory_;
  NullLog log_;
  std::unique_ptr<KvStore> store_;
  Lsn last_;
};

TEST_F(FeedTest, AChangeCarriesItsRows) {
  Append({{"", "+a *b -c"}}, 1234);
  auto cursor = *Cursor::OpenAfter(*store_, kTable, Lsn(0));
  const auto commits = *cursor.Next(10);
  ASSERT_EQ(commits.size(), 1u);
  EXPECT_EQ(commits[0].lsn, Lsn(3));
  EXPECT_EQ(commits[0].wall_micros, 1234);
  ASSERT_EQ(commits[0].changes.size(), 3u);
  EXPECT_EQ(commits[0].changes[0].new_row, "new");
  EXPECT_EQ(commits[0].changes[0].old_row, "");
  EXPECT_EQ(commits[0].changes[1].new_row, "new");
  EXPECT_EQ(commits[0].changes[1].old_row, "old");
  EXPECT_EQ(commits[0].changes[2].new_row, "");
  EXPECT_EQ(commits[0].changes[2].seq, 3u);
}

TEST_F(FeedTest, ATruncateIsOneChangeWithoutRows) {
  Append({{"", "+a !"}});
  Append({{"ann", "!ann"}, {"bob", "+b"}});
  EXPECT_EQ(ReadAll(Lsn(0)), "+a@1 !@2 | ann: !ann@3 | bob: +b@4");
  EXPECT_EQ(ReadAll(Lsn(0), "bob"), "bob: +b@4");
  auto cursor = *Cursor::OpenAfter(*store_, kTable, Lsn(0));
  const Change truncate = (*cursor.Next(1))[0].changes[1];
  EXPECT_EQ(truncate.op, ChangeOp::kTruncate);
  EXPECT_EQ(truncate.new_row + truncate.old_row, "");
}

// What cannot be in a record of the first format is damage there.
TEST_F(FeedTest, ATruncateIsOfTheSecondFormat) {
  Append({{"", "!"}});
  const std::string key = feed_format::RecordKey(kTable, Lsn(1), 0);
  std::string record = **store_->Get(KeySpace::kFeed, key);
  ASSERT_EQ(record.front(), feed_format::kTruncateVersion);
  EXPECT_TRUE(DecodeFeedRecord(Lsn(1), record).ok());
  record.front() = feed_format::kVersion;
  EXPECT_EQ(DecodeFeedRecord(Lsn(1), record).status().code(), Code::kDataLoss);
}

TEST_F(FeedTest, ResumesWithoutGapOrRepeat) {
  Append({{"", "+a"}});
  Append({{"", "+b +c -a"}});
  Append({{"", "*b"}});
  Cursor cursor = *Cursor::OpenAfter(*store_, kTable, Lsn(0));
  EXPECT_EQ(Print(*cursor.Next(1)), "+a@1");
  Cursor resumed = *Cursor::OpenAfter(*store_, kTable, cursor.position());
  // A commit is never split, even when it is larger than the limit.
  EXPECT_EQ(Print(*resumed.Next(1)), "+b@2 +c@3 -a@4");
  EXPECT_EQ(Print(*resumed.Next(1)), "*b@5");
  EXPECT_EQ(Print(*resumed.Next(1)), "");
  EXPECT_EQ(resumed.position(), Lsn(5));
  Append({{"", "+d"}});
  EXPECT_EQ(Print(*resumed.Next(1)), "+d@6");
}

TEST_F(FeedTest, ManyCommitsComeInOneCall) {
  Append({{"", "+a"}});
  Append({{"", "+b"}});
  Append({{"", "+c"}});
  Cursor cursor = *Cursor::OpenAfter(*store_, kTable, Lsn(0));
  EXPECT_EQ(Print(*cursor.Next(2)), "+a@1 | +b@2");
  EXPECT_EQ(Print(*cursor.Next(0)), "+c@3");
}

TEST_F(FeedTest, TablesAreApart) {
  Append({{"", "+a"}});
  Append({{"", "+x"}}, 0, TableId(8));
  Append({{"", "+b"}});
  EXPECT_EQ(ReadAll(Lsn(0)), "+a@1 | +b@3");
}

TEST_F(FeedTest, OneCommitMayChangeRowsOfSeveralUsers) {
  Append({{"ann", "+a +b"}, {"bob", "+a"}, {"ann", "-b"}});
  Append({{"bob", "*a"}});
  EXPECT_EQ(ReadAll(Lsn(0)), "ann: +a@1 +b@2 | bob: +a@3 | ann: -b@4 | bob: *a@5");
  EXPECT_EQ(ReadAll(Lsn(0), "ann"), "ann: +a@1 +b@2 -b@4");
  EXPECT_EQ(ReadAll(Lsn(0), "bob"), "bob: +a@3 | bob: *a@5");
  Cursor cursor = *Cursor::OpenAfter(*store_, kTable, Lsn(0));
  EXPECT_EQ(Print(*cursor.Next(1)), "ann: +a@1 +b@2 | bob: +a@3 | ann: -b@4");
  EXPECT_EQ(cursor.position(), Lsn(4));
}

TEST_F(FeedTest, AScopeIsExactlyOneUser) {
  const std::string zero("a\0", 2);
  Append({{"a", "+1"}});
  Append({{"ab", "+2"}});
  Append({{zero, "+3"}});
  Append({{"a", "-1"}});
  EXPECT_EQ(ReadAll(Lsn(0), "a"), "a: +1@1 | a: -1@4");
  EXPECT_EQ(ReadAll(Lsn(1), "a"), "a: -1@4");
  EXPECT_EQ(ReadAll(Lsn(0), zero), zero + ": +3@3");
  EXPECT_EQ(ReadAll(Lsn(0), "b"), "");
}

TEST_F(FeedTest, RetentionByAgeDropsWholeCommits) {
  Append({{"ann", "+a"}, {"bob", "+b"}}, 100);
  Append({{"ann", "+c"}}, 200);
  Append({{"ann", "+d"}}, 300);
  EXPECT_EQ(TrimByAge(100, 150), Lsn(0));
  EXPECT_EQ(TrimByAge(100, 250), Lsn(2));
  EXPECT_EQ(ReadAll(Lsn(2)), "ann: +c@3 | ann: +d@4");
  EXPECT_EQ(TrimByAge(100, 250), Lsn(0));
  EXPECT_EQ(TrimByAge(100, 10'000), Lsn(4));
  EXPECT_EQ(FeedKeys(), 1u);  // the floor
  EXPECT_EQ(ReadAll(Lsn(4)), "");
  Append({{"ann", "+e"}}, 20'000);
  EXPECT_EQ(ReadAll(Lsn(4)), "ann: +e@5");
}

TEST_F(FeedTest, ACursorBehindTheFloorIsToldSo) {
  Append({{"ann", "+a"}}, 100);
  Append({{"ann", "+b"}}, 200);
  Cursor behind = *Cursor::OpenAfter(*store_, kTable, Lsn(0));
  Cursor scoped = *Cursor::OpenAfter(*store_, kTable, Lsn(0), "ann");
  Cursor in_time = *Cursor::OpenAfter(*store_, kTable, Lsn(1));
  EXPECT_EQ(TrimByAge(50, 200), Lsn(1));
  EXPECT_EQ(behind.Next(10).status().code(), Code::kOutOfRange);
  EXPECT_EQ(scoped.Next(10).status().code(), Code::kOutOfRange);
  EXPECT_EQ(behind.position(), Lsn(0));
  EXPECT_EQ(Cursor::OpenAfter(*store_, kTable, Lsn(0)).status().code(), Code::kOutOfRange);
  EXPECT_EQ(Print(*in_time.Next(10)), "ann: +b@2");
}

TEST_F(FeedTest, RetentionBySizeKeepsTheNewest) {
  const std::string long_key(1000, 'k');
  for (int i = 0; i < 400; ++i) Append({{"", "+" + long_key}});
  ASSERT_TRUE(store_->Flush().ok());
  Append({{"", "+last"}});
  const uint64_t bytes = store_->EstimateRange(KeySpace::kFeed, "F", "G").bytes;
  const FeedRetention half{.age_micros_max = INT64_MAX / 2, .table_bytes_max = bytes / 2};
  const Lsn trimmed = *TrimFeed(*store_, kTable, half, 0);
  EXPECT_GT(trimmed, Lsn(0));
  EXPECT_LT(trimmed, Lsn(401));
  EXPECT_TRUE(ReadAll(trimmed).ends_with("+last@401"));
  // The files still hold what was trimmed; that must not count against the rest.
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(TrimFeed(*store_, kTable, half, 0).ok());
  EXPECT_TRUE(Cursor::OpenAfter(*store_, kTable, Lsn(400)).ok());
}

TEST_F(FeedTest, ALongFeedIsTrimmedInBatches) {
  for (int i = 0; i < 10'000; ++i) Append({{i % 2 == 0 ? "ann" : "bob", "+a"}}, i);
  EXPECT_EQ(TrimByAge(0, 9'000), Lsn(9'000));
  EXPECT_EQ(FeedKeys(), 2u * 1000 + 1);
}

TEST_F(FeedTest, ADroppedFeedLeavesNothing) {
  Append({{"ann", "+a"}}, 100);
  Append({{"ann", "+b"}}, 300);
  TrimByAge(100, 250);
  Append({{"", "+x"}}, 0, TableId(8));
  ASSERT_TRUE(DropFeed(*store_, kTable).ok());
  EXPECT_EQ(FeedKeys(), 1u);
  ASSERT_TRUE(DropFeed(*store_, kTable).ok());
}

TEST_F(FeedTest, DamagedRecordsAreDataLoss) {
  Append({{"ann", "+a *b -c"}});
  std::string record;
  {
    const auto iterator = store_->NewIterator(KeySpace::kFeed, "F", "G");
    iterator->SeekToFirst();
    record = iterator->value();
  }
  ASSERT_TRUE(DecodeFeedRecord(Lsn(3), record).ok());
  for (size_t size = 0; size < record.size(); ++size) {
    EXPECT_EQ(DecodeFeedRecord(Lsn(3), record.substr(0, size)).status().code(), Code::kDataLoss);
  }
  EXPECT_EQ(DecodeFeedRecord(Lsn(3), record + "x").status().code(), Code::kDataLoss);
  record[0] = 9;
  EXPECT_EQ(DecodeFeedRecord(Lsn(3), record).status().code(), Code::kDataLoss);
}

}  // namespace
}  // namespace millrace
