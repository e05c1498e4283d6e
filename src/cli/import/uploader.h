// Sends INSERT batches over several connections at once. Batches are started in
// order; the first failure, or Ctrl-C, lets the running ones finish and drops the rest.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/import/insert_batch.h"
#include "client/client.h"

namespace millrace::cli {

struct UploaderOptions {
  std::string namespace_id = "default";
  // When set, no further batch is started; may be null.
  const std::atomic<bool>* interrupt = nullptr;
  // A server that is overloaded is asked again after this long, then twice as long…
  std::chrono::milliseconds backoff{100};
  int attempts_max = 8;
};

struct UploadOutcome {
  uint64_t rows_sent = 0;
  // As the server counts: without rows that were there already.
  uint64_t rows_imported = 0;
  Status failure;
  // The row at fault, or the first of the batch when no single row is.
  std::optional<Origin> failed_at;
  bool failed_row_is_exact = false;
  // Everything up to here is in.
  std::optional<Origin> done_through;
};

class Uploader {
 public:
  // One thread per executor; they must outlive the uploader and be used by nobody else.
  Uploader(std::vector<client::Executor*> executors, UploaderOptions options);
  ~Uploader();

  enum class Submitted : uint8_t { kYes, kBusy, kStopped };
  // Queues the batch, which is moved from only on kYes. Waits up to `patience`
  // for room: there is room for one batch per connection beside those being sent.
  Submitted Submit(InsertBatch& batch, std::chrono::milliseconds patience);
  // Waits for what was submitted. Call once, last.
  UploadOutcome Finish();
  uint64_t rows_imported() const { return rows_imported_.load(std::memory_order_relaxed); }

 private:
  struct Failure {
    Status status;
    Origin origin;
    uint64_t batch = 0;
    bool exact = false;
  };

  void Work(client::Executor& executor);
  bool TakeBatch(InsertBatch& batch);
  void Upload(client::Executor& executor, const InsertBatch& batch);
  Status Send(client::Executor& executor, const InsertBatch& batch, size_t first, size_t count);
  std::optional<Failure> SendInParts(client::Executor& executor, const InsertBatch& batch,
                                     size_t first, size_t count, Status failure);
  Status RunOnce(client::Executor& executor, const std::string& sql, uint64_t& rows);
  bool WaitBackoff(int attempt);
  bool interrupted() const;

  UploaderOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<InsertBatch> queue_;
  size_t queue_max_;
  bool closed_ = false;
  bool stopped_ = false;
  std::optional<Failure> failure_;
  std::optional<Origin> done_through_;
  uint64_t done_batch_ = 0;
  std::atomic<uint64_t> rows_imported_ = 0;
  std::atomic<uint64_t> rows_sent_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace millrace::cli
