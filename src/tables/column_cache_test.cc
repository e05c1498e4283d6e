// Scans through the cache against scans of the store at the same snapshot, and the
// cache's own rules: what it takes, what it drops, what it counts.
#include "tables/column_cache.h"

#include <gtest/gtest.h>

#include <thread>

#include "tables/cached_scan.h"
#include "tables/tables_for_test.h"
#include "types/random_values_for_test.h"

namespace millrace {
namespace {

using testing::MakeTable;
using testing::TestTables;

TableDefinition ReadingsTable(TableKind kind) {
  return MakeTable("t", kind,
                   {{"id", TypeId::kBigInt, true},
                    {"g", TypeId::kInt},
                    {"name", TypeId::kText},
                    {"x", TypeId::kDouble}});
}

// A table's rows, changed by replace and delete; every change is one more commit.
class Readings {
 public:
  Readings(TestTables& tables, TableKind kind)
      : tables_(tables), codec_(tables.Create(ReadingsTable(kind))) {}

  const CodecPtr& codec() const { return codec_; }

  void Put(const std::string& user, int64_t first, int64_t count, int32_t g) {
    MutationBatch batch = tables_.NewBatch();
    batch.BeginTable(codec_->table(), user);
    for (int64_t id = first; id < first + count; ++id) {
      const Value name = id % 3 == 0 ? Value::Null(TypeId::kText) : Value::Text("row of a reading");
      const std::vector<Value> row = {Value::BigInt(id), Value::Integer(TypeId::kInt, g), name,
                                      Value::Real(TypeId::kDouble, static_cast<double>(id) / 2)};
      batch.Replace(codec_->RelativeKey(user, row), tables_.Row(*codec_, row));
    }
    ASSERT_EQ(tables_.Append(batch).verdict, Verdict::kApplied);
  }

  // Deletes those of [first, first + count) that exist.
  void Delete(const std::string& user, int64_t first, int64_t count) {
    MutationBatch batch = tables_.NewBatch();
    batch.BeginTable(codec_->table(), user);
    const SnapshotPtr snapshot = tables_.Snap();
    for (int64_t id = first; id < first + count; ++id) {
      const std::vector<Value> key = {Value::BigInt(id)};
      const auto row = *GetRow(*snapshot, *codec_, codec_->FullKey(user, key));
      if (!row.has_value()) continue;
      batch.Delete(codec_->RelativeKey(user, key), row_format::Seq(*row));
    }
    if (batch.changes() == 0) return;
    ASSERT_EQ(tables_.Append(batch).verdict, Verdict::kApplied);
  }

  void Truncate(const std::string& user) {
    MutationBatch batch = tables_.NewBatch();
    batch.BeginTable(codec_->table(), user);
    batch.Truncate(codec_->RelativeScope(user));
    ASSERT_EQ(tables_.Append(batch).verdict, Verdict::kApplied);
  }

  std::vector<std::vector<Value>> Stored(const SnapshotPtr& snapshot, const std::string& user,
                                         const ScanRequest& request) const {
    RowScan scan(snapshot, codec_, NarrowRange(*codec_, user, request.bounds).range,
                 request.columns);
    std::vector<std::vector<Value>> rows;
    Read(&scan, request, &rows);
    return rows;
  }

  std::vector<std::vector<Value>> Cached(const SnapshotPtr& snapshot, const std::string& user,
                                         const ScanRequest& request, size_t partitions = 1) const {
    const auto source = MakeTableSource(snapshot, codec_, user, &tables_.cache());
    std::vector<std::vector<Value>> rows;
    auto readers = *source->Scan(request, partitions);
    EXPECT_LE(readers.size(), partitions);
    for (const auto& reader : readers) Read(reader.get(), request, &rows);
    return rows;
  }

 private:
  // Keeps what the bounds (on column 0, the first one read) allow.
  static void Read(BatchReader* reader, const ScanRequest& request,
                   std::vector<std::vector<Value>>* rows) {
    Batch batch;
    while (*reader->Next(&batch)) {
      EXPECT_GT(batch.rows, 0u);
      for (size_t row = 0; row < batch.rows; ++row) {
        std::vector<Value> values = batch.GetRow(row);
        bool wanted = true;
        for (const ColumnBound& bound : request.bounds) {
          const int order = *CompareValues(values[0], bound.value);
          wanted = wanted && (bound.kind == ColumnBound::Kind::kLess ? order < 0 : order >= 0);
        }
        if (wanted) rows->push_back(std::move(values));
      }
    }
  }

  TestTables& tables_;
  CodecPtr codec_;
};

struct CacheCounts {
  explicit CacheCounts(TestTables& tables) : tables(tables) { Restart(); }
  void Restart() {
    hits_before = Value("tables_column_cache_hits_total");
    misses_before = Value("tables_column_cache_misses_total");
  }
  uint64_t hits() const { return Value("tables_column_cache_hits_total") - hits_before; }
  uint64_t misses() const { return Value("tables_column_cache_misses_total") - misses_before; }
  uint64_t Value(const std::string& name) const {
    return tables.metrics.AddCounter(name, "").value();
  }
  TestTables& tables;
  uint64_t hits_before = 0;
  uint64_t misses_before = 0;
};

TEST(ColumnCacheTest, ARepeatedScanDoesNotReadTheStore) {
  TestTables tables;
  Readings readings(tables, TableKind::kShared);
  readings.Put("", 0, 6000, 1);
  ASSERT_TRUE(tables.store().Flush().ok());  // its estimates are better than memory's
  CacheCounts counts(tables);
  const auto expected = readings.Stored(tables.Snap(), "", {.columns = {0, 2}});
  EXPECT_EQ(readings.Cached(tables.Snap(), "", {.columns = {0, 2}}), expected);
  EXPECT_EQ(counts.hits(), 0u);
  EXPECT_EQ(counts.misses(), 3u);  // two full blocks and the rest
  counts.Restart();
  EXPECT_EQ(readings.Cached(tables.Snap(), "", {.columns = {0, 2}}), expected);
  EXPECT_EQ(counts.hits(), 3u);
  EXPECT_EQ(counts.misses(), 0u);
  // Another column is added to the blocks.
  EXPECT_EQ(readings.Cached(tables.Snap(), "", {.columns = {3}}),
            readings.Stored(tables.Snap(), "", {.columns = {3}}));
  counts.Restart();
  EXPECT_EQ(readings.Cached(tables.Snap(), "", {.columns = {0, 3, 2}}),
            readings.Stored(tables.Snap(), "", {.columns = {0, 3, 2}}));
  EXPECT_EQ(readings.Cached(tables.Snap(), "", {}).size(), 6000u);
  EXPECT_EQ(counts.misses(), 0u);
}

TEST(ColumnCacheTest, AChangeCostsItsBlockAloneAndAnAppendNone) {
  TestTables tables;
  Readings readings(tables, TableKind::kShared);
  readings.Put("", 0, 6000, 1);
  ASSERT_TRUE(tables.store().Flush().ok());
  const ScanRequest request{.columns = {0, 1}};
  readings.Cached(tables.Snap(), "", request);
  readings.Put("", 3000, 1, 2);  // in the second block
  CacheCounts counts(tables);
  EXPECT_EQ(readings.Cached(tables.Snap(), "", request),
            readings.Stored(tables.Snap(), "", request));
  EXPECT_EQ(counts.hits(), 2u);
  EXPECT_EQ(counts.misses(), 1u);
  counts.Restart();
  EXPECT_EQ(readings.Cached(tables.Snap(), "", request),
            readings.Stored(tables.Snap(), "", request));
  EXPECT_EQ(counts.misses(), 0u);
}

TEST(ColumnCacheTest, ASnapshotOlderThanABlockDoesNotSeeIt) {
  TestTables tables;
  Readings readings(tables, TableKind::kShared);
  readings.Put("", 0, 6000, 1);
  const SnapshotPtr old = tables.Snap();
  readings.Put("", 100, 50, 2);
  const ScanRequest request{.columns = {1}};
  const auto now = readings.Cached(tables.Snap(), "", request);
  const auto before = readings.Cached(old, "", request);
  EXPECT_NE(now, before);
  EXPECT_EQ(before, readings.Stored(old, "", request));
  EXPECT_EQ(readings.Cached(tables.Snap(), "", request), now);
}

TEST(ColumnCacheTest, RowsOfAnOldSnapshotAreNotTakenWhenTheyHaveChanged) {
  TestTables tables;
  Readings readings(tables, TableKind::kShared);
  readings.Put("", 0, 6000, 1);
  const SnapshotPtr old = tables.Snap();
  const ScanRequest request{.columns = {1}};
  const auto source = MakeTableSource(old, readings.codec(), "", &tables.cache());
  auto readers = *source->Scan(request, 1);
  Batch batch;
  ASSERT_TRUE(*readers[0]->Next(&batch));
  readings.Put("", 2500, 1, 2);  // in the block that is read next
  while (*readers[0]->Next(&batch)) {
  }
  EXPECT_EQ(readings.Cached(tables.Snap(), "", request),
            readings.Stored(tables.Snap(), "", request));
}

TEST(ColumnCacheTest, ATruncateIsSeenAtOnceAndByNoOlderSnapshot) {
  TestTables tables;
  Readings readings(tables, TableKind::kShared);
  readings.Put("", 0, 6000, 1);
  const ScanRequest request{.columns = {0, 1}};
  const auto before = readings.Cached(tables.Snap(), "", request);
  const SnapshotPtr old = tables.Snap();
  readings.Truncate("");
  EXPECT_EQ(readings.Cached(tables.Snap(), "", request).size(), 0u);
  EXPECT_EQ(readings.Cached(old, "", request), before);
  // What the old snapshot read was not left for new ones.
  readings.Put("", 3000, 1, 2);
  EXPECT_EQ(readings.Cached(tables.Snap(), "", request).size(), 1u);
}

TEST(ColumnCacheTest, AnotherSchemaVersionStartsAnew) {
  TestTables tables;
  Readings readings(tables, TableKind::kShared);
  readings.Put("", 0, 3000, 1);
  ASSERT_TRUE(tables.store().Flush().ok());
  readings.Cached(tables.Snap(), "", {.columns = {1}});
  const size_t bytes = tables.cache().bytes();
  EXPECT_GT(bytes, 3000 * sizeof(int32_t));
  TableDefinition altered = readings.codec()->table();
  auto next = std::make_shared<SchemaVersion>(altered.current());
  next->version = 2;
  std::swap(next->columns[1], next->columns[3]);
  altered.versions.push_back(next);
  ASSERT_EQ(tables.Append({testing::PutTable(altered, 1)}).verdict, Verdict::kApplied);
  EXPECT_EQ(tables.cache().bytes(), 0u);  // at once, not at the next scan
  const CodecPtr codec = tables.Codec("t");
  const auto source = MakeTableSource(tables.Snap(), codec, "", &tables.cache());
  auto readers = *source->Scan({.columns = {1}}, 1);
  Batch batch;
  ASSERT_TRUE(*readers[0]->Next(&batch));
  EXPECT_EQ(batch.columns[0].type(), SqlType(TypeId::kDouble));
  // A reader that still has the old version is right, and leaves nothing.
  const size_t bytes_of_new = tables.cache().bytes();
  const auto old = readings.Cached(tables.Snap(), "", {.columns = {1}});
  EXPECT_EQ(old, readings.Stored(tables.Snap(), "", {.columns = {1}}));
  EXPECT_EQ(tables.cache().bytes(), bytes_of_new);
}

TEST(ColumnCacheTest, ADroppedTableLeavesNothing) {
  TestTables tables;
  Readings readings(tables, TableKind::kShared);
  readings.Put("", 0, 6000, 1);
  ASSERT_TRUE(tables.store().Flush().ok());
  const ScanRequest request{.columns = {1}};
  const SnapshotPtr before = tables.Snap();
  const auto rows = readings.Cached(before, "", request);
  EXPECT_GT(tables.cache().bytes(), 6000 * sizeof(int32_t));
  // Another scan begins before the table is dropped, and ends after it was.
  const auto source = MakeTableSource(before, readings.codec(), "", &tables.cache());
  auto readers = *source->Scan({.columns = {3}}, 1);
  Batch batch;
  ASSERT_TRUE(*readers[0]->Next(&batch));
  ASSERT_EQ(tables.Append({testing::DropTable("app.t")}).verdict, Verdict::kApplied);
  EXPECT_EQ(tables.cache().bytes(), 0u);
  size_t rest = 0;
  while (*readers[0]->Next(&batch)) rest += batch.rows;
  EXPECT_EQ(rest, 6000 - kBatchRows);
  EXPECT_EQ(tables.cache().bytes(), 0u);
  // One that was planned before begins only now.
  EXPECT_EQ(readings.Cached(before, "", request), rows);
  EXPECT_EQ(tables.cache().bytes(), 0u);
}

TEST(ColumnCacheTest, RowsThatExpireAreNotKept) {
  TestTables tables;
  TableDefinition definition = ReadingsTable(TableKind::kStream);
  definition.ttl_seconds = 60;
  const CodecPtr codec = tables.Create(definition);
  MutationBatch batch = tables.NewBatch();
  batch.BeginTable(codec->table(), "ann");
  for (int64_t id = 0; id < 5000; ++id) {
    const std::vector<Value> row = {Value::BigInt(id), Value::Integer(TypeId::kInt, 1),
                                    Value::Null(TypeId::kText), Value::Null(TypeId::kDouble)};
    batch.Replace(codec->RelativeKey("ann", row), tables.Row(*codec, row));
  }
  ASSERT_EQ(tables.Append(batch).verdict, Verdict::kApplied);
  const auto count = [&] {
    const auto source = MakeTableSource(tables.Snap(), codec, "ann", &tables.cache());
    size_t rows = 0;
    for (const auto& reader : *source->Scan({.columns = {0}}, 1)) {
      Batch read;
      while (*reader->Next(&read)) rows += read.rows;
    }
    return rows;
  };
  EXPECT_EQ(count(), 5000u);
  EXPECT_EQ(tables.cache().bytes(), 0u);
  tables.clock.AdvanceMicros(61'000'000);
  EXPECT_EQ(count(), 0u);
}

TEST(ColumnCacheTest, AUserDoesNotGetTheRowsOfAnother) {
  TestTables tables;
  Readings readings(tables, TableKind::kUser);
  readings.Put("ann", 0, 6000, 1);
  readings.Put("bob", 0, 3000, 2);
  const ScanRequest request{.columns = {1}};
  for (int repeat = 0; repeat < 2; ++repeat) {
    EXPECT_EQ(readings.Cached(tables.Snap(), "ann", request).size(), 6000u);
    const auto rows = readings.Cached(tables.Snap(), "bob", request, 4);
    EXPECT_EQ(rows.size(), 3000u);
    for (const auto& row : rows) ASSERT_EQ(row[0].integer(), 2);
    EXPECT_EQ(readings.Cached(tables.Snap(), "annabel", request).size(), 0u);
  }
}

// One commit of many rows is remembered as a few changes: what it does not touch is
// kept of a scan that it runs into.
TEST(ColumnCacheTest, ABulkLoadCostsAScanOnlyTheRangeItTouches) {
  TestTables tables({.changes_max = 8, .changes_per_commit_max = 4});
  Readings readings(tables, TableKind::kShared);
  readings.Put("", 0, 8000, 1);
  ASSERT_TRUE(tables.store().Flush().ok());
  const ScanRequest request{.columns = {1}};
  const auto source = MakeTableSource(tables.Snap(), readings.codec(), "", &tables.cache());
  auto readers = *source->Scan(request, 1);
  readings.Put("", 7000, 3000, 2);
  Batch batch;
  while (*readers[0]->Next(&batch)) {
  }
  CacheCounts counts(tables);
  EXPECT_EQ(readings.Cached(tables.Snap(), "", request),
            readings.Stored(tables.Snap(), "", request));
  EXPECT_EQ(counts.hits(), 3u);
}

TEST(ColumnCacheTest, WhatIsCachedIsCutBetweenBlocks) {
  TestTables tables;
  Readings readings(tables, TableKind::kShared);
  readings.Put("", 0, 8 * kBatchRows, 1);
  ASSERT_TRUE(tables.store().Flush().ok());
  readings.Cached(tables.Snap(), "", {.columns = {1}});
  readings.Delete("", 7 * kBatchRows, kBatchRows);  // an empty block at the end
  readings.Cached(tables.Snap(), "", {.columns = {1}});
  const SnapshotPtr snapshot = tables.Snap();
  const ColumnCache::View view{
      .table = readings.codec()->table().id, .schema_version = 1, .snapshot = snapshot->lsn()};
  const KeyRange all = NarrowRange(*readings.codec(), "", {}).range;
  const auto key = [&](size_t block) {
    return readings.codec()->FullKey(
        "", std::vector<Value>{Value::BigInt(static_cast<int64_t>(block * kBatchRows))});
  };
  const auto cuts = [&](size_t parts, size_t rows_min) {
    return tables.cache().Cuts(view, all.lower, all.upper, parts, rows_min);
  };
  EXPECT_EQ(cuts(2, 0), std::vector({key(4)}));
  EXPECT_EQ(cuts(3, 7 * kBatchRows), std::vector({key(3), key(5)}));
  EXPECT_EQ(cuts(3, 7 * kBatchRows + 1), std::vector<std::string>());
  EXPECT_EQ(cuts(7, 0).size(), 6u);
  EXPECT_EQ(cuts(100, 0).size(), 7u);
}

TEST(ColumnCacheTest, WhatIsRememberedIsCountedAndBounded) {
  TestTables tables({.bytes_max = 20'000});
  Readings readings(tables, TableKind::kShared);
  readings.Put("", 0, 3000, 1);
  ASSERT_TRUE(tables.store().Flush().ok());
  readings.Cached(tables.Snap(), "", {.columns = {1}});
  for (int64_t id = 0; id < 600; ++id) {
    readings.Put("", id, 1, 2);
    ASSERT_LE(tables.cache().bytes(), 20'000u);
  }
  readings.Put("", 0, 3000, 3);
  EXPECT_LE(tables.cache().bytes(), 20'000u);
  ASSERT_EQ(tables.Append({testing::DropTable("app.t")}).verdict, Verdict::kApplied);
  EXPECT_EQ(tables.cache().bytes(), 0u);
}

TEST(ColumnCacheTest, KeepsToItsBytes) {
  TestTables tables({.bytes_max = 100'000});
  Readings readings(tables, TableKind::kShared);
  for (int part = 0; part < 4; ++part) readings.Put("", part * 5000, 5000, 1);
  ASSERT_TRUE(tables.store().Flush().ok());
  for (int repeat = 0; repeat < 3; ++repeat) {
    EXPECT_EQ(readings.Cached(tables.Snap(), "", {.columns = {0, 1}}),
              readings.Stored(tables.Snap(), "", {.columns = {0, 1}}));
    EXPECT_GT(tables.cache().bytes(), 40'000u);
    EXPECT_LE(tables.cache().bytes(), 100'000u);
  }
}

TEST(ColumnCacheTest, FollowsAFewTablesAndForgetsWhatIsOnlyWritten) {
  TestTables tables({.tables_max = 1, .changes_max = 10});
  Readings readings(tables, TableKind::kShared);
  readings.Put("", 0, 6000, 1);
  ASSERT_TRUE(tables.store().Flush().ok());
  const ScanRequest request{.columns = {1}};
  readings.Cached(tables.Snap(), "", request);
  EXPECT_GT(tables.cache().bytes(), 0u);
  readings.Put("", 0, 6000, 2);  // drops all blocks, then the table
  EXPECT_EQ(tables.cache().bytes(), 0u);
  CacheCounts counts(tables);
  readings.Cached(tables.Snap(), "", request);
  EXPECT_EQ(readings.Cached(tables.Snap(), "", request),
            readings.Stored(tables.Snap(), "", request));
  EXPECT_GT(counts.hits(), 0u);
  const CodecPtr other =
      tables.Create(MakeTable("other", TableKind::kShared, {{"id", TypeId::kInt, true}}));
  tables.cache().Follow({.table = other->table().id, .schema_version = 1, .snapshot = Lsn(1)});
  EXPECT_LT(tables.cache().bytes(), 1000u);
}

class ColumnCacheRandomTest : public ::testing::TestWithParam<TableKind> {};

TEST_P(ColumnCacheRandomTest, ScansAtAnySnapshotAreThoseOfTheStore) {
  TestTables tables({.bytes_max = 600'000, .changes_max = 64});
  Readings readings(tables, GetParam());
  std::vector<std::string> users = {"ann", "annabel", "bob"};
  if (GetParam() == TableKind::kShared) users = {""};
  SeededRandom random(static_cast<uint64_t>(GetParam()) + 3);
  for (const std::string& user : users) readings.Put(user, 0, 9000, 0);
  std::vector<SnapshotPtr> snapshots = {tables.Snap()};
  CacheCounts counts(tables);
  for (int round = 0; round < 250; ++round) {
    const std::string& user = users[random.Below(users.size())];
    const auto id = static_cast<int64_t>(random.Below(12'000));
    const auto count = static_cast<int64_t>(random.Below(8) == 0 ? random.Below(3000) : 1);
    if (round % 50 == 40) {
      readings.Truncate(user);
      readings.Put(user, 0, 9000, round);
    }
    switch (random.Below(4)) {
      case 0:
        readings.Put(user, id, count, round);
        break;
      case 1:
        readings.Delete(user, id, count);
        break;
      case 2:
        readings.Put(user, 20'000 + round, 1, round);
        break;
      default:
        break;
    }
    if (random.Below(5) == 0) snapshots[random.Below(snapshots.size())] = tables.Snap();
    if (snapshots.size() < 4) snapshots.push_back(tables.Snap());
    if (round % 60 == 30) ASSERT_TRUE(tables.store().Flush().ok());
    ScanRequest request{.columns = {0}};
    for (uint64_t left = random.Below(4); left > 0; --left) {
      request.columns.push_back(random.Below(readings.codec()->deleted_column() + 1));
    }
    const auto bound = [&](ColumnBound::Kind kind) {
      const Value at = Value::BigInt(static_cast<int64_t>(random.Below(12'000)));
      request.bounds.push_back({0, kind, at});
    };
    if (random.Below(3) == 0) bound(ColumnBound::Kind::kGreaterOrEqual);
    if (random.Below(3) == 0) bound(ColumnBound::Kind::kLess);
    const SnapshotPtr snapshot =
        random.Below(3) == 0 ? snapshots[random.Below(snapshots.size())] : tables.Snap();
    const std::string& reader = users[random.Below(users.size())];
    ASSERT_EQ(readings.Cached(snapshot, reader, request, 1 + random.Below(5)),
              readings.Stored(snapshot, reader, request))
        << round;
  }
  EXPECT_GT(counts.hits(), 100u);
  EXPECT_GT(counts.misses(), 100u);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ColumnCacheRandomTest,
                         ::testing::Values(TableKind::kShared, TableKind::kUser));

TEST(ColumnCacheTest, ScansAmongWritersAreThoseOfTheStoreAtTheSameSnapshot) {
  TestTables tables({.bytes_max = 400'000, .changes_max = 256});
  Readings readings(tables, TableKind::kUser);
  const std::vector<std::string> users = {"ann", "bob"};
  for (const std::string& user : users) readings.Put(user, 0, 9000, 0);
  ASSERT_TRUE(tables.store().Flush().ok());
  CacheCounts counts(tables);
  std::atomic<int> writers{2};
  const auto write = [&](size_t writer) {
    SeededRandom random(writer + 20);
    for (int round = 0; round < 200; ++round) {
      const auto id = static_cast<int64_t>(random.Below(10'000));
      const auto count = static_cast<int64_t>(random.Below(10) == 0 ? random.Below(1500) : 1);
      if (random.Below(3) == 0) {
        readings.Delete(users[writer], id, count);
      } else {
        readings.Put(users[writer], id, count, round);
      }
    }
    --writers;
  };
  const auto read = [&](uint64_t seed) {
    SeededRandom random(seed);
    for (int left = 5; left > 0;) {
      if (writers == 0) --left;  // some scans also when all is quiet
      const SnapshotPtr snapshot = tables.Snap();
      const std::string& user = users[random.Below(users.size())];
      ScanRequest request{.columns = {0, 1 + random.Below(3)}};
      if (random.Below(2) == 0) {
        request.bounds.push_back({0, ColumnBound::Kind::kGreaterOrEqual,
                                  Value::BigInt(static_cast<int64_t>(random.Below(9000)))});
      }
      ASSERT_EQ(readings.Cached(snapshot, user, request, 1 + random.Below(4)),
                readings.Stored(snapshot, user, request));
    }
  };
  std::vector<std::thread> threads;
  for (size_t i = 0; i < 2; ++i) {
    threads.emplace_back(write, i);
    threads.emplace_back(read, i + 40);
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(counts.hits(), 0u);
  EXPECT_GT(counts.misses(), 0u);
}

// Writers move an amount between two rows far apart: every snapshot has the same sum.
TEST(ColumnCacheTest, ReadersAndWritersAtOnceSeeWholeSnapshots) {
  TestTables tables;
  Readings readings(tables, TableKind::kShared);
  readings.Put("", 0, 8000, 10);
  ASSERT_TRUE(tables.store().Flush().ok());
  std::atomic<bool> stop{false};
  const auto read = [&] {
    while (!stop) {
      const auto source = MakeTableSource(tables.Snap(), readings.codec(), "", &tables.cache());
      int64_t sum = 0;
      for (const auto& reader : *source->Scan({.columns = {1}}, 3)) {
        Batch batch;
        while (*reader->Next(&batch)) {
          for (const int32_t g : batch.columns[0].values<int32_t>()) sum += g;
        }
      }
      ASSERT_EQ(sum, 80'000);
    }
  };
  std::thread first(read);
  std::thread second(read);
  SeededRandom random(8);
  const TableCodec& codec = *readings.codec();
  for (int round = 0; round < 400; ++round) {
    const int64_t low = testing::RandomInteger(random, 0, 3999);
    const int64_t high = testing::RandomInteger(random, 4000, 7999);
    MutationBatch batch = tables.NewBatch();
    batch.BeginTable(codec.table(), "");
    const SnapshotPtr snapshot = tables.Snap();
    for (const int64_t id : {low, high}) {
      const std::vector<Value> key = {Value::BigInt(id)};
      std::vector<Value> row = *codec.DecodeRow(**GetRow(*snapshot, codec, codec.FullKey("", key)));
      row[1] = Value::Integer(TypeId::kInt, row[1].integer() + (id == low ? -1 : 1));
      batch.Replace(codec.RelativeKey("", row), tables.Row(codec, row));
    }
    ASSERT_EQ(tables.Append(batch).verdict, Verdict::kApplied);
  }
  stop = true;
  first.join();
  second.join();
}

}  // namespace
}  // namespace millrace
