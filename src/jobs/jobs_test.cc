// Each job without threads, on a clock that stands still.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "feed/cursor.h"
#include "feed/feed_format.h"
#include "jobs/cleanup_job.h"
#include "jobs/retention_job.h"
#include "jobs/stream_eviction_job.h"
#include "jobs/stream_sweep.h"
#include "tables/tables_for_test.h"

namespace millrace {
namespace {

using testing::DropTable;
using ::testing::ElementsAre;
using testing::MakeTable;
using ::testing::MatchesRegex;
using testing::TestTables;

constexpr int64_t kSecond = 1'000'000;

class JobsTest : public ::testing::Test {
 protected:
  CodecPtr CreateStream(const std::string& name, bool keyed, uint64_t ttl, uint64_t max_buffer) {
    TableDefinition table =
        MakeTable(name, TableKind::kStream, {{"id", TypeId::kBigInt, keyed}, {"v", TypeId::kText}});
    table.ttl_seconds = ttl;
    table.max_buffer = max_buffer;
    return tables_.Create(table);
  }
  void Put(const CodecPtr& codec, const std::string& user, int64_t id) {
    MutationBatch batch = tables_.NewBatch();
    batch.BeginTable(codec->table(), user);
    const std::vector<Value> row = {Value::BigInt(id), Value::Text("v")};
    batch.Replace(
        codec->keyed_by_arrival() ? codec->RelativeScope(user) : codec->RelativeKey(user, row),
        tables_.Row(*codec, row));
    ASSERT_EQ(tables_.Append(batch).verdict, Verdict::kApplied);
  }
  // The ids of a user's rows that readers see.
  std::vector<std::string> Ids(const CodecPtr& codec, const std::string& user) {
    std::vector<std::string> ids;
    for (const std::string& row : tables_.ScanUser(codec, user)) {
      ids.push_back(row.substr(0, row.find('|')));
    }
    return ids;
  }
  size_t Count(KeySpace space, const std::string& prefix) {
    size_t keys = 0;
    const auto iterator = tables_.store().NewIterator(space, prefix, PrefixSuccessor(prefix));
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) ++keys;
    return keys;
  }
  // Rows in the store, seen or not.
  size_t Stored(const CodecPtr& codec) { return Count(KeySpace::kRows, codec->FullKey("")); }
  size_t Fed(TableId table) {
    return Count(KeySpace::kFeed, feed_format::RecordPrefix(table)) +
           Count(KeySpace::kFeed, feed_format::ScopeTablePrefix(table)) +
           Count(KeySpace::kFeed, feed_format::FloorKey(table));
  }
  size_t FeedDeletes(const CodecPtr& codec) {
    size_t deletes = 0;
    Cursor cursor = *Cursor::OpenAfter(tables_.store(), codec->table().id, Lsn(0));
    for (const Commit& commit : *cursor.Next(SIZE_MAX)) {
      for (const Change& change : commit.changes) deletes += change.op == ChangeOp::kDelete;
    }
    return deletes;
  }
  // "CL app.t completed: message" of every record.
  std::vector<std::string> History() const {
    std::vector<std::string> lines;
    for (const JobRecord& record : history_.List()) {
      lines.push_back(record.job_id.substr(0, 2) + " " + record.table + " " +
                      std::string(JobStateName(record.state)) + ": " + record.message);
    }
    return lines;
  }
  CleanupJob Cleanup(CleanupOptions options = {}) {
    return CleanupJob(options, tables_.store(), tables_.catalog(), tables_.log(), history_);
  }
  StreamEvictionJob Eviction() {
    return StreamEvictionJob(tables_.store(), tables_.catalog(), tables_.log(), tables_.clock,
                             history_);
  }

  TestTables tables_;
  SeededRandom random_{1};
  JobHistory history_{{}, tables_.clock, random_, tables_.text_log};
  StopSource stop_;
};

TEST_F(JobsTest, CleanupRemovesRowsAndFeedAndForgets) {
  const CodecPtr gone = CreateStream("gone", true, 0, 0);
  const CodecPtr kept = CreateStream("kept", true, 0, 0);
  for (int i = 0; i < 10; ++i) {
    Put(gone, "ann", i);
    Put(kept, "ann", i);
  }
  tables_.Append({DropTable("app.gone")});
  EXPECT_GT(Stored(gone), 0u);
  CleanupJob job = Cleanup();
  ASSERT_TRUE(job.RunOnce(stop_.token()).ok());
  EXPECT_EQ(Stored(gone), 0u);
  EXPECT_EQ(Fed(gone->table().id), 0u);
  EXPECT_EQ(Stored(kept), 10u);
  EXPECT_EQ(Fed(kept->table().id), 20u);
  EXPECT_TRUE(tables_.catalog().Dropped().empty());
  EXPECT_THAT(History(), ElementsAre(MatchesRegex("CL app.gone completed: removed about .*")));
  tables_.Open();
  EXPECT_TRUE(tables_.catalog().Dropped().empty());
  ASSERT_TRUE(Cleanup().RunOnce(stop_.token()).ok());
  EXPECT_EQ(History().size(), 1u);
}

TEST_F(JobsTest, CleanupCompactsLargeTables) {
  const CodecPtr gone = CreateStream("gone", true, 0, 0);
  for (int i = 0; i < 10; ++i) Put(gone, "ann", i);
  tables_.Append({DropTable("app.gone")});
  ASSERT_TRUE(Cleanup({.compact_bytes_min = 1}).RunOnce(stop_.token()).ok());
  EXPECT_EQ(Stored(gone), 0u);
}

TEST_F(JobsTest, CleanupContinuesAfterAnError) {
  const CodecPtr gone = CreateStream("gone", true, 0, 0);
  Put(gone, "ann", 1);
  tables_.Append({DropTable("app.gone")});
  tables_.faults.full = true;
  EXPECT_EQ(Cleanup().RunOnce(stop_.token()).code(), Code::kResourceExhausted);
  EXPECT_EQ(tables_.catalog().Dropped().size(), 1u);
  tables_.faults.full = false;
  ASSERT_TRUE(Cleanup().RunOnce(stop_.token()).ok());
  EXPECT_TRUE(tables_.catalog().Dropped().empty());
  EXPECT_THAT(History(), ElementsAre(MatchesRegex("CL app.gone failed: .*disk full.*"),
                                     MatchesRegex("CL app.gone completed: .*")));
}

// A crash between the steps leaves the first ones done and the note in the catalog.
TEST_F(JobsTest, CleanupResumesAfterACrashBetweenItsSteps) {
  const CodecPtr gone = CreateStream("gone", true, 0, 0);
  Put(gone, "ann", 1);
  tables_.Append({DropTable("app.gone")});
  WriteBatch rows = tables_.store().NewBatch();
  rows.DeleteRange(KeySpace::kRows, gone->FullKey(""), PrefixSuccessor(gone->FullKey("")));
  ASSERT_TRUE(tables_.store().Write(&rows, Sync::kNoSync).ok());
  tables_.Open();
  EXPECT_EQ(tables_.catalog().Dropped().size(), 1u);
  ASSERT_TRUE(Cleanup().RunOnce(stop_.token()).ok());
  EXPECT_EQ(Fed(gone->table().id), 0u);
  EXPECT_TRUE(tables_.catalog().Dropped().empty());
}

class DroppedUserTest : public JobsTest {
 protected:
  void PutUser(uint32_t account, int64_t deleted_at) {
    const UserDefinition user{.id = "ann", .account = account, .deleted_at = deleted_at};
    tables_.Append({{.op = CatalogOp::kPutUser,
                     .name = "ann",
                     .expected = static_cast<uint64_t>(Expect::kEither),
                     .body = EncodeUser(user)}});
  }
};

TEST_F(DroppedUserTest, CleanupRemovesHisRowsAndFeedFromEveryTable) {
  const CodecPtr keyed = CreateStream("keyed", true, 0, 0);
  const CodecPtr arrival = CreateStream("arrival", false, 0, 0);
  const std::string again = RowScope("ann", 2);
  PutUser(1, 0);
  for (const CodecPtr& codec : {keyed, arrival}) {
    for (int i = 0; i < 5; ++i) Put(codec, "ann", i);
    Put(codec, "anna", 7);
  }
  PutUser(1, 99);
  PutUser(2, 0);  // before the cleanup ran
  Put(keyed, again, 1);
  EXPECT_THAT(Ids(keyed, again), ElementsAre("1"));
  tables_.Open();
  EXPECT_THAT(tables_.catalog().DroppedAccounts(), ElementsAre("ann"));
  ASSERT_TRUE(Cleanup().RunOnce(stop_.token()).ok());
  EXPECT_EQ(Stored(keyed), 2u);
  EXPECT_EQ(Stored(arrival), 1u);
  EXPECT_EQ(Fed(keyed->table().id), 4u);
  EXPECT_EQ(Fed(arrival->table().id), 2u);
  EXPECT_THAT(Ids(keyed, again), ElementsAre("1"));
  EXPECT_THAT(Ids(keyed, "anna"), ElementsAre("7"));
  EXPECT_THAT(History(), ElementsAre("CL user ann completed: removed the user's rows from 2 "
                                     "tables"));
  tables_.Open();
  EXPECT_TRUE(tables_.catalog().DroppedAccounts().empty());
}

// A statement that was running when its user was dropped must not leave rows behind.
TEST_F(DroppedUserTest, NothingIsWrittenForHimAnyMore) {
  const CodecPtr codec = CreateStream("s", true, 0, 0);
  const std::vector<Value> row = {Value::BigInt(1), Value::Text("v")};
  const auto write = [&](const std::string& scope) {
    MutationBatch batch = tables_.NewBatch();
    batch.BeginTable(codec->table(), scope);
    batch.Replace(codec->RelativeKey(scope, row), tables_.Row(*codec, row));
    return tables_.Append(batch).verdict;
  };
  PutUser(1, 0);
  EXPECT_EQ(write("ann"), Verdict::kApplied);
  PutUser(1, 99);
  EXPECT_EQ(write("ann"), Verdict::kTableChanged);
  PutUser(2, 0);
  EXPECT_EQ(write("ann"), Verdict::kTableChanged);
  EXPECT_EQ(write(RowScope("ann", 2)), Verdict::kApplied);
  EXPECT_EQ(write(RowScope("ann", 22)), Verdict::kTableChanged);
}

TEST_F(JobsTest, AJobAskedToStopLeavesTheRest) {
  for (const char* name : {"a", "b"}) {
    CreateStream(name, true, 0, 0);
    tables_.Append({DropTable(std::string("app.") + name)});
  }
  stop_.RequestStop();
  ASSERT_TRUE(Cleanup().RunOnce(stop_.token()).ok());
  EXPECT_EQ(tables_.catalog().Dropped().size(), 2u);
}

class EvictionTest : public JobsTest, public ::testing::WithParamInterface<bool> {};

TEST_P(EvictionTest, ExpiredRowsAreRemovedWithoutTellingTheFeed) {
  const CodecPtr codec = CreateStream("s", GetParam(), 10, 0);
  const CodecPtr forever = CreateStream("forever", GetParam(), 0, 0);
  for (const char* user : {"a", "ab", "b"}) {
    for (int i = 0; i < 3; ++i) Put(codec, user, i);
    Put(forever, user, 1);
  }
  tables_.clock.AdvanceMicros(5 * kSecond);
  Put(codec, "ab", 7);
  StreamEvictionJob job = Eviction();
  ASSERT_TRUE(job.RunOnce(stop_.token()).ok());
  EXPECT_EQ(Stored(codec), 10u);
  tables_.clock.AdvanceMicros(5 * kSecond);
  ASSERT_TRUE(job.RunOnce(stop_.token()).ok());
  EXPECT_EQ(Stored(codec), 1u);
  EXPECT_EQ(Stored(forever), 3u);
  EXPECT_THAT(Ids(codec, "ab"), ElementsAre("7"));
  EXPECT_EQ(FeedDeletes(codec), 0u);
  EXPECT_THAT(History(), ElementsAre("SE app.s completed: removed 9 expired rows and 0 beyond "
                                     "max_buffer"));
}

TEST_P(EvictionTest, OnlyTheNewestRowsOfEachUserStay) {
  const CodecPtr codec = CreateStream("s", GetParam(), 0, 3);
  for (int i = 0; i < 5; ++i) Put(codec, "a", 10 - i);
  for (int i = 0; i < 2; ++i) Put(codec, "ab", i);
  for (int i = 0; i < 4; ++i) Put(codec, std::string("a\0", 2), i);
  ASSERT_TRUE(Eviction().RunOnce(stop_.token()).ok());
  EXPECT_THAT(Ids(codec, "a"), ::testing::UnorderedElementsAre("8", "7", "6"));
  EXPECT_THAT(Ids(codec, "ab"), ElementsAre("0", "1"));
  EXPECT_THAT(Ids(codec, std::string("a\0", 2)), ElementsAre("1", "2", "3"));
  EXPECT_EQ(FeedDeletes(codec), 3u);  // these rows were visible
}

TEST_P(EvictionTest, ManyRowsGoInBatches) {
  const CodecPtr codec = CreateStream("s", GetParam(), 10, 5);
  const int rows = 2 * static_cast<int>(EvictionBatch::kRowsMax) + 50;
  for (int i = 0; i < rows; ++i) Put(codec, "old", i);
  tables_.clock.AdvanceMicros(10 * kSecond);
  for (int i = 0; i < rows; ++i) Put(codec, "new", i);
  ASSERT_TRUE(Eviction().RunOnce(stop_.token()).ok());
  EXPECT_EQ(Stored(codec), 5u);
  EXPECT_THAT(Ids(codec, "new"), ElementsAre(std::to_string(rows - 5), std::to_string(rows - 4),
                                             std::to_string(rows - 3), std::to_string(rows - 2),
                                             std::to_string(rows - 1)));
}

INSTANTIATE_TEST_SUITE_P(KeyedAndByArrival, EvictionTest, ::testing::Bool());

TEST_F(JobsTest, ARowReplacedMeanwhileIsLeftAlone) {
  const CodecPtr codec = CreateStream("s", true, 10, 0);
  for (int i = 0; i < 3; ++i) Put(codec, "ann", i);
  tables_.clock.AdvanceMicros(10 * kSecond);
  // Chosen while expired; one of them is written again before the batch is committed.
  EvictionBatch batch(codec->table_ptr(), EvictionBatch::Reason::kExpired, tables_.log());
  for (int64_t i = 0; i < 3; ++i) {
    const std::vector<Value> row = {Value::BigInt(i), Value::Text("v")};
    batch.Add("ann", codec->RelativeKey("ann", row), 3 + static_cast<uint64_t>(i));
  }
  Put(codec, "ann", 1);
  EXPECT_EQ(*batch.Commit(tables_.clock.WallMicros()), 2u);
  EXPECT_THAT(Ids(codec, "ann"), ElementsAre("1"));
  EXPECT_EQ(Stored(codec), 1u);
  EXPECT_TRUE(batch.empty());
}

TEST_F(JobsTest, ATableDroppedUnderASweepEndsIt) {
  const CodecPtr codec = CreateStream("s", true, 10, 0);
  Put(codec, "ann", 1);
  tables_.clock.AdvanceMicros(10 * kSecond);
  StreamSweep sweep(codec->table_ptr(), tables_.store(), tables_.log(), history_,
                    tables_.clock.WallMicros());
  tables_.Append({DropTable("app.s")});
  EXPECT_TRUE(sweep.Run(stop_.token()).ok());
  EXPECT_THAT(History(), ElementsAre(MatchesRegex("SE app.s completed: removed 0 .*")));
}

// A counter, not a result: a sweep by arrival reads one live row per user.
TEST_F(JobsTest, ASweepByArrivalSkipsLiveRows) {
  const CodecPtr codec = CreateStream("s", false, 10, 0);
  for (const char* user : {"a", "b", "c"}) {
    for (int i = 0; i < 20; ++i) Put(codec, user, i);
  }
  StreamSweep sweep(codec->table_ptr(), tables_.store(), tables_.log(), history_,
                    tables_.clock.WallMicros());
  ASSERT_TRUE(sweep.Run(stop_.token()).ok());
  EXPECT_EQ(sweep.visited(), 3u);
}

TEST_F(JobsTest, RetentionTrimsEveryFeed) {
  const CodecPtr a = CreateStream("a", true, 0, 0);
  const CodecPtr b = CreateStream("b", true, 0, 0);
  Put(a, "ann", 1);
  tables_.clock.AdvanceMicros(100 * kSecond);
  Put(a, "ann", 2);
  Put(b, "ann", 1);
  RetentionJob job({.age_micros_max = 50 * kSecond}, tables_.store(), tables_.catalog(),
                   tables_.clock, history_);
  ASSERT_TRUE(job.RunOnce(stop_.token()).ok());
  EXPECT_THAT(History(), ElementsAre("RT app.a completed: trimmed the change feed through 4"));
  EXPECT_EQ(Stored(a), 2u);
  EXPECT_EQ(Cursor::OpenAfter(tables_.store(), a->table().id, Lsn(0)).status().code(),
            Code::kOutOfRange);
  EXPECT_TRUE(Cursor::OpenAfter(tables_.store(), b->table().id, Lsn(0)).ok());
  ASSERT_TRUE(job.RunOnce(stop_.token()).ok());
  EXPECT_EQ(History().size(), 1u);
}

TEST(JobStateTest, OnlyDrawnEdgesExist) {
  using enum JobState;
  using enum JobEvent;
  EXPECT_EQ(Next(kQueued, kStart), kRunning);
  EXPECT_EQ(Next(kQueued, kStop), kCancelled);
  EXPECT_EQ(Next(kRunning, kSucceed), kCompleted);
  EXPECT_EQ(Next(kRunning, kFail), kFailed);
  EXPECT_EQ(Next(kRunning, kStop), kCancelled);
  size_t edges = 0;
  for (const JobState state : {kQueued, kRunning, kCompleted, kFailed, kCancelled}) {
    for (const JobEvent event : {kStart, kSucceed, kFail, kStop}) {
      edges += Next(state, event).has_value() ? 1 : 0;
    }
  }
  EXPECT_EQ(edges, 5u);
}

TEST(JobHistoryTest, IsBoundedAndTellsTheTimes) {
  ManualClock clock(1000);
  SeededRandom random(1);
  CapturedLog log;
  JobHistory history({.records_max = 3}, clock, random, log);
  for (int i = 0; i < 4; ++i) {
    JobRun run(history, JobType::kCleanup, "app.t" + std::to_string(i));
    clock.AdvanceMicros(5);
    if (i == 1) run.End(Internal("broken"), "");
    if (i == 2) run.End(Status::Ok(), "done");
  }
  const std::vector<JobRecord> records = history.List();
  ASSERT_EQ(records.size(), 3u);
  EXPECT_THAT(records[0].job_id, MatchesRegex("CL-[0-9a-f]{12}"));
  EXPECT_NE(records[0].job_id, records[1].job_id);
  EXPECT_EQ(records[0].state, JobState::kFailed);
  EXPECT_EQ(records[0].message, "internal: broken");
  EXPECT_EQ(records[1].message, "done");
  EXPECT_EQ(records[1].created_at, 1010);
  EXPECT_EQ(records[1].started_at, 1010);
  EXPECT_EQ(records[1].finished_at, 1015);
  EXPECT_EQ(records[2].state, JobState::kCancelled);
  EXPECT_EQ(log.Count(LogLevel::kWarn, "job_ended"), 1u);
  EXPECT_EQ(log.Count(LogLevel::kInfo, "job_ended"), 3u);
}

}  // namespace
}  // namespace millrace
