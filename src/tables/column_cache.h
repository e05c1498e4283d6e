// Decoded columns of hot tables, so that a repeated scan does not decode again.
//
// A block is a stretch of consecutive keys, [lower, upper), with how many rows lie
// in it and those of its columns that scans have wanted so far. Blocks of a table
// do not overlap; what lies between them is not cached.
//
//   scan at snapshot s                        committer, change c of key k
//     Follow(table)                             OnRowChange(table, k, c):
//     Find -> a block, if built <= s              drops the block k lies in,
//          -> else reads the store, Install       remembers (k, c)
//             refused if a change > s is            ... then c becomes visible
//             remembered, or may be forgotten,
//             in the block's range
//
// Why a block found is right: it was right at LSN `built`, and every change that is
// visible at s was announced before s was taken; had one after `built` touched the
// block, the block would be gone.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/mutex.h"
#include "catalog/catalog.h"
#include "observe/metrics.h"
#include "tables/applier.h"
#include "types/batch.h"

namespace millrace {

struct ColumnCacheOptions {
  // Of blocks and of what is remembered. The least recently used blocks go.
  size_t bytes_max = size_t{256} << 20;
  size_t tables_max = 256;  // followed at once; the one not scanned for longest goes
  // Changes remembered per table. A scan during which more happen caches nothing.
  size_t changes_max = 2048;
  // Of one commit. Those behind are remembered as one stretch of keys, so that a
  // bulk load does not push out all others.
  size_t changes_per_commit_max = 16;
};

// Immutable.
struct CachedBlock {
  std::string lower;  // full keys
  std::string upper;
  Lsn built;
  size_t rows = 0;
  // By position in the codec's scan schema; null when no scan wanted it yet.
  std::vector<std::shared_ptr<const Column>> columns;
};
using CachedBlockPtr = std::shared_ptr<const CachedBlock>;

// Thread-safe. Never blocks for long; knows no store.
class ColumnCache final : public ChangeListener {
 public:
  // Both must outlive the cache.
  ColumnCache(ColumnCacheOptions options, const Catalog& catalog, Metrics& metrics);

  // Which rows in which shape: what every call of a scan is about.
  struct View {
    TableId table;
    uint32_t schema_version = 0;
    Lsn snapshot;
  };

  // Remembers the table's changes from now on. Call before reading the store. Nothing
  // is kept of a table that the catalog no longer has.
  void Follow(const View& view);

  // A block that begins at `position`, or null; and where the next one begins, empty
  // when none does. A block may lack columns.
  struct Found {
    CachedBlockPtr block;
    std::string next;
  };
  Found Find(const View& view, std::string_view position);

  // Offers rows read from the store at the view's snapshot, all rows of [lower, upper):
  // `batch` has the columns at `positions` of `columns_all`. Adds columns to a block of
  // the same range. Returns the bytes of the block, 0 when it was refused.
  size_t Install(const View& view, std::string_view lower, std::string_view upper,
                 const std::vector<size_t>& positions, size_t columns_all, const Batch& batch);

  // The block that `key` lies in, or null. Perhaps too new for the snapshot.
  CachedBlockPtr FindAround(const View& view, std::string_view key);

  // Up to parts - 1 begins of blocks that cut the cached rows of [lower, upper) into
  // parts of similar size; none when fewer than `rows_min` are cached. O(blocks there).
  std::vector<std::string> Cuts(const View& view, std::string_view lower, std::string_view upper,
                                size_t parts, size_t rows_min);

  // Committer thread.
  void OnRowChange(TableId table, std::string_view relative_key, Lsn lsn) override;
  void OnTruncate(TableId table, Lsn lsn) override;
  // Frees what is kept of tables that were dropped or changed.
  void OnCatalogChange() override;

  void CountHit() { hits_.Add(); }
  void CountMiss() { misses_.Add(); }
  size_t bytes_max() const { return options_.bytes_max; }
  size_t bytes() const;

 private:
  struct Table;
  struct Entry;
  using Blocks = std::map<std::string, Entry, std::less<>>;
  struct Used {
    Table* table;
    Blocks::iterator block;
  };
  struct Entry {
    CachedBlockPtr block;
    size_t bytes = 0;
    std::list<Used>::iterator used;
  };
  // Of one key or more in [first, last].
  struct Change {
    std::string first;
    std::string last;
    Lsn lsn;
  };
  struct Table {
    uint32_t schema_version = 0;
    uint64_t followed = 0;     // when a scan began last
    size_t changes_since = 0;  // remembered after that
    Blocks blocks;
    std::vector<Change> changes;  // a ring
    size_t next_change = 0;
    size_t commit_changes = 0;  // remembered of the last commit
    Lsn forgotten;              // every later change is remembered
  };
  // What the committer looks at before it takes the lock: many tables share one.
  struct Slot {
    std::atomic<uint64_t> last_change{0};
    std::atomic<uint32_t> followed{0};
  };
  using Dropped = std::vector<CachedBlockPtr>;  // freed after the lock is released

  Slot& SlotOf(TableId table) { return slots_[table.value % slots_.size()]; }
  Table* FindTable(const View& view);
  static Blocks::iterator BlockAround(Table& table, std::string_view key);
  // Whether scans of the table at this schema version may still come.
  bool IsCurrent(TableId table, uint32_t schema_version) const;
  static bool Changed(const Table& table, Lsn snapshot, std::string_view lower,
                      std::string_view upper);
  static bool Overlaps(const Table& table, std::string_view lower, std::string_view upper);
  void Remember(Table& table, std::string_view key, Lsn lsn);
  Change& NextChange(Table& table);
  static size_t BytesOf(const Change& change);
  // Counts bytes more, or less if negative.
  void Count(int64_t bytes);
  // Drops blocks until `bytes` more have room. False when they never will.
  bool MakeRoom(size_t bytes, Dropped* dropped);
  void Put(Table& table, CachedBlockPtr block, size_t bytes);
  void Erase(Table& table, Blocks::iterator block, Dropped* dropped);
  void EraseAll(Table& table, Dropped* dropped);
  void MakeRoomForTable(Dropped* dropped);
  void Unfollow(std::unordered_map<TableId, Table>::iterator table, Dropped* dropped);

  const ColumnCacheOptions options_;
  const Catalog& catalog_;
  Counter& hits_;
  Counter& misses_;
  Gauge& bytes_gauge_;
  std::array<Slot, 1024> slots_;
  std::string changed_key_;  // committer thread

  mutable Mutex mutex_;
  std::unordered_map<TableId, Table> tables_;
  std::list<Used> used_;  // the most recent first
  size_t bytes_ = 0;
  uint64_t scans_ = 0;
};

}  // namespace millrace
