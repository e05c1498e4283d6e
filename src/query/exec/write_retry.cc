#include "query/exec/write_retry.h"

#include <utility>

#include "query/exec/read_rows.h"

namespace millrace::exec {

// With random keys a second attempt is rare; on one hot row each group lets one
// writer through, so this bounds how many may queue up on it.
static constexpr int kAttemptsMax = 1000;

Task<Result<Receipt>> WriteRetry::Append(const PreparedTable& table, PendingWrite* write) {
  if (write->changes == 0) co_return Receipt();
  if (request_.transaction != nullptr) {
    auto apply = [this, write] { return request_.transaction->Apply(write->payload); };
    co_return co_await services_.pool.Run(std::move(apply));
  }
  LogEntry entry;
  entry.payload = std::move(write->payload);
  entry.durability = table.codec->table().durability.value_or(services_.default_durability);
  co_return co_await services_.log.Append(std::move(entry));
}

Status WriteRetry::Again(const Receipt& receipt) {
  services_.counters.write_conflicts.Add();
  if (receipt.verdict == Verdict::kTableChanged) {
    return Aborted("table was changed while the statement ran");
  }
  if (++attempts_ < kAttemptsMax) return Status::Ok();
  return Aborted("could not write because other statements keep changing the same rows")
      .WithHint("Try again later, or change fewer rows at once.");
}

static std::string_view Done(StatementResult::Verb verb) {
  switch (verb) {
    case StatementResult::Verb::kInsert:
      return "Inserted ";
    case StatementResult::Verb::kUpdate:
      return "Updated ";
    default:
      return "Deleted ";
  }
}

static Result<Batch> ReturnedRows(const Services& services, const PreparedTable& table,
                                  const plan::Projection& returning, const PendingWrite& write,
                                  const Receipt& receipt, const Request& request) {
  std::vector<uint64_t> seqs = write.old_seqs;
  for (uint64_t i = 0; seqs.size() < write.rows.size(); ++i) {
    seqs.push_back(receipt.first.value + i);
  }
  expr::EvalContext context = MakeEvalContext(services, request);
  Batch rows = ReturningBatch(*table.codec, write.rows, seqs);
  for (const Column& column : write.relations.columns) rows.columns.push_back(column);
  return Project(returning, rows, context);
}

static bool FitsOnLoop(const plan::Projection& returning, const std::vector<RowValues>& rows,
                       const Request& request) {
  if (rows.empty()) return true;
  if (rows.size() * rows.front().size() > kCellsOnLoopMax) return false;
  size_t bytes = BytesOf(request.params);
  for (const RowValues& row : rows) bytes += BytesOf(row);
  return returning.work.For(bytes) * static_cast<double>(rows.size()) <= expr::Work::kOnLoopMax;
}

Task<Result<StatementResult>> FinishWrite(const Services& services, const PreparedTable& table,
                                          const std::optional<plan::Projection>& returning,
                                          const PendingWrite& write, const Receipt& receipt,
                                          const Request& request, StatementResult::Verb verb) {
  services.counters.rows_written.Add(write.changes);
  StatementResult result;
  result.verb = verb;
  result.row_count = write.changes;
  if (!returning.has_value()) {
    result.message = std::string(Done(verb)) + std::to_string(write.changes) + " row(s)";
    co_return result;
  }
  auto compute = [&] { return ReturnedRows(services, table, *returning, write, receipt, request); };
  Result<Batch> rows = Batch();
  if (FitsOnLoop(*returning, write.rows, request)) {
    rows = compute();
  } else {
    rows = co_await services.pool.Run(compute);
  }
  CO_RETURN_IF_ERROR(rows.status());
  result.schema = returning->schema;
  if (rows->rows > 0) result.batches.push_back(*std::move(rows));
  co_return result;
}

}  // namespace millrace::exec
