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

namespace millrace {
namespace {

constexpr const char* kFamilyNames[kKeySpaces] = {"default", "rows", "feed"};

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

rocksdb::DBOptions DatabaseOptions(const KvStoreOptions& options, rocksdb::Env* env) {
  rocksdb::DBOptions database;
  if (env != nullptr) database.env = env;
  database.create_if_missing = true;
  database.create_missing_column_families = true;
  database.max_total_wal_size = options.wal_bytes_max;
  database.max_background_jobs = options.background_jobs;
  database.max_open_files = 512;
  database.bytes_per_sync = 1 << 20;
  database.paranoid_checks = true;
  database.info_log_level = rocksdb::WARN_LEVEL;
  database.keep_log_file_num = 4;
  database.stats_dump_period_sec = 0;
  database.stats_persist_period_sec = 0;
  // Any acknowledged record that does not match its checksum must fail Open
  // rather than silently end the replay; only an incomplete tail is forgiven.
  database.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  return database;
}

uint64_t WalBytes(const std::string& directory) {
  uint64_t bytes = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    if (entry.path().extension() == ".log") bytes += entry.file_size(ignored);
  }
  return bytes;
}

Status OpenError(const rocksdb::Status& status, const std::string& directory) {
  if (status.IsIOError() && status.ToString().find("lock") != std::string::npos) {
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
    return ResourceExhausted("disk full: " + message)
        .WithSqlState("53100")
        .WithHint("Free space on the disk of the data directory; writes resume by themselves.");
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
  if (options.faults != nullptr) rep.fault_env = NewFaultEnv(options.faults);

  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error) {
    return Unavailable("cannot create directory \"" + options.directory + "\": " + error.message());
  }
  const SystemClock clock;
  const int64_t started = clock.MonotonicNanos();
  rep.recovery.wal_bytes = WalBytes(options.directory);
  const auto cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const char* name : kFamilyNames) families.emplace_back(name, FamilyOptions(options, cache));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::Open(DatabaseOptions(options, rep.fault_env.get()), options.directory, families,
                        &handles, &db);
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

Status KvStore::ResumeAfterError() {
  const std::lock_guard lock(rep_->resume_mutex);
  if (!rep_->degraded) return Status::Ok();
  RETURN_IF_ERROR(FromRocks(rep_->db->Resume(), "write"));
  rep_->degraded = false;
  rep_->log->Info("storage writes resumed");
  return Status::Ok();
}

Status KvStore::Write(WriteBatch* batch, Sync sync) {
  MayBlock();
  if (rep_->degraded) RETURN_IF_ERROR(ResumeAfterError());
  rocksdb::WriteOptions options;
  options.sync = sync == Sync::kSync;
  CRASH_POINT("store_before_write");
  const rocksdb::Status status = rep_->db->Write(options, &batch->rep_->batch);
  CRASH_POINT("store_after_write");
  if (status.ok()) return Status::Ok();
  if (!rep_->degraded.exchange(true)) {
    rep_->log->Error("storage writes fail", {{"error", status.ToString()}});
  }
  return FromRocks(status, "write");
}

Result<std::optional<std::string>> KvStore::Get(KeySpace space, std::string_view key,
                                                const KvSnapshot* snapshot) {
  MayBlock();
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->rep_->snapshot;
  std::string value;
  const rocksdb::Status status =
      rep_->db->Get(options, rep_->family(space), ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  RETURN_IF_ERROR(FromRocks(status, "read"));
  return std::optional<std::string>(std::move(value));
}

KvStore::CacheAnswer KvStore::TryGetCached(KeySpace space, std::string_view key,
                                           std::string* value) {
  rocksdb::ReadOptions options;
  options.read_tier = rocksdb::kBlockCacheTier;
  const rocksdb::Status status = rep_->db->Get(options, rep_->family(space), ToSlice(key), value);
  if (status.ok()) return CacheAnswer::kFound;
  return status.IsNotFound() ? CacheAnswer::kAbsent : CacheAnswer::kWouldBlock;
}

std::vector<Result<std::optional<std::string>>> KvStore::MultiGet(
    KeySpace space, const std::vector<std::string>& keys, const KvSnapshot* snapshot) {
  MayBlock();
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
