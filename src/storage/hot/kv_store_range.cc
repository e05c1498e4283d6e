// Snapshots, iterators, range estimates and maintenance.
#include <rocksdb/metadata.h>

#include <algorithm>
#include <utility>

#include "base/thread_role.h"
#include "storage/hot/kv_store_rep.h"

namespace millrace {

std::unique_ptr<KvSnapshot> KvStore::GetSnapshot() {
  MayBlock();
  auto snapshot = std::unique_ptr<KvSnapshot>(new KvSnapshot());
  snapshot->rep_ = std::make_unique<KvSnapshot::Rep>();
  snapshot->rep_->db = rep_->db.get();
  snapshot->rep_->snapshot = rep_->db->GetSnapshot();
  return snapshot;
}

std::unique_ptr<KvIterator> KvStore::NewIterator(KeySpace space, std::string lower,
                                                 std::string upper, const KvSnapshot* snapshot) {
  MayBlock();
  auto iterator = std::unique_ptr<KvIterator>(new KvIterator());
  iterator->rep_ = std::make_unique<KvIterator::Rep>();
  KvIterator::Rep& rep = *iterator->rep_;
  rep.lower = std::move(lower);
  rep.upper = std::move(upper);
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->rep_->snapshot;
  rep.lower_slice = rep.lower;
  rep.upper_slice = rep.upper;
  options.iterate_lower_bound = &rep.lower_slice;
  if (!rep.upper.empty()) options.iterate_upper_bound = &rep.upper_slice;
  options.auto_prefix_mode = false;
  options.total_order_seek = true;
  rep.iterator.reset(rep_->db->NewIterator(options, rep_->family(space)));
  return iterator;
}

KvStore::Estimate KvStore::EstimateRange(KeySpace space, std::string_view begin,
                                         std::string_view end) {
  MayBlock();
  const rocksdb::Range range(ToSlice(begin), ToSlice(end));
  Estimate estimate;
  uint64_t memory_bytes = 0;
  rep_->db->GetApproximateMemTableStats(rep_->family(space), range, &estimate.rows, &memory_bytes);
  rocksdb::SizeApproximationOptions options;
  options.include_files = true;
  uint64_t file_bytes = 0;
  rep_->db->GetApproximateSizes(options, rep_->family(space), &range, 1, &file_bytes)
      .PermitUncheckedError();
  if (file_bytes > 0) {
    // Bytes of a row in files: from the family's own counts.
    uint64_t keys = 0;
    uint64_t bytes = 0;
    rep_->db->GetIntProperty(rep_->family(space), "rocksdb.estimate-num-keys", &keys);
    rep_->db->GetIntProperty(rep_->family(space), "rocksdb.total-sst-files-size", &bytes);
    const double row_bytes = keys > 0 && bytes > 0 ? static_cast<double>(bytes) / keys : 64.0;
    estimate.rows += static_cast<uint64_t>(file_bytes / std::max(row_bytes, 1.0));
  }
  estimate.bytes = memory_bytes + file_bytes;
  return estimate;
}

std::vector<std::string> KvStore::SplitRange(KeySpace space, std::string_view begin,
                                             std::string_view end, size_t parts) {
  MayBlock();
  // Samples keys at evenly spaced guesses: the boundaries of table files in the
  // range, which RocksDB keeps of similar size.
  std::vector<rocksdb::LiveFileMetaData> files;
  rep_->db->GetLiveFilesMetaData(&files);
  std::vector<std::string> bounds;
  const std::string& name = rep_->family(space)->GetName();
  for (const rocksdb::LiveFileMetaData& file : files) {
    if (file.column_family_name != name) continue;
    for (const std::string& key : {file.smallestkey, file.largestkey}) {
      if (key > begin && key < end) bounds.push_back(key);
    }
  }
  std::sort(bounds.begin(), bounds.end());
  bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
  if (parts < 2 || bounds.size() < parts) return {};
  std::vector<std::string> chosen;
  for (size_t i = 1; i < parts; ++i) chosen.push_back(bounds[i * bounds.size() / parts]);
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

Status KvStore::CompactRange(KeySpace space, std::string_view begin, std::string_view end) {
  MayBlock();
  RETURN_IF_ERROR(CheckFreeSpace());
  const rocksdb::Slice lower = ToSlice(begin);
  const rocksdb::Slice upper = ToSlice(end);
  return FromRocks(rep_->db->CompactRange({}, rep_->family(space), &lower, &upper), "compact");
}

Status KvStore::Flush() {
  MayBlock();
  RETURN_IF_ERROR(CheckFreeSpace());
  const std::vector<rocksdb::ColumnFamilyHandle*> families(rep_->families.begin(),
                                                           rep_->families.end());
  return FromRocks(rep_->db->Flush({}, families), "flush");
}

std::vector<std::pair<std::string, double>> KvStore::Statistics() {
  static constexpr std::pair<const char*, const char*> kProperties[] = {
      {"storage_memtable_bytes", "rocksdb.cur-size-all-mem-tables"},
      {"storage_block_cache_bytes", "rocksdb.block-cache-usage"},
      {"storage_table_file_bytes", "rocksdb.total-sst-files-size"},
      {"storage_pending_compaction_bytes", "rocksdb.estimate-pending-compaction-bytes"},
      {"storage_table_reader_bytes", "rocksdb.estimate-table-readers-mem"},
  };
  std::vector<std::pair<std::string, double>> statistics;
  for (const auto& [name, property] : kProperties) {
    uint64_t sum = 0;
    if (std::string_view(name) == "storage_block_cache_bytes") {
      rep_->db->GetIntProperty(rep_->family(KeySpace::kMeta), property, &sum);
    } else {
      rep_->db->GetAggregatedIntProperty(property, &sum);
    }
    statistics.emplace_back(name, static_cast<double>(sum));
  }
  return statistics;
}

}  // namespace millrace
