// A table as the analytical engine scans it.
#include <utility>

#include "tables/snapshot.h"

namespace millrace {
namespace {

class HotTableSource final : public TableSource {
 public:
  HotTableSource(SnapshotPtr snapshot, CodecPtr codec, std::string user)
      : snapshot_(std::move(snapshot)), codec_(std::move(codec)), user_(std::move(user)) {}

  const Schema& schema() const override { return codec_->scan_schema(); }

  uint64_t EstimatedRows() const override {
    const BoundedRange all = NarrowRange(*codec_, user_, {});
    return snapshot_->store().EstimateRange(KeySpace::kRows, all.range.lower, all.range.upper).rows;
  }

  Result<std::vector<std::unique_ptr<BatchReader>>> Scan(const ScanRequest& request,
                                                         size_t partitions_max) override {
    std::vector<std::unique_ptr<BatchReader>> readers;
    BoundedRange bounded = NarrowRange(*codec_, user_, request.bounds);
    if (bounded.empty) bounded.range.upper = bounded.range.lower;
    std::vector<std::string> cuts;
    if (partitions_max > 1 && !bounded.empty) {
      cuts = snapshot_->store().SplitRange(KeySpace::kRows, bounded.range.lower,
                                           bounded.range.upper, partitions_max);
    }
    std::string lower = bounded.range.lower;
    cuts.push_back(bounded.range.upper);
    for (std::string& cut : cuts) {
      readers.push_back(
          std::make_unique<RowScan>(snapshot_, codec_, KeyRange{lower, cut}, request.columns));
      lower = std::move(cut);
    }
    return readers;
  }

 private:
  SnapshotPtr snapshot_;
  CodecPtr codec_;
  std::string user_;
};

}  // namespace

std::shared_ptr<TableSource> MakeTableSource(SnapshotPtr snapshot, CodecPtr codec,
                                             std::string user) {
  return std::make_shared<HotTableSource>(std::move(snapshot), std::move(codec), std::move(user));
}

}  // namespace millrace
