// Tasks, loops, timers, gates and cancellation, on a simulated loop where possible.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <latch>
#include <thread>

#include "base/thread_role.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "runtime/async_mutex.h"
#include "runtime/await_on_worker.h"
#include "runtime/event_loop.h"
#include "runtime/event_loop_group.h"
#include "runtime/gate.h"

namespace millrace {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

// One loop on a clock that stands still, driven by the test.
class SimulatedLoopTest : public testing::Test {
 protected:
  // Starts a task; it runs when the loop does.
  void Start(Task<void> task) { ASSERT_TRUE(Spawn(loop_, gate_, std::move(task)).ok()); }
  void Advance(milliseconds time) {
    clock_.AdvanceMicros(time.count() * 1000);
    loop_.RunUntilIdle();
  }
  ~SimulatedLoopTest() override { EXPECT_EQ(gate_.inside(), 0u); }

  ManualClock clock_;
  EventLoop loop_{"test", clock_};
  Gate gate_;
  std::vector<std::string> events_;
};

// A real loop on its own thread.
class ThreadedLoopTest : public testing::Test {
 protected:
  SystemClock clock_;
  Metrics metrics_;
  CapturedLog log_;
  EventLoopGroup loops_{{.loops = 2, .name = "test"}, clock_, metrics_, log_};
};

Task<int> Add(int a, int b) { co_return a + b; }

Task<int> SumTo(int n) {
  int sum = 0;
  for (int i = 1; i <= n; ++i) sum = co_await Add(sum, i);
  co_return sum;
}

TEST_F(SimulatedLoopTest, TaskGivesItsResultByValue) {
  EXPECT_EQ(RunOnLoop(loop_, SumTo(1000)), 500500);
}

TEST_F(SimulatedLoopTest, TaskDoesNotStartBeforeItIsAwaited) {
  bool started = false;
  const auto set = [](bool* flag) -> Task<void> {
    *flag = true;
    co_return;
  };
  {
    Task<void> unused = set(&started);
  }
  EXPECT_FALSE(started);
  RunOnLoop(loop_, set(&started));
  EXPECT_TRUE(started);
}

Task<Result<std::unique_ptr<int>>> MakeBox(int value) {
  if (value < 0) co_return InvalidArgument("negative");
  co_return std::make_unique<int>(value);
}

Task<Status> UseBox(int value, int* out) {
  ASSIGN_OR_CO_RETURN(const std::unique_ptr<int> box, co_await MakeBox(value));
  *out = *box;
  co_return Status::Ok();
}

TEST_F(SimulatedLoopTest, TaskCarriesMoveOnlyResultsAndErrors) {
  int out = 0;
  EXPECT_TRUE(RunOnLoop(loop_, UseBox(7, &out)).ok());
  EXPECT_EQ(out, 7);
  EXPECT_EQ(RunOnLoop(loop_, UseBox(-1, &out)).code(), Code::kInvalidArgument);
}

Task<void> Recurse(int depth) {
  if (depth > 0) co_await Recurse(depth - 1);
}

// Returning from a deep chain is a chain of jumps, not of nested calls: it must not
// overflow the stack. Only optimized builds turn the jumps into jumps.
TEST_F(SimulatedLoopTest, DeepChainsUseNoStack) { RunOnLoop(loop_, Recurse(100'000)); }

TEST_F(SimulatedLoopTest, PostedWorkRunsInOrderAndNeverInsideThePost) {
  loop_.Post([&] {
    loop_.Post([&] { events_.push_back("second"); });
    events_.push_back("first");
  });
  EXPECT_TRUE(events_.empty());
  loop_.RunUntilIdle();
  EXPECT_THAT(events_, ElementsAre("first", "second"));
}

TEST_F(SimulatedLoopTest, TimersFireInDeadlineOrderByTheInjectedClock) {
  Timer late, early, same;
  loop_.Post([&] {
    loop_.ScheduleAfter(milliseconds(20), late, [&] { events_.push_back("late"); });
    loop_.ScheduleAfter(milliseconds(10), early, [&] { events_.push_back("early"); });
    loop_.ScheduleAfter(milliseconds(10), same, [&] { events_.push_back("same"); });
  });
  loop_.RunUntilIdle();
  Advance(milliseconds(9));
  EXPECT_TRUE(events_.empty());
  Advance(milliseconds(1));
  EXPECT_THAT(events_, ElementsAre("early", "same"));
  Advance(milliseconds(100));
  EXPECT_THAT(events_, ElementsAre("early", "same", "late"));
}

TEST_F(SimulatedLoopTest, CancelledTimersDoNotFire) {
  std::vector<std::unique_ptr<Timer>> timers;
  int fired = 0;
  loop_.Post([&] {
    for (int i = 0; i < 100; ++i) {
      timers.push_back(std::make_unique<Timer>());
      loop_.ScheduleAfter(milliseconds(i * 7 % 100), *timers.back(), [&] { ++fired; });
    }
    for (int i = 0; i < 100; i += 3) timers[static_cast<size_t>(i)]->Cancel();
    timers.erase(timers.begin() + 1);  // destroying cancels
  });
  loop_.RunUntilIdle();
  Advance(milliseconds(200));
  EXPECT_EQ(fired, 100 - 34 - 1);
}

TEST_F(SimulatedLoopTest, ATimerMaySetItselfAnew) {
  Timer timer;
  std::function<void()> again = [&] {
    events_.push_back("tick");
    loop_.ScheduleAfter(milliseconds(10), timer, [&] { again(); });
  };
  loop_.Post([&] { again(); });
  loop_.RunUntilIdle();
  Advance(milliseconds(10));
  Advance(milliseconds(10));
  EXPECT_EQ(events_.size(), 3u);
}

TEST_F(SimulatedLoopTest, SleepEndsAtItsTimeOrWhenStopped) {
  StopSource stop;
  const auto sleep = [](EventLoop* loop, StopToken token,
                        std::vector<std::string>* events) -> Task<void> {
    const Status slept = co_await loop->Sleep(milliseconds(10), token);
    events->push_back(slept.ok() ? "slept" : "stopped");
  };
  Start(sleep(&loop_, {}, &events_));
  loop_.RunUntilIdle();
  Advance(milliseconds(10));
  EXPECT_THAT(events_, ElementsAre("slept"));

  Start(sleep(&loop_, stop.token(), &events_));
  loop_.RunUntilIdle();
  std::thread([&] { stop.RequestStop(); }).join();
  loop_.RunUntilIdle();
  EXPECT_THAT(events_, ElementsAre("slept", "stopped"));

  Start(sleep(&loop_, stop.token(), &events_));
  loop_.RunUntilIdle();
  EXPECT_THAT(events_, ElementsAre("slept", "stopped", "stopped"));
}

TEST_F(SimulatedLoopTest, GateCloseWaitsForEverybodyInsideAndLetsNobodyIn) {
  const auto inside = [](EventLoop* loop) -> Task<void> {
    const Status slept = co_await loop->Sleep(milliseconds(10));
    EXPECT_TRUE(slept.ok());
  };
  const auto close = [](Gate* gate, std::vector<std::string>* events) -> Task<void> {
    co_await gate->Close();
    events->push_back("closed");
  };
  Gate inner;
  ASSERT_TRUE(Spawn(loop_, inner, inside(&loop_)).ok());
  Start(close(&inner, &events_));
  loop_.RunUntilIdle();
  EXPECT_TRUE(events_.empty());
  EXPECT_FALSE(inner.Enter().has_value());
  EXPECT_EQ(Spawn(loop_, inner, inside(&loop_)).code(), Code::kUnavailable);
  Advance(milliseconds(10));
  EXPECT_THAT(events_, ElementsAre("closed"));
}

TEST_F(SimulatedLoopTest, AsyncMutexServesWaitersInOrder) {
  AsyncMutex mutex;
  const auto use = [](EventLoop* loop, AsyncMutex* m, std::string name,
                      std::vector<std::string>* events) -> Task<void> {
    AsyncMutex::Guard guard = co_await m->Lock();
    events->push_back("+" + name);
    co_await loop->Yield();
    events->push_back("-" + name);
  };
  Start(use(&loop_, &mutex, "a", &events_));
  Start(use(&loop_, &mutex, "b", &events_));
  Start(use(&loop_, &mutex, "c", &events_));
  loop_.RunUntilIdle();
  EXPECT_THAT(events_, ElementsAre("+a", "-a", "+b", "-b", "+c", "-c"));
}

TEST(StopTokenTest, CallbackRunsOnceAndAtOnceWhenAlreadyStopped) {
  StopSource source;
  int calls = 0;
  const StopToken token = source.token();
  EXPECT_FALSE(StopToken().CanStop());
  StopCallback before(token, [&] { ++calls; });
  {
    StopCallback gone(token, [&] { calls += 100; });
  }
  EXPECT_TRUE(source.RequestStop());
  EXPECT_FALSE(source.RequestStop());
  StopCallback after(token, [&] { ++calls; });
  EXPECT_EQ(calls, 2);
}

TEST_F(ThreadedLoopTest, AwaitOnWorkerRunsTheTaskOnTheLoop) {
  const auto name = []() -> Task<std::string> { co_return EventLoop::Current()->name(); };
  EXPECT_EQ(AwaitOnWorker(loops_.loop(1), name()), "test-1");
}

TEST_F(ThreadedLoopTest, NextDealsRoundRobin) {
  EventLoop& first = loops_.Next();
  EXPECT_NE(&loops_.Next(), &first);
  EXPECT_EQ(&loops_.Next(), &first);
}

TEST_F(ThreadedLoopTest, RealTimersFireOnTheSystemClock) {
  const auto sleep = [](EventLoop* loop) -> Task<Status> {
    co_return co_await loop->Sleep(milliseconds(1));
  };
  EXPECT_TRUE(AwaitOnWorker(loops_.loop(0), sleep(&loops_.loop(0))).ok());
}

TEST_F(ThreadedLoopTest, GateCloseBlockingWaitsForTasksOnOtherThreads) {
  constexpr int kTasks = 200;
  std::atomic<int> ended{0};
  Gate gate;
  const auto hop = [](std::atomic<int>* count) -> Task<void> {
    co_await EventLoop::Current()->Yield();
    count->fetch_add(1);
  };
  for (int i = 0; i < kTasks; ++i) ASSERT_TRUE(Spawn(loops_.Next(), gate, hop(&ended)).ok());
  gate.CloseBlocking();
  EXPECT_EQ(ended.load(), kTasks);
}

// The watchdog judges by the injected clock, so a stall is made by moving it.
TEST(WatchdogTest, NamesTheLoopThatDoesNotAnswer) {
  ManualClock clock;
  Metrics metrics;
  CapturedLog log;
  EventLoopGroup loops({.loops = 2, .name = "io", .stall_warning = milliseconds(2)}, clock, metrics,
                       log);
  std::latch stuck(1), release(1);
  loops.loop(1).Post([&] {
    stuck.count_down();
    release.wait();
  });
  stuck.wait();
  // A ping is on its way, or will be: move the clock until the watchdog has seen it wait.
  while (log.Count(LogLevel::kWarn, "event_loop_stalled") == 0) {
    clock.AdvanceMicros(3000);
    log.WaitFor(LogLevel::kWarn, "event_loop_stalled", milliseconds(2));
  }
  release.count_down();
  EXPECT_TRUE(log.WaitFor(LogLevel::kWarn, "event_loop_answered"));
  bool named = false;
  for (const std::string& line : log.Lines()) named |= line.find("loop=io-1") != std::string::npos;
  EXPECT_TRUE(named);
}

TEST(ThreadRoleTest, RolesNestPerThread) {
  EXPECT_EQ(CurrentThreadRole(), ThreadRole::kUnknown);
  ScopedThreadRole outer(ThreadRole::kBlocking);
  {
    ScopedThreadRole inner(ThreadRole::kEngine);
    EXPECT_EQ(CurrentThreadRole(), ThreadRole::kEngine);
    std::thread([] { EXPECT_EQ(CurrentThreadRole(), ThreadRole::kUnknown); }).join();
  }
  EXPECT_EQ(CurrentThreadRole(), ThreadRole::kBlocking);
  MayBlock();
}

TEST(ThreadRoleTest, ReportsEachCallSiteOnceWhenAskedTo) {
  static int reports = 0;
  SetBlockingCheck(BlockingCheck::kReport,
                   [](std::string_view, uint32_t, std::string_view) { ++reports; });
  const uint64_t before = BlockingViolations();
  {
    ScopedThreadRole role(ThreadRole::kEventLoop);
    for (int i = 0; i < 3; ++i) MayBlock();
    AllowBlockingForTest allow;
    MayBlock();
  }
  SetBlockingCheck(BlockingCheck::kFatal, nullptr);
  EXPECT_EQ(BlockingViolations() - before, 3u);
  EXPECT_EQ(reports, 1);
}

using RuntimeDeathTest = SimulatedLoopTest;

TEST_F(RuntimeDeathTest, BlockingOnAnEventLoopAborts) {
  loop_.Post([] { MayBlock(); });
  EXPECT_DEATH(loop_.RunUntilIdle(), "blocking call on an event-loop thread");
}

TEST_F(RuntimeDeathTest, AwaitOnWorkerAbortsOnAnEventLoop) {
  loop_.Post([&] { AwaitOnWorker(loop_, Add(1, 2)); });
  EXPECT_DEATH(loop_.RunUntilIdle(), "AwaitOnWorker on an event-loop thread");
}

TEST_F(RuntimeDeathTest, ALoopInsideOfALoopAborts) {
  loop_.Post([this] {
    EventLoop inner("inner", clock_);
    inner.RunUntilIdle();
  });
  EXPECT_DEATH(loop_.RunUntilIdle(), "a thread runs one event loop at a time");
}

TEST_F(RuntimeDeathTest, SuspendingUnderAMutexAborts) {
  const auto suspend = [](EventLoop* loop) -> Task<void> {
    Mutex mutex;
    MutexLock lock(mutex);
    co_await loop->Yield();
  };
  EXPECT_DEATH(RunOnLoop(loop_, suspend(&loop_)), "while it holds a mutex");
}

TEST_F(RuntimeDeathTest, AnExceptionAtACoroutinesEdgeAborts) {
  const auto raise = []() -> Task<void> {
    throw 1;
    co_return;
  };
  EXPECT_DEATH(RunOnLoop(loop_, raise()), "an exception left a coroutine");
}

// The loops that run already end, and the process goes on.
TEST(EventLoopGroupTest, MoreLoopsThanTheSystemGivesIsAnError) {
  SystemClock clock;
  Metrics metrics;
  NullLog log;
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit few = before;
  few.rlim_cur = 64;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  const auto group = EventLoopGroup::Create({.loops = 200}, clock, metrics, log);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(group.status().code(), Code::kResourceExhausted) << group.status().ToString();
  EXPECT_TRUE(EventLoopGroup::Create({.loops = 2}, clock, metrics, log).ok());
}

}  // namespace
}  // namespace millrace
