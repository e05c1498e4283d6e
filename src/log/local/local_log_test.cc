// Group commit, sequence numbers and errors, with a state machine that stores
// texts: "+key" puts a key that must be new, "!" is damaged, anything else is an error.
#include "log/local/local_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <set>
#include <thread>

#include "base/coding.h"
#include "runtime/event_loop.h"
#include "runtime/gate.h"
#include "storage/hot/temporary_directory_for_test.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;

class TextMachine final : public StateMachine {
 public:
  explicit TextMachine(KvStore& store) : store_(store) {}

  void BeginGroup() override {
    ++groups_;
    staged_.clear();
  }
  // "+a+b" takes two numbers.
  Result<Applied> Apply(std::string_view payload, Lsn first, WriteBatch* batch) override {
    if (hold_) {
      hold_ = false;
      held_.count_down();
      release_.wait();
    }
    if (payload.empty() || payload[0] != '+') return DataLoss("a damaged entry");
    uint64_t changes = 0;
    std::set<std::string> keys;
    while (!payload.empty()) {
      const size_t end = std::min(payload.find('+', 1), payload.size());
      keys.emplace(payload.substr(1, end - 1));
      payload.remove_prefix(end);
    }
    for (const std::string& key : keys) {
      ASSIGN_OR_RETURN(const std::optional<std::string> stored, store_.Get(KeySpace::kRows, key));
      if (stored.has_value() || staged_.contains(key)) {
        return Applied{.verdict = Verdict::kKeyExists, .conflict = static_cast<uint32_t>(changes)};
      }
      ++changes;
    }
    uint64_t seq = first.value;
    for (const std::string& key : keys) batch->Put(KeySpace::kRows, key, std::to_string(seq++));
    staged_.insert(keys.begin(), keys.end());
    return Applied{.changes = changes};
  }
  void GroupWritten(Lsn applied) override { events_.push_back("written " + Number(applied)); }
  void GroupFailed() override { events_.push_back("failed"); }

  // Makes the next Apply wait for Release().
  void HoldNext() { hold_ = true; }
  void WaitUntilHeld() { held_.wait(); }
  void Release() { release_.count_down(); }

  static std::string Number(Lsn lsn) { return std::to_string(lsn.value); }
  // Read them once the log is idle.
  std::vector<std::string> events_;
  int groups_ = 0;

 private:
  KvStore& store_;
  std::set<std::string> staged_;
  std::atomic<bool> hold_{false};
  std::latch held_{1};
  std::latch release_{1};
};

class LocalLogTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }
  void TearDown() override { Close(); }
  void Close() {
    log_.reset();
    machine_.reset();
    store_.reset();
  }
  void Open(LocalLogOptions options = {}) {
    Close();
    auto store = KvStore::Open({.directory = directory_.path(), .faults = &faults_}, null_log_);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    store_ = std::move(*store);
    machine_ = std::make_unique<TextMachine>(*store_);
    auto log = LocalLog::Open(options, *store_, metrics_, clock_);
    ASSERT_TRUE(log.ok()) << log.status().ToString();
    log_ = std::move(*log);
    log_->Start(*machine_);
  }
  static std::string Print(const Result<Receipt>& receipt) {
    if (!receipt.ok()) return receipt.status().ToString();
    if (receipt->verdict == Verdict::kKeyExists) {
      return "exists " + std::to_string(receipt->conflict);
    }
    return std::to_string(receipt->first.value) + ".." + std::to_string(receipt->lsn.value);
  }
  std::string Append(std::string payload) {
    return Print(log_->AppendBlocking({.payload = std::move(payload)}));
  }
  // Starts a coroutine that appends and adds what it got to answers_; it has run up
  // to where it waits for its receipt, or for room in the queue.
  void Spawn(EventLoop& loop, Gate& gate, std::string payload,
             Durability durability = Durability::kStrict) {
    ASSERT_TRUE(millrace::Spawn(loop, gate, AppendAndNote(std::move(payload), durability)).ok());
    loop.RunUntilIdle();
  }
  Task<void> AppendAndNote(std::string payload, Durability durability) {
    LogEntry entry{std::move(payload), durability};
    const Result<Receipt> receipt = co_await log_->Append(std::move(entry));
    answers_.push_back(Print(receipt));
  }
  double Metric(std::string_view name) {
    for (const MetricSample& sample : metrics_.Collect()) {
      if (sample.name == name) return sample.value;
    }
    return -1;
  }

  testing::TemporaryDirectory directory_;
  DiskFaults faults_;
  NullLog null_log_;
  Metrics metrics_;
  ManualClock clock_;
  std::unique_ptr<KvStore> store_;
  std::unique_ptr<TextMachine> machine_;
  std::unique_ptr<LocalLog> log_;
  std::vector<std::string> answers_;
};

TEST_F(LocalLogTest, EveryChangeTakesOneNumber) {
  EXPECT_EQ(log_->applied(), Lsn(0));
  EXPECT_EQ(Append("+a"), "1..1");
  EXPECT_EQ(Append("+b+c+d"), "2..4");
  EXPECT_EQ(Append("+e"), "5..5");
  EXPECT_EQ(log_->applied(), Lsn(5));
  EXPECT_EQ(*store_->Get(KeySpace::kRows, "c"), "3");
}

TEST_F(LocalLogTest, ARefusalTakesNoNumberAndChangesNothing) {
  Append("+b");
  const int64_t written = faults_.bytes_written;
  EXPECT_EQ(Append("+a+b"), "exists 1");
  EXPECT_EQ(faults_.bytes_written, written);
  EXPECT_EQ(*store_->Get(KeySpace::kRows, "a"), std::nullopt);
  EXPECT_EQ(Append("+c"), "2..2");
  EXPECT_EQ(Metric("log_refusals_total"), 1);
  EXPECT_EQ(Metric("log_commits_total"), 2);
}

TEST_F(LocalLogTest, ADamagedEntryFailsAlone) {
  machine_->HoldNext();
  EventLoop loop("test", clock_);
  Gate gate;
  for (const char* payload : {"+a", "+b", "!", "+c"}) Spawn(loop, gate, payload);
  machine_->Release();
  loop.RunUntil([&] { return answers_.size() == 4; });
  EXPECT_THAT(answers_, ElementsAre("1..1", "2..2", "data loss: a damaged entry", "3..3"));
  EXPECT_EQ(Metric("log_errors_total"), 1);
  EXPECT_EQ(Metric("log_commits_total"), 3);
}

TEST_F(LocalLogTest, AppliedSurvivesReopening) {
  Append("+a+b");
  Append("+c");
  Open();
  EXPECT_EQ(log_->applied(), Lsn(3));
  EXPECT_EQ(Append("+c"), "exists 0");
  EXPECT_EQ(Append("+d"), "4..4");
}

TEST_F(LocalLogTest, ADamagedAppliedLsnIsDataLoss) {
  Close();
  auto store = *KvStore::Open({.directory = directory_.path()}, null_log_);
  WriteBatch batch = store->NewBatch();
  batch.Put(KeySpace::kMeta, "applied_lsn", "short");
  ASSERT_TRUE(store->Write(&batch, Sync::kSync).ok());
  EXPECT_EQ(LocalLog::Open({}, *store, metrics_, clock_).status().code(), Code::kDataLoss);
}

TEST_F(LocalLogTest, EntriesThatWaitTogetherShareOneSync) {
  constexpr int kEntries = 100;
  const int64_t before = faults_.syncs;
  machine_->HoldNext();
  EventLoop loop("test", clock_);
  Gate gate;
  Spawn(loop, gate, "+first");
  machine_->WaitUntilHeld();
  for (int i = 0; i < kEntries; ++i) Spawn(loop, gate, "+" + std::to_string(1000 + i));
  machine_->Release();
  loop.RunUntil([&] { return answers_.size() == kEntries + 1; });
  EXPECT_EQ(faults_.syncs, before + 2);
  EXPECT_EQ(machine_->groups_, 2);
  EXPECT_THAT(machine_->events_, ElementsAre("written 1", "written 101"));
  // Receipts come in the order of appending.
  for (int i = 0; i <= kEntries; ++i) {
    EXPECT_EQ(answers_[i], std::to_string(i + 1) + ".." + std::to_string(i + 1));
  }
}

TEST_F(LocalLogTest, AnEntrySeesTheEarlierOnesOfItsGroup) {
  machine_->HoldNext();
  EventLoop loop("test", clock_);
  Gate gate;
  Spawn(loop, gate, "+first");
  machine_->WaitUntilHeld();
  for (const char* payload : {"+a", "+a", "+b+a", "+b"}) Spawn(loop, gate, payload);
  machine_->Release();
  loop.RunUntil([&] { return answers_.size() == 5; });
  EXPECT_THAT(answers_, ElementsAre("1..1", "2..2", "exists 0", "exists 0", "3..3"));
}

TEST_F(LocalLogTest, AGroupOfRelaxedEntriesDoesNotSync) {
  const int64_t before = faults_.syncs;
  ASSERT_TRUE(log_->AppendBlocking({.payload = "+a", .durability = Durability::kRelaxed}).ok());
  EXPECT_EQ(faults_.syncs, before);
  Open();
  EXPECT_EQ(log_->applied(), Lsn(1));
}

TEST_F(LocalLogTest, ManyThreadsGetTheirOwnNumbers) {
  constexpr int kThreads = 8;
  constexpr int kEach = 50;
  const int64_t before = faults_.syncs;
  std::vector<std::vector<uint64_t>> numbers(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string key = std::to_string(t) + "_" + std::to_string(i);
        const auto receipt = log_->AppendBlocking({.payload = "+" + key + "a+" + key + "b"});
        ASSERT_TRUE(receipt.ok());
        EXPECT_EQ(receipt->lsn.value, receipt->first.value + 1);
        EXPECT_GE(log_->applied(), receipt->lsn);
        numbers[t].push_back(receipt->first.value);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<uint64_t> all;
  for (const auto& own : numbers) {
    EXPECT_TRUE(std::is_sorted(own.begin(), own.end()));
    all.insert(own.begin(), own.end());
  }
  // 1, 3, 5, …: no gap, no repeat.
  EXPECT_EQ(all.size(), static_cast<size_t>(kThreads * kEach));
  EXPECT_EQ(*all.begin(), 1u);
  EXPECT_EQ(*all.rbegin(), 2u * kThreads * kEach - 1);
  EXPECT_LT(faults_.syncs - before, kThreads * kEach);
}

TEST_F(LocalLogTest, AFailedWriteAnswersEveryEntryOfTheGroup) {
  Append("+a");
  machine_->HoldNext();
  EventLoop loop("test", clock_);
  Gate gate;
  for (const char* payload : {"+a", "+b", "+c", "+b"}) Spawn(loop, gate, payload);
  machine_->WaitUntilHeld();
  faults_.full = true;
  machine_->Release();
  loop.RunUntil([&] { return answers_.size() == 4; });
  EXPECT_EQ(answers_[0], "exists 0");  // refused by its precondition all the same
  // The last would be refused because of an entry that was not written.
  for (const size_t failed : {1, 2, 3}) {
    EXPECT_TRUE(answers_[failed].starts_with("resource exhausted: disk full")) << answers_[failed];
  }
  EXPECT_EQ(log_->applied(), Lsn(1));
  EXPECT_THAT(machine_->events_, ::testing::Contains("failed"));
  EXPECT_EQ(Metric("log_commits_total"), 1);
  EXPECT_EQ(Metric("log_errors_total"), 3);

  // Numbers of failed entries are taken again; nothing of them is there.
  faults_.full = false;
  EXPECT_EQ(Append("+d"), "2..2");
  Open();
  EXPECT_EQ(log_->applied(), Lsn(2));
  EXPECT_EQ(*store_->Get(KeySpace::kRows, "b"), std::nullopt);
}

TEST_F(LocalLogTest, TheQueueIsBoundedAndAppendWaits) {
  Open({.queue_entries_max = 2});
  machine_->HoldNext();
  EventLoop loop("test", clock_);
  Gate gate;
  Spawn(loop, gate, "+first");
  machine_->WaitUntilHeld();
  for (int i = 0; i < 10; ++i) Spawn(loop, gate, "+" + std::to_string(i));
  EXPECT_EQ(Metric("log_queue_entries"), 2);
  EXPECT_TRUE(answers_.empty());
  machine_->Release();
  loop.RunUntil([&] { return answers_.size() == 11; });
  EXPECT_EQ(log_->applied(), Lsn(11));
}

TEST_F(LocalLogTest, GroupsAreBounded) {
  Open({.group_entries_max = 3});
  machine_->HoldNext();
  EventLoop loop("test", clock_);
  Gate gate;
  Spawn(loop, gate, "+first");
  machine_->WaitUntilHeld();
  for (int i = 0; i < 7; ++i) Spawn(loop, gate, "+" + std::to_string(i));
  machine_->Release();
  loop.RunUntil([&] { return answers_.size() == 8; });
  EXPECT_THAT(machine_->events_, ElementsAre("written 1", "written 4", "written 7", "written 8"));
}

}  // namespace
}  // namespace millrace
