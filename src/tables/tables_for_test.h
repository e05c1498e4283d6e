// A store with catalog, applier and log: what tests of tables and of everything
// above them stand on.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "catalog/definitions_for_test.h"
#include "log/local/local_log.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "storage/hot/temporary_directory_for_test.h"
#include "tables/applier.h"
#include "tables/column_cache.h"
#include "tables/row_scan.h"

namespace millrace::testing {

class TestTables {
 public:
  explicit TestTables(ColumnCacheOptions cache_options = {}) : cache_options_(cache_options) {
    Open();
    Append({PutNamespace("app")});
  }
  ~TestTables() { Close(); }

  void Close() {
    log_.reset();
    applier_.reset();
    cache_.reset();
    catalog_.reset();
    store_.reset();
  }
  // Also closes and opens again, as a restart does.
  void Open() {
    Close();
    store_ = Must(KvStore::Open({.directory = directory_.path(), .faults = &faults}, text_log));
    catalog_ = Must(Catalog::Load(*store_));
    cache_ = std::make_unique<ColumnCache>(cache_options_, *catalog_, metrics);
    applier_ = std::make_unique<Applier>(*store_, *catalog_, cache_.get());
    log_ = Must(LocalLog::Open({}, *store_, metrics, clock));
    log_->Start(*applier_);
  }

  KvStore& store() { return *store_; }
  Catalog& catalog() { return *catalog_; }
  CommitLog& log() { return *log_; }
  ColumnCache& cache() { return *cache_; }

  Receipt Append(const std::vector<CatalogChange>& changes) {
    return AppendPayload(EncodeCatalogCommand(changes));
  }
  Receipt Append(MutationBatch& batch) { return AppendPayload(batch.Finish()); }
  Receipt AppendPayload(std::string payload) {
    return Must(
        log_->AppendBlocking({.payload = std::move(payload), .durability = Durability::kRelaxed}));
  }
  MutationBatch NewBatch() const { return MutationBatch(clock.WallMicros()); }

  // Creates the table and gives its codec.
  CodecPtr Create(const TableDefinition& table) {
    EXPECT_EQ(Append({PutTable(table)}).verdict, Verdict::kApplied);
    return Codec(table.name);
  }
  CodecPtr Codec(const std::string& name) const {
    const TablePtr table = catalog_->FindTable("app", name);
    MR_ASSERT(table != nullptr, "no such table");
    return std::make_shared<const TableCodec>(table);
  }
  SnapshotPtr Snap() { return Must(Snapshot::Open(*store_, clock.WallMicros())); }

  // The row's bytes; with the commit time when the table is a stream.
  std::string Row(const TableCodec& codec, const std::vector<Value>& values) const {
    std::string row;
    std::optional<int64_t> time;
    if (codec.table().kind == TableKind::kStream) time = clock.WallMicros();
    EXPECT_TRUE(codec.EncodeRow(values, time, &row).ok());
    return row;
  }

  // All columns and `_seq` of a range, in order, as "1|ann|7".
  std::vector<std::string> Scan(const CodecPtr& codec, KeyRange range,
                                ScanOrder order = ScanOrder::kForward, size_t batch_rows = 3) {
    std::vector<size_t> columns;
    for (size_t i = 0; i <= codec->seq_column(); ++i) columns.push_back(i);
    RowScan scan(Snap(), codec, std::move(range), columns, order, batch_rows);
    std::vector<std::string> rows;
    Batch batch;
    while (Must(scan.Next(&batch))) {
      EXPECT_LE(batch.rows, batch_rows);
      for (size_t row = 0; row < batch.rows; ++row) rows.push_back(Print(batch.GetRow(row)));
    }
    return rows;
  }
  std::vector<std::string> ScanUser(const CodecPtr& codec, const std::string& user) {
    return Scan(codec, NarrowRange(*codec, user, {}).range);
  }
  static std::string Print(const std::vector<Value>& values) {
    std::string text;
    for (const Value& value : values) {
      if (!text.empty()) text += "|";
      if (value.is_null()) {
        text += "NULL";
      } else if (PhysicalOf(value.type().id) == PhysicalType::kBytes) {
        text += value.string();
      } else {
        text += std::to_string(value.integer());
      }
    }
    return text;
  }

  template <typename T>
  static T Must(Result<T> result) {
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    return std::move(*result);
  }

  DiskFaults faults;
  CapturedLog text_log;
  Metrics metrics;
  ManualClock clock;

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<KvStore> store_;
  std::unique_ptr<Catalog> catalog_;
  const ColumnCacheOptions cache_options_;
  std::unique_ptr<ColumnCache> cache_;
  std::unique_ptr<Applier> applier_;
  std::unique_ptr<LocalLog> log_;
};

}  // namespace millrace::testing
