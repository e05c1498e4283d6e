#include "query/exec/modify.h"

#include <utility>

#include "query/exec/found_rows.h"
#include "query/exec/read_rows.h"
#include "query/exec/select_internal.h"
#include "query/exec/write_retry.h"
#include "tables/mutation.h"

namespace millrace::exec {
namespace {

Result<FoundRows> ScanRows(const Services& services, const PreparedTable& table,
                           const plan::TableRead& read, const Request& request) {
  expr::EvalContext context = MakeEvalContext(services, request);
  FoundRows found;
  ASSIGN_OR_RETURN(const std::unique_ptr<BatchReader> scan,
                   OpenRead(services, request, table, read, kBatchRows));
  if (scan == nullptr) return found;
  while (true) {
    RETURN_IF_ERROR(CheckStop(request));
    Batch batch;
    ASSIGN_OR_RETURN(const bool more, scan->Next(&batch));
    if (!more) return found;
    RETURN_IF_ERROR(ApplyFilter(read.filter, &batch, context));
    if (batch.rows > 0) found.batches.push_back(std::move(batch));
  }
}

// Whether what is computed from a row of so many bytes is little.
bool FitsOnLoop(const PreparedTable& table, const plan::TableRead& read, const Request& request,
                size_t row_bytes) {
  expr::Work work = read.work;
  work += table.default_work;
  return work.FitsOnLoop(BytesOf(request.params) + row_bytes);
}

// The row of a point read, if it passes the filter.
Result<FoundRows> PointRows(const Services& services, const PreparedTable& table,
                            const plan::TableRead& read, const Request& request,
                            const std::optional<std::string>& row) {
  RETURN_IF_ERROR(CheckStillPlanned(services, request, table.codec->table()));
  expr::EvalContext context = MakeEvalContext(services, request);
  FoundRows found;
  if (!row.has_value() || IsExpired(table.codec->table(), *row, request.statement_time_micros)) {
    return found;
  }
  Batch batch = EmptyScanBatch(*table.codec, read.columns);
  RETURN_IF_ERROR(table.codec->AppendRow(*row, read.columns, &batch));
  RETURN_IF_ERROR(ApplyFilter(read.filter, &batch, context));
  if (batch.rows > 0) found.batches.push_back(std::move(batch));
  return found;
}

RowValues OldRow(const TableCodec& codec, const Batch& batch, size_t row) {
  RowValues values;
  values.reserve(codec.table().columns().size());
  for (size_t i = 0; i < codec.table().columns().size(); ++i) {
    values.push_back(batch.columns[i].GetValue(row));
  }
  return values;
}

uint64_t SeqOf(const TableCodec& codec, const Batch& batch, size_t row) {
  return static_cast<uint64_t>(batch.columns[codec.seq_column()].value<int64_t>(row));
}

// A row's relative key. A stream keyed by arrival has its `_seq` as key.
std::string KeyOf(const TableCodec& codec, std::string_view scope, const RowValues& row,
                  uint64_t seq) {
  std::string key = codec.RelativeKey(scope, row);
  if (codec.keyed_by_arrival()) PutBigEndian64(&key, seq);
  return key;
}

// The new values of the assigned columns, one column each; null pointers are defaults.
Result<std::vector<std::optional<Column>>> AssignedColumns(const plan::UpdatePlan& plan,
                                                           const TableCodec& codec,
                                                           const Batch& batch,
                                                           expr::EvalContext& context) {
  std::vector<std::optional<Column>> columns(plan.assignments.size());
  for (size_t i = 0; i < plan.assignments.size(); ++i) {
    if (plan.assignments[i].expression == nullptr) continue;
    ASSIGN_OR_RETURN(columns[i], expr::Evaluate(*plan.assignments[i].expression, batch, context));
  }
  for (size_t i = 0; i < plan.engine_assignments.size(); ++i) {
    const size_t assignment = plan.engine_assignments[i];
    const size_t column = plan.assignments[assignment].column;
    ASSIGN_OR_RETURN(columns[assignment], Assigned(batch.columns[codec.seq_column() + 1 + i],
                                                   codec.table().columns()[column], context));
  }
  return columns;
}

template <typename Plan>
bool ReturnsRows(const Plan& plan) {
  return plan.returning.has_value() || (plan.joined.has_value() && !plan.joined->returning.empty());
}

// What RETURNING names of the relations, kept with the rows that are returned.
template <typename Plan>
Status AddRelations(const Plan& plan, const TableCodec& codec, size_t engine_values,
                    const FoundRows& found, PendingWrite* write) {
  if (!plan.joined.has_value() || plan.joined->returning.empty()) return Status::Ok();
  ASSIGN_OR_RETURN(
      JoinedReturning returning,
      BindReturning(*plan.joined, codec.table(), found, codec.seq_column() + 1 + engine_values));
  write->returning = std::move(returning.projection);
  write->relations = std::move(returning.relations);
  return Status::Ok();
}

// What the engine computed can be assigned, also when it found no row.
Status CheckAssignable(const plan::UpdatePlan& plan, const TableCodec& codec,
                       const FoundRows& found, expr::EvalContext& context) {
  for (size_t i = 0; i < plan.engine_assignments.size(); ++i) {
    const size_t column = plan.assignments[plan.engine_assignments[i]].column;
    const Column none(found.schema.fields[codec.seq_column() + 1 + i].type);
    RETURN_IF_ERROR(Assigned(none, codec.table().columns()[column], context).status());
  }
  return Status::Ok();
}

// The rows of the batch as they will be.
Result<std::vector<RowValues>> UpdatedRows(const plan::UpdatePlan& plan, const PreparedTable& table,
                                           const Batch& batch, expr::EvalContext& context) {
  const TableCodec& codec = *table.codec;
  ASSIGN_OR_RETURN(const auto assigned, AssignedColumns(plan, codec, batch, context));
  std::vector<RowValues> rows;
  rows.reserve(batch.rows);
  for (size_t row = 0; row < batch.rows; ++row) {
    RowValues values = OldRow(codec, batch, row);
    for (size_t i = 0; i < plan.assignments.size(); ++i) {
      const size_t column = plan.assignments[i].column;
      if (!assigned[i].has_value()) {
        ASSIGN_OR_RETURN(values[column], DefaultValue(table, column, context));
        continue;
      }
      values[column] = assigned[i]->GetValue(row);
    }
    rows.push_back(std::move(values));
  }
  RETURN_IF_ERROR(FinishRows(table, rows, context));
  return rows;
}

Status AddUpdates(const plan::UpdatePlan& plan, const PreparedTable& table, const Batch& batch,
                  const Request& request, expr::EvalContext& context, MutationBatch* mutation,
                  std::vector<RowValues>* rows) {
  const TableCodec& codec = *table.codec;
  const std::string_view scope = ScopeOf(codec.table(), request);
  ASSIGN_OR_RETURN(std::vector<RowValues> updated, UpdatedRows(plan, table, batch, context));
  std::string encoded;
  for (size_t row = 0; row < batch.rows; ++row) {
    encoded.clear();
    RETURN_IF_ERROR(EncodeRow(codec, updated[row], request, &encoded));
    const uint64_t seq = SeqOf(codec, batch, row);
    mutation->Update(KeyOf(codec, scope, updated[row], seq), seq, encoded);
    RETURN_IF_ERROR(CheckMutationSize(mutation->bytes()));
    if (ReturnsRows(plan)) rows->push_back(std::move(updated[row]));
  }
  return Status::Ok();
}

Result<PendingWrite> BuildUpdate(const Services& services, const plan::UpdatePlan& plan,
                                 const PreparedTable& table, const Request& request,
                                 const FoundRows& found) {
  expr::EvalContext context = MakeEvalContext(services, request);
  MutationBatch mutation(request.statement_time_micros);
  mutation.BeginTable(table.codec->table(), ScopeOf(table.codec->table(), request));
  PendingWrite write;
  RETURN_IF_ERROR(CheckAssignable(plan, *table.codec, found, context));
  for (const Batch& batch : found.batches) {
    RETURN_IF_ERROR(AddUpdates(plan, table, batch, request, context, &mutation, &write.rows));
  }
  RETURN_IF_ERROR(AddRelations(plan, *table.codec, plan.engine_assignments.size(), found, &write));
  write.changes = mutation.changes();
  write.payload = mutation.Finish();
  return write;
}

Result<PendingWrite> BuildDelete(const plan::DeletePlan& plan, const PreparedTable& table,
                                 const Request& request, const FoundRows& found) {
  const TableCodec& codec = *table.codec;
  const std::string_view scope = ScopeOf(codec.table(), request);
  MutationBatch mutation(request.statement_time_micros);
  mutation.BeginTable(codec.table(), scope);
  PendingWrite write;
  for (const Batch& batch : found.batches) {
    for (size_t row = 0; row < batch.rows; ++row) {
      RowValues values = OldRow(codec, batch, row);
      const uint64_t seq = SeqOf(codec, batch, row);
      mutation.Delete(KeyOf(codec, scope, values, seq), seq);
      RETURN_IF_ERROR(CheckMutationSize(mutation.bytes()));
      if (!ReturnsRows(plan)) continue;
      write.rows.push_back(std::move(values));
      write.old_seqs.push_back(seq);
    }
  }
  RETURN_IF_ERROR(AddRelations(plan, codec, 0, found, &write));
  write.changes = mutation.changes();
  write.payload = mutation.Finish();
  return write;
}

// The same on a worker, from the key on.
Result<FoundRows> FindPoint(const Services& services, const PreparedTable& table,
                            const plan::TableRead& read, const Request& request) {
  expr::EvalContext context = MakeEvalContext(services, request);
  const std::string_view scope = ScopeOf(table.codec->table(), request);
  ASSIGN_OR_RETURN(const std::optional<std::string> key,
                   PointKey(read, *table.codec, scope, context));
  std::optional<std::string> row;
  if (key.has_value()) {
    ASSIGN_OR_RETURN(row, ReadRow(services, request, *key));
  }
  return PointRows(services, table, read, request, row);
}

// A join may find a row more than once.
Result<FoundRows> FindByEngine(const Services& services, TableCache& tables,
                               const PreparedTable& table, const plan::SelectEngine& rows_query,
                               const Request& request) {
  ASSIGN_OR_RETURN(CollectedRows rows, CollectEngineRows(services, tables, rows_query, request));
  FoundRows found{std::move(rows.batches), std::move(rows.schema)};
  KeepOnePerRow(*table.codec, &found);
  return found;
}

// One key, looked up where we are; what is computed from the row stays here when
// it is little.
template <typename Build>
Task<Result<PendingWrite>> FindPointAndBuild(const Services& services, PreparedTablePtr table,
                                             const plan::TableRead& read, RequestPtr request,
                                             Build build) {
  expr::EvalContext context = MakeEvalContext(services, *request);
  const std::string_view scope = ScopeOf(table->codec->table(), *request);
  ASSIGN_OR_CO_RETURN(std::optional<std::string> key,
                      PointKey(read, *table->codec, scope, context));
  std::optional<std::string> row;
  if (key.has_value()) {
    ASSIGN_OR_CO_RETURN(row, co_await ReadPoint(services, request, std::move(*key)));
  }
  const size_t row_bytes = row.has_value() ? row->size() : 0;
  auto work = [&]() -> Result<PendingWrite> {
    ASSIGN_OR_RETURN(const FoundRows found, PointRows(services, *table, read, *request, row));
    return build(found);
  };
  if (FitsOnLoop(*table, read, *request, row_bytes)) co_return work();
  co_return co_await services.pool.Run(work);
}

// Point reads of little work are tried where we are; everything else, and the
// building of the mutation with it, runs on a worker. `build` is called with the
// rows found.
template <typename Build>
Task<Result<PendingWrite>> FindAndBuild(const Services& services, TableCache& tables,
                                        PreparedTablePtr table, const plan::TableRead& read,
                                        const std::optional<plan::SelectEngine>& rows_query,
                                        RequestPtr request, Build build) {
  const bool is_point = read.point && !read.needs_engine;
  if (is_point && FitsOnLoop(*table, read, *request, 0)) {
    co_return co_await FindPointAndBuild(services, table, read, request, build);
  }
  auto find = [&services, &tables, &read, &rows_query, table, request, is_point] {
    if (is_point) return FindPoint(services, *table, read, *request);
    return read.needs_engine ? FindByEngine(services, tables, *table, *rows_query, *request)
                             : ScanRows(services, *table, read, *request);
  };
  auto work = [find, build]() -> Result<PendingWrite> {
    ASSIGN_OR_RETURN(const FoundRows found, find());
    return build(found);
  };
  co_return co_await services.pool.Run(std::move(work));
}

}  // namespace

Task<Result<StatementResult>> ExecuteUpdate(const Services& services, TableCache& tables,
                                            plan::PreparedPtr prepared, RequestPtr request) {
  const auto& plan = std::get<plan::UpdatePlan>(prepared->plan);
  ASSIGN_OR_CO_RETURN(PreparedTablePtr table, tables.Find(plan.read.table));
  WriteRetry retry(services, *request);
  while (true) {
    auto build = [&services, &plan, table, request](const FoundRows& found) {
      return BuildUpdate(services, plan, *table, *request, found);
    };
    ASSIGN_OR_CO_RETURN(
        PendingWrite write,
        co_await FindAndBuild(services, tables, table, plan.read, plan.rows_query, request, build));
    ASSIGN_OR_CO_RETURN(const Receipt receipt, co_await retry.Append(*table, &write));
    if (receipt.verdict == Verdict::kApplied) {
      co_return co_await FinishWrite(services, *table, write.ReturningOf(plan), write, receipt,
                                     *request, StatementResult::Verb::kUpdate);
    }
    if (receipt.verdict == Verdict::kNotUnique) {
      const bool known = receipt.conflict < write.rows.size();
      co_return NotUnique(
          table->codec->table(), receipt.index,
          known ? std::span<const Value>(write.rows[receipt.conflict]) : std::span<const Value>());
    }
    CO_RETURN_IF_ERROR(retry.Again(receipt));
  }
}

Task<Result<StatementResult>> ExecuteDelete(const Services& services, TableCache& tables,
                                            plan::PreparedPtr prepared, RequestPtr request) {
  const auto& plan = std::get<plan::DeletePlan>(prepared->plan);
  ASSIGN_OR_CO_RETURN(PreparedTablePtr table, tables.Find(plan.read.table));
  WriteRetry retry(services, *request);
  while (true) {
    auto build = [&plan, table, request](const FoundRows& found) {
      return BuildDelete(plan, *table, *request, found);
    };
    ASSIGN_OR_CO_RETURN(
        PendingWrite write,
        co_await FindAndBuild(services, tables, table, plan.read, plan.rows_query, request, build));
    ASSIGN_OR_CO_RETURN(const Receipt receipt, co_await retry.Append(*table, &write));
    if (receipt.verdict == Verdict::kApplied) {
      co_return co_await FinishWrite(services, *table, write.ReturningOf(plan), write, receipt,
                                     *request, StatementResult::Verb::kDelete);
    }
    CO_RETURN_IF_ERROR(retry.Again(receipt));
  }
}

}  // namespace millrace::exec
