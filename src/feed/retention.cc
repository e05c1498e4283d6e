#include "feed/retention.h"

#include <memory>
#include <string>

#include "base/coding.h"
#include "base/crash_point.h"
#include "feed/cursor.h"
#include "feed/feed_format.h"
#include "types/key_coding.h"

namespace millrace {
namespace {

constexpr size_t kRecordsPerBatch = 4096;

// Trims one table's feed from its oldest record on, in batches.
class Trim {
 public:
  Trim(KvStore& store, TableId table) : store_(store), table_(table), batch_(store.NewBatch()) {}

  // Returns the LSN trimmed through, 0 when nothing was.
  Result<Lsn> Run(const FeedRetention& retention, int64_t now_micros) {
    RETURN_IF_ERROR(ReadFloor());
    const std::string end = PrefixSuccessor(feed_format::RecordPrefix(table_));
    const auto iterator =
        store_.NewIterator(KeySpace::kFeed, feed_format::RecordKey(table_, After(floor_), 0), end);
    iterator->SeekToFirst();
    if (!iterator->Valid()) return ReturnNothing(*iterator);
    // From the first record that is still there: what was trimmed before still takes
    // space on disk, and must not cost live records.
    const uint64_t bytes = store_.EstimateRange(KeySpace::kFeed, iterator->key(), end).bytes;
    uint64_t surplus = bytes > retention.table_bytes_max ? bytes - retention.table_bytes_max : 0;
    const int64_t oldest = now_micros - retention.age_micros_max;
    Lsn last;
    for (; iterator->Valid(); iterator->Next()) {
      const Lsn lsn = feed_format::LsnOfKey(iterator->key());
      ByteReader value(iterator->value());
      value.Fixed<uint8_t>();
      const bool expired = value.Fixed<int64_t>() < oldest;
      if (lsn != last && !expired && surplus == 0) break;
      if (lsn != last && records_ >= kRecordsPerBatch) RETURN_IF_ERROR(WriteBatchThrough(last));
      surplus -= std::min<uint64_t>(surplus, iterator->value().size());
      RETURN_IF_ERROR(AddRecord(iterator->key(), value));
      last = lsn;
    }
    RETURN_IF_ERROR(iterator->status());
    if (records_ > 0) RETURN_IF_ERROR(WriteBatchThrough(last));
    return last;
  }

 private:
  static Lsn After(Lsn lsn) { return Lsn(lsn.value + 1); }
  static Result<Lsn> ReturnNothing(const KvIterator& iterator) {
    RETURN_IF_ERROR(iterator.status());
    return Lsn();
  }

  Status ReadFloor() {
    ASSIGN_OR_RETURN(const std::optional<std::string> floor,
                     store_.Get(KeySpace::kFeed, feed_format::FloorKey(table_)));
    if (!floor.has_value()) return Status::Ok();
    if (floor->size() != sizeof(uint64_t)) return DataLoss("a change feed's floor is damaged");
    floor_ = Lsn(LoadFixed<uint64_t>(floor->data()));
    return Status::Ok();
  }

  // Records go by range at the end; their scope keys lie apart. `value` stands behind
  // the wall time.
  Status AddRecord(std::string_view key, ByteReader value) {
    value.Fixed<uint64_t>();
    const std::string_view user = value.LengthPrefixed();
    if (!value.ok()) return DataLoss("a change feed record is damaged");
    ++records_;
    if (user.empty()) return Status::Ok();
    batch_.Delete(KeySpace::kFeed, feed_format::ScopeKey(table_, user, feed_format::LsnOfKey(key),
                                                         feed_format::PartOfKey(key)));
    return Status::Ok();
  }

  Status WriteBatchThrough(Lsn last) {
    batch_.DeleteRange(KeySpace::kFeed, feed_format::RecordKey(table_, After(floor_), 0),
                       feed_format::RecordKey(table_, After(last), 0));
    std::string floor;
    PutFixed(&floor, last.value);
    batch_.Put(KeySpace::kFeed, feed_format::FloorKey(table_), floor);
    RETURN_IF_ERROR(store_.Write(&batch_, Sync::kNoSync));
    CRASH_POINT("feed_trimmed_batch");
    batch_.Clear();
    records_ = 0;
    floor_ = last;
    return Status::Ok();
  }

  KvStore& store_;
  const TableId table_;
  WriteBatch batch_;
  size_t records_ = 0;
  Lsn floor_;
};

}  // namespace

Result<Lsn> TrimFeed(KvStore& store, TableId table, const FeedRetention& retention,
                     int64_t now_micros) {
  return Trim(store, table).Run(retention, now_micros);
}

Status DropFeed(KvStore& store, TableId table) {
  WriteBatch batch = store.NewBatch();
  for (const std::string& prefix :
       {feed_format::RecordPrefix(table), feed_format::ScopeTablePrefix(table)}) {
    batch.DeleteRange(KeySpace::kFeed, prefix, PrefixSuccessor(prefix));
  }
  batch.Delete(KeySpace::kFeed, feed_format::FloorKey(table));
  return store.Write(&batch, Sync::kNoSync);
}

Status DropUserFeed(KvStore& store, TableId table, std::string_view row_scope) {
  const std::string prefix = feed_format::ScopePrefix(table, row_scope);
  const auto iterator = store.NewIterator(KeySpace::kFeed, prefix, PrefixSuccessor(prefix));
  WriteBatch batch = store.NewBatch();
  size_t records = 0;
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    const std::string_view key = iterator->key();
    batch.Delete(KeySpace::kFeed, feed_format::RecordKey(table, feed_format::LsnOfKey(key),
                                                         feed_format::PartOfKey(key)));
    batch.Delete(KeySpace::kFeed, key);
    if (++records % kRecordsPerBatch != 0) continue;
    RETURN_IF_ERROR(store.Write(&batch, Sync::kNoSync));
    batch.Clear();
  }
  RETURN_IF_ERROR(iterator->status());
  return store.Write(&batch, Sync::kNoSync);
}

}  // namespace millrace
