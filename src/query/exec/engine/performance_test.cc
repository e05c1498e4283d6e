// Prints what the adapter costs, and checks the answers while it measures.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>

#include "query/exec/engine/engine.h"
#include "query/exec/engine/memory_source.h"

namespace millrace::engine {
namespace {

constexpr int64_t kRows = int64_t{489} * kBatchRows;  // 1,001,472

double MillisSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

int64_t ResidentKilobytes() {
  std::ifstream statm("/proc/self/statm");
  int64_t total = 0;
  int64_t resident = 0;
  statm >> total >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

std::shared_ptr<MemorySource> MillionRows() {
  const Schema schema{{{"x", TypeId::kBigInt}, {"g", TypeId::kInt}, {"d", TypeId::kInt}}};
  std::vector<Batch> batches;
  for (int64_t i = 0; i < kRows; ++i) {
    if (i % static_cast<int64_t>(kBatchRows) == 0) batches.push_back(Batch::ForSchema(schema));
    Batch& batch = batches.back();
    batch.columns[0].Append<int64_t>(i);
    batch.columns[1].Append<int32_t>(static_cast<int32_t>(i % 10));
    batch.columns[2].Append<int32_t>(static_cast<int32_t>(i % 100 + 1));
    ++batch.rows;
  }
  return std::make_shared<MemorySource>(schema, std::move(batches));
}

// The first cell of the first row; fails the test on an error.
Value FirstCell(Engine* engine, EngineQuery query) {
  auto result = engine->Execute(std::move(query));
  EXPECT_TRUE(result.ok()) << result.status().ToString();
  Batch batch;
  const Result<bool> more = (*result)->Next(&batch);
  EXPECT_TRUE(more.ok() && *more) << more.status().ToString();
  return batch.GetRow(0)[0];
}

class EnginePerformanceTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    engine_ = Engine::Open({.threads = 2, .wide_rows_min = 50'000})->release();
  }
  static void TearDownTestSuite() { delete engine_; }

  // Best of three, after a first run that creates the instance.
  static void Measure(const char* what, const std::string& sql, uint64_t estimated_rows,
                      const Value& expected) {
    const auto source = MillionRows();
    double best = 1e9;
    for (int i = 0; i < 4; ++i) {
      const auto start = std::chrono::steady_clock::now();
      EXPECT_EQ(
          FirstCell(engine_, {.sql = sql, .tables = {source}, .estimated_rows = estimated_rows}),
          expected)
          << sql;
      if (i > 0) best = std::min(best, MillisSince(start));
    }
    std::printf("  %-44s %7.1f ms %7.1f M rows/s\n", what, best,
                static_cast<double>(kRows) / best / 1000.0);
  }

  static Engine* engine_;
};
Engine* EnginePerformanceTest::engine_ = nullptr;

TEST_F(EnginePerformanceTest, AggregatesAMillionRows) {
  const std::string sql =
      "SELECT sum(s)::BIGINT FROM (SELECT g, sum(x) s FROM millrace_scan(0) t GROUP BY g) u";
  const Value expected = Value::BigInt(kRows * (kRows - 1) / 2);
  Measure("sum by group, one thread", sql, 0, expected);
  Measure("sum by group, two threads", sql, kRows, expected);
  Measure("filter pushed and applied, one thread",
          "SELECT count(*) FROM millrace_scan(0) t WHERE d = 7", 0,
          Value::BigInt((kRows - 7) / 100 + 1));
}

TEST_F(EnginePerformanceTest, GuardedDivisionCostsLittle) {
  int64_t sum = 0;
  for (int64_t i = 0; i < kRows; ++i) sum += i / (i % 100 + 1);
  const Value expected = Value::BigInt(sum);
  Measure("x // d, the engine's own", "SELECT sum(x // d)::BIGINT FROM millrace_scan(0) t", 0,
          expected);
  Measure("millrace_call('/', x, d)",
          "SELECT sum(millrace_call('/', x, d))::BIGINT FROM millrace_scan(0) t", 0, expected);
}

TEST_F(EnginePerformanceTest, SmallQueriesAreFast) {
  const Schema schema{{{"x", TypeId::kBigInt}}};
  std::vector<std::vector<Value>> rows;
  for (int i = 0; i < 10; ++i) rows.push_back({Value::BigInt(i)});
  const auto source = MemorySource::OfRows(schema, rows);
  for (const char* sql : {"SELECT count(*) FROM millrace_scan(0) t",
                          "SELECT x FROM millrace_scan(0) t WHERE x = 5"}) {
    std::vector<double> micros;
    for (int i = 0; i < 300; ++i) {
      const auto start = std::chrono::steady_clock::now();
      FirstCell(engine_, {.sql = sql, .tables = {source}});
      micros.push_back(MillisSince(start) * 1000);
    }
    std::sort(micros.begin(), micros.end());
    std::printf("  %-50s p50 %5.0f us, p99 %5.0f us\n", sql, micros[150], micros[297]);
  }
}

TEST(EngineInstanceTest, CostsLittleToCreateAndKeep) {
  const auto engine = std::move(*Engine::Open({.short_instances_max = 6}));
  std::vector<std::unique_ptr<EngineResult>> open;
  FirstCell(engine.get(), {.sql = "SELECT 1"});
  const int64_t before = ResidentKilobytes();
  double millis = 0;
  for (int i = 0; i < 6; ++i) {
    const auto start = std::chrono::steady_clock::now();
    auto result = engine->Execute({.sql = "SELECT 1"});
    ASSERT_TRUE(result.ok());
    if (i > 0) millis += MillisSince(start);
    open.push_back(std::move(*result));
  }
  std::printf("  an instance: %.1f ms to create, %.1f MB resident\n", millis / 5,
              static_cast<double>(ResidentKilobytes() - before) / 5 / 1024);
  EXPECT_EQ(engine->counters().instances_created, 6U);
}

}  // namespace
}  // namespace millrace::engine
