#include "log/local/local_log.h"

#include <utility>

#include "base/coding.h"
#include "base/crash_point.h"
#include "base/thread_role.h"

namespace millrace {

static constexpr std::string_view kAppliedKey = "applied_lsn";

// Waking a sleeping thread takes a third of the time of a commit. So long the committer
// looks for the next entry before it sleeps, and a loop for the end of its commit.
static constexpr int64_t kAwakeNanos = 200'000;

LocalLog::LocalLog(LocalLogOptions options, KvStore& store, Metrics& metrics, const Clock& clock)
    : options_(options),
      store_(store),
      clock_(clock),
      batch_(store.NewBatch()),
      queue_(options.queue_entries_max),
      commits_(metrics.AddCounter("log_commits_total", "Entries applied and durable.")),
      refusals_(metrics.AddCounter("log_refusals_total",
                                   "Entries refused because a precondition did not hold.")),
      errors_(
          metrics.AddCounter("log_errors_total", "Entries that could not be applied or written.")),
      group_entries_(metrics.AddHistogram("log_group_entries", "Entries that shared one write.",
                                          HistogramOptions::Counts())),
      write_seconds_(
          metrics.AddHistogram("log_write_seconds", "Time to write and sync one group.")),
      queued_(metrics.AddCallbackGauge("log_queue_entries", "Entries that wait for the committer.",
                                       [this] { return static_cast<double>(queue_.size()); })) {}

Result<std::unique_ptr<LocalLog>> LocalLog::Open(LocalLogOptions options, KvStore& store,
                                                 Metrics& metrics, const Clock& clock) {
  auto log = std::unique_ptr<LocalLog>(new LocalLog(options, store, metrics, clock));
  ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                   store.Get(KeySpace::kMeta, kAppliedKey));
  if (stored.has_value()) {
    if (stored->size() != sizeof(uint64_t)) return DataLoss("the applied LSN is damaged");
    log->applied_ = LoadFixed<uint64_t>(stored->data());
  }
  return log;
}

void LocalLog::Start(StateMachine& machine) {
  MR_ASSERT(machine_ == nullptr, "a log is started once");
  machine_ = &machine;
  committer_ = std::thread([this] { RunCommitter(); });
}

LocalLog::~LocalLog() {
  queue_.Close();
  if (committer_.joinable()) committer_.join();
}

Task<Result<Receipt>> LocalLog::Append(LogEntry entry) {
  Pending pending;
  pending.entry = std::move(entry);
  CO_RETURN_IF_ERROR(co_await queue_.Push(&pending));
  const EventLoop::StayAwake awake(*EventLoop::Current(), std::chrono::nanoseconds(kAwakeNanos));
  co_return co_await pending.done;
}

Result<Receipt> LocalLog::AppendBlocking(LogEntry entry) {
  Pending pending;
  pending.entry = std::move(entry);
  RETURN_IF_ERROR(queue_.PushBlocking(&pending));
  return pending.done.WaitBlocking();
}

void LocalLog::RunCommitter() {
  const ScopedThreadRole role(ThreadRole::kCommitter);
  while (true) {
    const std::vector<Pending*> group = NextGroup();
    if (group.empty()) return;
    CommitGroup(group);
  }
}

// Yields rather than sleeps: a single writer is back before a sleeping thread wakes.
// Several keep the committer busy, and need the processor themselves.
std::optional<LocalLog::Pending*> LocalLog::TakeFirst() {
  constexpr size_t kFewEntries = 2;
  std::optional<Pending*> first = queue_.TryPop();
  if (!first.has_value() && last_group_entries_ <= kFewEntries) {
    const int64_t deadline_nanos = clock_.MonotonicNanos() + kAwakeNanos;
    // The bound is for clocks that stand still.
    for (int yields = 0; yields < 1000 && !first.has_value(); ++yields) {
      if (clock_.MonotonicNanos() >= deadline_nanos) break;
      std::this_thread::yield();
      first = queue_.TryPop();
    }
  }
  return first.has_value() ? first : queue_.PopBlocking();
}

std::vector<LocalLog::Pending*> LocalLog::NextGroup() {
  std::vector<Pending*> group;
  std::optional<Pending*> next = TakeFirst();
  size_t bytes = 0;
  while (next.has_value()) {
    group.push_back(*next);
    bytes += (*next)->entry.payload.size();
    if (group.size() >= options_.group_entries_max || bytes >= options_.group_bytes_max) break;
    next = queue_.TryPop();
  }
  last_group_entries_ = group.size();
  return group;
}

Status LocalLog::WriteGroup(const std::vector<Pending*>& group, Lsn* applied) {
  Sync sync = Sync::kNoSync;
  bool changed = false;
  for (Pending* pending : group) {
    const Lsn first(applied->value + 1);
    Result<Applied> result = machine_->Apply(pending->entry.payload, first, &batch_);
    if (!result.ok()) {
      pending->error = result.status();
      continue;
    }
    pending->applied = *result;
    pending->first = first;
    if (result->verdict != Verdict::kApplied) continue;
    changed = true;
    applied->value += result->changes;
    if (pending->entry.durability == Durability::kStrict) sync = Sync::kSync;
  }
  if (!changed) return Status::Ok();
  std::string encoded;
  PutFixed(&encoded, applied->value);
  batch_.Put(KeySpace::kMeta, kAppliedKey, encoded);
  CRASH_POINT("commit_before_write");
  return store_.Write(&batch_, sync);
}

void LocalLog::CommitGroup(const std::vector<Pending*>& group) {
  const int64_t started = clock_.MonotonicNanos();
  batch_.Clear();
  machine_->BeginGroup();
  Lsn applied = this->applied();
  const Status written = WriteGroup(group, &applied);
  if (written.ok()) {
    machine_->GroupWritten(applied);
    applied_.store(applied.value, std::memory_order_release);
  } else {
    machine_->GroupFailed();
  }
  CRASH_POINT("commit_before_answer");
  write_seconds_.ObserveNanos(clock_.MonotonicNanos() - started);
  group_entries_.Observe(static_cast<double>(group.size()));
  ResumeBatch resume;
  bool behind_applied = false;
  for (Pending* pending : group) {
    Result<Receipt> answer = Answer(*pending, behind_applied, written);
    behind_applied |= pending->error.ok() && pending->applied.verdict == Verdict::kApplied;
    if (!answer.ok()) {
      errors_.Add();
    } else {
      (answer->verdict == Verdict::kApplied ? commits_ : refusals_).Add();
    }
    pending->done.Set(std::move(answer), resume);
  }
}

// A refusal may have been because of an entry before it in the group: when the group
// was not written, nobody knows whether it would be refused.
Result<Receipt> LocalLog::Answer(const Pending& pending, bool behind_applied,
                                 const Status& written) {
  RETURN_IF_ERROR(Status(pending.error));
  if (behind_applied) RETURN_IF_ERROR(Status(written));
  Receipt receipt;
  receipt.verdict = pending.applied.verdict;
  receipt.conflict = pending.applied.conflict;
  receipt.index = pending.applied.index;
  if (receipt.verdict != Verdict::kApplied) return receipt;
  RETURN_IF_ERROR(Status(written));
  receipt.first = pending.first;
  receipt.lsn = Lsn(pending.first.value + pending.applied.changes - 1);
  return receipt;
}

}  // namespace millrace
