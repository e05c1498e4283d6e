#include "query/exec/read_rows.h"

#include <algorithm>
#include <utility>

#include "tables/index_scan.h"

namespace millrace::exec {

Result<SnapshotPtr> OpenSnapshot(const Services& services, const Request& request) {
  if (request.transaction == nullptr) {
    return Snapshot::Open(services.store, request.statement_time_micros);
  }
  return request.transaction->View(request.statement_time_micros);
}

Result<std::optional<std::string>> ReadRow(const Services& services, const Request& request,
                                           const std::string& full_key) {
  if (request.transaction == nullptr) return services.store.Get(KeySpace::kRows, full_key);
  ASSIGN_OR_RETURN(const SnapshotPtr view, OpenSnapshot(services, request));
  return GetStoredRow(*view, full_key);
}

Result<std::vector<std::optional<std::string>>> ReadRows(
    const Services& services, const Request& request, const std::vector<std::string>& full_keys) {
  std::vector<std::optional<std::string>> rows(full_keys.size());
  if (request.transaction == nullptr) {
    auto found = services.store.MultiGet(KeySpace::kRows, full_keys);
    for (size_t i = 0; i < found.size(); ++i) {
      ASSIGN_OR_RETURN(rows[i], std::move(found[i]));
    }
    return rows;
  }
  ASSIGN_OR_RETURN(const SnapshotPtr view, OpenSnapshot(services, request));
  for (size_t i = 0; i < full_keys.size(); ++i) {
    ASSIGN_OR_RETURN(rows[i], GetStoredRow(*view, full_keys[i]));
  }
  return rows;
}

Result<std::optional<std::vector<ColumnBound>>> EvaluateBounds(
    const std::vector<plan::ValueBound>& bounds, expr::EvalContext& context) {
  std::vector<ColumnBound> values;
  values.reserve(bounds.size());
  for (const plan::ValueBound& bound : bounds) {
    ASSIGN_OR_RETURN(Value value, expr::EvaluateScalar(*bound.value, context));
    if (value.is_null()) return std::optional<std::vector<ColumnBound>>();
    values.push_back({bound.column, bound.kind, std::move(value)});
  }
  return std::optional<std::vector<ColumnBound>>(std::move(values));
}

Result<std::optional<std::string>> PointKey(const plan::TableRead& read, const TableCodec& codec,
                                            std::string_view scope, expr::EvalContext& context) {
  std::vector<Value> key;
  for (const size_t column : codec.key_positions()) {
    const auto bound = std::ranges::find_if(read.bounds, [&](const plan::ValueBound& candidate) {
      return candidate.column == column && candidate.kind == ColumnBound::Kind::kEqual;
    });
    ASSIGN_OR_RETURN(Value value, expr::EvaluateScalar(*bound->value, context));
    if (value.is_null()) return std::optional<std::string>();
    key.push_back(std::move(value));
  }
  return std::optional<std::string>(codec.FullKey(scope, key));
}

Status ApplyFilter(const expr::NodePtr& filter, Batch* batch, expr::EvalContext& context) {
  if (filter == nullptr || batch->rows == 0) return Status::Ok();
  ASSIGN_OR_RETURN(const std::vector<uint32_t> kept, expr::SelectRows(*filter, *batch, context));
  if (kept.size() < batch->rows) *batch = batch->Select(kept);
  return Status::Ok();
}

static ScanOrder OrderOf(const plan::TableRead& read) {
  return read.direction == plan::Direction::kForward ? ScanOrder::kForward : ScanOrder::kBackward;
}

static Status IndexIsNewer(const TableDefinition& table) {
  return Aborted("an index of table \"" + table.qualified_name() +
                 "\" was created after the transaction began")
      .WithSqlState("40001")
      .WithHint("Run the transaction again from its beginning.");
}

Result<std::unique_ptr<BatchReader>> OpenRead(const Services& services, const Request& request,
                                              const PreparedTable& table,
                                              const plan::TableRead& read, size_t batch_rows) {
  expr::EvalContext context = MakeEvalContext(services, request);
  ASSIGN_OR_RETURN(const auto bounds, EvaluateBounds(read.bounds, context));
  if (!bounds.has_value()) return std::unique_ptr<BatchReader>();
  const std::string_view scope = ScopeOf(table.codec->table(), request);
  BoundedRange range = NarrowRange(*table.codec, scope, *bounds);
  if (range.empty) return std::unique_ptr<BatchReader>();
  ASSIGN_OR_RETURN(SnapshotPtr snapshot, OpenSnapshot(services, request));
  RETURN_IF_ERROR(CheckStillPlanned(services, request, table.codec->table()));
  const IndexDefinition* definition = table.codec->table().FindIndex(read.index);
  if (definition != nullptr && definition->ready_lsn > snapshot->lsn().value) {
    if (read.index_order) return IndexIsNewer(table.codec->table());
    definition = nullptr;
  }
  if (definition != nullptr) {
    const IndexCodec index(table.codec, *definition);
    IndexRange entries = NarrowIndex(index, scope, *bounds);
    if (entries.empty) return std::unique_ptr<BatchReader>();
    if (read.index_order || IndexPays(*snapshot, entries.range, range.range)) {
      const bool in_key_order = entries.equal_parts == definition->parts.size();
      const RowOrder row_order =
          read.index_order || in_key_order ? RowOrder::kOfIndex : RowOrder::kOfKey;
      return std::unique_ptr<BatchReader>(std::make_unique<IndexScan>(
          std::move(snapshot), table.codec, index, std::move(entries.range), read.columns,
          IndexScanOrder{row_order, OrderOf(read)}, batch_rows));
    }
  }
  return std::unique_ptr<BatchReader>(
      std::make_unique<RowScan>(std::move(snapshot), table.codec, std::move(range.range),
                                read.columns, OrderOf(read), batch_rows));
}

Result<Batch> Project(const plan::Projection& projection, const Batch& input,
                      expr::EvalContext& context) {
  Batch output;
  output.rows = input.rows;
  output.columns.reserve(projection.expressions.size());
  for (const expr::NodePtr& expression : projection.expressions) {
    ASSIGN_OR_RETURN(Column column, expr::Evaluate(*expression, input, context));
    output.columns.push_back(std::move(column));
  }
  return output;
}

void RowWindow::Cut(Batch* batch) {
  const uint64_t skipped = std::min<uint64_t>(skip, batch->rows);
  skip -= skipped;
  uint64_t kept = batch->rows - skipped;
  if (take.has_value()) {
    kept = std::min(kept, *take);
    *take -= kept;
  }
  if (kept == batch->rows) return;
  std::vector<uint32_t> selected(kept);
  for (uint64_t i = 0; i < kept; ++i) selected[i] = static_cast<uint32_t>(skipped + i);
  *batch = batch->Select(selected);
}

static Result<std::optional<uint64_t>> EvaluateCount(const expr::NodePtr& node,
                                                     std::string_view name,
                                                     std::string_view sqlstate,
                                                     expr::EvalContext& context) {
  if (node == nullptr) return std::optional<uint64_t>();
  ASSIGN_OR_RETURN(const Value value, expr::EvaluateScalar(*node, context));
  if (value.is_null()) return std::optional<uint64_t>();
  if (value.integer() < 0) {
    return InvalidArgument(std::string(name) + " must not be negative").WithSqlState(sqlstate);
  }
  return std::optional<uint64_t>(static_cast<uint64_t>(value.integer()));
}

Result<RowWindow> EvaluateWindow(const expr::NodePtr& limit, const expr::NodePtr& offset,
                                 expr::EvalContext& context) {
  RowWindow window;
  ASSIGN_OR_RETURN(window.take, EvaluateCount(limit, "LIMIT", "2201W", context));
  ASSIGN_OR_RETURN(const std::optional<uint64_t> skip,
                   EvaluateCount(offset, "OFFSET", "2201X", context));
  window.skip = skip.value_or(0);
  return window;
}

Batch EmptyScanBatch(const TableCodec& codec, const std::vector<size_t>& columns) {
  Batch batch;
  batch.columns.reserve(columns.size());
  for (const size_t column : columns) {
    batch.columns.emplace_back(codec.scan_schema().fields[column].type);
  }
  return batch;
}

Status CheckStillPlanned(const Services& services, const Request& request,
                         const TableDefinition& table) {
  if (services.catalog.generation() == request.planned_generation) return Status::Ok();
  if (services.catalog.FindTable(table.id).get() == &table) return Status::Ok();
  return Aborted("table \"" + table.qualified_name() + "\" was changed while the statement ran");
}

Status CheckStop(const Request& request) {
  if (!request.stop.StopRequested()) return Status::Ok();
  return Cancelled("canceling statement because its client is gone or its time is up");
}

}  // namespace millrace::exec
