// What a rush of logins does to everybody else: the slowest hundredth of point reads
// while a thousand users log in, against the same without them. Password hashing is
// meant to cost tens of milliseconds of processor time each; it must not be the readers'.
#include <atomic>
#include <thread>

#include "bench.h"
#include "point_read_work.h"
#include "rows.h"

namespace millrace::bench {
namespace {

constexpr uint64_t kRows = 20'000;
constexpr uint64_t kQuickRows = 2'000;
constexpr uint64_t kLogins = 1'000;
constexpr uint64_t kQuickLogins = 20;
constexpr size_t kReaders = 8;
constexpr size_t kLoginThreads = 8;
constexpr int64_t kRoundNanos = 3'000'000'000;
constexpr int64_t kQuickRoundNanos = 300'000'000;
constexpr int kQuietRounds = 5;
// Longer than a thousand logins take on the slowest machine this runs on.
constexpr int kBusyRoundsMax = 200;

constexpr Goal kGoal = {"point_read_p99_under_logins", "times the p99 without", Better::kLess,
                        Target::kLimit, 2};

// Users who log in one after the other, on several threads, until there were enough.
class Rush {
 public:
  Rush(const OurSide& side, uint64_t logins) : left_(logins) {
    for (size_t i = 0; i < kLoginThreads; ++i) {
      threads_.emplace_back([this, &side] { Run(side); });
    }
  }
  ~Rush() {
    left_.store(0);
    for (std::thread& thread : threads_) thread.join();
  }
  bool over() const { return done_.load() >= wanted_ || failed_.load(); }
  bool failed() const { return failed_.load(); }
  uint64_t done() const { return done_.load(); }

 private:
  void Run(const OurSide& side) {
    for (uint64_t left = left_.load(); left > 0;) {
      if (!left_.compare_exchange_weak(left, left - 1)) continue;
      if (!side.LogInAgain().ok()) {
        failed_.store(true);
        return;
      }
      done_.fetch_add(1);
      left = left_.load();
    }
  }

  std::atomic<uint64_t> left_;
  const uint64_t wanted_ = left_.load();
  std::atomic<uint64_t> done_{0};
  std::atomic<bool> failed_{false};
  std::vector<std::thread> threads_;
};

Status RunLogins(Bench& bench) {
  const bool quick = bench.options().quick;
  const uint64_t rows = quick ? kQuickRows : kRows;
  const int64_t round = quick ? kQuickRoundNanos : kRoundNanos;
  ASSIGN_OR_RETURN(const std::unique_ptr<OurSide> side, bench.StartOurs("logins"));
  RETURN_IF_ERROR(CreateAndFill(*side, "logged", rows));
  const PointReadWork work("bench.logged", rows);
  ASSIGN_OR_RETURN(const auto connections, side->ConnectLoad(work, kReaders));
  uint64_t number = 0;
  const auto slowest = [&]() -> Result<double> {
    ASSIGN_OR_RETURN(const LoadResult result, RunLoad(connections, {round, number}, bench.clock()));
    number += result.operations;
    return result.slowest_percent_ms;
  };
  RETURN_IF_ERROR(slowest().status());  // warm, uncounted
  std::vector<double> quiet;
  for (int i = 0; i < (quick ? 1 : kQuietRounds); ++i) {
    ASSIGN_OR_RETURN(const double p99, slowest());
    quiet.push_back(p99);
  }
  std::vector<double> busy;
  uint64_t logins = 0;
  {
    Rush rush(*side, quick ? kQuickLogins : kLogins);
    for (int i = 0; i < kBusyRoundsMax && !rush.over(); ++i) {
      ASSIGN_OR_RETURN(const double p99, slowest());
      if (rush.over() && !busy.empty()) break;  // for a part of it nobody logged in
      busy.push_back(p99);
    }
    logins = rush.done();
    if (rush.failed() || !rush.over()) return DataLoss("wrong answer: a login was refused");
  }
  Progress("p99 of point reads: " + ShortNumber(Median(quiet)) + " ms, during " +
           std::to_string(logins) + " logins " + ShortNumber(Median(busy)) + " ms");
  bench.Add(kGoal, Median(busy) / Median(quiet));
  return side->Stop();
}

}  // namespace

const Case kLoginsCase = {"Point reads while 1,000 users log in", {kGoal}, RunLogins};

}  // namespace millrace::bench
