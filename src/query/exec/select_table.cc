// Constants, point gets and key ranges.
#include <algorithm>
#include <utility>

#include "query/exec/read_rows.h"
#include "query/exec/release.h"
#include "query/exec/select_internal.h"

namespace millrace::exec {

Result<StatementResult> SelectConstantRow(const Services& services,
                                          const plan::SelectConstant& plan,
                                          const Request& request) {
  expr::EvalContext context = MakeEvalContext(services, request);
  Batch input;
  input.rows = 1;
  RETURN_IF_ERROR(ApplyFilter(plan.filter, &input, context));
  ASSIGN_OR_RETURN(RowWindow window, EvaluateWindow(plan.limit, plan.offset, context));
  window.Cut(&input);
  ASSIGN_OR_RETURN(Batch output, Project(plan.output, input, context));
  return StatementResult::Rows(plan.output.schema, std::move(output));
}

// From the stored bytes of zero or one row to the result.
static Result<StatementResult> FinishPoint(const Services& services, const plan::SelectTable& plan,
                                           const TableCodec& codec, const Request& request,
                                           const std::optional<std::string>& row) {
  RETURN_IF_ERROR(CheckStillPlanned(services, request, codec.table()));
  expr::EvalContext context = MakeEvalContext(services, request);
  Batch input = EmptyScanBatch(codec, plan.read.columns);
  if (row.has_value() && !IsExpired(codec.table(), *row, request.statement_time_micros)) {
    RETURN_IF_ERROR(codec.AppendRow(*row, plan.read.columns, &input));
  }
  RETURN_IF_ERROR(ApplyFilter(plan.read.filter, &input, context));
  ASSIGN_OR_RETURN(RowWindow window, EvaluateWindow(plan.read.limit, plan.read.offset, context));
  window.Cut(&input);
  ASSIGN_OR_RETURN(Batch output, Project(plan.output, input, context));
  return StatementResult::Rows(plan.output.schema, std::move(output));
}

Task<Result<std::optional<std::string>>> ReadPoint(const Services& services, RequestPtr request,
                                                   std::string key) {
  services.counters.point_gets.Add();
  std::string row;
  if (request->transaction != nullptr) {
    auto read = [&services, request, key = std::move(key)] {
      return ReadRow(services, *request, key);
    };
    co_return co_await services.pool.Run(std::move(read));
  }
  switch (services.store.TryGetCached(KeySpace::kRows, key, &row)) {
    case KvStore::CacheAnswer::kFound:
      co_return std::optional<std::string>(std::move(row));
    case KvStore::CacheAnswer::kAbsent:
      co_return std::optional<std::string>();
    case KvStore::CacheAnswer::kWouldBlock:
      break;
  }
  services.counters.point_get_hops.Add();
  auto get = [&services, key = std::move(key)] { return services.store.Get(KeySpace::kRows, key); };
  co_return co_await services.pool.Run(std::move(get));
}

// All of a point read on a worker: for expressions that take their time.
static Result<StatementResult> SelectPointBlocking(const Services& services,
                                                   const TableCodec& codec,
                                                   const plan::SelectTable& plan,
                                                   const Request& request) {
  expr::EvalContext context = MakeEvalContext(services, request);
  ASSIGN_OR_RETURN(const std::optional<std::string> key,
                   PointKey(plan.read, codec, ScopeOf(codec.table(), request), context));
  std::optional<std::string> row;
  if (key.has_value()) {
    ASSIGN_OR_RETURN(row, ReadRow(services, request, *key));
  }
  return FinishPoint(services, plan, codec, request, row);
}

Task<Result<StatementResult>> SelectPoint(const Services& services, PreparedTablePtr table,
                                          std::shared_ptr<const plan::SelectPlan> plan,
                                          RequestPtr request) {
  const auto& select = std::get<plan::SelectTable>(*plan);
  const TableCodec& codec = *table->codec;
  const size_t param_bytes = BytesOf(request->params);
  if (!select.read.work.FitsOnLoop(param_bytes)) {
    auto read = [&services, &codec, &select, request] {
      return SelectPointBlocking(services, codec, select, *request);
    };
    co_return co_await services.pool.Run(std::move(read));
  }
  expr::EvalContext context = MakeEvalContext(services, *request);
  ASSIGN_OR_CO_RETURN(std::optional<std::string> key,
                      PointKey(select.read, codec, ScopeOf(codec.table(), *request), context));
  std::optional<std::string> row;
  if (key.has_value()) {
    ASSIGN_OR_CO_RETURN(row, co_await ReadPoint(services, request, std::move(*key)));
  }
  auto finish = [&] { return FinishPoint(services, select, codec, *request, row); };
  const size_t row_bytes = row.has_value() ? row->size() : 0;
  if (select.read.work.FitsOnLoop(param_bytes + row_bytes)) co_return finish();
  co_return co_await services.pool.Run(finish);
}

RangeReader::RangeReader(const Services& services, PreparedTablePtr table,
                         std::shared_ptr<const plan::SelectPlan> plan, RequestPtr request)
    : services_(services),
      table_(std::move(table)),
      plan_(std::move(plan)),
      request_(std::move(request)) {}

Status RangeReader::Open() {
  const plan::TableRead& read = std::get<plan::SelectTable>(*plan_).read;
  expr::EvalContext context = MakeEvalContext(services_, *request_);
  ASSIGN_OR_RETURN(window_, EvaluateWindow(read.limit, read.offset, context));
  size_t batch_rows = kBatchRows;
  if (window_.take.has_value() && read.filter == nullptr) {
    batch_rows = std::min<size_t>(batch_rows, window_.skip + *window_.take + 1);
  }
  // It stays null when there can be no rows.
  ASSIGN_OR_RETURN(scan_, OpenRead(services_, *request_, *table_, read, batch_rows));
  return Status::Ok();
}

Result<std::optional<Batch>> RangeReader::Read() {
  if (!opened_) {
    opened_ = true;
    RETURN_IF_ERROR(Open());
  }
  const auto& select = std::get<plan::SelectTable>(*plan_);
  expr::EvalContext context = MakeEvalContext(services_, *request_);
  while (scan_ != nullptr && !window_.done()) {
    if (cancelled_.load(std::memory_order_relaxed)) return Cancelled("query was cancelled");
    RETURN_IF_ERROR(CheckStop(*request_));
    Batch input;
    ASSIGN_OR_RETURN(const bool more, scan_->Next(&input));
    if (!more) break;
    RETURN_IF_ERROR(ApplyFilter(select.read.filter, &input, context));
    window_.Cut(&input);
    if (input.rows == 0) continue;
    ASSIGN_OR_RETURN(Batch output, Project(select.output, input, context));
    if (window_.done()) scan_.reset();
    return std::optional<Batch>(std::move(output));
  }
  scan_.reset();
  return std::optional<Batch>();
}

namespace {

class RangeStream final : public RowStream {
 public:
  RangeStream(BlockingPool& pool, std::shared_ptr<RangeReader> reader)
      : pool_(pool), reader_(std::move(reader)) {}
  ~RangeStream() override { ReleaseOnPool(pool_, std::move(reader_)); }

  Task<Result<std::optional<Batch>>> Next() override {
    auto read = [reader = reader_] { return reader->Read(); };
    co_return co_await pool_.Run(std::move(read));
  }
  void Cancel() override { reader_->Cancel(); }

 private:
  BlockingPool& pool_;
  std::shared_ptr<RangeReader> reader_;
};

}  // namespace

Task<Result<StatementResult>> SelectRange(const Services& services, PreparedTablePtr table,
                                          std::shared_ptr<const plan::SelectPlan> plan,
                                          RequestPtr request) {
  services.counters.range_scans.Add();
  StatementResult result;
  result.schema = std::get<plan::SelectTable>(*plan).output.schema;
  auto reader = std::make_shared<RangeReader>(services, std::move(table), plan, request);
  // Two batches at once: a result that fits needs no further hop to learn its end.
  auto read = [reader]() -> Result<std::vector<Batch>> {
    std::vector<Batch> batches;
    while (batches.size() < 2) {
      ASSIGN_OR_RETURN(std::optional<Batch> batch, reader->Read());
      if (!batch.has_value()) break;
      batches.push_back(std::move(*batch));
    }
    return batches;
  };
  ASSIGN_OR_CO_RETURN(result.batches, co_await services.pool.Run(std::move(read)));
  if (!reader->ended()) {
    result.stream = std::make_unique<RangeStream>(services.pool, std::move(reader));
  }
  co_return result;
}

}  // namespace millrace::exec
