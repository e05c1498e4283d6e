// Streaming, cancelling, memory, waiting and threads.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <thread>

#include "query/exec/engine/engine.h"
#include "query/exec/engine/memory_source.h"

namespace millrace::engine {
namespace {

constexpr size_t kManyBatches = 500;  // about a million rows

std::vector<Batch> ManyBatches(const Schema& schema) {
  Batch batch = Batch::ForSchema(schema);
  for (size_t i = 0; i < kBatchRows; ++i) {
    batch.AppendRow(std::vector<Value>{Value::BigInt(static_cast<int64_t>(i)),
                                       Value::BigInt(static_cast<int64_t>(i % 7))});
  }
  return std::vector<Batch>(kManyBatches, batch);
}

std::shared_ptr<MemorySource> ManyRows() {
  const Schema schema{{{"x", TypeId::kBigInt}, {"g", TypeId::kBigInt}}};
  return std::make_shared<MemorySource>(schema, ManyBatches(schema));
}

std::unique_ptr<Engine> Open(EngineOptions options) {
  auto engine = Engine::Open(std::move(options));
  EXPECT_TRUE(engine.ok()) << engine.status().ToString();
  return std::move(*engine);
}

// Reads all rows; their number or the error.
Result<uint64_t> Drain(EngineResult* result) {
  uint64_t rows = 0;
  while (true) {
    Batch batch;
    ASSIGN_OR_RETURN(const bool more, result->Next(&batch));
    if (!more) return rows;
    rows += batch.rows;
  }
}

Result<uint64_t> RunQuery(Engine* engine, EngineQuery query) {
  ASSIGN_OR_RETURN(const auto result, engine->Execute(std::move(query)));
  return Drain(result.get());
}

TEST(EngineLimitsTest, AResultStreamsAndIsNotComputedAhead) {
  const auto engine = Open({.threads = 2, .wide_rows_min = 1000});
  for (const uint64_t estimated_rows : {0, 1'000'000}) {
    const auto source = ManyRows();
    auto result = engine->Execute({.sql = "SELECT x, g FROM millrace_scan(0) t",
                                   .tables = {source},
                                   .estimated_rows = estimated_rows});
    ASSERT_TRUE(result.ok()) << result.status().ToString();
    Batch batch;
    ASSERT_TRUE(*(*result)->Next(&batch));
    // The engine's buffer is about a megabyte: 16 bytes a row and 2048 rows a batch
    // make some 30 batches, for each thread.
    EXPECT_LT(source->batches_read(), kManyBatches / 2);
    const Result<uint64_t> rest = Drain(result->get());
    ASSERT_TRUE(rest.ok());
    EXPECT_EQ(batch.rows + *rest, kManyBatches * kBatchRows);
  }
}

TEST(EngineLimitsTest, AnAbandonedResultLetsGoOfItsTablesAtOnce) {
  const auto engine = Open({.wide_instances_max = 1, .threads = 2, .wide_rows_min = 1000});
  for (const uint64_t estimated_rows : {0, 1'000'000}) {
    const auto source = ManyRows();
    auto result = engine->Execute({.sql = "SELECT x FROM millrace_scan(0) t",
                                   .tables = {source},
                                   .estimated_rows = estimated_rows});
    ASSERT_TRUE(result.ok());
    Batch batch;
    ASSERT_TRUE(*(*result)->Next(&batch));
    EXPECT_GT(source->open_readers(), 0);
    result->reset();
    EXPECT_EQ(source->open_readers(), 0);
    EXPECT_EQ(source.use_count(), 1);
    EXPECT_TRUE(RunQuery(engine.get(), {.sql = "SELECT 1", .estimated_rows = estimated_rows}).ok());
  }
  EXPECT_EQ(engine->counters().instances_created, 2U);
  EXPECT_EQ(engine->counters().instances_discarded, 0U);
}

TEST(EngineLimitsTest, AWarmEngineCreatesNothingForItsFirstQueries) {
  const auto engine = Open({.wide_instances_max = 1, .threads = 2, .wide_rows_min = 1000});
  for (int repeat = 0; repeat < 2; ++repeat) {
    ASSERT_TRUE(engine->Warm().ok());
    EXPECT_EQ(engine->counters().instances_created, 2U);
  }
  EXPECT_EQ(engine->counters().queries, 0U);
  for (const uint64_t estimated_rows : {0, 1'000'000}) {
    EXPECT_TRUE(RunQuery(engine.get(), {.sql = "SELECT 1", .estimated_rows = estimated_rows}).ok());
  }
  EXPECT_EQ(engine->counters().instances_created, 2U);
}

TEST(EngineLimitsTest, CancelStopsAStreamMidway) {
  const auto engine = Open({});
  const auto source = ManyRows();
  auto result = engine->Execute({.sql = "SELECT x FROM millrace_scan(0) t", .tables = {source}});
  ASSERT_TRUE(result.ok());
  Batch batch;
  ASSERT_TRUE(*(*result)->Next(&batch));
  std::thread([&] { (*result)->Cancel(); }).join();
  const Result<bool> more = (*result)->Next(&batch);
  EXPECT_EQ(more.status().sqlstate(), "57014");
  EXPECT_EQ(more.status().code(), Code::kCancelled);
  EXPECT_EQ((*result)->Next(&batch).status().sqlstate(), "57014");
  EXPECT_LT(source->batches_read(), kManyBatches);
  EXPECT_EQ(source->open_readers(), 0);
  (*result)->Cancel();  // after the end it does nothing
  EXPECT_TRUE(RunQuery(engine.get(), {.sql = "SELECT 1"}).ok());
}

TEST(EngineLimitsTest, CancelFromAnotherThreadStopsARunningQuery) {
  const auto engine = Open({.threads = 2, .wide_rows_min = 1000});
  for (const uint64_t estimated_rows : {0, 1'000'000}) {
    const auto source = ManyRows();
    std::promise<void> running;
    std::atomic<bool> told{false};
    source->OnNext([&](uint64_t batch) {
      if (batch >= 10 && !told.exchange(true)) running.set_value();
      return Status::Ok();
    });
    // A cross join of a million rows with themselves: it never ends by itself.
    auto result =
        engine->Execute({.sql = "SELECT count(*) FROM millrace_scan(0) a, millrace_scan(0) b "
                                "WHERE (a.x * b.x) % 1000003 = 1",
                         .tables = {source},
                         .estimated_rows = estimated_rows});
    ASSERT_TRUE(result.ok()) << result.status().ToString();
    auto answer = std::async(std::launch::async, [&] { return Drain(result->get()).status(); });
    running.get_future().wait();
    (*result)->Cancel();
    EXPECT_EQ(answer.get().sqlstate(), "57014");
    EXPECT_EQ(source->open_readers(), 0);
    EXPECT_TRUE(RunQuery(engine.get(), {.sql = "SELECT 1", .estimated_rows = estimated_rows}).ok());
  }
}

TEST(EngineLimitsTest, TheMemoryLimitIsPerQueryAndTheNextQueryWorks) {
  const auto engine = Open({.short_instances_max = 1});
  const std::string heavy = "SELECT x, row_number() OVER (ORDER BY g, x) r FROM millrace_scan(0) t";
  const Result<uint64_t> refused = RunQuery(
      engine.get(), {.sql = heavy, .tables = {ManyRows()}, .memory_bytes_max = int64_t{8} << 20});
  EXPECT_EQ(refused.status().code(), Code::kResourceExhausted);
  EXPECT_EQ(refused.status().sqlstate(), "53200");
  const Result<uint64_t> done = RunQuery(engine.get(), {.sql = heavy, .tables = {ManyRows()}});
  ASSERT_TRUE(done.ok()) << done.status().ToString();
  EXPECT_EQ(*done, kManyBatches * kBatchRows);
  EXPECT_EQ(engine->counters().instances_created, 1U);
}

TEST(EngineLimitsTest, WithASpillDirectoryALargeSortFinishesInLittleMemory) {
  const std::filesystem::path directory =
      std::filesystem::temp_directory_path() / "millrace_engine_spill_test";
  std::filesystem::remove_all(directory);
  {
    const auto engine = Open({.short_instances_max = 2,
                              .memory_bytes_per_query = int64_t{24} << 20,
                              .spill_directory = directory.string()});
    const auto sort = [&] {
      return RunQuery(engine.get(),
                      {.sql = "SELECT x, g FROM millrace_scan(0) t ORDER BY g DESC, x",
                       .tables = {ManyRows()}});
    };
    auto other = std::async(std::launch::async, sort);
    for (const Result<uint64_t>& done : {sort(), other.get()}) {
      ASSERT_TRUE(done.ok()) << done.status().ToString();
      EXPECT_EQ(*done, kManyBatches * kBatchRows);
    }
    // The directory is the engine's, not the query's.
    EXPECT_FALSE(
        RunQuery(engine.get(), {.sql = "SELECT * FROM read_text('" + directory.string() + "/x')"})
            .ok());
  }
  EXPECT_TRUE(!std::filesystem::exists(directory) || std::filesystem::is_empty(directory));
  std::filesystem::remove_all(directory);
}

// The rows are four times what the query may hold.
TEST(EngineLimitsTest, ASortOfMoreThanTheMemorySpills) {
  const std::filesystem::path directory =
      std::filesystem::temp_directory_path() / "millrace_engine_large_spill_test";
  {
    const auto engine =
        Open({.memory_bytes_per_query = int64_t{32} << 20, .spill_directory = directory.string()});
    const Result<uint64_t> sorted =
        RunQuery(engine.get(), {.sql = "SELECT x, g, x + 1, x + 2, x + 3, x + 4, x + 5, x + 6, "
                                       "x + 7, x + 8, x + 9, x + 10, x + 11, x + 12, x + 13 "
                                       "FROM millrace_scan(0) t ORDER BY g DESC, x",
                                .tables = {ManyRows()}});
    ASSERT_TRUE(sorted.ok()) << sorted.status().ToString();
    EXPECT_EQ(*sorted, kManyBatches * kBatchRows);
  }
  std::filesystem::remove_all(directory);
}

TEST(EngineLimitsTest, AStopEndsAQueryBeforeItsFirstRow) {
  const auto engine = Open({});
  StopSource source;
  source.RequestStop();
  const auto stopped = engine->Execute({.sql = "SELECT 1", .stop = source.token()});
  EXPECT_EQ(stopped.status().sqlstate(), "57014");
  EXPECT_TRUE(RunQuery(engine.get(), {.sql = "SELECT 1"}).ok());
}

TEST(EngineLimitsTest, WaitsForAnInstanceOnlyAsLongAsAllowed) {
  const auto engine = Open({.short_instances_max = 1, .waiting_max = 0});
  auto first = engine->Execute({.sql = "SELECT 1"});
  ASSERT_TRUE(first.ok());
  const auto second = engine->Execute({.sql = "SELECT 2"});
  EXPECT_EQ(second.status().sqlstate(), "53300");
  first->reset();
  EXPECT_TRUE(engine->Execute({.sql = "SELECT 2"}).ok());
  EXPECT_EQ(engine->counters().queries_refused, 1U);

  const auto impatient = Open({.short_instances_max = 1, .waiting_max = 1, .wait_ms_max = 1});
  first = impatient->Execute({.sql = "SELECT 1"});
  EXPECT_EQ(impatient->Execute({.sql = "SELECT 2"}).status().sqlstate(), "53300");
}

TEST(EngineLimitsTest, AnInstanceThatMayBeBrokenIsThrownAway) {
  const auto engine = Open({.short_instances_max = 1, .waiting_max = 0});
  const auto broken = engine->Execute({.sql = "SELECT * FROM millrace_scan(3) t"});
  EXPECT_EQ(broken.status().sqlstate(), "XX000");
  EXPECT_EQ(broken.status().message(), "the analytical engine failed");
  EXPECT_EQ(engine->counters().instances_discarded, 1U);
  EXPECT_TRUE(RunQuery(engine.get(), {.sql = "SELECT 1"}).ok());
  EXPECT_EQ(engine->counters().instances_created, 2U);
}

TEST(EngineLimitsTest, AReadToTheEndResultFreesItsInstance) {
  const auto engine = Open({.short_instances_max = 1, .waiting_max = 0});
  auto first = engine->Execute({.sql = "SELECT 1"});
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(Drain(first->get()).ok());
  EXPECT_TRUE(engine->Execute({.sql = "SELECT 2"}).ok());
  EXPECT_EQ((*first)->schema().size(), 1U);
  Batch batch;
  EXPECT_FALSE(*(*first)->Next(&batch));
}

TEST(EngineLimitsTest, ManyThreadsShareAFewInstances) {
  const auto engine = Open({.short_instances_max = 2, .threads = 2, .wide_rows_min = 1000});
  constexpr int kThreads = 4;
  constexpr int kQueries = 50;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const Schema schema{{{"x", TypeId::kBigInt}, {"who", TypeId::kText}}};
      const std::string name = "the thread with the number " + std::to_string(t);
      std::vector<std::vector<Value>> rows;
      for (int i = 0; i < 3000; ++i) rows.push_back({Value::BigInt(i), Value::Text(name)});
      for (int i = 0; i < kQueries; ++i) {
        const auto source = MemorySource::OfRows(schema, rows);
        auto result = engine->Execute(
            {.sql = "SELECT who, count(*) FROM millrace_scan(0) t WHERE x >= $1 GROUP BY who",
             .tables = {source},
             .params = {Value::BigInt(i)},
             .estimated_rows = i % 5 == 0 ? 100'000U : 0U});
        Batch batch;
        if (!result.ok() || !(*result)->Next(&batch).ok() || batch.rows != 1 ||
            batch.GetRow(0)[0] != Value::Text(name) ||
            batch.GetRow(0)[1] != Value::BigInt(3000 - i)) {
          ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(engine->counters().queries, static_cast<uint64_t>(kThreads * kQueries));
  EXPECT_LE(engine->counters().instances_created, 3U);
}

TEST(EngineLimitsTest, AResultMayOutliveItsEngine) {
  auto engine = Open({});
  auto result = engine->Execute({.sql = "SELECT i FROM generate_series(1, 10000) g(i)"});
  ASSERT_TRUE(result.ok());
  engine.reset();
  EXPECT_EQ(*Drain(result->get()), 10'000U);
}

}  // namespace
}  // namespace millrace::engine
