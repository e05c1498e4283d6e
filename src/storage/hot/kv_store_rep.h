// The RocksDB side of the types in kv_store.h: included by this module's .cc files only.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/listener.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "storage/hot/kv_store.h"

namespace millrace {

struct WriteBatch::Rep {
  rocksdb::WriteBatch batch;
  const std::array<rocksdb::ColumnFamilyHandle*, kKeySpaces>* families = nullptr;

  rocksdb::ColumnFamilyHandle* family(KeySpace space) const {
    return (*families)[static_cast<size_t>(space)];
  }
};

struct KvSnapshot::Rep {
  rocksdb::DB* db = nullptr;
  const rocksdb::Snapshot* snapshot = nullptr;
  ~Rep() { db->ReleaseSnapshot(snapshot); }
};

struct KvIterator::Rep {
  std::string lower;
  std::string upper;
  rocksdb::Slice lower_slice;
  rocksdb::Slice upper_slice;
  std::unique_ptr<rocksdb::Iterator> iterator;
};

// Hears from RocksDB why it stopped writing. Thread-safe.
class WriteHealth final : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status*) override {
    const bool log = reason == rocksdb::BackgroundErrorReason::kWriteCallback ||
                     reason == rocksdb::BackgroundErrorReason::kMemTable;
    (log ? log_broken_ : degraded_) = true;
  }
  // RocksDB would poll for free space every five seconds, and refuse a Resume meanwhile.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }

  // A flush or compaction failed: Resume tries again.
  bool degraded() const { return degraded_; }
  void ClearDegraded() { degraded_ = false; }
  // The write-ahead log ends in half a record: nothing may be written behind it.
  bool log_broken() const { return log_broken_; }

 private:
  std::atomic<bool> degraded_{false};
  std::atomic<bool> log_broken_{false};
};

struct KvStore::Rep {
  std::string directory;
  uint64_t free_bytes_min = 0;
  std::unique_ptr<rocksdb::Env> fault_env;
  rocksdb::Env* env = nullptr;
  std::shared_ptr<WriteHealth> health = std::make_shared<WriteHealth>();
  std::unique_ptr<rocksdb::DB> db;
  std::array<rocksdb::ColumnFamilyHandle*, kKeySpaces> families{};
  Log* log = nullptr;
  RecoveryReport recovery;
  std::atomic<bool> disk_full{false};
  // What the file system said last; 0 = never asked.
  std::atomic<uint64_t> last_free_bytes{0};
  // Since the file system was last asked for its free space.
  std::atomic<uint64_t> bytes_unchecked{0};
  std::atomic<uint32_t> writes_unchecked{0};
  bool injected_faults = false;  // tests: ask every time
  std::mutex resume_mutex;

  rocksdb::ColumnFamilyHandle* family(KeySpace space) const {
    return families[static_cast<size_t>(space)];
  }
};

inline rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

Status FromRocks(const rocksdb::Status& status, std::string_view what);

// An environment that does what `faults` says and counts bytes and syncs.
std::unique_ptr<rocksdb::Env> NewFaultEnv(DiskFaults* faults);

}  // namespace millrace
