// The RocksDB side of the types in kv_store.h: included by this module's .cc files only.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <array>
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

struct KvStore::Rep {
  std::unique_ptr<rocksdb::Env> fault_env;
  std::unique_ptr<rocksdb::DB> db;
  std::array<rocksdb::ColumnFamilyHandle*, kKeySpaces> families{};
  Log* log = nullptr;
  RecoveryReport recovery;
  std::atomic<bool> degraded{false};
  std::mutex resume_mutex;

  rocksdb::ColumnFamilyHandle* family(KeySpace space) const {
    return families[static_cast<size_t>(space)];
  }
};

inline rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string_view ToView(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

Status FromRocks(const rocksdb::Status& status, std::string_view what);

// An environment that fails appends while faults->full is set and counts bytes and syncs.
std::unique_ptr<rocksdb::Env> NewFaultEnv(DiskFaults* faults);

}  // namespace millrace
