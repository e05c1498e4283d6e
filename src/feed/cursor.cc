#include "feed/cursor.h"

#include <iterator>
#include <memory>
#include <utility>

#include "base/coding.h"
#include "types/key_coding.h"

namespace millrace {

Result<Commit> DecodeFeedRecord(Lsn lsn, std::string_view value) {
  ByteReader reader(value);
  const auto version = reader.Fixed<uint8_t>();
  if (version != feed_format::kVersion && version != feed_format::kTruncateVersion) {
    return DataLoss("a change feed record has an unknown format");
  }
  Commit commit;
  commit.lsn = lsn;
  commit.wall_micros = reader.Fixed<int64_t>();
  const auto first = reader.Fixed<uint64_t>();
  commit.user = std::string(reader.LengthPrefixed());
  const uint64_t count = reader.Varint();
  const ChangeOp last_op =
      version == feed_format::kTruncateVersion ? ChangeOp::kTruncate : ChangeOp::kDelete;
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    Change change;
    change.op = static_cast<ChangeOp>(reader.Fixed<uint8_t>());
    if (change.op < ChangeOp::kInsert || change.op > last_op) break;
    change.seq = first + i;
    change.key = std::string(reader.LengthPrefixed());
    change.new_row = std::string(reader.LengthPrefixed());
    change.old_row = std::string(reader.LengthPrefixed());
    commit.changes.push_back(std::move(change));
  }
  if (!reader.ok() || !reader.empty() || commit.changes.size() != count) {
    return DataLoss("a change feed record is damaged");
  }
  return commit;
}

Result<Cursor> Cursor::OpenAfter(KvStore& store, TableId table, Lsn position,
                                 std::optional<std::string> user) {
  Cursor cursor(store, table, position, std::move(user));
  RETURN_IF_ERROR(cursor.CheckFloor(nullptr));
  return cursor;
}

Status Cursor::CheckFloor(const KvSnapshot* snapshot) const {
  ASSIGN_OR_RETURN(const std::optional<std::string> floor,
                   store_->Get(KeySpace::kFeed, feed_format::FloorKey(table_), snapshot));
  if (!floor.has_value()) return Status::Ok();
  if (floor->size() != sizeof(uint64_t)) return DataLoss("a change feed's floor is damaged");
  if (position_.value < LoadFixed<uint64_t>(floor->data())) {
    return OutOfRange("the change feed no longer holds changes after " +
                      std::to_string(position_.value))
        .WithHint("Take a new snapshot and continue from its position.");
  }
  return Status::Ok();
}

// The records of one commit and user are one Commit to the reader.
static void AddTo(std::vector<Commit>* commits, Commit commit) {
  if (commits->empty() || commits->back().lsn != commit.lsn ||
      commits->back().user != commit.user) {
    commits->push_back(std::move(commit));
    return;
  }
  std::vector<Change>& changes = commits->back().changes;
  changes.insert(changes.end(), std::make_move_iterator(commit.changes.begin()),
                 std::make_move_iterator(commit.changes.end()));
}

Result<std::vector<Commit>> Cursor::Next(size_t changes_max) {
  const std::string prefix = user_.has_value() ? feed_format::ScopePrefix(table_, *user_)
                                               : feed_format::RecordPrefix(table_);
  std::string lower = prefix;
  PutBigEndian64(&lower, position_.value + 1);
  // One view of the floor, the keys and the records they point at: a trim at the
  // same time is seen as a whole or not at all.
  const std::unique_ptr<KvSnapshot> snapshot = store_->GetSnapshot();
  RETURN_IF_ERROR(CheckFloor(snapshot.get()));
  const auto iterator = store_->NewIterator(KeySpace::kFeed, std::move(lower),
                                            PrefixSuccessor(prefix), snapshot.get());
  std::vector<Commit> commits;
  Lsn last = position_;
  size_t changes = 0;
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    const Lsn lsn = feed_format::LsnOfKey(iterator->key());
    if (changes >= changes_max && !commits.empty() && lsn != last) break;
    ASSIGN_OR_RETURN(Commit commit, ReadRecord(iterator->key(), iterator->value(), snapshot.get()));
    last = lsn;
    changes += commit.changes.size();
    AddTo(&commits, std::move(commit));
  }
  RETURN_IF_ERROR(iterator->status());
  position_ = last;
  return commits;
}

// A scope key only points at the record.
Result<Commit> Cursor::ReadRecord(std::string_view key, std::string_view value,
                                  const KvSnapshot* snapshot) const {
  const Lsn lsn = feed_format::LsnOfKey(key);
  if (!user_.has_value()) return DecodeFeedRecord(lsn, value);
  const std::string record_key = feed_format::RecordKey(table_, lsn, feed_format::PartOfKey(key));
  ASSIGN_OR_RETURN(const std::optional<std::string> record,
                   store_->Get(KeySpace::kFeed, record_key, snapshot));
  if (!record.has_value()) return DataLoss("a change feed record is missing");
  return DecodeFeedRecord(lsn, *record);
}

}  // namespace millrace
