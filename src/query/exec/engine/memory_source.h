// For tests: a table source over batches in memory that remembers what it was
// asked for and can be stopped in the middle.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "types/virtual_table.h"

namespace millrace::engine {

class MemorySource : public TableSource {
 public:
  explicit MemorySource(Schema schema, std::vector<Batch> batches = {})
      : schema_(std::move(schema)), batches_(std::move(batches)) {}

  static std::shared_ptr<MemorySource> OfRows(Schema schema,
                                              const std::vector<std::vector<Value>>& rows) {
    auto source = std::make_shared<MemorySource>(std::move(schema));
    for (const std::vector<Value>& row : rows) {
      if (source->batches_.empty() || source->batches_.back().rows == kBatchRows) {
        source->batches_.push_back(Batch::ForSchema(source->schema_));
      }
      source->batches_.back().AppendRow(row);
    }
    return source;
  }

  const Schema& schema() const override { return schema_; }
  uint64_t EstimatedRows() const override {
    uint64_t rows = 0;
    for (const Batch& batch : batches_) rows += batch.rows;
    return rows;
  }

  Result<std::vector<std::unique_ptr<BatchReader>>> Scan(const ScanRequest& request,
                                                         size_t partitions_max) override {
    {
      const MutexLock lock(mutex_);
      requests_.push_back(request);
      partitions_max_ = partitions_max;
    }
    const size_t partitions = std::clamp<size_t>(batches_.size(), 1, partitions_max);
    std::vector<std::unique_ptr<BatchReader>> readers;
    for (size_t i = 0; i < partitions; ++i) {
      readers.push_back(std::make_unique<Reader>(this, request.columns,
                                                 batches_.size() * i / partitions,
                                                 batches_.size() * (i + 1) / partitions));
    }
    return readers;
  }

  // Called before each batch is read, with the number of those read so far.
  void OnNext(std::function<Status(uint64_t batch)> on_next) { on_next_ = std::move(on_next); }

  std::vector<ScanRequest> requests() const {
    const MutexLock lock(mutex_);
    return requests_;
  }
  size_t partitions_max() const { return partitions_max_; }
  uint64_t batches_read() const { return batches_read_; }
  int64_t open_readers() const { return open_readers_; }

 private:
  class Reader : public BatchReader {
   public:
    Reader(MemorySource* source, std::vector<size_t> columns, size_t begin, size_t end)
        : source_(source), columns_(std::move(columns)), next_(begin), end_(end) {
      ++source_->open_readers_;
    }
    ~Reader() override { --source_->open_readers_; }

    Result<bool> Next(Batch* batch) override {
      if (next_ == end_) return false;
      const uint64_t number = source_->batches_read_++;
      if (source_->on_next_) RETURN_IF_ERROR(source_->on_next_(number));
      const Batch& from = source_->batches_[next_++];
      batch->rows = from.rows;
      batch->columns.resize(columns_.size());
      for (size_t i = 0; i < columns_.size(); ++i) {
        batch->columns[i] = from.columns[columns_[i]];
      }
      return true;
    }

   private:
    MemorySource* source_;
    std::vector<size_t> columns_;
    size_t next_;
    size_t end_;
  };

  Schema schema_;
  std::vector<Batch> batches_;
  std::function<Status(uint64_t)> on_next_;
  mutable Mutex mutex_;
  std::vector<ScanRequest> requests_;
  std::atomic<size_t> partitions_max_{0};
  std::atomic<uint64_t> batches_read_{0};
  std::atomic<int64_t> open_readers_{0};
};

}  // namespace millrace::engine
