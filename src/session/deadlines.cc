#include "session/deadlines.h"

#include <utility>
#include <vector>

#include "base/thread_role.h"

namespace millrace {

Deadlines::Deadlines(const Clock& clock) : clock_(clock), thread_([this] { Run(); }) {}

Deadlines::~Deadlines() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

uint64_t Deadlines::Add(StopSource source, int64_t millis) {
  return Add([source = std::move(source)]() mutable { source.RequestStop(); }, millis);
}

uint64_t Deadlines::Add(std::function<void()> due, int64_t millis) {
  const int64_t deadline = clock_.MonotonicNanos() + millis * 1'000'000;
  const MutexLock lock(mutex_);
  const uint64_t id = next_id_++;
  const bool first = entries_.empty() || deadline < entries_.begin()->first;
  entries_.emplace(deadline, Entry{id, std::move(due)});
  deadlines_[id] = deadline;
  if (first) changed_.NotifyAll();
  return id;
}

void Deadlines::Remove(uint64_t id) {
  std::function<void()> released;  // what it holds may be freed: not under the lock
  const MutexLock lock(mutex_);
  const auto known = deadlines_.find(id);
  if (known == deadlines_.end()) return;
  for (auto [it, end] = entries_.equal_range(known->second); it != end; ++it) {
    if (it->second.id != id) continue;
    released = std::move(it->second.due);
    entries_.erase(it);
    break;
  }
  deadlines_.erase(known);
}

void Deadlines::Run() {
  const ScopedThreadRole role(ThreadRole::kBackground);
  MutexLock lock(mutex_);
  while (!stopping_) {
    if (entries_.empty()) {
      changed_.Wait(lock, [this] { return stopping_ || !entries_.empty(); });
      continue;
    }
    const int64_t next = entries_.begin()->first;
    const int64_t wait = next - clock_.MonotonicNanos();
    if (wait > 0) {
      changed_.WaitFor(lock, std::chrono::nanoseconds(wait), [&] {
        return stopping_ || entries_.empty() || entries_.begin()->first != next;
      });
      continue;
    }
    const std::function<void()> due = std::move(entries_.begin()->second.due);
    deadlines_.erase(entries_.begin()->second.id);
    entries_.erase(entries_.begin());
    lock.Unlock();
    due();
    lock.Lock();
  }
}

StatementScope::StatementScope(Deadlines& deadlines, const StopToken& client, int64_t timeout_ms)
    : deadlines_(deadlines),
      id_(timeout_ms > 0 ? deadlines.Add(source_, timeout_ms) : 0),
      on_client_gone_(client, [source = source_]() mutable { source.RequestStop(); }) {}

StatementScope::~StatementScope() {
  if (id_ != 0) deadlines_.Remove(id_);
}

}  // namespace millrace
