// When jobs run: real threads, a clock that only moves when told.
#include "jobs/job_scheduler.h"

#include <gtest/gtest.h>

#include <latch>

#include "base/thread_role.h"
#include "jobs/background_jobs.h"
#include "tables/tables_for_test.h"

namespace millrace {
namespace {

using std::chrono::seconds;

class CountingJob final : public Job {
 public:
  CountingJob(JobType type, std::atomic<int>& runs) : type_(type), runs_(runs) {}
  JobType type() const override { return type_; }
  Status RunOnce(const StopToken&) override {
    EXPECT_EQ(CurrentThreadRole(), ThreadRole::kBackground);
    ++runs_;
    return fail ? Internal("broken") : Status::Ok();
  }
  bool fail = false;

 private:
  JobType type_;
  std::atomic<int>& runs_;
};

class JobSchedulerTest : public ::testing::Test {
 protected:
  void Start(size_t workers = 2) {
    std::vector<JobScheduler::Entry> jobs;
    auto cleanup = std::make_unique<CountingJob>(JobType::kCleanup, cleanups_);
    cleanup->fail = true;
    jobs.push_back({.job = std::move(cleanup), .interval = seconds(60)});
    jobs.push_back({.job = std::make_unique<CountingJob>(JobType::kStreamEviction, evictions_),
                    .interval = seconds(5),
                    .first_after = seconds(5)});
    scheduler_.emplace(std::move(jobs), workers, clock_, metrics_, log_);
    scheduler_->WaitUntilIdle();
  }
  void Advance(int64_t seconds) {
    clock_.AdvanceMicros(seconds * 1'000'000);
    scheduler_->ClockAdvanced();
    scheduler_->WaitUntilIdle();
  }
  double Metric(std::string_view name, std::string_view type) {
    for (const MetricSample& sample : metrics_.Collect()) {
      if (sample.name == name && sample.labels[0].second == type) return sample.value;
    }
    return -1;
  }

  ManualClock clock_;
  Metrics metrics_;
  CapturedLog log_;
  std::atomic<int> cleanups_{0};
  std::atomic<int> evictions_{0};
  std::optional<JobScheduler> scheduler_;
};

TEST_F(JobSchedulerTest, RunsAtIntervals) {
  for (const size_t workers : {1, 2}) {
    cleanups_ = evictions_ = 0;
    Start(workers);
    EXPECT_EQ(cleanups_, 1);
    EXPECT_EQ(evictions_, 0);
    Advance(4);
    EXPECT_EQ(evictions_, 0);
    Advance(1);
    EXPECT_EQ(evictions_, 1);
    Advance(5);
    EXPECT_EQ(evictions_, 2);
    // What was missed is not caught up.
    Advance(1000);
    EXPECT_EQ(evictions_, 3);
    EXPECT_EQ(cleanups_, 2);
    scheduler_.reset();
  }
}

TEST_F(JobSchedulerTest, WakeRunsAtOnce) {
  Start();
  scheduler_->Wake(JobType::kCleanup);
  scheduler_->WaitUntilIdle();
  EXPECT_EQ(cleanups_, 2);
  EXPECT_EQ(evictions_, 0);
}

TEST_F(JobSchedulerTest, FailuresAreCountedAndLogged) {
  Start();
  Advance(5);
  EXPECT_EQ(Metric("jobs_runs_total", "cleanup"), 1);
  EXPECT_EQ(Metric("jobs_failures_total", "cleanup"), 1);
  EXPECT_EQ(Metric("jobs_runs_total", "stream_eviction"), 1);
  EXPECT_EQ(Metric("jobs_failures_total", "stream_eviction"), 0);
  EXPECT_EQ(log_.Count(LogLevel::kWarn, "job_run_failed"), 1u);
}

// Holds its worker until it is asked to stop, or released.
class HeldJob final : public Job {
 public:
  struct Shared {
    std::latch entered{1};
    std::latch release{1};
    std::atomic<int> runs{0};
    std::atomic<bool> saw_stop{false};
  };
  explicit HeldJob(Shared& shared) : shared_(shared) {}
  JobType type() const override { return JobType::kCleanup; }
  Status RunOnce(const StopToken& stop) override {
    if (++shared_.runs > 1) return Status::Ok();
    shared_.entered.count_down();
    const StopCallback release(stop, [this] { shared_.release.count_down(); });
    shared_.release.wait();
    shared_.saw_stop = stop.StopRequested();
    return Status::Ok();
  }

 private:
  Shared& shared_;
};

TEST_F(JobSchedulerTest, AWakeWhileRunningRunsOnceMoreAndNeverTwiceAtOnce) {
  HeldJob::Shared shared;
  std::vector<JobScheduler::Entry> jobs;
  jobs.push_back({.job = std::make_unique<HeldJob>(shared), .interval = seconds(60)});
  jobs.push_back({.job = std::make_unique<CountingJob>(JobType::kStreamEviction, evictions_),
                  .interval = seconds(5)});
  scheduler_.emplace(std::move(jobs), 2, clock_, metrics_, log_);
  shared.entered.wait();
  for (int i = 0; i < 3; ++i) scheduler_->Wake(JobType::kCleanup);
  EXPECT_EQ(shared.runs, 1);
  shared.release.count_down();
  scheduler_->WaitUntilIdle();
  EXPECT_EQ(shared.runs, 2);
  EXPECT_EQ(evictions_, 1);  // another worker did it meanwhile
  scheduler_.reset();
}

TEST_F(JobSchedulerTest, StopAsksARunningJob) {
  HeldJob::Shared shared;
  std::vector<JobScheduler::Entry> jobs;
  jobs.push_back({.job = std::make_unique<HeldJob>(shared), .interval = seconds(60)});
  scheduler_.emplace(std::move(jobs), 1, clock_, metrics_, log_);
  shared.entered.wait();
  scheduler_->Stop();
  EXPECT_TRUE(shared.saw_stop);
  scheduler_->Stop();
}

TEST(BackgroundJobsTest, ADroppedTableIsCleanedUpWhenToldAndAfterARestart) {
  testing::TestTables tables;
  SeededRandom random(1);
  for (const bool restart : {false, true}) {
    const BackgroundJobsServices services{tables.store(), tables.catalog(), tables.log(),
                                          tables.clock,   random,           tables.metrics,
                                          tables.text_log};
    std::optional<BackgroundJobs> jobs;
    if (!restart) {
      jobs.emplace(BackgroundJobsOptions(), services);
      jobs->scheduler().WaitUntilIdle();
    }
    const std::string name = restart ? "b" : "a";
    tables.Create(testing::MakeTable(name, TableKind::kShared, {{"id", TypeId::kInt, true}}));
    tables.Append({testing::DropTable("app." + name)});
    EXPECT_EQ(tables.catalog().Dropped().size(), 1u);
    if (restart) {
      jobs.emplace(BackgroundJobsOptions(), services);
    } else {
      jobs->WakeCleanup();
    }
    jobs->scheduler().WaitUntilIdle();
    EXPECT_TRUE(tables.catalog().Dropped().empty());
    ASSERT_EQ(jobs->History().size(), 1u);
    EXPECT_EQ(jobs->History()[0].state, JobState::kCompleted);
  }
}

}  // namespace
}  // namespace millrace
