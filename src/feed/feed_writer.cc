#include "feed/feed_writer.h"

#include "base/coding.h"

namespace millrace {

void FeedRecord::Begin(TableId table, std::string_view user, int64_t wall_micros,
                       uint64_t first_seq) {
  table_ = table;
  user_ = user;
  head_.clear();
  changes_.clear();
  count_ = 0;
  head_.push_back(static_cast<char>(feed_format::kVersion));
  PutFixed(&head_, wall_micros);
  PutFixed(&head_, first_seq);
  PutLengthPrefixed(&head_, user);
}

void FeedRecord::Add(ChangeOp op, std::string_view key, std::string_view new_head,
                     std::string_view new_middle, std::string_view new_tail,
                     std::string_view old_row) {
  ++count_;
  changes_.push_back(static_cast<char>(op));
  PutLengthPrefixed(&changes_, key);
  PutVarint(&changes_, new_head.size() + new_middle.size() + new_tail.size());
  changes_.append(new_head).append(new_middle).append(new_tail);
  PutLengthPrefixed(&changes_, old_row);
}

void FeedRecord::AddTruncate(std::string_view prefix) {
  head_.front() = static_cast<char>(feed_format::kTruncateVersion);
  Add(ChangeOp::kTruncate, prefix, "", "", "", "");
}

void FeedRecord::Finish(Lsn lsn, uint32_t part, WriteBatch* batch) {
  if (count_ == 0) return;
  PutVarint(&head_, count_);
  batch->PutParts(KeySpace::kFeed, "", feed_format::RecordKey(table_, lsn, part), head_, changes_,
                  "");
  if (user_.empty()) return;
  batch->Put(KeySpace::kFeed, feed_format::ScopeKey(table_, user_, lsn, part), "");
}

}  // namespace millrace
