#include "session/statement_cache.h"

#include <utility>

namespace millrace {

StatementCache::StatementCache(size_t entries_max, Metrics& metrics)
    : entries_max_(entries_max),
      hits_(metrics.AddCounter("session_statement_cache_hits_total",
                               "Statements whose plan was there already.")),
      misses_(metrics.AddCounter("session_statement_cache_misses_total",
                                 "Statements that had to be parsed and planned.")) {}

std::string StatementCache::Key(std::string_view namespace_name, std::string_view sql) {
  std::string key;
  key.reserve(namespace_name.size() + sql.size() + 1);
  key.append(namespace_name).push_back('\0');
  key.append(sql);
  return key;
}

plan::PreparedPtr StatementCache::Find(std::string_view namespace_name, std::string_view sql,
                                       uint64_t generation) {
  if (sql.size() > kTextBytesMax) return nullptr;
  const std::string key = Key(namespace_name, sql);
  plan::PreparedPtr found;
  {
    const MutexLock lock(mutex_);
    const auto entry = entries_.find(key);
    if (entry != entries_.end()) found = entry->second;
  }
  if (found == nullptr || found->generation != generation) {
    misses_.Add();
    return nullptr;
  }
  hits_.Add();
  return found;
}

void StatementCache::Put(std::string_view namespace_name, std::string_view sql,
                         plan::PreparedPtr prepared) {
  if (sql.size() > kTextBytesMax || entries_max_ == 0) return;
  std::string key = Key(namespace_name, sql);
  plan::PreparedPtr dropped;  // destroyed outside the lock
  const MutexLock lock(mutex_);
  auto [entry, inserted] = entries_.try_emplace(key, prepared);
  if (!inserted) {
    dropped = std::exchange(entry->second, std::move(prepared));
    return;
  }
  if (order_.size() < entries_max_) {
    order_.push_back(std::move(key));
    return;
  }
  const auto oldest = entries_.find(order_[next_]);
  if (oldest != entries_.end()) {
    dropped = std::move(oldest->second);
    entries_.erase(oldest);
  }
  order_[next_] = std::move(key);
  next_ = (next_ + 1) % entries_max_;
}

}  // namespace millrace
