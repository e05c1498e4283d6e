#include "query/exec/insert.h"

#include <utility>

#include "query/exec/conflict.h"
#include "query/exec/read_rows.h"
#include "query/exec/row_builder.h"
#include "query/exec/select.h"
#include "query/exec/write_retry.h"
#include "tables/mutation.h"

namespace millrace::exec {
namespace {

Result<Value> CellValue(const plan::InsertCell& cell, const PreparedTable& table, size_t column,
                        expr::EvalContext& context) {
  if (cell.use_default) return DefaultValue(table, column, context);
  if (cell.expression != nullptr) return expr::EvaluateScalar(*cell.expression, context);
  return cell.constant;
}

Result<std::vector<RowValues>> RowsFromCells(const Services& services, const plan::InsertPlan& plan,
                                             const PreparedTable& table, const Request& request) {
  expr::EvalContext context = MakeEvalContext(services, request);
  std::vector<RowValues> rows;
  rows.reserve(plan.rows);
  const size_t width = plan.targets.size();
  for (size_t row = 0; row < plan.rows; ++row) {
    std::vector<Value> values;
    values.reserve(width);
    for (size_t i = 0; i < width; ++i) {
      ASSIGN_OR_RETURN(Value value,
                       CellValue(plan.cells[row * width + i], table, plan.targets[i], context));
      values.push_back(std::move(value));
    }
    ASSIGN_OR_RETURN(RowValues complete,
                     CompleteRow(table, plan.targets, std::move(values), context));
    rows.push_back(std::move(complete));
  }
  return rows;
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
    if (batch.columns.size() != plan.targets.size()) {
      return InvalidArgument("INSERT has " + std::to_string(plan.targets.size()) +
                             " target columns but the query returns " +
                             std::to_string(batch.columns.size()))
          .WithSqlState("42601");
    }
    for (size_t row = 0; row < batch.rows; ++row) {
      std::vector<Value> values = batch.GetRow(row);
      for (size_t i = 0; i < values.size(); ++i) {
        ASSIGN_OR_RETURN(values[i], CastValue(values[i], columns[plan.targets[i]].type));
      }
      ASSIGN_OR_RETURN(RowValues complete,
                       CompleteRow(table, plan.targets, std::move(values), context));
      rows.push_back(std::move(complete));
    }
  }
  return rows;
}

// The plain form: every row must be new.
Result<PendingWrite> InsertAll(const PreparedTable& table, std::vector<RowValues> rows,
                               const Request& request) {
  const TableCodec& codec = *table.codec;
  const std::string_view scope = ScopeOf(codec.table(), request);
  MutationBatch mutation(request.statement_time_micros);
  mutation.BeginTable(codec.table(), scope);
  std::string encoded;
  for (const RowValues& row : rows) {
    encoded.clear();
    RETURN_IF_ERROR(EncodeRow(codec, row, request, &encoded));
    mutation.Insert(codec.RelativeKey(scope, row), encoded);
    RETURN_IF_ERROR(CheckMutationSize(mutation.bytes()));
  }
  PendingWrite write;
  write.changes = mutation.changes();
  write.payload = mutation.Finish();
  write.rows = std::move(rows);
  return write;
}

Result<PendingWrite> BuildInsert(const Services& services, TableCache& tables,
                                 const plan::InsertPlan& plan, const PreparedTable& table,
                                 RequestPtr request) {
  Result<std::vector<RowValues>> rows = plan.source != nullptr
                                            ? RowsFromSelect(services, tables, plan, table, request)
                                            : RowsFromCells(services, plan, table, *request);
  RETURN_IF_ERROR(rows.status());
  if (plan.conflict.has_value()) {
    return InsertOrUpdate(services, plan, table, std::move(*rows), *request);
  }
  return InsertAll(table, std::move(*rows), *request);
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
  WriteRetry retry(services);
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
      co_return DuplicateKey(*table->codec, write->rows[receipt->conflict]);
    }
    CO_RETURN_IF_ERROR(retry.Again(*receipt));
  }
}

}  // namespace millrace::exec
