#include "tables/index_builder.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/coding.h"
#include "base/crash_point.h"
#include "tables/index_build.h"
#include "tables/index_codec.h"
#include "tables/row_decoder.h"
#include "tables/row_iterator.h"
#include "types/key_coding.h"

namespace millrace {
namespace {

// What one commit waits for behind a batch of entries: about a millisecond.
constexpr size_t kRowsPerEntry = 1000;
constexpr size_t kEntryBytesMax = size_t{1} << 20;
constexpr int kAttemptsMax = 20;

std::string ValuesText(const std::vector<Column>& parts, size_t row) {
  std::string text;
  for (const Column& part : parts) {
    if (!text.empty()) text.append(", ");
    text.append(part.is_null(row) ? "null" : part.GetValue(row).ToText());
  }
  return text;
}

class Build {
 public:
  Build(const IndexBuildServices& services, SnapshotPtr snapshot, CodecPtr codec,
        const IndexDefinition& index, const StopToken& stop, const IndexProgress& progress)
      : services_(services),
        snapshot_(std::move(snapshot)),
        codec_(std::move(codec)),
        index_(codec_, index),
        stop_(stop),
        progress_(progress),
        decoder_(codec_, index_.columns()),
        batch_(codec_->table().id, index.id) {}

  // What the last entry said: kRowChanged to begin again.
  Result<Verdict> Run() {
    std::string begin;
    PutBigEndian32(&begin, codec_->table().id.value);
    const std::string end = PrefixSuccessor(begin);
    about_ = services_.store.EstimateRange(KeySpace::kRows, begin, end).rows;
    RowIterator rows(snapshot_, {begin, end}, ScanOrder::kForward);
    rows.Start();
    while (rows.Valid()) {
      if (stop_.StopRequested()) return Cancelled("the index build was stopped");
      RETURN_IF_ERROR(Decode(rows));
      ASSIGN_OR_RETURN(const Verdict verdict, Append());
      if (verdict != Verdict::kApplied) return verdict;
      done_ += keys_.size();
      if (progress_) progress_(done_, std::max(done_, about_));
      CRASH_POINT("index_build_batch");
    }
    RETURN_IF_ERROR(rows.status());
    return Verdict::kApplied;
  }
  uint64_t rows() const { return done_; }

 private:
  Status Decode(RowIterator& rows) {
    decoder_.Begin(kRowsPerEntry, &parts_);
    keys_.clear();
    size_t bytes = 0;
    for (; rows.Valid() && keys_.size() < kRowsPerEntry && bytes < kEntryBytesMax; rows.Next()) {
      RETURN_IF_ERROR(decoder_.Append(rows.value()));
      keys_.emplace_back(rows.key().substr(sizeof(uint32_t)));
      bytes += rows.value().size();
    }
    decoder_.Finish();
    return Status::Ok();
  }

  Result<Verdict> Append() {
    std::vector<const Column*> parts;
    for (const Column& column : parts_.columns) parts.push_back(&column);
    IndexEntry entry;
    for (size_t row = 0; row < keys_.size(); ++row) {
      index_.AppendEntry(keys_[row], parts, row, &entry);
      batch_.Add(entry.exclusive, entry.key, keys_[row]);
    }
    LogEntry log{.payload = batch_.Finish(), .durability = Durability::kRelaxed};
    ASSIGN_OR_RETURN(const Receipt receipt, services_.commit_log.AppendBlocking(std::move(log)));
    if (receipt.verdict != Verdict::kNotUnique) return receipt.verdict;
    return NotUnique(codec_->table(), index_.index().id,
                     ValuesText(parts_.columns, receipt.conflict));
  }

  const IndexBuildServices& services_;
  SnapshotPtr snapshot_;
  CodecPtr codec_;
  IndexCodec index_;
  const StopToken& stop_;
  const IndexProgress& progress_;
  RowDecoder decoder_;
  Batch parts_;
  std::vector<std::string> keys_;
  IndexBuildBatch batch_;
  uint64_t done_ = 0;
  uint64_t about_ = 0;
};

Status Dropped() { return Aborted("the index was dropped while it was built"); }

}  // namespace

Status NotUnique(const TableDefinition& table, uint32_t index, std::string_view values) {
  const IndexDefinition* definition = table.FindIndex(index);
  const std::string name = definition == nullptr ? "" : definition->name;
  Status status = AlreadyExists("duplicate key value violates unique constraint \"" + name + "\"")
                      .WithSqlState("23505");
  if (definition == nullptr || values.empty()) return status;
  std::string columns;
  for (const IndexPart& part : definition->parts) {
    if (!columns.empty()) columns.append(", ");
    columns.append(table.columns()[*table.FindColumn(part.column)].name);
  }
  return std::move(status).WithDetail("Key (" + columns + ")=(" + std::string(values) +
                                      ") already exists in table \"" + table.qualified_name() +
                                      "\".");
}

Result<uint64_t> BuildIndex(const IndexBuildServices& services, TableId table, uint32_t index,
                            const StopToken& stop, const IndexProgress& progress) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    LogEntry begin{.payload = IndexBuildBatch::BeginEntry(table, index)};
    ASSIGN_OR_RETURN(const Receipt begun, services.commit_log.AppendBlocking(std::move(begin)));
    if (begun.verdict != Verdict::kApplied) return Dropped();
    ASSIGN_OR_RETURN(SnapshotPtr snapshot, Snapshot::Open(services.store, 0));
    // After the snapshot: it holds no row of a later version of the table.
    const TablePtr now = services.catalog.FindTable(table);
    const IndexDefinition* definition = now == nullptr ? nullptr : now->FindIndex(index);
    if (definition == nullptr) return Dropped();
    Build build(services, std::move(snapshot), std::make_shared<const TableCodec>(now), *definition,
                stop, progress);
    ASSIGN_OR_RETURN(const Verdict verdict, build.Run());
    if (verdict == Verdict::kApplied) return build.rows();
    if (verdict != Verdict::kRowChanged) return Dropped();
  }
  return Aborted("the index could not be built because the log keeps failing");
}

}  // namespace millrace
