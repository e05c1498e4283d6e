// A Cursor reads one table's change feed, in commit order, from a given LSN;
// optionally only the commits of one user, without reading the others'.
//
// The feed is written in the same storage batch as the rows it describes, so a
// snapshot at LSN s followed by a cursor opened at s misses nothing and repeats
// nothing. Live queries, streams and topics all rest on this one property.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/status.h"
#include "feed/feed_format.h"
#include "storage/hot/kv_store.h"

namespace millrace {

struct Change {
  ChangeOp op = ChangeOp::kInsert;
  uint64_t seq = 0;
  std::string key;      // without the table id; of a truncate what all keys began with
  std::string new_row;  // empty for a delete and a truncate
  std::string old_row;  // empty for an insert and a truncate
};

// The changes one commit made to the rows of one user (or to a shared table). A
// commit that touched several users comes as several of these, with one LSN.
struct Commit {
  Lsn lsn;
  int64_t wall_micros = 0;
  std::string user;  // empty for a shared table
  std::vector<Change> changes;
};

// Not thread-safe. Must not outlive the store. Blocking.
class Cursor {
 public:
  // Opens a cursor whose first commit is the first one after `position`.
  // kOutOfRange when retention has already dropped that commit: the caller must
  // take a new snapshot.
  static Result<Cursor> OpenAfter(KvStore& store, TableId table, Lsn position,
                                  std::optional<std::string> user = std::nullopt);

  // Returns whole commits, at least one unless caught up, stopping once
  // `changes_max` is reached, and moves past them. kOutOfRange as OpenAfter. After
  // an error the cursor stands where it stood.
  Result<std::vector<Commit>> Next(size_t changes_max);

  Lsn position() const { return position_; }

 private:
  Cursor(KvStore& store, TableId table, Lsn position, std::optional<std::string> user)
      : store_(&store), table_(table), position_(position), user_(std::move(user)) {}
  Status CheckFloor(const KvSnapshot* snapshot) const;
  Result<Commit> ReadRecord(std::string_view key, std::string_view value,
                            const KvSnapshot* snapshot) const;

  KvStore* store_;
  TableId table_;
  Lsn position_;
  std::optional<std::string> user_;
};

// kDataLoss when the bytes are not a feed record.
Result<Commit> DecodeFeedRecord(Lsn lsn, std::string_view value);

}  // namespace millrace
