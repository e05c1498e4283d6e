#include "query/exec/engine/engine.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <optional>
#include <thread>

#include "base/mutex.h"
#include "base/thread_role.h"
#include "query/exec/engine/columns.h"
#include "query/exec/engine/errors.h"
#include "query/exec/engine/pool.h"
#include "query/exec/engine/statement.h"

namespace millrace::engine {
namespace {

// A query that streams: the engine computes a little ahead of what was read and
// pauses there.
class StreamedResult : public EngineResult {
 public:
  explicit StreamedResult(InstanceLease lease) : lease_(std::move(lease)) {}
  ~StreamedResult() override { Close(); }

  // Binds and plans; computes nothing yet.
  Status Start(EngineQuery query, int64_t memory_bytes);

  const Schema& schema() const override { return reader_->schema(); }
  Result<bool> Next(Batch* batch) override;
  void Cancel() override;

 private:
  Status Plan(EngineQuery query, int64_t memory_bytes);
  Result<bool> Read(Batch* batch);
  Status StatusOfFailure(const duckdb::ErrorData& error);
  void Close();

  Mutex mutex_;  // of lease_ against Cancel
  InstanceLease lease_;
  std::atomic<bool> cancelled_{false};

  duckdb::unique_ptr<duckdb::PendingQueryResult> pending_;
  duckdb::unique_ptr<duckdb::QueryResult> stream_;
  std::optional<ResultReader> reader_;  // its schema outlives the lease
  bool finished_ = false;
  Status status_;
};

Status StreamedResult::Start(EngineQuery query, int64_t memory_bytes) {
  try {
    return Plan(std::move(query), memory_bytes);
  } catch (const std::exception& exception) {
    return StatusOfFailure(duckdb::ErrorData(exception));
  }
}

Status StreamedResult::Plan(EngineQuery query, int64_t memory_bytes) {
  RETURN_IF_ERROR(lease_->Begin(std::move(query.tables), memory_bytes));
  ASSIGN_OR_RETURN(auto statement,
                   ParseStatement(query.sql, query.params, lease_->context().GetParserOptions()));
  pending_ = lease_->connection().PendingQuery(std::move(statement), /*allow_stream_result=*/true);
  if (pending_->HasError()) return StatusOfFailure(pending_->GetErrorObject());
  reader_.emplace(lease_->context(), pending_->types, pending_->names);
  return Status::Ok();
}

Status StreamedResult::StatusOfFailure(const duckdb::ErrorData& error) {
  if (MayHaveBrokenInstance(error)) lease_.MarkBroken();
  Status source = lease_->tables().status();
  return source.ok() ? StatusOf(error) : source;
}

Result<bool> StreamedResult::Next(Batch* batch) {
  MayBlock();
  if (!status_.ok()) return status_;
  if (finished_) return false;
  Result<bool> more = cancelled_
                          ? Result<bool>(Cancelled("the query was cancelled").WithSqlState("57014"))
                          : Read(batch);
  if (more.ok() && *more) return true;
  if (!more.ok()) status_ = more.status();
  finished_ = true;
  Close();
  return more;
}

Result<bool> StreamedResult::Read(Batch* batch) {
  try {
    if (!stream_) {
      stream_ = pending_->Execute();
      pending_.reset();
      if (stream_->HasError()) return StatusOfFailure(stream_->GetErrorObject());
    }
    const auto chunk = stream_->FetchRaw();
    if (stream_->HasError()) return StatusOfFailure(stream_->GetErrorObject());
    if (!chunk || chunk->size() == 0) return false;
    RETURN_IF_ERROR(reader_->Read(*chunk, batch));
    return true;
  } catch (const std::exception& exception) {
    return StatusOfFailure(duckdb::ErrorData(exception));
  }
}

void StreamedResult::Cancel() {
  cancelled_ = true;
  const MutexLock lock(mutex_);
  if (lease_) lease_->Interrupt();
}

void StreamedResult::Close() {
  // The engine's objects refer to its context, so they go first; a query that
  // still runs is stopped by Release.
  stream_.reset();
  pending_.reset();
  InstanceLease lease = [&] {
    const MutexLock lock(mutex_);
    return std::move(lease_);
  }();
  lease.Release();
}

// What instances of a process that was killed left behind.
Status EmptyDirectory(const std::string& directory) {
  if (directory.empty()) return Status::Ok();
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    std::filesystem::remove_all(entry->path(), error);
  }
  if (!error) return Status::Ok();
  return FailedPrecondition("the spill directory \"" + directory +
                            "\" cannot be used: " + error.message());
}

}  // namespace

struct Engine::Pools {
  EngineOptions options;
  std::shared_ptr<InstancePool> narrow;
  std::shared_ptr<InstancePool> wide;
};

Engine::Engine(std::unique_ptr<Pools> pools) : pools_(std::move(pools)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::Open(EngineOptions options) {
  MayBlock();
  RETURN_IF_ERROR(Instance::CheckLibrary());
  if (options.threads == 0) {
    options.threads = std::max<size_t>(1, std::thread::hardware_concurrency());
  }
  RETURN_IF_ERROR(EmptyDirectory(options.spill_directory));
  const auto pool = [&](const char* name, size_t instances_max, size_t threads) {
    return std::make_shared<InstancePool>(
        PoolOptions{.name = name,
                    .instance = {.threads = threads,
                                 .memory_bytes = options.memory_bytes_per_query,
                                 .spill_directory = options.spill_directory,
                                 .spill_bytes_max = options.spill_bytes_max},
                    .instances_max = instances_max,
                    .waiting_max = options.waiting_max,
                    .wait_ms_max = options.wait_ms_max});
  };
  auto pools = std::make_unique<Pools>();
  pools->narrow = pool("short", options.short_instances_max, 1);
  pools->wide = pool("wide", options.wide_instances_max, options.threads);
  pools->options = std::move(options);
  return std::unique_ptr<Engine>(new Engine(std::move(pools)));
}

Result<std::unique_ptr<EngineResult>> Engine::Execute(EngineQuery query) {
  MayBlock();
  const EngineOptions& options = pools_->options;
  const bool is_wide = options.threads > 1 && options.wide_instances_max > 0 &&
                       query.estimated_rows >= options.wide_rows_min;
  ASSIGN_OR_RETURN(InstanceLease lease, (is_wide ? pools_->wide : pools_->narrow)->Acquire());
  int64_t memory_bytes = options.memory_bytes_per_query;
  if (query.memory_bytes_max > 0) memory_bytes = std::min(memory_bytes, query.memory_bytes_max);
  auto result = std::make_unique<StreamedResult>(std::move(lease));
  RETURN_IF_ERROR(result->Start(std::move(query), memory_bytes));
  return std::unique_ptr<EngineResult>(std::move(result));
}

Status Engine::Warm() {
  MayBlock();
  RETURN_IF_ERROR(pools_->narrow->Warm());
  return pools_->options.threads > 1 ? pools_->wide->Warm() : Status::Ok();
}

EngineCounters Engine::counters() const {
  EngineCounters result;
  for (const auto& pool : {pools_->narrow, pools_->wide}) {
    const PoolCounters counters = pool->counters();
    result.queries += counters.acquired;
    result.instances_created += counters.created;
    result.instances_discarded += counters.discarded;
    result.queries_refused += counters.refused;
  }
  return result;
}

}  // namespace millrace::engine
