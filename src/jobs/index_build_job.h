// Builds indexes whose definitions say that they are being built: one after another, in
// the order of the tables. Those a crash left half built are built when the server starts.
//
//   kBuilding -> built -> kReady
//             -> two rows with one key -> the definition is removed
#pragma once

#include <map>
#include <utility>

#include "base/mutex.h"
#include "catalog/catalog.h"
#include "jobs/job.h"
#include "tables/index_builder.h"

namespace millrace {

// Who waits for a build: shared by the job and whoever asked for it. Thread-safe.
class IndexBuilds {
 public:
  explicit IndexBuilds(const Catalog& catalog) : catalog_(catalog) {}

  // Until the index is ready, gone, or `stop` asks. Errors: why it could not be built;
  // kCancelled. Blocking.
  Status Wait(TableId table, uint32_t index, const StopToken& stop);
  void Ended(TableId table, uint32_t index, Status status);
  void Stop();

 private:
  using Key = std::pair<uint32_t, uint32_t>;
  const Catalog& catalog_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::map<Key, Status> failures_;  // of those somebody waits for
  std::map<Key, int> waiting_;
  bool stopping_ = false;
};

class IndexBuildJob final : public Job {
 public:
  // All references must outlive the job.
  IndexBuildJob(const IndexBuildServices& services, IndexBuilds& builds, const Clock& clock,
                JobHistory& history)
      : services_(services), builds_(builds), clock_(clock), history_(history) {}

  JobType type() const override { return JobType::kIndexBuild; }
  Status RunOnce(const StopToken& stop) override;

 private:
  Status BuildOne(TablePtr table, const IndexDefinition& index, const StopToken& stop);
  // Sets the index ready, or removes it when it could not be built.
  Status Conclude(TableId table, uint32_t index, bool built);

  const IndexBuildServices services_;
  IndexBuilds& builds_;
  const Clock& clock_;
  JobHistory& history_;
};

}  // namespace millrace
