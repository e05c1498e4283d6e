// The engine's route.
#include <utility>

#include "query/exec/release.h"
#include "query/exec/select_internal.h"
#include "query/exec/system_tables.h"

namespace millrace::exec {
namespace {

// A source whose last columns, `_seq` and `_deleted`, can be named but are no part
// of `*` and NATURAL JOIN.
class HidingSource final : public TableSource {
 public:
  HidingSource(std::shared_ptr<TableSource> inner, size_t hidden) : inner_(std::move(inner)) {
    schema_ = inner_->schema();
    for (size_t i = 1; i <= hidden; ++i) schema_.fields[schema_.size() - i].hidden = true;
  }
  const Schema& schema() const override { return schema_; }
  uint64_t EstimatedRows() const override { return inner_->EstimatedRows(); }
  Result<std::vector<std::unique_ptr<BatchReader>>> Scan(const ScanRequest& request,
                                                         size_t partitions_max) override {
    return inner_->Scan(request, partitions_max);
  }

 private:
  std::shared_ptr<TableSource> inner_;
  Schema schema_;
};

// Owns the engine's result; read on workers, cancelled from anywhere.
class EngineReader {
 public:
  EngineReader(std::unique_ptr<engine::EngineResult> result, RequestPtr request)
      : request_(std::move(request)),
        result_(std::move(result)),
        on_stop_(request_->stop, [this] { result_->Cancel(); }) {}

  const Schema& schema() const { return result_->schema(); }
  bool ended() const { return ended_; }
  void Cancel() { result_->Cancel(); }

  Result<std::optional<Batch>> Read() {
    if (ended_) return std::optional<Batch>();
    Batch batch;
    ASSIGN_OR_RETURN(const bool more, result_->Next(&batch));
    if (more) return std::optional<Batch>(std::move(batch));
    ended_ = true;
    return std::optional<Batch>();
  }

 private:
  RequestPtr request_;
  std::unique_ptr<engine::EngineResult> result_;
  StopCallback on_stop_;
  bool ended_ = false;
};

class EngineStream final : public RowStream {
 public:
  EngineStream(BlockingPool& pool, std::shared_ptr<EngineReader> reader)
      : pool_(pool), reader_(std::move(reader)) {}
  ~EngineStream() override { ReleaseOnPool(pool_, std::move(reader_)); }
  Task<Result<std::optional<Batch>>> Next() override {
    auto read = [reader = reader_] { return reader->Read(); };
    co_return co_await pool_.Run(std::move(read));
  }
  void Cancel() override { reader_->Cancel(); }

 private:
  BlockingPool& pool_;
  std::shared_ptr<EngineReader> reader_;
};

struct FirstRows {
  std::shared_ptr<EngineReader> reader;
  std::vector<Batch> batches;
};

Result<FirstRows> StartQuery(const Services& services, TableCache& tables,
                             const plan::SelectEngine& plan, RequestPtr request) {
  RETURN_IF_ERROR(CheckStop(*request));
  ASSIGN_OR_RETURN(engine::EngineQuery query, MakeEngineQuery(services, tables, plan, *request));
  Result<std::unique_ptr<engine::EngineResult>> result = services.engine.Execute(std::move(query));
  if (!result.ok()) return AtNamedColumn(result.status(), plan.query);
  FirstRows first;
  first.reader = std::make_shared<EngineReader>(*std::move(result), std::move(request));
  while (first.batches.size() < 2 && !first.reader->ended()) {
    ASSIGN_OR_RETURN(std::optional<Batch> batch, first.reader->Read());
    if (batch.has_value()) first.batches.push_back(std::move(*batch));
  }
  return first;
}

}  // namespace

Result<engine::EngineQuery> MakeEngineQuery(const Services& services, TableCache& tables,
                                            const plan::SelectEngine& plan,
                                            const Request& request) {
  engine::EngineQuery query;
  query.stop = request.stop;
  ASSIGN_OR_RETURN(query.sql, PrintForEngine(plan, request));
  SnapshotPtr snapshot;
  for (const plan::EngineTable& table : plan.tables) {
    if (table.table == nullptr) {
      ASSIGN_OR_RETURN(std::shared_ptr<TableSource> source,
                       MakeSystemTable(services, request, table.namespace_name, table.name));
      query.tables.push_back(std::move(source));
      continue;
    }
    if (snapshot == nullptr) {
      ASSIGN_OR_RETURN(snapshot, OpenSnapshot(services, request));
    }
    RETURN_IF_ERROR(CheckStillPlanned(services, request, *table.table));
    ASSIGN_OR_RETURN(const PreparedTablePtr prepared, tables.Find(table.table));
    std::shared_ptr<TableSource> source =
        MakeTableSource(snapshot, prepared->codec, std::string(ScopeOf(*table.table, request)),
                        services.column_cache, request.scan_counts);
    query.estimated_rows += source->EstimatedRows();
    query.tables.push_back(std::make_shared<HidingSource>(std::move(source), 2));
  }
  return query;
}

Task<Result<StatementResult>> SelectByEngine(const Services& services, TableCache& tables,
                                             std::shared_ptr<const plan::SelectPlan> plan,
                                             RequestPtr request) {
  services.counters.engine_queries.Add();
  auto start = [&services, &tables, plan, request] {
    return StartQuery(services, tables, std::get<plan::SelectEngine>(*plan), request);
  };
  ASSIGN_OR_CO_RETURN(FirstRows first, co_await services.pool.Run(std::move(start)));
  StatementResult result;
  result.schema = first.reader->schema();
  result.batches = std::move(first.batches);
  if (!first.reader->ended()) {
    result.stream = std::make_unique<EngineStream>(services.pool, std::move(first.reader));
  }
  co_return result;
}

Task<Result<StatementResult>> ExecuteSelect(const Services& services, TableCache& tables,
                                            std::shared_ptr<const plan::SelectPlan> plan,
                                            RequestPtr request) {
  if (const auto* constant = std::get_if<plan::SelectConstant>(plan.get())) {
    auto compute = [&services, constant, plan, request] {
      return SelectConstantRow(services, *constant, *request);
    };
    if (constant->work.FitsOnLoop(BytesOf(request->params))) co_return compute();
    co_return co_await services.pool.Run(std::move(compute));
  }
  if (const auto* select = std::get_if<plan::SelectTable>(plan.get())) {
    ASSIGN_OR_CO_RETURN(PreparedTablePtr table, tables.Find(select->read.table));
    if (select->read.point) {
      co_return co_await SelectPoint(services, std::move(table), plan, request);
    }
    co_return co_await SelectRange(services, std::move(table), plan, request);
  }
  co_return co_await SelectByEngine(services, tables, plan, request);
}

Result<CollectedRows> CollectEngineRows(const Services& services, TableCache& tables,
                                        const plan::SelectEngine& plan, const Request& request) {
  services.counters.engine_queries.Add();
  ASSIGN_OR_RETURN(engine::EngineQuery query, MakeEngineQuery(services, tables, plan, request));
  const Result<std::unique_ptr<engine::EngineResult>> started =
      services.engine.Execute(std::move(query));
  if (!started.ok()) return AtNamedColumn(started.status(), plan.query);
  engine::EngineResult* result = started->get();
  const StopCallback on_stop(request.stop, [result] { result->Cancel(); });
  CollectedRows rows;
  rows.schema = result->schema();
  while (true) {
    Batch batch;
    ASSIGN_OR_RETURN(const bool more, result->Next(&batch));
    if (!more) return rows;
    rows.batches.push_back(std::move(batch));
  }
}

Result<std::vector<Batch>> CollectSelect(const Services& services, TableCache& tables,
                                         std::shared_ptr<const plan::SelectPlan> plan,
                                         RequestPtr request) {
  if (const auto* constant = std::get_if<plan::SelectConstant>(plan.get())) {
    ASSIGN_OR_RETURN(StatementResult result, SelectConstantRow(services, *constant, *request));
    return std::move(result.batches);
  }
  if (const auto* by_engine = std::get_if<plan::SelectEngine>(plan.get())) {
    ASSIGN_OR_RETURN(CollectedRows rows, CollectEngineRows(services, tables, *by_engine, *request));
    return std::move(rows.batches);
  }
  const auto& select = std::get<plan::SelectTable>(*plan);
  ASSIGN_OR_RETURN(PreparedTablePtr table, tables.Find(select.read.table));
  RangeReader reader(services, std::move(table), plan, request);
  std::vector<Batch> batches;
  while (true) {
    ASSIGN_OR_RETURN(std::optional<Batch> batch, reader.Read());
    if (!batch.has_value()) return batches;
    batches.push_back(std::move(*batch));
  }
}

}  // namespace millrace::exec
