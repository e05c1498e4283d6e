#include "jobs/background_jobs.h"

#include <utility>

#include "jobs/retention_job.h"
#include "jobs/stream_eviction_job.h"

namespace millrace {

static std::vector<JobScheduler::Entry> MakeJobs(const BackgroundJobsOptions& options,
                                                 const BackgroundJobsServices& on,
                                                 IndexBuilds& builds, JobHistory& history) {
  std::vector<JobScheduler::Entry> jobs;
  jobs.push_back({.job = std::make_unique<CleanupJob>(options.cleanup, on.store, on.catalog,
                                                      on.commit_log, history),
                  .interval = options.cleanup_interval});
  jobs.push_back({.job = std::make_unique<StreamEvictionJob>(on.store, on.catalog, on.commit_log,
                                                             on.clock, history),
                  .interval = options.eviction_interval,
                  .first_after = options.eviction_interval});
  jobs.push_back(
      {.job = std::make_unique<RetentionJob>(options.feed, on.store, on.catalog, on.clock, history),
       .interval = options.retention_interval,
       .first_after = options.retention_interval});
  jobs.push_back(
      {.job = std::make_unique<IndexBuildJob>(
           IndexBuildServices{on.store, on.catalog, on.commit_log}, builds, on.clock, history),
       .interval = options.retention_interval});
  return jobs;
}

BackgroundJobs::BackgroundJobs(const BackgroundJobsOptions& options,
                               const BackgroundJobsServices& services)
    : history_(options.history, services.clock, services.random, services.log),
      builds_(services.catalog),
      scheduler_(MakeJobs(options, services, builds_, history_), options.workers, services.clock,
                 services.metrics, services.log) {}

}  // namespace millrace
