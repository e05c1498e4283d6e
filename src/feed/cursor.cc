#include "feed/cursor.h"

#include <utility>

#include "base/coding.h"
#include "types/key_coding.h"

namespace millrace {

Result<Commit> DecodeFeedRecord(Lsn lsn, std::string_view value) {
  ByteReader reader(value);
  if (reader.Fixed<uint8_t>() != feed_format::kVersion) {
    return DataLoss("a change feed record has an unknown format");
  }
  Commit commit;
  commit.lsn = lsn;
  commit.wall_micros = reader.Fixed<int64_t>();
  const auto first = reader.Fixed<uint64_t>();
  commit.user = std::string(reader.LengthPrefixed());
  const uint64_t count = reader.Varint();
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    Change change;
    change.op = static_cast<ChangeOp>(reader.Fixed<uint8_t>());
    change.seq = first + i;
    change.key = std::string(reader.LengthPrefixed());
    change.new_row = std::string(reader.LengthPrefixed());
    change.old_row = std::string(reader.LengthPrefixed());
    commit.changes.push_back(std::move(change));
  }
  if (!reader.ok() || !reader.empty()) return DataLoss("a change feed record is damaged");
  return commit;
}

Result<Cursor> Cursor::OpenAfter(KvStore& store, TableId table, Lsn position,
                                 std::optional<std::string> user) {
  Cursor cursor(store, table, position, std::move(user));
  RETURN_IF_ERROR(cursor.CheckFloor());
  return cursor;
}

Status Cursor::CheckFloor() const {
  ASSIGN_OR_RETURN(const std::optional<std::string> floor,
                   store_->Get(KeySpace::kFeed, feed_format::FloorKey(table_)));
  if (!floor.has_value()) return Status::Ok();
  if (floor->size() != sizeof(uint64_t)) return DataLoss("a change feed's floor is damaged");
  if (position_.value < LoadFixed<uint64_t>(floor->data())) {
    return OutOfRange("the change feed no longer holds changes after " +
                      std::to_string(position_.value))
        .WithHint("Take a new snapshot and continue from its position.");
  }
  return Status::Ok();
}

Result<std::vector<Commit>> Cursor::Next(size_t changes_max) {
  const std::string prefix = user_.has_value() ? feed_format::ScopePrefix(table_, *user_)
                                               : feed_format::RecordPrefix(table_);
  std::string lower = prefix;
  PutBigEndian64(&lower, position_.value + 1);
  const auto iterator =
      store_->NewIterator(KeySpace::kFeed, lower, PrefixSuccessor(prefix));
  // Opened first, checked second: a trim in between is seen by the check.
  RETURN_IF_ERROR(CheckFloor());
  std::vector<Commit> commits;
  size_t changes = 0;
  for (iterator->Seek(lower); iterator->Valid() && changes < changes_max; iterator->Next()) {
    const Lsn lsn = feed_format::LsnOfKey(iterator->key());
    ASSIGN_OR_RETURN(std::optional<Commit> commit, ReadCommit(lsn, iterator->value()));
    position_ = lsn;
    if (!commit.has_value()) continue;
    changes += commit->changes.size();
    commits.push_back(std::move(*commit));
  }
  RETURN_IF_ERROR(iterator->status());
  return commits;
}

// A scope key only points at the record; the record may have been trimmed since.
Result<std::optional<Commit>> Cursor::ReadCommit(Lsn lsn, std::string_view value) {
  if (!user_.has_value()) {
    ASSIGN_OR_RETURN(Commit commit, DecodeFeedRecord(lsn, value));
    return std::optional<Commit>(std::move(commit));
  }
  ASSIGN_OR_RETURN(const std::optional<std::string> record,
                   store_->Get(KeySpace::kFeed, feed_format::RecordKey(table_, lsn)));
  if (!record.has_value()) return std::optional<Commit>();
  ASSIGN_OR_RETURN(Commit commit, DecodeFeedRecord(lsn, *record));
  return std::optional<Commit>(std::move(commit));
}

}  // namespace millrace
