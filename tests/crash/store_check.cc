// Feed against rows, table by table; then whose keys there are.
#include "store_check.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>

#include "base/coding.h"
#include "catalog/catalog.h"
#include "feed/cursor.h"
#include "feed/feed_format.h"
#include "storage/hot/kv_store.h"
#include "types/key_coding.h"

namespace millrace::crash {
namespace {

constexpr size_t kChangesPerRead = 10'000;

// Rows by key as the feed tells them; nullopt: deleted.
using Replayed = std::map<std::string, std::optional<std::string>, std::less<>>;

std::string TablePrefix(TableId table) {
  std::string prefix;
  PutBigEndian32(&prefix, table.value);
  return prefix;
}

class FeedReplay {
 public:
  FeedReplay(KvStore& store, const TableDefinition& table) : store_(store), table_(table) {}

  Status Run() {
    ASSIGN_OR_RETURN(const Lsn floor, Floor());
    whole_ = floor.value == 0;
    ASSIGN_OR_RETURN(Cursor cursor, Cursor::OpenAfter(store_, table_.id, floor));
    while (true) {
      ASSIGN_OR_RETURN(const std::vector<Commit> commits, cursor.Next(kChangesPerRead));
      if (commits.empty()) return Status::Ok();
      for (const Commit& commit : commits) {
        if (commit.lsn < last_) return Bad("commits are out of order", commit.lsn);
        last_ = commit.lsn;
        for (const Change& change : commit.changes) RETURN_IF_ERROR(Apply(commit, change));
      }
    }
  }

  // Compares the end of the replay with the rows that are stored.
  Status CompareRows(uint64_t* rows) {
    const std::string prefix = TablePrefix(table_.id);
    const auto iterator = store_.NewIterator(KeySpace::kRows, prefix, PrefixSuccessor(prefix));
    uint64_t matched = 0;
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next(), ++*rows) {
      const auto replayed = rows_.find(iterator->key().substr(prefix.size()));
      if (replayed == rows_.end()) {
        if (whole_) return DataLoss(table_.name + ": a row is stored that the feed never told of");
        continue;
      }
      if (replayed->second != iterator->value()) {
        return DataLoss(table_.name + ": a row is stored otherwise than the feed tells");
      }
      ++matched;
    }
    RETURN_IF_ERROR(iterator->status());
    if (table_.kind == TableKind::kStream) return Status::Ok();
    for (const auto& [key, row] : rows_) matched -= row.has_value() ? 1 : 0;
    if (matched != 0) return DataLoss(table_.name + ": a row that the feed tells of is gone");
    return Status::Ok();
  }

  uint64_t changes() const { return changes_; }

 private:
  Result<Lsn> Floor() {
    ASSIGN_OR_RETURN(const std::optional<std::string> floor,
                     store_.Get(KeySpace::kFeed, feed_format::FloorKey(table_.id)));
    return floor.has_value() ? Lsn(LoadFixed<uint64_t>(floor->data())) : Lsn();
  }

  Status Bad(std::string_view what, Lsn lsn) const {
    return DataLoss(table_.name + ": change feed at LSN " + std::to_string(lsn.value) + ": " +
                    std::string(what));
  }

  Status Apply(const Commit& commit, const Change& change) {
    ++changes_;
    if (change.seq <= last_seq_) return Bad("_seq does not rise", commit.lsn);
    if (change.seq > commit.lsn.value) return Bad("_seq is beyond its commit", commit.lsn);
    last_seq_ = change.seq;
    const auto before = rows_.find(change.key);
    const bool known = before != rows_.end() || whole_;
    const bool present = before != rows_.end() && before->second.has_value();
    const bool eviction_hides = table_.kind == TableKind::kStream;
    if (known && !eviction_hides) {
      if (present == (change.op == ChangeOp::kInsert)) {
        return Bad("a change does not fit what was before it", commit.lsn);
      }
      if (present && *before->second != change.old_row) {
        return Bad("the old row is not the row before", commit.lsn);
      }
    }
    if (change.op == ChangeOp::kDelete) {
      rows_[change.key] = std::nullopt;
    } else {
      rows_[change.key] = change.new_row;
    }
    return Status::Ok();
  }

  KvStore& store_;
  const TableDefinition& table_;
  bool whole_ = true;  // the feed goes back to the table's first row
  Replayed rows_;
  Lsn last_;
  uint64_t last_seq_ = 0;
  uint64_t changes_ = 0;
};

// Visits one key of each table in a range of keys that begin with `lead` and the table.
Status CheckOwners(KvStore& store, KeySpace space, std::string_view lead,
                   const std::set<uint32_t>& owners) {
  const std::string begin(lead);
  const std::string end = begin.empty() ? std::string() : PrefixSuccessor(begin);
  const auto iterator = store.NewIterator(space, begin, end);
  iterator->SeekToFirst();
  while (iterator->Valid()) {
    const std::string_view key = iterator->key().substr(lead.size());
    if (key.size() < sizeof(uint32_t)) return DataLoss("a key without a table");
    const uint32_t table = LoadBigEndian32(key.data());
    if (!owners.contains(table)) {
      return DataLoss("table " + std::to_string(table) + " is gone, but not what it stored");
    }
    iterator->Seek(begin + PrefixSuccessor(TablePrefix(TableId(table))));
  }
  return iterator->status();
}

Status CheckAllOwners(KvStore& store, const Catalog& catalog) {
  std::set<uint32_t> owners;
  for (const TablePtr& table : catalog.Tables()) owners.insert(table->id.value);
  for (const DroppedTable& dropped : catalog.Dropped()) owners.insert(dropped.id.value);
  RETURN_IF_ERROR(CheckOwners(store, KeySpace::kRows, "", owners));
  for (const std::string_view lead : {"F", "S", "G"}) {
    RETURN_IF_ERROR(CheckOwners(store, KeySpace::kFeed, lead, owners));
  }
  return Status::Ok();
}

}  // namespace

Result<StoreReport> CheckStore(const std::string& data_directory) {
  NullLog log;
  KvStoreOptions options;
  options.directory = data_directory + "/hot";
  ASSIGN_OR_RETURN(const std::unique_ptr<KvStore> store, KvStore::Open(options, log));
  ASSIGN_OR_RETURN(const std::unique_ptr<Catalog> catalog, Catalog::Load(*store));
  StoreReport report;
  report.dropped_waiting = catalog->Dropped().size();
  for (const TablePtr& table : catalog->Tables()) {
    ++report.tables;
    FeedReplay replay(*store, *table);
    RETURN_IF_ERROR(replay.Run());
    RETURN_IF_ERROR(replay.CompareRows(&report.rows));
    report.changes += replay.changes();
  }
  RETURN_IF_ERROR(CheckAllOwners(*store, *catalog));
  return report;
}

}  // namespace millrace::crash
