// Trims every table's change feed by age and size.
#pragma once

#include "base/clock.h"
#include "catalog/catalog.h"
#include "feed/retention.h"
#include "jobs/job.h"
#include "storage/hot/kv_store.h"

namespace millrace {

class RetentionJob final : public Job {
 public:
  // All references must outlive the job.
  RetentionJob(FeedRetention retention, KvStore& store, const Catalog& catalog, const Clock& clock,
               JobHistory& history)
      : retention_(retention), store_(store), catalog_(catalog), clock_(clock), history_(history) {}

  JobType type() const override { return JobType::kRetention; }
  Status RunOnce(const StopToken& stop) override;

 private:
  Status TrimTable(const TableDefinition& table);

  const FeedRetention retention_;
  KvStore& store_;
  const Catalog& catalog_;
  const Clock& clock_;
  JobHistory& history_;
};

}  // namespace millrace
