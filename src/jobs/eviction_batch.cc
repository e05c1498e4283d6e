#include "jobs/eviction_batch.h"

#include <utility>

namespace millrace {

std::string EvictionBatch::Encode(int64_t wall_micros) const {
  MutationBatch batch(wall_micros);
  const std::string* user = nullptr;
  for (const Row& row : rows_) {
    if (user == nullptr || *user != row.user) {
      user = &row.user;
      if (reason_ == Reason::kExpired) {
        batch.BeginEviction(*table_, row.user);
      } else {
        batch.BeginTable(*table_, row.user);
      }
    }
    batch.Delete(row.key, row.seq);
  }
  return batch.Finish();
}

Result<size_t> EvictionBatch::Commit(int64_t wall_micros) {
  while (!rows_.empty()) {
    // Relaxed: what a crash of the machine brings back is evicted again.
    LogEntry entry{.payload = Encode(wall_micros), .durability = Durability::kRelaxed};
    ASSIGN_OR_RETURN(const Receipt receipt, commit_log_.AppendBlocking(std::move(entry)));
    if (receipt.verdict == Verdict::kApplied) break;
    if (receipt.verdict != Verdict::kRowChanged) {
      return Aborted("table \"" + table_->qualified_name() + "\" was altered meanwhile");
    }
    rows_.erase(rows_.begin() + receipt.conflict);
  }
  const size_t deleted = rows_.size();
  rows_.clear();
  return deleted;
}

}  // namespace millrace
