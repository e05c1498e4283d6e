#include "jobs/stream_sweep.h"

#include <utility>

#include "base/coding.h"
#include "base/crash_point.h"
#include "tables/row_format.h"
#include "tables/row_visibility.h"
#include "types/key_coding.h"

namespace millrace {
namespace {

constexpr size_t kTableIdBytes = sizeof(uint32_t);
// Rows read with one iterator, which keeps old versions on disk while it is open.
constexpr size_t kChunkRows = 10'000;
constexpr size_t kDirectRowsMax = 1000;

std::string TablePrefix(TableId table) {
  std::string prefix;
  PutBigEndian32(&prefix, table.value);
  return prefix;
}

}  // namespace

StreamSweep::StreamSweep(TablePtr table, KvStore& store, CommitLog& commit_log, JobHistory& history,
                         int64_t now_micros)
    : table_(std::move(table)),
      store_(store),
      history_(history),
      now_micros_(now_micros),
      prefix_(TablePrefix(table_->id)),
      end_(PrefixSuccessor(prefix_)),
      position_(prefix_),
      direct_(store.NewBatch()),
      expired_batch_(table_, EvictionBatch::Reason::kExpired, commit_log),
      surplus_batch_(table_, EvictionBatch::Reason::kSurplus, commit_log) {}

Status StreamSweep::Run(const StopToken& stop) {
  Status status = RunChunks(stop);
  if (status.code() == Code::kAborted) status = Status::Ok();
  const bool stopped = status.ok() && stop.StopRequested();
  if (!status.ok()) NoteWork();
  if (run_.has_value() && !stopped) {
    run_->End(status, "removed " + std::to_string(expired_) + " expired rows and " +
                          std::to_string(surplus_) + " beyond max_buffer");
  }
  return status;
}

Status StreamSweep::RunChunks(const StopToken& stop) {
  bool more = true;
  while (more && !stop.StopRequested()) {
    ASSIGN_OR_RETURN(more, RunChunk());
  }
  return Flush();
}

void StreamSweep::NoteWork() {
  if (!run_.has_value()) run_.emplace(history_, JobType::kStreamEviction, table_->qualified_name());
}

Result<bool> StreamSweep::RunChunk() {
  const auto iterator = store_.NewIterator(KeySpace::kRows, position_, end_);
  iterator->SeekToFirst();
  for (size_t rows = 0; iterator->Valid() && rows < kChunkRows; ++rows) {
    RETURN_IF_ERROR(Visit(iterator->key(), iterator->value(), iterator.get()));
  }
  RETURN_IF_ERROR(iterator->status());
  if (!iterator->Valid()) return false;
  position_ = iterator->key();
  return true;
}

// Moves the iterator on.
Status StreamSweep::Visit(std::string_view key, std::string_view row, KvIterator* iterator) {
  ++visited_;
  const std::string_view relative_key = key.substr(kTableIdBytes);
  if (row.size() < row_format::kSeqEnd) return DataLoss("a stored row is damaged");
  if (scope_.empty() || !relative_key.starts_with(scope_)) {
    RETURN_IF_ERROR(EnterUser(relative_key));
  }
  const uint64_t seq = row_format::Seq(row);
  if (IsExpired(*table_, row, now_micros_)) {
    RETURN_IF_ERROR(Expire(relative_key, seq));
  } else if (table_->max_buffer > 0) {
    RETURN_IF_ERROR(Count(relative_key, seq));
  } else if (table_->primary_key.empty()) {
    // Keys are in order of arrival: the user's further rows are younger still.
    iterator->Seek(prefix_ + PrefixSuccessor(scope_));
    return Status::Ok();
  }
  iterator->Next();
  return Status::Ok();
}

Status StreamSweep::EnterUser(std::string_view relative_key) {
  ByteReader reader(relative_key);
  ASSIGN_OR_RETURN(user_, ReadKeyText(&reader));
  scope_ = relative_key.substr(0, relative_key.size() - reader.rest().size());
  kept_ = {};
  return Status::Ok();
}

Status StreamSweep::Expire(std::string_view relative_key, uint64_t seq) {
  NoteWork();
  if (table_->primary_key.empty()) {
    direct_.DeleteParts(KeySpace::kRows, prefix_, relative_key);
    ++direct_rows_;
  } else {
    expired_batch_.Add(user_, relative_key, seq);
  }
  if (direct_rows_ >= kDirectRowsMax || expired_batch_.full()) return Flush();
  return Status::Ok();
}

// Keeps the newest max_buffer rows of the user; what falls out is surplus.
Status StreamSweep::Count(std::string_view relative_key, uint64_t seq) {
  kept_.push({seq, std::string(relative_key)});
  if (kept_.size() <= table_->max_buffer) return Status::Ok();
  NoteWork();
  surplus_batch_.Add(user_, kept_.top().key, kept_.top().seq);
  kept_.pop();
  return surplus_batch_.full() ? Flush() : Status::Ok();
}

Status StreamSweep::Flush() {
  if (direct_rows_ > 0) {
    RETURN_IF_ERROR(store_.Write(&direct_, Sync::kNoSync));
    CRASH_POINT("eviction_direct_written");
    direct_.Clear();
    expired_ += std::exchange(direct_rows_, 0);
  }
  ASSIGN_OR_RETURN(const size_t expired, expired_batch_.Commit(now_micros_));
  expired_ += expired;
  ASSIGN_OR_RETURN(const size_t surplus, surplus_batch_.Commit(now_micros_));
  surplus_ += surplus;
  return Status::Ok();
}

}  // namespace millrace
