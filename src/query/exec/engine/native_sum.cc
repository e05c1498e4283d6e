// sum, with BIGINT for SMALLINT and INT as in PostgreSQL, where the engine's own
// gives HUGEINT. For all other types it is the engine's.
#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/aggregate_function_catalog_entry.hpp"
#include "duckdb/catalog/catalog_entry/schema_catalog_entry.hpp"
#include "duckdb/function/aggregate_function.hpp"
#include "duckdb/main/extension/extension_loader.hpp"
#include "query/exec/engine/errors.h"
#include "query/exec/engine/native_functions.h"

namespace millrace::engine {
namespace {

struct SumState {
  int64_t value;
  bool is_set;
};

void AddTo(SumState& state, int64_t value) {
  state.is_set = true;
  if (__builtin_add_overflow(state.value, value, &state.value)) {
    Throw(OutOfRange("BIGINT out of range").WithSqlState("22003"));
  }
}

struct Sum {
  template <typename State>
  static void Initialize(State& state) {
    state = {0, false};
  }
  template <typename Input, typename State, typename Op>
  static void Operation(State& state, const Input& input, duckdb::AggregateUnaryInput&) {
    AddTo(state, input);
  }
  template <typename Input, typename State, typename Op>
  static void ConstantOperation(State& state, const Input& input, duckdb::AggregateUnaryInput&,
                                idx_t count) {
    int64_t product = 0;
    if (__builtin_mul_overflow(int64_t{input}, static_cast<int64_t>(count), &product)) {
      Throw(OutOfRange("BIGINT out of range").WithSqlState("22003"));
    }
    AddTo(state, product);
  }
  template <typename State, typename Op>
  static void Combine(const State& source, State& target, duckdb::AggregateInputData&) {
    if (source.is_set) AddTo(target, source.value);
  }
  template <typename T, typename State>
  static void Finalize(State& state, T& target, duckdb::AggregateFinalizeData& data) {
    if (state.is_set) {
      target = state.value;
    } else {
      data.ReturnNull();
    }
  }
  static bool IgnoreNull() { return true; }
};

template <typename Input>
duckdb::AggregateFunction SumOf(const duckdb::LogicalType& type) {
  auto sum = duckdb::AggregateFunction::UnaryAggregate<SumState, Input, int64_t, Sum>(
      type, duckdb::LogicalType::BIGINT);
  sum.order_dependent = duckdb::AggregateOrderDependent::NOT_ORDER_DEPENDENT;
  return sum;
}

}  // namespace

void RegisterSum(duckdb::ExtensionLoader& loader) {
  duckdb::DatabaseInstance& database = loader.GetDatabaseInstance();
  const auto transaction = duckdb::CatalogTransaction::GetSystemTransaction(database);
  auto& schema = duckdb::Catalog::GetSystemCatalog(database).GetSchema(transaction, DEFAULT_SCHEMA);
  const auto entry =
      schema.GetEntry(transaction, duckdb::CatalogType::AGGREGATE_FUNCTION_ENTRY, "sum");
  if (!entry) throw duckdb::InternalException("the library has no sum");

  duckdb::AggregateFunctionSet sums("millrace_sum");
  sums.AddFunction(SumOf<int16_t>(duckdb::LogicalType::SMALLINT));
  sums.AddFunction(SumOf<int32_t>(duckdb::LogicalType::INTEGER));
  for (const auto& function :
       entry->Cast<duckdb::AggregateFunctionCatalogEntry>().functions.functions) {
    const duckdb::LogicalTypeId argument = function.arguments[0].id();
    if (argument == duckdb::LogicalTypeId::SMALLINT || argument == duckdb::LogicalTypeId::INTEGER) {
      continue;
    }
    sums.AddFunction(function);
  }
  for (auto& function : sums.functions) function.name = sums.name;
  loader.RegisterFunction(std::move(sums));
}

}  // namespace millrace::engine
