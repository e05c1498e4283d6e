// The commit log of a single machine. The storage engine's write-ahead log is
// the log: one entry becomes one atomic batch that also carries the applied LSN,
// so there is no second copy to write, to sync or to replay (docs/adr/0001).
//
//   meta key "applied_lsn" -> u64 LSN of the last applied commit
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "log/commit_log.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "runtime/channel.h"
#include "runtime/completion.h"

namespace millrace {

struct LocalLogOptions {
  size_t queue_entries_max = 4096;  // Append waits beyond it
  size_t group_entries_max = 1024;
  size_t group_bytes_max = size_t{16} << 20;
};

class LocalLog final : public CommitLog {
 public:
  // Reads the applied LSN. Blocking. All references must outlive the log.
  static Result<std::unique_ptr<LocalLog>> Open(LocalLogOptions options, KvStore& store,
                                                Metrics& metrics, const Clock& clock);
  // Commits what is queued, then stops. Nobody may be appending.
  ~LocalLog() override;

  // The machine must outlive the log. Call once, before the first Append.
  void Start(StateMachine& machine);

  Task<Result<Receipt>> Append(LogEntry entry) override;
  Result<Receipt> AppendBlocking(LogEntry entry) override;
  Lsn applied() const override { return Lsn(applied_.load(std::memory_order_acquire)); }

 private:
  struct Pending {
    LogEntry entry;
    Applied applied;
    Lsn first;
    Status error;
    Completion<Result<Receipt>> done;
  };
  LocalLog(LocalLogOptions options, KvStore& store, Metrics& metrics, const Clock& clock);

  void RunCommitter();
  // Waits for the first entry, takes what else is there. Empty at the end.
  std::vector<Pending*> NextGroup();
  std::optional<Pending*> TakeFirst();
  void CommitGroup(const std::vector<Pending*>& group);
  Status WriteGroup(const std::vector<Pending*>& group, Lsn* applied);
  static Result<Receipt> Answer(const Pending& pending, bool behind_applied, const Status& written);

  const LocalLogOptions options_;
  KvStore& store_;
  const Clock& clock_;
  StateMachine* machine_ = nullptr;
  WriteBatch batch_;
  std::atomic<uint64_t> applied_{0};
  Channel<Pending*> queue_;
  Counter& commits_;
  Counter& refusals_;
  Counter& errors_;
  Histogram& group_entries_;
  Histogram& write_seconds_;
  Metrics::CallbackGauge queued_;
  size_t last_group_entries_ = 0;
  std::thread committer_;
};

}  // namespace millrace
