// The hot tier: an ordered, durable, transactional map from byte keys to byte
// values, over RocksDB. No other module sees RocksDB.
//
// Key spaces are column families; there are four for the whole server, never
// one per table, so creating a table touches no file. A WriteBatch spans key
// spaces and is atomic.
//
// Durability: a batch written with kSync is on disk (its write-ahead record
// fsynced) when Write returns; one with kNoSync survives a crash of the process
// but not of the machine.
//
// Corruption: every record of the write-ahead log and every block of a table
// file carries a checksum. A torn record at the log's end is an unacknowledged
// write and is dropped; anything else that does not match is kDataLoss, at Open
// or at the read that meets it. Nothing is repaired silently.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "observe/log.h"

namespace millrace {

enum class KeySpace : uint8_t { kMeta, kRows, kFeed, kIndex };
inline constexpr size_t kKeySpaces = 4;

enum class Sync : uint8_t { kNoSync, kSync };

// Faults a test can inject below the store; the store only reads it.
struct DiskFaults {
  std::atomic<bool> full{false};          // nothing is free, appends fail half way
  std::atomic<bool> tables_full{false};   // appends to table files fail, others do not
  std::atomic<bool> broken{false};        // appends fail with an input/output error
  std::atomic<int64_t> bytes_written{0};  // appended so far, for counting assertions
  std::atomic<int64_t> syncs{0};
};

struct KvStoreOptions {
  std::string directory;
  size_t block_cache_bytes = size_t{256} << 20;
  size_t write_buffer_bytes = size_t{64} << 20;  // per key space, before it goes to a table file
  size_t wal_bytes_max = size_t{192} << 20;      // bounds what recovery replays
  int background_jobs = 2;
  // Writes are refused while the disk has less free: what flushing needs must remain.
  uint64_t free_bytes_min = uint64_t{128} << 20;
  DiskFaults* faults = nullptr;  // tests only; must outlive the store
};

// What Open had to do.
struct RecoveryReport {
  uint64_t wal_bytes = 0;
  int64_t micros = 0;
};

// Operations in order; later ones win. Made by KvStore::NewBatch, must not outlive
// the store. Not thread-safe.
class WriteBatch {
 public:
  ~WriteBatch();
  WriteBatch(WriteBatch&&) noexcept;
  WriteBatch& operator=(WriteBatch&&) noexcept;

  void Put(KeySpace space, std::string_view key, std::string_view value);
  // The value is the concatenation of the parts; nothing is copied before.
  void PutParts(KeySpace space, std::string_view key_prefix, std::string_view key,
                std::string_view value_head, std::string_view value_middle,
                std::string_view value_tail);
  void Delete(KeySpace space, std::string_view key);
  void DeleteParts(KeySpace space, std::string_view key_prefix, std::string_view key);
  // Deletes keys in [begin, end). O(1) now; reads skip the range until compaction removes it.
  void DeleteRange(KeySpace space, std::string_view begin, std::string_view end);
  void Clear();
  // Undo back to the last save point that was set and not dropped.
  void SetSavePoint();
  void RollbackToSavePoint();
  void DropSavePoint();
  size_t bytes() const;
  bool empty() const;

 private:
  friend class KvStore;
  WriteBatch();
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

// A frozen view. Holding one keeps overwritten versions on disk: keep it short.
class KvSnapshot {
 public:
  ~KvSnapshot();
  KvSnapshot(const KvSnapshot&) = delete;
  KvSnapshot& operator=(const KvSnapshot&) = delete;

 private:
  friend class KvStore;
  KvSnapshot() = default;
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

// Whether the blocks an iterator reads stay in the block cache. A scan that leaves
// its rows elsewhere should not push out what point reads need.
enum class FillCache : uint8_t { kYes, kNo };

// Walks keys in order within the bounds it was made with. The views it returns
// are valid until it moves. Not thread-safe. Blocking.
class KvIterator {
 public:
  ~KvIterator();
  void Seek(std::string_view key);
  void SeekToFirst();
  void SeekToLast();
  bool Valid() const;
  void Next();
  void Previous();
  std::string_view key() const;
  std::string_view value() const;
  // Not Ok when the walk ended early because of an error: check it at the end.
  Status status() const;

 private:
  friend class KvStore;
  KvIterator() = default;
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

// Thread-safe. Every call blocks (and asserts that it may) except TryGetCached.
class KvStore {
 public:
  // Errors: kDataLoss when files are corrupt, kUnavailable when another process
  // holds the directory, kResourceExhausted when the disk is full.
  static Result<std::unique_ptr<KvStore>> Open(const KvStoreOptions& options, Log& log);
  ~KvStore();

  WriteBatch NewBatch();

  // While the disk has less than `free_bytes_min` free, every write fails with
  // kResourceExhausted (53100); the first one after space returned succeeds. After
  // the write-ahead log itself failed, writes fail with kUnavailable (58030) until
  // the store is opened again. Reads go on meanwhile.
  Status Write(WriteBatch* batch, Sync sync);

  // Nullopt when the key is absent. `snapshot` null reads the newest state.
  Result<std::optional<std::string>> Get(KeySpace space, std::string_view key,
                                         const KvSnapshot* snapshot = nullptr);

  enum class CacheAnswer : uint8_t { kFound, kAbsent, kWouldBlock };
  // Get without I/O: from memory, or kWouldBlock. The one call allowed on an
  // event loop.
  CacheAnswer TryGetCached(KeySpace space, std::string_view key, std::string* value);

  // One answer per key, in order.
  std::vector<Result<std::optional<std::string>>> MultiGet(KeySpace space,
                                                           const std::vector<std::string>& keys,
                                                           const KvSnapshot* snapshot = nullptr);

  std::unique_ptr<KvSnapshot> GetSnapshot();

  // Walks [lower, upper); an empty upper is unbounded. The snapshot, when given,
  // must outlive the iterator.
  std::unique_ptr<KvIterator> NewIterator(KeySpace space, std::string lower, std::string upper,
                                          const KvSnapshot* snapshot = nullptr,
                                          FillCache fill_cache = FillCache::kYes);

  struct Estimate {
    uint64_t rows = 0;
    uint64_t bytes = 0;
  };
  // A guess from memtable statistics and file sizes; does not read data blocks.
  Estimate EstimateRange(KeySpace space, std::string_view begin, std::string_view end);
  // Up to parts-1 keys, ascending and not necessarily existing, that cut [begin, end)
  // into parts of similar size; less when the range is small. Some 100 µs.
  std::vector<std::string> SplitRange(KeySpace space, std::string_view begin, std::string_view end,
                                      size_t parts);

  // Rewrites a range so that deleted keys stop costing. Long.
  Status CompactRange(KeySpace space, std::string_view begin, std::string_view end);
  // Writes memory to table files so that the next Open replays nothing.
  Status Flush();

  const RecoveryReport& recovery() const;
  // "name value" pairs for metrics: memtable bytes, cache bytes, table file bytes.
  std::vector<std::pair<std::string, double>> Statistics();

 private:
  KvStore() = default;
  Status CheckFreeSpace();
  bool FreeSpaceIsDue(size_t bytes);
  Status ResumeAfterError();
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

}  // namespace millrace
