#include "runtime/event_loop_group.h"

#include <pthread.h>

#include <atomic>
#include <stdexcept>
#include <utility>

#include "base/assert.h"
#include "base/mutex.h"
#include "base/thread_role.h"

namespace millrace {

// Pings every loop and measures how long the answer takes. Two pings of a loop are
// never on the way at once.
class EventLoopGroup::Watchdog {
 public:
  Watchdog(std::chrono::milliseconds stall_warning, const Clock& clock, Log& log)
      : stall_warning_(stall_warning), clock_(clock), log_(log) {}

  void Watch(EventLoop& loop, Metrics& metrics) {
    const MetricLabels labels = {{"loop", loop.name()}};
    pings_.push_back(std::make_unique<Ping>(
        loop,
        metrics.AddHistogram("runtime_loop_lag_seconds", "Time a ping waited for its event loop.",
                             HistogramOptions::Seconds(), labels),
        metrics.AddCounter("runtime_loop_stalls_total",
                           "Times an event loop did not answer in time.", labels)));
  }

  void Start() {
    thread_ = std::thread([this] { Run(); });
    pthread_setname_np(thread_.native_handle(), "watchdog");
  }

  // Pings still on the way keep using this object until their loops have stopped.
  void Stop() {
    {
      MutexLock lock(mutex_);
      stopping_ = true;
      wake_.NotifyAll();
    }
    if (thread_.joinable()) thread_.join();
  }

 private:
  struct Ping {
    Ping(EventLoop& l, Histogram& h, Counter& c) : loop(l), lag(h), stalls(c) {}
    EventLoop& loop;
    Histogram& lag;
    Counter& stalls;
    int64_t sent_nanos = 0;  // written by the watchdog while nothing is on the way
    std::atomic<bool> on_the_way{false};
    std::atomic<bool> warned{false};
  };

  void Run() {
    ScopedThreadRole role(ThreadRole::kBackground);
    MutexLock lock(mutex_);
    while (!wake_.WaitFor(lock, stall_warning_ / 2, [&] { return stopping_; })) {
      for (const auto& ping : pings_) Look(*ping);
    }
  }

  void Look(Ping& ping) {
    const int64_t now_nanos = clock_.MonotonicNanos();
    if (!ping.on_the_way.load(std::memory_order_acquire)) {
      ping.sent_nanos = now_nanos;
      ping.on_the_way.store(true, std::memory_order_relaxed);
      ping.loop.Post([this, &ping] { Answer(ping); });
      return;
    }
    const int64_t waited = now_nanos - ping.sent_nanos;
    if (waited <= std::chrono::nanoseconds(stall_warning_).count()) return;
    if (ping.warned.exchange(true)) return;
    ping.stalls.Add();
    log_.Warn("event_loop_stalled",
              {{"loop", ping.loop.name()}, {"waited_ms", waited / 1'000'000}});
  }

  void Answer(Ping& ping) {
    const int64_t lag = clock_.MonotonicNanos() - ping.sent_nanos;
    ping.lag.ObserveNanos(lag);
    if (ping.warned.exchange(false)) {
      log_.Warn("event_loop_answered",
                {{"loop", ping.loop.name()}, {"stalled_ms", lag / 1'000'000}});
    }
    ping.on_the_way.store(false, std::memory_order_release);
  }

  const std::chrono::milliseconds stall_warning_;
  const Clock& clock_;
  Log& log_;
  std::vector<std::unique_ptr<Ping>> pings_;
  Mutex mutex_;
  ConditionVariable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

EventLoopGroup::EventLoopGroup(std::chrono::milliseconds stall_warning, const Clock& clock,
                               Log& log)
    : watchdog_(std::make_unique<Watchdog>(stall_warning, clock, log)) {}

// Delegates first: when the system refuses a loop or a thread, the destructor ends
// those that run already.
EventLoopGroup::EventLoopGroup(EventLoopGroupOptions options, const Clock& clock, Metrics& metrics,
                               Log& log)
    : EventLoopGroup(options.stall_warning, clock, log) {
  MR_ASSERT(options.loops > 0, "a group has at least one loop");
  MR_ASSERT(options.stall_warning.count() >= 2, "the watchdog pings every half stall_warning");
  for (uint32_t i = 0; i < options.loops; ++i) {
    AddLoop(options.name + "-" + std::to_string(i), clock, metrics);
  }
  watchdog_->Start();
}

Result<std::unique_ptr<EventLoopGroup>> EventLoopGroup::Create(EventLoopGroupOptions options,
                                                               const Clock& clock, Metrics& metrics,
                                                               Log& log) {
  const std::string loops = std::to_string(options.loops);
  try {
    return std::make_unique<EventLoopGroup>(std::move(options), clock, metrics, log);
  } catch (const std::runtime_error& error) {  // Boost's and the standard library's
    return ResourceExhausted("cannot start " + loops + " event loops: " + error.what())
        .WithHint("Start fewer, or raise the limits of the process on open files and threads.");
  }
}

void EventLoopGroup::AddLoop(const std::string& name, const Clock& clock, Metrics& metrics) {
  auto member = std::make_unique<Member>();
  member->loop = std::make_unique<EventLoop>(name, clock);
  EventLoop* loop = member->loop.get();
  member->posted = metrics.AddCallbackGauge(
      "runtime_loop_posted_callbacks", "Work posted to an event loop and not yet run.",
      [loop] { return static_cast<double>(loop->posted()); }, {{"loop", name}});
  watchdog_->Watch(*loop, metrics);
  member->thread = std::thread([loop] { loop->Run(); });
  pthread_setname_np(member->thread.native_handle(), name.substr(0, 15).c_str());
  loops_.push_back(std::move(member));
}

EventLoopGroup::~EventLoopGroup() {
  watchdog_->Stop();
  for (const auto& member : loops_) member->loop->Stop();
  for (const auto& member : loops_) member->thread.join();
}

EventLoop& EventLoopGroup::Next() {
  return loop(next_.fetch_add(1, std::memory_order_relaxed) % loops_.size());
}

}  // namespace millrace
