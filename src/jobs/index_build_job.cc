#include "jobs/index_build_job.h"

#include <algorithm>

#include "base/crash_point.h"

namespace millrace {

Status IndexBuilds::Wait(TableId table, uint32_t index, const StopToken& stop) {
  const Key key{table.value, index};
  const StopCallback on_stop(stop, [this] {
    {
      const MutexLock lock(mutex_);
    }  // whoever has just looked is asleep by now
    changed_.NotifyAll();
  });
  MutexLock lock(mutex_);
  ++waiting_[key];
  bool ready = false;
  changed_.Wait(lock, [&] {
    const TablePtr now = catalog_.FindTable(table);
    const IndexDefinition* definition = now == nullptr ? nullptr : now->FindIndex(index);
    ready = definition != nullptr && definition->state == IndexState::kReady;
    return ready || definition == nullptr || stopping_ || stop.StopRequested();
  });
  Status status;
  const auto failure = failures_.find(key);
  if (failure != failures_.end()) {
    status = failure->second;
  } else if (!ready) {
    status = stop.StopRequested() || stopping_
                 ? Cancelled("canceling statement because its client is gone or its time is up")
                       .WithDetail("The index is being built on in the background.")
                 : Aborted("the index was dropped while it was built");
  }
  if (--waiting_[key] == 0) {
    waiting_.erase(key);
    failures_.erase(key);
  }
  return status;
}

void IndexBuilds::Ended(TableId table, uint32_t index, Status status) {
  {
    const MutexLock lock(mutex_);
    const Key key{table.value, index};
    if (!status.ok() && waiting_.contains(key)) failures_[key] = std::move(status);
  }
  changed_.NotifyAll();
}

void IndexBuilds::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
}

Status IndexBuildJob::RunOnce(const StopToken& stop) {
  Status first_error;
  for (const TablePtr& table : services_.catalog.Tables()) {
    for (const IndexDefinition& index : table->indexes) {
      if (index.state == IndexState::kReady) continue;
      if (stop.StopRequested()) return first_error;
      const Status status = BuildOne(table, index, stop);
      if (!status.ok() && first_error.ok()) first_error = status;
    }
  }
  return first_error;
}

Status IndexBuildJob::BuildOne(TablePtr table, const IndexDefinition& index,
                               const StopToken& stop) {
  JobRun run(history_, type(), table->qualified_name());
  const auto progress = [&run](uint64_t rows, uint64_t of) {
    run.Progress(std::to_string(rows) + " of about " + std::to_string(of) + " rows");
  };
  const Result<uint64_t> rows = BuildIndex(services_, table->id, index.id, stop, progress);
  if (!rows.ok() && stop.StopRequested()) return Status::Ok();  // the next start goes on
  CRASH_POINT("index_build_done");
  // A log that fails is no fault of the index: tried again later.
  const Code code = rows.status().code();
  const bool refused = code == Code::kAlreadyExists || code == Code::kDataLoss;
  Status status = rows.status();
  if (rows.ok() || refused) {
    const Status concluded = Conclude(table->id, index.id, rows.ok());
    if (status.ok()) status = concluded;
  }
  run.End(status, "index " + index.name + ": " + std::to_string(rows.ok() ? *rows : 0) + " rows");
  builds_.Ended(table->id, index.id, status);
  return status;
}

Status IndexBuildJob::Conclude(TableId table, uint32_t index, bool built) {
  while (true) {
    const TablePtr now = services_.catalog.FindTable(table);
    if (now == nullptr || now->FindIndex(index) == nullptr) return Status::Ok();
    TableDefinition changed = *now;
    const auto position =
        std::ranges::find(changed.indexes, index, [](const IndexDefinition& i) { return i.id; });
    if (built) {
      position->state = IndexState::kReady;
      position->ready_lsn = services_.commit_log.applied().value;
    } else {
      changed.indexes.erase(position);
    }
    changed.AddVersion(clock_.WallMicros());
    LogEntry entry{.payload = EncodeCatalogCommand({{.op = CatalogOp::kPutTable,
                                                     .name = now->qualified_name(),
                                                     .expected = now->version(),
                                                     .body = EncodeTable(changed)}})};
    ASSIGN_OR_RETURN(const Receipt receipt, services_.commit_log.AppendBlocking(std::move(entry)));
    if (receipt.verdict == Verdict::kApplied) return Status::Ok();
  }
}

}  // namespace millrace
