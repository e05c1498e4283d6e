// Snapshots, iterators, range estimates and maintenance.
#include <algorithm>
#include <utility>

#include "base/coding.h"
#include "base/thread_role.h"
#include "storage/hot/kv_store_rep.h"

namespace millrace {
namespace {

// Guesses of how many rows lie in ranges of one key space, from memtable
// statistics and the indexes of table files. Microseconds each. In a memtable single
// keys count for thousands, so near guesses jump: ask for more parts than needed.
class RangeSizes {
 public:
  RangeSizes(rocksdb::DB* db, rocksdb::ColumnFamilyHandle* family) : db_(db), family_(family) {
    uint64_t keys = 0;
    uint64_t bytes = 0;
    db_->GetIntProperty(family_, "rocksdb.estimate-num-keys", &keys);
    db_->GetIntProperty(family_, "rocksdb.total-sst-files-size", &bytes);
    if (keys > 0 && bytes > 0) file_row_bytes_ = std::max(static_cast<double>(bytes) / keys, 1.0);
  }

  KvStore::Estimate Of(std::string_view begin, std::string_view end) const {
    const rocksdb::Range range(ToSlice(begin), ToSlice(end));
    KvStore::Estimate estimate;
    db_->GetApproximateMemTableStats(family_, range, &estimate.rows, &estimate.bytes);
    rocksdb::SizeApproximationOptions options;
    options.include_files = true;
    uint64_t file_bytes = 0;
    db_->GetApproximateSizes(options, family_, &range, 1, &file_bytes).PermitUncheckedError();
    estimate.rows += static_cast<uint64_t>(static_cast<double>(file_bytes) / file_row_bytes_);
    estimate.bytes += file_bytes;
    return estimate;
  }

 private:
  rocksdb::DB* db_;
  rocksdb::ColumnFamilyHandle* family_;
  double file_row_bytes_ = 64;
};

// Keys between two, as if the bytes behind what they share were a number.
class KeyInterpolation {
 public:
  KeyInterpolation(std::string_view first, std::string_view last) {
    const auto differ = std::mismatch(first.begin(), first.end(), last.begin(), last.end());
    shared_ = first.substr(0, static_cast<size_t>(differ.first - first.begin()));
    lower_ = NumberAt(first);
    upper_ = NumberAt(last);
  }
  uint64_t lower() const { return lower_; }
  uint64_t upper() const { return upper_; }
  std::string KeyAt(uint64_t number) const {
    std::string key(shared_);
    PutBigEndian64(&key, number);
    return key;
  }

 private:
  uint64_t NumberAt(std::string_view key) const {
    std::string bytes(key.substr(shared_.size(), sizeof(uint64_t)));
    bytes.resize(sizeof(uint64_t), '\0');
    return LoadBigEndian64(bytes.data());
  }
  std::string_view shared_;
  uint64_t lower_ = 0;
  uint64_t upper_ = 0;
};

// Distributions so uneven that this does not find a cut are cut badly.
constexpr int kCutStepsMax = 32;

// A number not below `lower` whose key has about `wanted` rows between `begin` and it.
uint64_t FindCut(const RangeSizes& sizes, const KeyInterpolation& keys, std::string_view begin,
                 uint64_t lower, uint64_t wanted, uint64_t tolerance) {
  uint64_t upper = keys.upper();
  uint64_t middle = lower;
  for (int step = 0; step < kCutStepsMax && lower < upper; ++step) {
    middle = lower + (upper - lower) / 2;
    const uint64_t rows = sizes.Of(begin, keys.KeyAt(middle)).rows;
    if (rows + tolerance < wanted) {
      lower = middle + 1;
    } else if (rows > wanted + tolerance) {
      upper = middle;
    } else {
      break;
    }
  }
  return middle;
}

}  // namespace

std::unique_ptr<KvSnapshot> KvStore::GetSnapshot() {
  MayBlock();
  auto snapshot = std::unique_ptr<KvSnapshot>(new KvSnapshot());
  snapshot->rep_ = std::make_unique<KvSnapshot::Rep>();
  snapshot->rep_->db = rep_->db.get();
  snapshot->rep_->snapshot = rep_->db->GetSnapshot();
  return snapshot;
}

std::unique_ptr<KvIterator> KvStore::NewIterator(KeySpace space, std::string lower,
                                                 std::string upper, const KvSnapshot* snapshot,
                                                 FillCache fill_cache) {
  MayBlock();
  CountNothing();
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
  options.fill_cache = fill_cache == FillCache::kYes;
  rep.iterator.reset(rep_->db->NewIterator(options, rep_->family(space)));
  return iterator;
}

KvStore::Estimate KvStore::EstimateRange(KeySpace space, std::string_view begin,
                                         std::string_view end) {
  MayBlock();
  const RangeSizes sizes(rep_->db.get(), rep_->family(space));
  return sizes.Of(begin, end);
}

std::vector<std::string> KvStore::SplitRange(KeySpace space, std::string_view begin,
                                             std::string_view end, size_t parts) {
  if (parts < 2) return {};
  std::string first;
  std::string last;
  {
    const auto iterator = NewIterator(space, std::string(begin), std::string(end));
    iterator->SeekToFirst();
    if (!iterator->Valid()) return {};
    first = iterator->key();
    iterator->SeekToLast();
    if (!iterator->Valid()) return {};
    last = iterator->key();
  }
  if (first == last) return {};
  const RangeSizes sizes(rep_->db.get(), rep_->family(space));
  const KeyInterpolation keys(first, last);
  const uint64_t total = sizes.Of(begin, end).rows;
  std::vector<std::string> cuts;
  uint64_t number = keys.lower();
  for (size_t part = 1; part < parts; ++part) {
    number = FindCut(sizes, keys, begin, number, total * part / parts, total / (parts * 8));
    std::string cut = keys.KeyAt(number);
    const std::string_view before = cuts.empty() ? std::string_view(first) : cuts.back();
    if (cut > before && cut <= last) cuts.push_back(std::move(cut));
  }
  return cuts;
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
