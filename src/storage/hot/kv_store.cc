// Opening, writing and point reads; ranges are in kv_store_range.cc.
#include "storage/hot/kv_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <filesystem>
#include <utility>

#include "base/clock.h"
#include "base/crash_point.h"
#include "base/thread_role.h"
#include "storage/hot/kv_store_rep.h"
#include "storage/hot/log_check.h"

namespace millrace {
namespace {

constexpr const char* kFamilyNames[kKeySpaces] = {"default", "rows", "feed", "index"};

rocksdb::ColumnFamilyOptions FamilyOptions(const KvStoreOptions& options,
                                           const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = 16 << 10;
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.write_buffer_size = options.write_buffer_bytes;
  family.max_write_buffer_number = 3;
  family.memtable_whole_key_filtering = true;
  family.memtable_prefix_bloom_size_ratio = 0.02;
  family.compression = rocksdb::kLZ4Compression;
  family.level_compaction_dynamic_level_bytes = true;
  return family;
}

rocksdb::DBOptions DatabaseOptions(const KvStoreOptions& options, rocksdb::Env* env,
                                   std::shared_ptr<rocksdb::EventListener> health) {
  rocksdb::DBOptions database;
  database.env = env;
  database.create_if_missing = true;
  database.create_missing_column_families = true;
  database.max_total_wal_size = options.wal_bytes_max;
  database.max_background_jobs = options.background_jobs;
  database.max_open_files = 512;
  database.allow_concurrent_memtable_write = false;  // there is one writer
  database.bytes_per_sync = 1 << 20;
  database.paranoid_checks = true;
  database.info_log_level = rocksdb::WARN_LEVEL;
  database.keep_log_file_num = 4;
  database.stats_dump_period_sec = 0;
  database.stats_persist_period_sec = 0;
  database.listeners.push_back(std::move(health));
  // A record that does not match its checksum fails Open; an incomplete tail is
  // forgiven. What this mode cannot tell from a tail, CheckLogFiles refuses before.
  database.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  return database;
}

Status DiskFull(std::string message) {
  return ResourceExhausted("disk full: " + std::move(message))
      .WithSqlState("53100")
      .WithHint("Free space on the disk of the data directory; writes resume by themselves.");
}

Status OpenError(const rocksdb::Status& status, const std::string& directory) {
  if (status.IsIOError() && status.ToString().find(directory + "/LOCK") != std::string::npos) {
    return Unavailable("data directory \"" + directory + "\" is in use by another process")
        .WithHint("Stop the other server, or choose another directory with --data.");
  }
  return FromRocks(status, "open data directory \"" + directory + "\"");
}

}  // namespace

Status FromRocks(const rocksdb::Status& status, std::string_view what) {
  if (status.ok()) return Status::Ok();
  std::string message = "cannot ";
  message.append(what).append(": ").append(status.ToString());
  if (status.IsNoSpace() || status.subcode() == rocksdb::Status::kNoSpace) {
    return DiskFull(std::move(message));
  }
  if (status.IsCorruption()) {
    return DataLoss(std::move(message))
        .WithHint("A file of the data directory is damaged; restore it from a backup.");
  }
  if (status.IsIOError()) return Unavailable(std::move(message)).WithSqlState("58030");
  return Internal(std::move(message));
}

Result<std::unique_ptr<KvStore>> KvStore::Open(const KvStoreOptions& options, Log& log) {
  MayBlock();
  auto store = std::unique_ptr<KvStore>(new KvStore());
  store->rep_ = std::make_unique<Rep>();
  Rep& rep = *store->rep_;
  rep.log = &log;
  rep.directory = options.directory;
  rep.free_bytes_min = options.free_bytes_min;
  rep.injected_faults = options.faults != nullptr;
  rep.env = rocksdb::NewCompositeEnv(rep.injected_faults ? NewFaultFileSystem(options.faults)
                                                         : NewStoreFileSystem());

  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error) {
    return Unavailable("cannot create directory \"" + options.directory + "\": " + error.message());
  }
  const SystemClock clock;
  const int64_t started = clock.MonotonicNanos();
  ASSIGN_OR_RETURN(const std::vector<LogFile> logs, CheckLogFiles(options.directory));
  for (const LogFile& file : logs) rep.recovery.wal_bytes += file.whole_bytes;
  RETURN_IF_ERROR(CutUnfinishedTails(logs));
  const auto cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const char* name : kFamilyNames) families.emplace_back(name, FamilyOptions(options, cache));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::Open(DatabaseOptions(options, rep.env.get(), rep.health), options.directory,
                        families, &handles, &db);
  if (!status.ok()) return OpenError(status, options.directory);
  rep.db.reset(db);
  std::copy(handles.begin(), handles.end(), rep.families.begin());
  rep.recovery.micros = (clock.MonotonicNanos() - started) / 1000;
  return store;
}

KvStore::~KvStore() {
  if (rep_ == nullptr || rep_->db == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* family : rep_->families) {
    if (family != nullptr) rep_->db->DestroyColumnFamilyHandle(family);
  }
  rep_->db->Close().PermitUncheckedError();
}

WriteBatch KvStore::NewBatch() {
  WriteBatch batch;
  batch.rep_->families = &rep_->families;
  return batch;
}

// RocksDB does not survive an append to its log that meets a full disk: it keeps
// half a record and, in builds with assertions, aborts at the next one. So no
// write is begun without room.
Status KvStore::CheckFreeSpace() {
  uint64_t free_bytes = 0;
  const bool known = rep_->env->GetFreeSpace(rep_->directory, &free_bytes).ok();
  rep_->last_free_bytes.store(known ? free_bytes : 0, std::memory_order_relaxed);
  const bool full = known && free_bytes < rep_->free_bytes_min;
  if (rep_->disk_full.exchange(full) != full) {
    if (full) {
      rep_->log->Error("storage_disk_full", {{"free_bytes", free_bytes}});
    } else {
      rep_->log->Info("storage_disk_has_room", {{"free_bytes", free_bytes}});
    }
  }
  if (!full) return Status::Ok();
  return DiskFull("only " + std::to_string(free_bytes >> 20) +
                  " MiB are left for data directory \"" + rep_->directory + "\"");
}

Status KvStore::ResumeAfterError() {
  const std::lock_guard lock(rep_->resume_mutex);
  if (!rep_->health->degraded()) return Status::Ok();
  RETURN_IF_ERROR(FromRocks(rep_->db->Resume(), "write"));
  rep_->health->ClearDegraded();
  rep_->log->Info("storage_writes_resumed");
  return Status::Ok();
}

// Asking the file system costs as much as a small write. Others can fill the reserve
// in between only if they write faster than we do by far.
bool KvStore::FreeSpaceIsDue(size_t bytes) {
  constexpr uint32_t kWritesMax = 64;
  constexpr uint64_t kBytesMax = uint64_t{4} << 20;
  const uint64_t written = rep_->bytes_unchecked.fetch_add(bytes, std::memory_order_relaxed);
  const uint32_t writes = rep_->writes_unchecked.fetch_add(1, std::memory_order_relaxed);
  // Near the reserve every write asks.
  const bool scarce =
      rep_->last_free_bytes.load(std::memory_order_relaxed) / 8 < rep_->free_bytes_min;
  const bool due =
      scarce || rep_->injected_faults || writes >= kWritesMax || written + bytes >= kBytesMax;
  if (due) {
    rep_->bytes_unchecked.store(0, std::memory_order_relaxed);
    rep_->writes_unchecked.store(0, std::memory_order_relaxed);
  }
  return due;
}

Status KvStore::Write(WriteBatch* batch, Sync sync) {
  MayBlock();
  CountNothing();
  if (FreeSpaceIsDue(batch->bytes())) RETURN_IF_ERROR(CheckFreeSpace());
  if (rep_->health->log_broken()) {
    return Unavailable("cannot write: the write-ahead log has failed")
        .WithSqlState("58030")
        .WithHint(
            "Check the disk of the data directory and restart the server; reads go on, and "
            "what was acknowledged is safe.");
  }
  if (rep_->health->degraded()) RETURN_IF_ERROR(ResumeAfterError());
  rocksdb::WriteOptions options;
  options.sync = sync == Sync::kSync;
  if (options.sync) {
    RETURN_IF_ERROR(FromRocks(batch->rep_->batch.PutLogData(ToSlice(kSyncedData)), "write"));
  }
  CRASH_POINT("store_before_write");
  const rocksdb::Status status = rep_->db->Write(options, &batch->rep_->batch);
  CRASH_POINT("store_after_write");
  if (status.ok()) return Status::Ok();
  rep_->log->Error("storage_write_failed", {{"error", status.ToString()}});
  return FromRocks(status, "write");
}

Result<std::optional<std::string>> KvStore::Get(KeySpace space, std::string_view key,
                                                const KvSnapshot* snapshot) {
  MayBlock();
  CountNothing();
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->rep_->snapshot;
  std::string value;
  const rocksdb::Status status = rep_->db->Get(options, rep_->family(space), ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  RETURN_IF_ERROR(FromRocks(status, "read"));
  return std::optional<std::string>(std::move(value));
}

KvStore::CacheAnswer KvStore::TryGetCached(KeySpace space, std::string_view key,
                                           std::string* value) {
  CountNothing();
  rocksdb::ReadOptions options;
  options.read_tier = rocksdb::kBlockCacheTier;
  const rocksdb::Status status = rep_->db->Get(options, rep_->family(space), ToSlice(key), value);
  if (status.ok()) return CacheAnswer::kFound;
  return status.IsNotFound() ? CacheAnswer::kAbsent : CacheAnswer::kWouldBlock;
}

std::vector<Result<std::optional<std::string>>> KvStore::MultiGet(
    KeySpace space, const std::vector<std::string>& keys, const KvSnapshot* snapshot) {
  MayBlock();
  CountNothing();
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->rep_->snapshot;
  std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  rep_->db->MultiGet(options, rep_->family(space), keys.size(), slices.data(), values.data(),
                     statuses.data());
  std::vector<Result<std::optional<std::string>>> results;
  results.reserve(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) {
      results.emplace_back(std::optional<std::string>());
    } else if (!statuses[i].ok()) {
      results.emplace_back(FromRocks(statuses[i], "read"));
    } else {
      results.emplace_back(std::optional<std::string>(values[i].ToString()));
    }
  }
  return results;
}

const RecoveryReport& KvStore::recovery() const { return rep_->recovery; }

}  // namespace millrace
