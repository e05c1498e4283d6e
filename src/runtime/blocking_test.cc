// What goes between threads: the blocking pool, channels and completions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "base/thread_role.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "runtime/await_on_worker.h"
#include "runtime/blocking_pool.h"
#include "runtime/channel.h"
#include "runtime/completion.h"
#include "runtime/event_loop_group.h"
#include "runtime/gate.h"

namespace millrace {
namespace {

using std::chrono::milliseconds;

class BlockingTest : public testing::Test {
 protected:
  ~BlockingTest() override { gate_.CloseBlocking(); }

  void Start(EventLoop& loop, Task<void> task) {
    ASSERT_TRUE(Spawn(loop, gate_, std::move(task)).ok());
  }
  EventLoop& loop() { return loops_.loop(0); }

  SystemClock clock_;
  Metrics metrics_;
  CapturedLog log_;
  EventLoopGroup loops_{{.loops = 2, .name = "test"}, clock_, metrics_, log_};
  Gate gate_;
};

Task<int> Add(int a, int b) { co_return a + b; }

TEST_F(BlockingTest, RunGoesToAWorkerAndComesBackToItsLoop) {
  BlockingPool pool({.threads = 2}, clock_, metrics_);
  const auto use = [](BlockingPool* p) -> Task<std::string> {
    auto role = [] {
      MayBlock();
      return std::string(ThreadRoleName(CurrentThreadRole()));
    };
    Result<std::string> result = co_await p->Run(role);
    co_return *result + " " + EventLoop::Current()->name();
  };
  EXPECT_EQ(AwaitOnWorker(loops_.loop(1), use(&pool)), "blocking test-1");
}

// Status and Result pass through; anything else is wrapped.
TEST_F(BlockingTest, RunGivesTheCallablesOwnError) {
  BlockingPool pool({.threads = 1}, clock_, metrics_);
  const auto use = [](BlockingPool* p) -> Task<Status> {
    auto nothing = [] {};
    CO_RETURN_IF_ERROR(co_await p->Run(nothing));
    auto number = [] { return 5; };
    Result<int> five = co_await p->Run(number);
    EXPECT_EQ(*five, 5);
    auto missing = []() -> Result<int> { return NotFound("no row"); };
    Result<int> row = co_await p->Run(missing);
    co_return row.status();
  };
  EXPECT_EQ(AwaitOnWorker(loop(), use(&pool)).code(), Code::kNotFound);
}

TEST_F(BlockingTest, AFullQueueRefusesAtOnceAndCountsIt) {
  BlockingPool pool({.name = "small", .threads = 1, .queue_max = 1}, clock_, metrics_);
  std::latch busy(1), release(1), queued(1);
  const auto occupy = [](BlockingPool* p, std::latch* b, std::latch* r) -> Task<void> {
    auto wait = [b, r] {
      b->count_down();
      r->wait();
    };
    EXPECT_TRUE((co_await p->Run(wait)).ok());
  };
  const auto follow = [](BlockingPool* p, std::latch* q) -> Task<void> {
    auto nothing = [] {};
    q->count_down();
    EXPECT_TRUE((co_await p->Run(nothing)).ok());
  };
  const auto attempt = [](BlockingPool* p) -> Task<Status> {
    auto nothing = [] {};
    co_return co_await p->Run(nothing);
  };
  Start(loop(), occupy(&pool, &busy, &release));
  busy.wait();
  Start(loop(), follow(&pool, &queued));
  EXPECT_EQ(AwaitOnWorker(loop(), attempt(&pool)).code(), Code::kResourceExhausted);
  EXPECT_EQ(metrics_.AddCounter("runtime_pool_rejected_total", "", {{"pool", "small"}}).value(),
            1u);
  release.count_down();
  gate_.CloseBlocking();
}

TEST_F(BlockingTest, StopRunsWhatIsQueuedAndRefusesTheRest) {
  BlockingPool pool({.threads = 1}, clock_, metrics_);
  std::latch busy(1), queued(1), release(1);
  std::atomic<int> ran{0};
  const auto occupy = [](BlockingPool* p, std::latch* b, std::latch* r) -> Task<void> {
    auto wait = [b, r] {
      b->count_down();
      r->wait();
    };
    EXPECT_TRUE((co_await p->Run(wait)).ok());
  };
  const auto count = [](BlockingPool* p, std::latch* q, std::atomic<int>* total) -> Task<void> {
    auto add = [total] { total->fetch_add(1); };
    q->count_down();
    EXPECT_TRUE((co_await p->Run(add)).ok());
  };
  const auto attempt = [](BlockingPool* p) -> Task<Status> {
    auto nothing = [] {};
    co_return co_await p->Run(nothing);
  };
  Start(loop(), occupy(&pool, &busy, &release));
  busy.wait();
  Start(loop(), count(&pool, &queued, &ran));
  queued.wait();
  AwaitOnWorker(loop(), Add(0, 0));  // behind it, so the operation is in the queue
  std::thread stopper([&] { pool.Stop(); });
  release.count_down();
  stopper.join();
  gate_.CloseBlocking();
  EXPECT_EQ(ran.load(), 1);
  EXPECT_EQ(AwaitOnWorker(loop(), attempt(&pool)).code(), Code::kUnavailable);
}

TEST_F(BlockingTest, ManyCrossingsFromTwoLoopsAllComeBack) {
  BlockingPool pool({.threads = 3}, clock_, metrics_);
  std::atomic<int> sum{0};
  const auto work = [](BlockingPool* p, std::atomic<int>* total) -> Task<void> {
    EventLoop* home = EventLoop::Current();
    for (int i = 0; i < 20; ++i) {
      auto one = [] { return 1; };
      Result<int> result = co_await p->Run(one);
      EXPECT_TRUE(home->IsCurrent());
      total->fetch_add(*result);
    }
  };
  for (int i = 0; i < 50; ++i) Start(loops_.Next(), work(&pool, &sum));
  gate_.CloseBlocking();
  EXPECT_EQ(sum.load(), 1000);
}

TEST_F(BlockingTest, CompletionSetBeforeAndAfterTheWait) {
  const auto wait = [](Completion<int>* completion) -> Task<int> {
    co_return co_await *completion;
  };
  Completion<int> early;
  early.Set(1);
  EXPECT_EQ(AwaitOnWorker(loop(), wait(&early)), 1);
  for (int i = 0; i < 1000; ++i) {
    Completion<int> racing;
    std::thread setter([&] { racing.Set(i); });
    EXPECT_EQ(i % 2 == 0 ? AwaitOnWorker(loop(), wait(&racing)) : racing.WaitBlocking(), i);
    setter.join();
  }
}

// A whole commit group is completed with one post per loop.
TEST_F(BlockingTest, ResumeBatchPostsOncePerLoop) {
  constexpr int kWaiters = 100;
  ManualClock clock;
  EventLoop simulated("simulated", clock);
  std::vector<std::unique_ptr<Completion<int>>> group;
  int sum = 0;
  const auto wait = [](Completion<int>* completion, int* total) -> Task<void> {
    *total += co_await *completion;
  };
  Gate gate;
  for (int i = 0; i < kWaiters; ++i) {
    group.push_back(std::make_unique<Completion<int>>());
    ASSERT_TRUE(Spawn(simulated, gate, wait(group.back().get(), &sum)).ok());
  }
  simulated.RunUntilIdle();
  {
    ResumeBatch batch;
    for (auto& completion : group) completion->Set(2, batch);
    EXPECT_EQ(simulated.posted(), 0u);
  }
  EXPECT_EQ(simulated.posted(), static_cast<size_t>(kWaiters));
  simulated.RunUntilIdle();
  EXPECT_EQ(sum, 2 * kWaiters);
}

// Writers and a reader as coroutines and as threads, in every pairing: nothing is
// lost, nothing comes twice, and the channel never holds more than its capacity.
TEST_F(BlockingTest, ChannelCarriesEveryValueOnce) {
  constexpr int kEach = 500;
  for (const bool reader_is_thread : {false, true}) {
    Channel<int> channel(4);
    Gate writers;
    const auto write = [](Channel<int>* c) -> Task<void> {
      for (int i = 1; i <= kEach; ++i) EXPECT_TRUE((co_await c->Push(i)).ok());
    };
    const auto read = [](Channel<int>* c) -> Task<int64_t> {
      int64_t sum = 0;
      while (std::optional<int> value = co_await c->Pop()) {
        EXPECT_LE(c->size(), 4u);
        sum += *value;
      }
      co_return sum;
    };
    ASSERT_TRUE(Spawn(loops_.loop(0), writers, write(&channel)).ok());
    ASSERT_TRUE(Spawn(loops_.loop(1), writers, write(&channel)).ok());
    std::thread writer([&] {
      for (int i = 1; i <= kEach; ++i) EXPECT_TRUE(channel.PushBlocking(i).ok());
    });
    std::thread closer([&] {
      writer.join();
      writers.CloseBlocking();
      channel.Close();
    });
    int64_t sum = 0;
    if (reader_is_thread) {
      while (std::optional<int> value = channel.PopBlocking()) sum += *value;
    } else {
      sum = AwaitOnWorker(loop(), read(&channel));
    }
    closer.join();
    EXPECT_EQ(sum, int64_t{3} * kEach * (kEach + 1) / 2);
  }
}

// A reader that goes away wakes and fails whoever waits for room.
TEST_F(BlockingTest, CancelFailsWaitingWriters) {
  Channel<int> channel(1);
  std::latch waiting(1);
  Status coroutine_outcome;
  Gate gate;
  const auto write = [](Channel<int>* c, std::latch* w, Status* outcome) -> Task<void> {
    EXPECT_TRUE((co_await c->Push(1)).ok());
    w->count_down();
    *outcome = co_await c->Push(2);
  };
  ASSERT_TRUE(Spawn(loop(), gate, write(&channel, &waiting, &coroutine_outcome)).ok());
  waiting.wait();
  Status thread_outcome;
  std::thread writer([&] { thread_outcome = channel.PushBlocking(3); });
  channel.Cancel();
  writer.join();
  gate.CloseBlocking();
  EXPECT_EQ(coroutine_outcome.code(), Code::kCancelled);
  EXPECT_EQ(thread_outcome.code(), Code::kCancelled);
  int value = 4;
  EXPECT_EQ(channel.TryPush(value).status().code(), Code::kCancelled);
  EXPECT_FALSE(channel.TryPop().has_value());
}

TEST_F(BlockingTest, AClosedChannelIsDrainedFirst) {
  Channel<std::unique_ptr<int>> channel(2);
  auto first = std::make_unique<int>(1);
  auto second = std::make_unique<int>(2);
  auto third = std::make_unique<int>(3);
  EXPECT_TRUE(*channel.TryPush(first));
  EXPECT_TRUE(*channel.TryPush(second));
  EXPECT_FALSE(*channel.TryPush(third));
  EXPECT_NE(third, nullptr);  // not taken
  channel.Close();
  EXPECT_EQ(**channel.PopBlocking(), 1);
  EXPECT_EQ(**channel.PopBlocking(), 2);
  EXPECT_FALSE(channel.PopBlocking().has_value());
}

}  // namespace
}  // namespace millrace
