#include "jobs/retention_job.h"

namespace millrace {

Status RetentionJob::RunOnce(const StopToken& stop) {
  Status first_error;
  for (const TablePtr& table : catalog_.Tables()) {
    if (stop.StopRequested()) break;
    const Status status = TrimTable(*table);
    if (!status.ok() && first_error.ok()) first_error = status;
  }
  return first_error;
}

Status RetentionJob::TrimTable(const TableDefinition& table) {
  const Result<Lsn> trimmed = TrimFeed(store_, table.id, retention_, clock_.WallMicros());
  if (trimmed.ok() && trimmed->value == 0) return Status::Ok();
  JobRun run(history_, type(), table.qualified_name());
  run.End(trimmed.status(),
          trimmed.ok() ? "trimmed the change feed through " + std::to_string(trimmed->value) : "");
  return trimmed.status();
}

}  // namespace millrace
