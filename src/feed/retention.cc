#include "feed/retention.h"

#include <string>

#include "base/coding.h"
#include "feed/cursor.h"
#include "feed/feed_format.h"
#include "types/key_coding.h"

namespace millrace {
namespace {

// The last commit to drop, or 0. Reads the feed from its oldest record.
Result<Lsn> LastExpired(KvStore& store, TableId table, const FeedRetention& retention,
                        int64_t now_micros) {
  const std::string prefix = feed_format::RecordPrefix(table);
  const std::string end = PrefixSuccessor(prefix);
  const uint64_t bytes = store.EstimateRange(KeySpace::kFeed, prefix, end).bytes;
  uint64_t surplus = bytes > retention.table_bytes_max ? bytes - retention.table_bytes_max : 0;
  Lsn last;
  const auto iterator = store.NewIterator(KeySpace::kFeed, prefix, end);
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    const std::string_view value = iterator->value();
    if (value.size() < 1 + sizeof(int64_t)) return DataLoss("a change feed record is damaged");
    const auto wall_micros = LoadFixed<int64_t>(value.data() + 1);
    const bool expired = wall_micros < now_micros - retention.age_micros_max;
    if (!expired && surplus == 0) break;
    surplus -= std::min<uint64_t>(surplus, value.size());
    last = feed_format::LsnOfKey(iterator->key());
  }
  RETURN_IF_ERROR(iterator->status());
  return last;
}

// Scope keys of trimmed commits; they are small and lie apart, so one by one.
Status TrimScopes(KvStore& store, TableId table, Lsn last, WriteBatch* batch) {
  const std::string prefix = feed_format::ScopeTablePrefix(table);
  const auto iterator = store.NewIterator(KeySpace::kFeed, prefix, PrefixSuccessor(prefix));
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    if (feed_format::LsnOfKey(iterator->key()) <= last) {
      batch->Delete(KeySpace::kFeed, iterator->key());
    }
  }
  return iterator->status();
}

}  // namespace

Result<Lsn> TrimFeed(KvStore& store, TableId table, const FeedRetention& retention,
                     int64_t now_micros) {
  ASSIGN_OR_RETURN(const Lsn last, LastExpired(store, table, retention, now_micros));
  if (last.value == 0) return last;
  WriteBatch batch = store.NewBatch();
  batch.DeleteRange(KeySpace::kFeed, feed_format::RecordPrefix(table),
                    feed_format::RecordKey(table, Lsn(last.value + 1)));
  RETURN_IF_ERROR(TrimScopes(store, table, last, &batch));
  std::string floor;
  PutFixed(&floor, last.value);
  batch.Put(KeySpace::kFeed, feed_format::FloorKey(table), floor);
  RETURN_IF_ERROR(store.Write(&batch, Sync::kNoSync));
  return last;
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

}  // namespace millrace
