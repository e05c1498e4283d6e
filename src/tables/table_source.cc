// A table as the analytical engine scans it.
#include <utility>

#include "tables/cached_scan.h"
#include "tables/index_scan.h"
#include "tables/row_scan.h"

namespace millrace {
namespace {

// Smaller ranges are read from the store: a block would hold more than they ask for.
constexpr uint64_t kCachedRowsMin = kBatchRows;
// A guess, of a column of text or bytes.
constexpr size_t kTextBytes = 32;

class HotTableSource final : public TableSource {
 public:
  HotTableSource(SnapshotPtr snapshot, CodecPtr codec, std::string user, ColumnCache* cache,
                 std::shared_ptr<ScanCounts> counts)
      : snapshot_(std::move(snapshot)),
        codec_(std::move(codec)),
        user_(std::move(user)),
        cache_(IsCacheable(codec_->table()) ? cache : nullptr),
        counts_(std::move(counts)) {}

  const Schema& schema() const override { return codec_->scan_schema(); }

  uint64_t EstimatedRows() const override { return EstimateRows(NarrowRange(*codec_, user_, {})); }

  Result<std::vector<std::unique_ptr<BatchReader>>> Scan(const ScanRequest& request,
                                                         size_t partitions_max) override {
    BoundedRange bounded = NarrowRange(*codec_, user_, request.bounds);
    if (bounded.empty) {
      bounded.range.upper = bounded.range.lower;
      partitions_max = 1;
    }
    if (!bounded.empty) {
      std::unique_ptr<BatchReader> by_index = OpenIndex(request, bounded.range);
      if (by_index != nullptr) {
        Readers one;
        one.push_back(std::move(by_index));
        return one;
      }
    }
    if (MayUseCache(bounded)) {
      const uint64_t rows = EstimateRows(bounded);
      if (rows >= kCachedRowsMin) {
        return ScanCached(std::move(bounded.range), rows, request.columns, partitions_max);
      }
    }
    return ScanStore(std::move(bounded.range), request.columns, partitions_max);
  }

 private:
  using Readers = std::vector<std::unique_ptr<BatchReader>>;

  // The cache holds committed rows only.
  bool MayUseCache(const BoundedRange& bounded) const {
    if (cache_ == nullptr || bounded.empty || bounded.range.upper.empty()) return false;
    const UncommittedRows* uncommitted = snapshot_->uncommitted();
    return uncommitted == nullptr || !uncommitted->Touches(bounded.range);
  }

  // Null when no index narrows what is asked for, or none pays.
  std::unique_ptr<BatchReader> OpenIndex(const ScanRequest& request, const KeyRange& rows) const {
    for (const IndexDefinition& definition : codec_->table().indexes) {
      if (definition.state != IndexState::kReady) continue;
      if (definition.ready_lsn > snapshot_->lsn().value) continue;
      const IndexCodec index(codec_, definition);
      IndexRange entries = NarrowIndex(index, user_, request.bounds);
      if (entries.empty || !entries.narrows()) continue;
      if (!IndexPays(*snapshot_, entries.range, rows)) continue;
      const IndexScanOrder in_key_order{RowOrder::kOfKey, ScanOrder::kForward};
      return std::make_unique<IndexScan>(snapshot_, codec_, index, std::move(entries.range),
                                         request.columns, in_key_order);
    }
    return nullptr;
  }

  uint64_t EstimateRows(const BoundedRange& bounded) const {
    return snapshot_->store()
        .EstimateRange(KeySpace::kRows, bounded.range.lower, bounded.range.upper)
        .rows;
  }

  size_t RowBytes(const std::vector<size_t>& columns) const {
    size_t bytes = 0;
    for (const size_t column : columns) {
      const size_t width = WidthOf(PhysicalOf(schema().fields[column].type.id));
      bytes += width > 0 ? width : kTextBytes;
    }
    return bytes;
  }

  std::vector<std::string> CutsOfStore(const KeyRange& range, size_t partitions_max) const {
    if (partitions_max < 2) return {};
    return snapshot_->store().SplitRange(KeySpace::kRows, range.lower, range.upper, partitions_max);
  }

  // Cutting the store costs a millisecond, which matters once nothing is read from it.
  std::vector<std::string> CutsOfCache(const ColumnCache::View& view, const KeyRange& range,
                                       uint64_t rows, size_t partitions_max) const {
    if (partitions_max < 2) return {};
    std::vector<std::string> cuts =
        cache_->Cuts(view, range.lower, range.upper, partitions_max, rows - rows / 8);
    return cuts.empty() ? CutsOfStore(range, partitions_max) : cuts;
  }

  static std::vector<KeyRange> Split(KeyRange range, std::vector<std::string> cuts) {
    cuts.push_back(std::move(range.upper));
    std::vector<KeyRange> parts;
    std::string lower = std::move(range.lower);
    for (std::string& cut : cuts) {
      parts.push_back({std::move(lower), cut});
      lower = std::move(cut);
    }
    return parts;
  }

  Readers ScanStore(KeyRange range, const std::vector<size_t>& columns,
                    size_t partitions_max) const {
    Readers readers;
    std::vector<std::string> cuts = CutsOfStore(range, partitions_max);
    for (KeyRange& part : Split(std::move(range), std::move(cuts))) {
      readers.push_back(std::make_unique<RowScan>(snapshot_, codec_, std::move(part), columns));
    }
    return readers;
  }

  // Bounds move outwards to whole blocks: the caller filters what is too much.
  Readers ScanCached(KeyRange range, uint64_t rows, const std::vector<size_t>& columns,
                     size_t partitions_max) const {
    const ColumnCache::View view{.table = codec_->table().id,
                                 .schema_version = codec_->table().version(),
                                 .snapshot = snapshot_->lsn()};
    cache_->Follow(view);
    const CachedBlockPtr first = cache_->FindAround(view, range.lower);
    if (first != nullptr) range.lower = first->lower;
    const CachedBlockPtr last = cache_->FindAround(view, range.upper);
    if (last != nullptr && last->lower < range.upper) range.upper = last->upper;
    auto use = std::make_shared<CacheUse>();
    use->bytes_left = static_cast<int64_t>(cache_->bytes_max() / 2);
    use->counts = counts_;
    // Decoded they are worth more than as blocks, and need the memory once only.
    const bool fits = rows * RowBytes(columns) <= cache_->bytes_max() / 2;
    use->fill_cache = fits ? FillCache::kNo : FillCache::kYes;
    Readers readers;
    std::string lower = range.lower;
    for (KeyRange& part : Split(range, CutsOfCache(view, range, rows, partitions_max))) {
      if (part.upper != range.upper) {
        const CachedBlockPtr around = cache_->FindAround(view, part.upper);
        if (around != nullptr) part.upper = around->lower;
      }
      if (part.upper <= lower) continue;
      readers.push_back(std::make_unique<CachedScan>(
          snapshot_, codec_, KeyRange{std::exchange(lower, part.upper), part.upper}, columns,
          *cache_, use));
    }
    return readers;
  }

  SnapshotPtr snapshot_;
  CodecPtr codec_;
  std::string user_;
  ColumnCache* cache_;
  std::shared_ptr<ScanCounts> counts_;
};

}  // namespace

std::shared_ptr<TableSource> MakeTableSource(SnapshotPtr snapshot, CodecPtr codec, std::string user,
                                             ColumnCache* cache,
                                             std::shared_ptr<ScanCounts> counts) {
  return std::make_shared<HotTableSource>(std::move(snapshot), std::move(codec), std::move(user),
                                          cache, std::move(counts));
}

}  // namespace millrace
