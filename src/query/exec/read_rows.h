// Reading the rows of one table by a native plan: bounds, filter, projection.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/status.h"
#include "query/exec/exec_context.h"
#include "query/exec/table_cache.h"
#include "query/plan/plan.h"
#include "tables/row_scan.h"

namespace millrace::exec {

// What the statement reads: the newest rows, or its transaction's view. Blocking.
Result<SnapshotPtr> OpenSnapshot(const Services& services, const Request& request);

// The same for single rows, which need no snapshot of their own. Blocking.
Result<std::optional<std::string>> ReadRow(const Services& services, const Request& request,
                                           const std::string& full_key);
// One answer per key, in order.
Result<std::vector<std::optional<std::string>>> ReadRows(const Services& services,
                                                         const Request& request,
                                                         const std::vector<std::string>& full_keys);

// The bounds' values for this execution. Empty when one of them is NULL: then no
// row can match.
Result<std::optional<std::vector<ColumnBound>>> EvaluateBounds(
    const std::vector<plan::ValueBound>& bounds, expr::EvalContext& context);

// The full key of a point read; empty when no row can match.
Result<std::optional<std::string>> PointKey(const plan::TableRead& read, const TableCodec& codec,
                                            std::string_view scope, expr::EvalContext& context);

// Keeps the rows for which the filter is true.
Status ApplyFilter(const expr::NodePtr& filter, Batch* batch, expr::EvalContext& context);

Result<Batch> Project(const plan::Projection& projection, const Batch& input,
                      expr::EvalContext& context);

// The rows of a read that is no point read, in its order, not filtered; null when its
// bounds allow none. Through its index where that pays. Blocking.
Result<std::unique_ptr<BatchReader>> OpenRead(const Services& services, const Request& request,
                                              const PreparedTable& table,
                                              const plan::TableRead& read, size_t batch_rows);

// How many rows to skip, and how many to return.
struct RowWindow {
  uint64_t skip = 0;
  std::optional<uint64_t> take;

  // Cuts the batch down to what is left of the window and moves on.
  void Cut(Batch* batch);
  bool done() const { return take.has_value() && *take == 0; }
};
// Errors: 2201W negative LIMIT, 2201X negative OFFSET. A NULL means none.
Result<RowWindow> EvaluateWindow(const expr::NodePtr& limit, const expr::NodePtr& offset,
                                 expr::EvalContext& context);

// An empty batch with one column per scan position.
Batch EmptyScanBatch(const TableCodec& codec, const std::vector<size_t>& columns);

// kAborted when the table is no longer as the statement was planned for: plan again. To
// be asked once the snapshot is open or the row was read, not before: rows of another
// schema version, and none of a dropped table, can only be met after the catalog has
// changed, so what was read before an Ok is what the plan's codec understands.
Status CheckStillPlanned(const Services& services, const Request& request,
                         const TableDefinition& table);

// 57014 when the request was asked to stop.
Status CheckStop(const Request& request);

}  // namespace millrace::exec
