#include "cli/import/uploader.h"

namespace millrace::cli {
namespace {

// Is it worth looking for the row at fault? Not when every part would fail alike.
bool IsAboutData(const Status& status) {
  if (status.sqlstate().starts_with("42")) return false;
  switch (status.code()) {
    case Code::kInvalidArgument:
    case Code::kOutOfRange:
    case Code::kAlreadyExists:
    case Code::kFailedPrecondition:
      return true;
    default:
      return false;
  }
}

}  // namespace

Uploader::Uploader(std::vector<client::Executor*> executors, UploaderOptions options)
    : options_(std::move(options)), queue_max_(executors.size()) {
  for (client::Executor* executor : executors) {
    threads_.emplace_back([this, executor] { Work(*executor); });
  }
}

Uploader::~Uploader() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

bool Uploader::interrupted() const {
  return options_.interrupt != nullptr && options_.interrupt->load(std::memory_order_acquire);
}

Uploader::Submitted Uploader::Submit(InsertBatch& batch, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  auto ready = [this] { return stopped_ || queue_.size() < queue_max_; };
  const bool room = changed_.wait_for(lock, patience, ready);
  if (stopped_ || interrupted()) return Submitted::kStopped;
  if (!room) return Submitted::kBusy;
  queue_.push_back(std::move(batch));
  lock.unlock();
  changed_.notify_all();
  return Submitted::kYes;
}

UploadOutcome Uploader::Finish() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  UploadOutcome outcome;
  outcome.rows_sent = rows_sent_;
  outcome.rows_imported = rows_imported_;
  outcome.done_through = done_through_;
  if (failure_) {
    outcome.failure = failure_->status;
    outcome.failed_at = failure_->origin;
    outcome.failed_row_is_exact = failure_->exact;
  }
  return outcome;
}

void Uploader::Work(client::Executor& executor) {
  InsertBatch batch;
  while (TakeBatch(batch)) Upload(executor, batch);
}

bool Uploader::TakeBatch(InsertBatch& batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopped_ || closed_ || !queue_.empty(); });
  if (interrupted()) stopped_ = true;
  if (stopped_ || queue_.empty()) {
    lock.unlock();
    changed_.notify_all();
    return false;
  }
  batch = std::move(queue_.front());
  queue_.pop_front();
  lock.unlock();
  changed_.notify_all();
  return true;
}

void Uploader::Upload(client::Executor& executor, const InsertBatch& batch) {
  const Status status = Send(executor, batch, 0, batch.row_count());
  std::optional<Failure> failure;
  if (!status.ok()) failure = SendInParts(executor, batch, 0, batch.row_count(), status);
  std::lock_guard lock(mutex_);
  if (failure) {
    stopped_ = true;
    failure->batch = batch.number;
    if (!failure_ || failure_->batch > batch.number) failure_ = std::move(failure);
  } else if (!done_through_ || batch.number > done_batch_) {
    done_batch_ = batch.number;
    done_through_ = batch.origins.back();
  }
  changed_.notify_all();
}

// A failed INSERT has changed nothing, so its halves can be sent again: the rows
// before the one at fault get in, and it is found after about log2(n) requests.
std::optional<Uploader::Failure> Uploader::SendInParts(client::Executor& executor,
                                                       const InsertBatch& batch, size_t first,
                                                       size_t count, Status failure) {
  while (IsAboutData(failure) && count > 1) {
    const size_t half = count / 2;
    const Status first_half = Send(executor, batch, first, half);
    if (!first_half.ok()) {
      failure = first_half;
      count = half;
      continue;
    }
    first += half;
    count -= half;
    const Status second_half = Send(executor, batch, first, count);
    // It may pass now: what it collided with can be gone.
    if (second_half.ok()) return std::nullopt;
    failure = second_half;
  }
  return Failure{failure, batch.origins[first], 0, count == 1};
}

Status Uploader::Send(client::Executor& executor, const InsertBatch& batch, size_t first,
                      size_t count) {
  const std::string sql = batch.Sql(first, count);
  for (int attempt = 0;; ++attempt) {
    uint64_t rows = 0;
    const Status status = RunOnce(executor, sql, rows);
    if (status.ok()) {
      rows_imported_ += rows;
      rows_sent_ += count;
      return status;
    }
    // "Too many requests" means that nothing was run; what is too large stays so.
    const bool again = status.code() == Code::kResourceExhausted &&
                       !status.sqlstate().starts_with("54") && attempt + 1 < options_.attempts_max;
    if (!again || !WaitBackoff(attempt)) return status;
  }
}

Status Uploader::RunOnce(client::Executor& executor, const std::string& sql, uint64_t& rows) {
  client::SqlRequest request;
  request.sql = sql;
  request.namespace_id = options_.namespace_id;
  ASSIGN_OR_RETURN(const auto results, executor.Execute(request));
  for (const client::StatementResult& result : results) rows += result.summary.row_count;
  return Status::Ok();
}

// False when there is no point in going on.
bool Uploader::WaitBackoff(int attempt) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, options_.backoff * (1 << attempt), [this] { return stopped_; });
  return !stopped_ && !interrupted();
}

}  // namespace millrace::cli
