#include "query/exec/insert.h"

#include <algorithm>
#include <span>
#include <utility>

#include "query/exec/conflict.h"
#include "query/exec/read_rows.h"
#include "query/exec/row_builder.h"
#include "query/exec/select.h"
#include "query/exec/write_retry.h"
#include "query/plan/planner.h"
#include "tables/mutation.h"

namespace millrace::exec {
namespace {

Result<std::vector<RowValues>> RowsFromCells(const Services& services, const plan::InsertPlan& plan,
                                             const PreparedTable& table, const Request& request) {
  expr::EvalContext context = MakeEvalContext(services, request);
  std::vector<RowValues> rows;
  rows.reserve(plan.rows);
  const size_t width = plan.targets.size();
  auto computed = plan.computed.begin();
  for (size_t row = 0; row < plan.rows; ++row) {
    const auto first = plan.cells.begin() + static_cast<ptrdiff_t>(row * width);
    std::vector<Value> values(first, first + static_cast<ptrdiff_t>(width));
    for (; computed != plan.computed.end() && computed->cell < (row + 1) * width; ++computed) {
      const size_t i = computed->cell - row * width;
      if (computed->expression != nullptr) {
        ASSIGN_OR_RETURN(values[i], expr::EvaluateScalar(*computed->expression, context));
      } else {
        ASSIGN_OR_RETURN(values[i], DefaultValue(table, plan.targets[i], context));
      }
    }
    ASSIGN_OR_RETURN(RowValues complete,
                     CompleteRow(table, plan.targets, std::move(values), context));
    rows.push_back(std::move(complete));
  }
  RETURN_IF_ERROR(FinishRows(table, rows, context));
  return rows;
}

// Whether the cells are the rows as they will be stored: what bulk loads send.
bool IsWholeRows(const plan::InsertPlan& plan, const PreparedTable& table) {
  if (plan.source != nullptr || plan.conflict.has_value() || plan.returning.has_value() ||
      !plan.computed.empty() || !table.stores_rows_as_given() ||
      plan.targets.size() != table.codec->table().columns().size()) {
    return false;
  }
  return std::ranges::is_sorted(plan.targets);
}

std::span<const Value> WholeRow(const plan::InsertPlan& plan, size_t row) {
  return std::span(plan.cells).subspan(row * plan.targets.size(), plan.targets.size());
}

// The columns that a query of so many columns gives values for.
Result<std::vector<size_t>> TargetsOfSelect(const plan::InsertPlan& plan,
                                            const TableDefinition& table, size_t width) {
  const size_t targets = plan.targets.size();
  if (width > targets || (width < targets && plan.names_targets)) {
    return InvalidArgument("INSERT has " + std::to_string(targets) +
                           " target columns but the query returns " + std::to_string(width))
        .WithSqlState("42601");
  }
  std::vector<size_t> given(plan.targets.begin(), plan.targets.begin() + static_cast<long>(width));
  for (const size_t column : given) {
    if (table.columns()[column].generated()) {
      return plan::GivenToGenerated(table.columns()[column]);
    }
  }
  return given;
}

Result<std::vector<RowValues>> RowsFromSelect(const Services& services, TableCache& tables,
                                              const plan::InsertPlan& plan,
                                              const PreparedTable& table, RequestPtr request) {
  ASSIGN_OR_RETURN(const std::vector<Batch> batches,
                   CollectSelect(services, tables, plan.source, request));
  expr::EvalContext context = MakeEvalContext(services, *request);
  const auto& columns = table.codec->table().columns();
  std::vector<RowValues> rows;
  for (const Batch& batch : batches) {
    ASSIGN_OR_RETURN(const std::vector<size_t> targets,
                     TargetsOfSelect(plan, table.codec->table(), batch.columns.size()));
    for (size_t row = 0; row < batch.rows; ++row) {
      std::vector<Value> values = batch.GetRow(row);
      for (size_t i = 0; i < values.size(); ++i) {
        ASSIGN_OR_RETURN(values[i], CastValue(values[i], columns[targets[i]].type));
      }
      ASSIGN_OR_RETURN(RowValues complete, CompleteRow(table, targets, std::move(values), context));
      rows.push_back(std::move(complete));
    }
  }
  RETURN_IF_ERROR(FinishRows(table, rows, context));
  return rows;
}

// The plain form: every row must be new. `row_at` gives the row of an index.
template <typename RowAt>
Result<PendingWrite> InsertAll(const PreparedTable& table, size_t rows, RowAt row_at,
                               const Request& request) {
  const TableCodec& codec = *table.codec;
  const std::string_view scope = ScopeOf(codec.table(), request);
  MutationBatch mutation(request.statement_time_micros);
  mutation.BeginTable(codec.table(), scope);
  std::string encoded;
  for (size_t i = 0; i < rows; ++i) {
    const std::span<const Value> row = row_at(i);
    encoded.clear();
    RETURN_IF_ERROR(EncodeRow(codec, row, request, &encoded));
    mutation.Insert(codec.RelativeKey(scope, row), encoded);
    RETURN_IF_ERROR(CheckMutationSize(mutation.bytes()));
  }
  PendingWrite write;
  write.changes = mutation.changes();
  write.payload = mutation.Finish();
  return write;
}

Result<PendingWrite> InsertWholeRows(const plan::InsertPlan& plan, const PreparedTable& table,
                                     const Request& request) {
  for (size_t i = 0; i < plan.rows; ++i) {
    RETURN_IF_ERROR(CheckNotNull(table.codec->table(), WholeRow(plan, i)));
  }
  return InsertAll(table, plan.rows, [&](size_t i) { return WholeRow(plan, i); }, request);
}

Result<PendingWrite> BuildInsert(const Services& services, TableCache& tables,
                                 const plan::InsertPlan& plan, const PreparedTable& table,
                                 RequestPtr request) {
  if (IsWholeRows(plan, table)) return InsertWholeRows(plan, table, *request);
  Result<std::vector<RowValues>> rows = plan.source != nullptr
                                            ? RowsFromSelect(services, tables, plan, table, request)
                                            : RowsFromCells(services, plan, table, *request);
  RETURN_IF_ERROR(rows.status());
  if (plan.conflict.has_value()) {
    return InsertOrUpdate(services, plan, table, std::move(*rows), *request);
  }
  auto row_at = [&](size_t i) { return std::span<const Value>((*rows)[i]); };
  ASSIGN_OR_RETURN(PendingWrite write, InsertAll(table, rows->size(), row_at, *request));
  write.rows = std::move(*rows);
  return write;
}

// The row of an operation that was refused.
std::span<const Value> RowAt(const plan::InsertPlan& plan, const PendingWrite& write,
                             uint32_t operation) {
  return write.rows.empty() ? WholeRow(plan, operation)
                            : std::span<const Value>(write.rows[operation]);
}

bool FitsOnLoop(const plan::InsertPlan& plan, const PreparedTable& table, const Request& request) {
  if (plan.source != nullptr || plan.conflict.has_value()) return false;
  if (plan.cells.size() > kCellsOnLoopMax) return false;
  expr::Work work = plan.work;
  for (size_t row = 0; row < plan.rows; ++row) work += table.default_work;
  return work.FitsOnLoop(BytesOf(request.params));
}

}  // namespace

Task<Result<StatementResult>> ExecuteInsert(const Services& services, TableCache& tables,
                                            plan::PreparedPtr prepared, RequestPtr request) {
  const auto& plan = std::get<plan::InsertPlan>(prepared->plan);
  ASSIGN_OR_CO_RETURN(PreparedTablePtr table, tables.Find(plan.table));
  WriteRetry retry(services, *request);
  while (true) {
    auto build = [&services, &tables, &plan, table, request] {
      return BuildInsert(services, tables, plan, *table, request);
    };
    Result<PendingWrite> write = PendingWrite();
    if (FitsOnLoop(plan, *table, *request)) {
      write = build();
    } else {
      write = co_await services.pool.Run(build);
    }
    CO_RETURN_IF_ERROR(write.status());
    Result<Receipt> receipt = co_await retry.Append(*table, &*write);
    CO_RETURN_IF_ERROR(receipt.status());
    if (receipt->verdict == Verdict::kApplied) {
      co_return co_await FinishWrite(services, *table, plan.returning, *write, *receipt, *request,
                                     StatementResult::Verb::kInsert);
    }
    if (receipt->verdict == Verdict::kKeyExists && !plan.conflict.has_value()) {
      co_return DuplicateKey(*table->codec, RowAt(plan, *write, receipt->conflict));
    }
    if (receipt->verdict == Verdict::kNotUnique) {
      const bool known = !write->rows.empty() || !plan.cells.empty();
      co_return NotUnique(
          table->codec->table(), receipt->index,
          known ? RowAt(plan, *write, receipt->conflict) : std::span<const Value>());
    }
    CO_RETURN_IF_ERROR(retry.Again(*receipt));
  }
}

}  // namespace millrace::exec
