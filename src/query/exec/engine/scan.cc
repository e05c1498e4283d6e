#include "query/exec/engine/scan.h"

#include <algorithm>
#include <atomic>
#include <optional>

#include "base/assert.h"
#include "base/thread_role.h"
#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/function/table_function.hpp"
#include "duckdb/parallel/task_scheduler.hpp"
#include "duckdb/planner/expression/list.hpp"
#include "duckdb/planner/filter/list.hpp"
#include "query/exec/engine/columns.h"
#include "query/exec/engine/statement.h"
#include "query/exec/engine/values.h"

namespace millrace::engine {
namespace {

// More partitions than threads, so that one long range does not keep all waiting.
constexpr size_t kPartitionsPerThread = 8;

struct ScanBindData : duckdb::TableFunctionData {
  std::shared_ptr<TableSource> source;
  duckdb::shared_ptr<ScanTables> tables;
};

struct ScanGlobalState : duckdb::GlobalTableFunctionState {
  idx_t MaxThreads() const override { return readers.size(); }

  std::vector<std::unique_ptr<BatchReader>> readers;
  std::atomic<size_t> next_reader{0};
  // For each column the engine scans: its place in the source's batches, or
  // nothing for the empty column that count(*) asks for.
  std::vector<std::optional<size_t>> places;
  duckdb::vector<duckdb::LogicalType> types;
  duckdb::vector<idx_t> projection;  // columns that leave the scan; empty: all
  duckdb::unique_ptr<duckdb::Expression> filter;
};

struct ScanLocalState : duckdb::LocalTableFunctionState {
  size_t reader = 0;  // the partition being read
  bool has_reader = false;
  duckdb::buffer_ptr<BatchBuffer> buffer;
  size_t offset = 0;  // rows of the batch already given out
  duckdb::DataChunk scanned;
  duckdb::unique_ptr<duckdb::ExpressionExecutor> filter;
};

duckdb::unique_ptr<duckdb::FunctionData> Bind(duckdb::ClientContext& context,
                                              duckdb::TableFunctionBindInput& input,
                                              duckdb::vector<duckdb::LogicalType>& types,
                                              duckdb::vector<std::string>& names) {
  auto tables = context.registered_state->Get<ScanTables>(ScanTables::kKey);
  // A negative number becomes one that is too large.
  const auto index = static_cast<uint64_t>(input.inputs[0].GetValue<int64_t>());
  if (!tables || index >= tables->tables().size()) {
    throw duckdb::InternalException("a scan of a table that the query does not have");
  }
  auto data = duckdb::make_uniq<ScanBindData>();
  data->source = tables->tables()[index];
  data->tables = tables;
  for (const Field& field : data->source->schema().fields) {
    if (field.hidden) continue;
    types.push_back(LogicalTypeOf(field.type));
    names.push_back(field.name);
  }
  return data;
}

// The engine numbers the visible columns from 0 and knows the hidden ones as
// virtual columns, which it numbers from VIRTUAL_COLUMN_START in the schema's order.
// The column of the source; nothing for the empty column that count(*) asks for.
std::optional<size_t> SourceColumn(const Schema& schema, duckdb::column_t column) {
  const bool hidden = column >= duckdb::VIRTUAL_COLUMN_START;
  size_t number = hidden ? column - duckdb::VIRTUAL_COLUMN_START : column;
  for (size_t i = 0; i < schema.size(); ++i) {
    if (schema.fields[i].hidden == hidden && number-- == 0) return i;
  }
  return std::nullopt;
}

// ---- filters ----

std::optional<ColumnBound::Kind> BoundKind(duckdb::ExpressionType comparison) {
  switch (comparison) {
    case duckdb::ExpressionType::COMPARE_EQUAL:
      return ColumnBound::Kind::kEqual;
    case duckdb::ExpressionType::COMPARE_LESSTHAN:
      return ColumnBound::Kind::kLess;
    case duckdb::ExpressionType::COMPARE_LESSTHANOREQUALTO:
      return ColumnBound::Kind::kLessOrEqual;
    case duckdb::ExpressionType::COMPARE_GREATERTHAN:
      return ColumnBound::Kind::kGreater;
    case duckdb::ExpressionType::COMPARE_GREATERTHANOREQUALTO:
      return ColumnBound::Kind::kGreaterOrEqual;
    default:
      return std::nullopt;
  }
}

void AddBound(size_t column, const SqlType& type, ColumnBound::Kind kind,
              const duckdb::Value& constant, std::vector<ColumnBound>* bounds) {
  std::optional<Value> value = BoundFromEngineValue(constant, type);
  if (value) bounds->push_back({.column = column, .kind = kind, .value = *std::move(value)});
}

void AddInBounds(const duckdb::InFilter& filter, size_t column, const SqlType& type,
                 std::vector<ColumnBound>* bounds) {
  if (filter.values.empty()) return;
  const auto [least, greatest] =
      std::minmax_element(filter.values.begin(), filter.values.end(),
                          [](const duckdb::Value& a, const duckdb::Value& b) { return a < b; });
  if (*least == *greatest) {
    return AddBound(column, type, ColumnBound::Kind::kEqual, *least, bounds);
  }
  AddBound(column, type, ColumnBound::Kind::kGreaterOrEqual, *least, bounds);
  AddBound(column, type, ColumnBound::Kind::kLessOrEqual, *greatest, bounds);
}

// Optional filters count too: a row they exclude is one the plan throws away.
void AddBounds(const duckdb::TableFilter& filter, size_t column, const SqlType& type,
               std::vector<ColumnBound>* bounds) {
  switch (filter.filter_type) {
    case duckdb::TableFilterType::CONSTANT_COMPARISON: {
      const auto& comparison = filter.Cast<duckdb::ConstantFilter>();
      const auto kind = BoundKind(comparison.comparison_type);
      if (kind) AddBound(column, type, *kind, comparison.constant, bounds);
      return;
    }
    case duckdb::TableFilterType::CONJUNCTION_AND:
      for (const auto& child : filter.Cast<duckdb::ConjunctionAndFilter>().child_filters) {
        AddBounds(*child, column, type, bounds);
      }
      return;
    case duckdb::TableFilterType::IN_FILTER:
      return AddInBounds(filter.Cast<duckdb::InFilter>(), column, type, bounds);
    case duckdb::TableFilterType::OPTIONAL_FILTER: {
      const auto& optional = filter.Cast<duckdb::OptionalFilter>();
      if (optional.child_filter) AddBounds(*optional.child_filter, column, type, bounds);
      return;
    }
    default:
      return;
  }
}

// What the plan relies on the scan to do. Optional and dynamic filters only
// save work that an operator above repeats.
void AddExactFilters(const duckdb::TableFilter& filter, const duckdb::Expression& column,
                     duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>* exact) {
  switch (filter.filter_type) {
    case duckdb::TableFilterType::OPTIONAL_FILTER:
    case duckdb::TableFilterType::DYNAMIC_FILTER:
      return;
    case duckdb::TableFilterType::CONJUNCTION_AND:
      for (const auto& child : filter.Cast<duckdb::ConjunctionAndFilter>().child_filters) {
        AddExactFilters(*child, column, exact);
      }
      return;
    default:
      exact->push_back(filter.ToExpression(column));
  }
}

// Fills bounds and the exact filter from the filters pushed down, whose keys
// are places in the list of scanned columns.
void TranslateFilters(const duckdb::TableFunctionInitInput& input, const Schema& schema,
                      ScanRequest* request, ScanGlobalState* state) {
  if (!input.filters) return;
  duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> exact;
  for (const auto& [place, filter] : input.filters->filters) {
    const std::optional<size_t> column = SourceColumn(schema, input.column_ids[place]);
    if (column) AddBounds(*filter, *column, schema.fields[*column].type, &request->bounds);
    const duckdb::BoundReferenceExpression reference(state->types[place], place);
    AddExactFilters(*filter, reference, &exact);
  }
  if (exact.empty()) return;
  if (exact.size() == 1) {
    state->filter = std::move(exact[0]);
    return;
  }
  auto all = duckdb::make_uniq<duckdb::BoundConjunctionExpression>(
      duckdb::ExpressionType::CONJUNCTION_AND);
  all->children = std::move(exact);
  state->filter = std::move(all);
}

// ---- execution ----

size_t PartitionsMax(duckdb::ClientContext& context) {
  const auto threads =
      static_cast<size_t>(duckdb::TaskScheduler::GetScheduler(context).NumberOfThreads());
  return threads <= 1 ? 1 : threads * kPartitionsPerThread;
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> InitGlobal(
    duckdb::ClientContext& context, duckdb::TableFunctionInitInput& input) {
  const auto& bind = input.bind_data->Cast<ScanBindData>();
  const Schema& schema = bind.source->schema();
  auto state = duckdb::make_uniq<ScanGlobalState>();
  ScanRequest request;
  for (const duckdb::column_t id : input.column_ids) {
    const std::optional<size_t> column = SourceColumn(schema, id);
    if (!column) {
      state->places.push_back(std::nullopt);
      state->types.push_back(duckdb::LogicalType::BOOLEAN);
      continue;
    }
    state->places.push_back(request.columns.size());
    state->types.push_back(LogicalTypeOf(schema.fields[*column].type));
    request.columns.push_back(*column);
  }
  if (input.CanRemoveFilterColumns()) {
    state->projection = input.projection_ids;
  }
  TranslateFilters(input, schema, &request, state.get());
  const ScopedThreadRole role(ThreadRole::kEngine);
  auto readers = bind.source->Scan(request, PartitionsMax(context));
  if (!readers.ok()) bind.tables->Fail(readers.status());
  MR_ASSERT(!readers->empty(), "a source gave no partition");
  state->readers = std::move(*readers);
  return state;
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> InitLocal(
    duckdb::ExecutionContext& context, duckdb::TableFunctionInitInput& input,
    duckdb::GlobalTableFunctionState* global_state) {
  const auto& global = global_state->Cast<ScanGlobalState>();
  auto state = duckdb::make_uniq<ScanLocalState>();
  state->scanned.Initialize(context.client, global.types);
  if (global.filter) {
    state->filter = duckdb::make_uniq<duckdb::ExpressionExecutor>(context.client, *global.filter);
  }
  return state;
}

// Makes `local` stand before rows not yet given out. False when no partition is left.
bool FindRows(duckdb::ClientContext& context, const ScanBindData& bind, ScanGlobalState& global,
              ScanLocalState& local) {
  if (local.buffer && local.offset < local.buffer->batch.rows) return true;
  while (true) {
    if (context.interrupted) throw duckdb::InterruptException();
    if (!local.has_reader) {
      local.reader = global.next_reader.fetch_add(1);
      if (local.reader >= global.readers.size()) return false;
      local.has_reader = true;
    }
    // Vectors still in use keep the last batch; otherwise its memory is used again.
    if (!local.buffer || local.buffer.use_count() != 1) {
      local.buffer = duckdb::make_buffer<BatchBuffer>();
    }
    std::atomic_thread_fence(std::memory_order_acquire);
    local.offset = 0;
    const Result<bool> more = global.readers[local.reader]->Next(&local.buffer->batch);
    if (!more.ok()) bind.tables->Fail(more.status());
    if (*more) return true;
    local.buffer->batch.rows = 0;
    local.has_reader = false;
    global.readers[local.reader].reset();
  }
}

// Fills `chunk` with the next rows, unfiltered.
void FillChunk(const ScanGlobalState& global, ScanLocalState& local, duckdb::DataChunk& chunk) {
  const Batch& batch = local.buffer->batch;
  const size_t count = std::min<size_t>(batch.rows - local.offset, STANDARD_VECTOR_SIZE);
  for (size_t i = 0; i < global.places.size(); ++i) {
    if (global.places[i]) {
      FillVector(local.buffer, *global.places[i], local.offset, count, &chunk.data[i]);
    } else {
      chunk.data[i].Reference(duckdb::Value(duckdb::LogicalType::BOOLEAN));
    }
  }
  chunk.SetCardinality(count);
  local.offset += count;
}

void Scan(duckdb::ClientContext& context, duckdb::TableFunctionInput& input,
          duckdb::DataChunk& output) {
  const auto& bind = input.bind_data->Cast<ScanBindData>();
  auto& global = input.global_state->Cast<ScanGlobalState>();
  auto& local = input.local_state->Cast<ScanLocalState>();
  const ScopedThreadRole role(ThreadRole::kEngine);
  while (true) {
    local.scanned.Reset();  // also lets go of the last batch
    if (!FindRows(context, bind, global, local)) break;
    FillChunk(global, local, local.scanned);
    if (local.filter) {
      // Not kept between chunks: sliced vectors refer to it.
      duckdb::SelectionVector selected(STANDARD_VECTOR_SIZE);
      const size_t count = local.filter->SelectExpression(local.scanned, selected);
      if (count == 0) continue;
      if (count < local.scanned.size()) local.scanned.Slice(selected, count);
    }
    if (global.projection.empty()) {
      output.Reference(local.scanned);
    } else {
      output.ReferenceColumns(local.scanned, global.projection);
    }
    return;
  }
  output.SetCardinality(0);
}

duckdb::OperatorPartitionData PartitionData(duckdb::ClientContext& context,
                                            duckdb::TableFunctionGetPartitionInput& input) {
  if (input.partition_info.RequiresPartitionColumns()) {
    throw duckdb::InternalException("the scan is not partitioned by columns");
  }
  return duckdb::OperatorPartitionData(input.local_state->Cast<ScanLocalState>().reader);
}

duckdb::unique_ptr<duckdb::NodeStatistics> Cardinality(duckdb::ClientContext& context,
                                                       const duckdb::FunctionData* data) {
  return duckdb::make_uniq<duckdb::NodeStatistics>(
      data->Cast<ScanBindData>().source->EstimatedRows());
}

// The empty column and the hidden ones: a table of ours has no row id to name.
duckdb::virtual_column_map_t VirtualColumns(duckdb::ClientContext& context,
                                            duckdb::optional_ptr<duckdb::FunctionData> data) {
  duckdb::virtual_column_map_t columns;
  columns.insert(std::make_pair(duckdb::COLUMN_IDENTIFIER_EMPTY,
                                duckdb::TableColumn("", duckdb::LogicalType::BOOLEAN)));
  duckdb::column_t id = duckdb::VIRTUAL_COLUMN_START;
  for (const Field& field : data->Cast<ScanBindData>().source->schema().fields) {
    if (!field.hidden) continue;
    columns.insert(
        std::make_pair(id++, duckdb::TableColumn(field.name, LogicalTypeOf(field.type))));
  }
  return columns;
}

}  // namespace

void ScanTables::Reset(std::vector<std::shared_ptr<TableSource>> tables) {
  tables_ = std::move(tables);
  const MutexLock lock(mutex_);
  status_ = Status::Ok();
}

void ScanTables::Fail(Status status) {
  {
    const MutexLock lock(mutex_);
    if (status_.ok()) status_ = std::move(status);
  }
  throw duckdb::IOException("a table source failed");
}

Status ScanTables::status() const {
  const MutexLock lock(mutex_);
  return status_;
}

duckdb::TableFunction ScanFunction() {
  duckdb::TableFunction function(kScanFunction, {duckdb::LogicalType::BIGINT}, Scan, Bind,
                                 InitGlobal, InitLocal);
  function.projection_pushdown = true;
  function.filter_pushdown = true;
  function.filter_prune = true;
  function.cardinality = Cardinality;
  function.get_partition_data = PartitionData;
  function.get_virtual_columns = VirtualColumns;
  return function;
}

}  // namespace millrace::engine
