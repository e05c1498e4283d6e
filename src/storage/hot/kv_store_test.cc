// The store's promises on a healthy disk; disk faults are in kv_store_fault_test.cc.
#include "storage/hot/kv_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/random.h"
#include "storage/hot/temporary_directory_for_test.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;

class KvStoreTest : public ::testing::Test {
 protected:
  void SetUp() override { Reopen(); }
  void Reopen() {
    store_.reset();
    auto opened = KvStore::Open({.directory = directory_.path()}, log_);
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    store_ = std::move(*opened);
  }
  void Put(KeySpace space, std::string_view key, std::string_view value,
           Sync sync = Sync::kNoSync) {
    WriteBatch batch = store_->NewBatch();
    batch.Put(space, key, value);
    ASSERT_TRUE(store_->Write(&batch, sync).ok());
  }
  std::string Get(KeySpace space, std::string_view key, const KvSnapshot* snapshot = nullptr) {
    const auto value = store_->Get(space, key, snapshot);
    if (!value.ok()) return value.status().ToString();
    return value->value_or("(none)");
  }
  std::vector<std::string> Keys(std::string lower, std::string upper,
                                const KvSnapshot* snapshot = nullptr) {
    std::vector<std::string> keys;
    const auto iterator = store_->NewIterator(KeySpace::kRows, lower, upper, snapshot);
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
      keys.emplace_back(iterator->key());
    }
    EXPECT_TRUE(iterator->status().ok());
    return keys;
  }
  std::vector<std::string> KeysBackward(std::string lower, std::string upper) {
    std::vector<std::string> keys;
    const auto iterator = store_->NewIterator(KeySpace::kRows, lower, upper);
    for (iterator->SeekToLast(); iterator->Valid(); iterator->Previous()) {
      keys.emplace_back(iterator->key());
    }
    EXPECT_TRUE(iterator->status().ok());
    return keys;
  }

  testing::TemporaryDirectory directory_;
  CapturedLog log_;
  std::unique_ptr<KvStore> store_;
};

TEST_F(KvStoreTest, KeySpacesAreApart) {
  Put(KeySpace::kMeta, "k", "meta");
  Put(KeySpace::kRows, "k", "");
  EXPECT_EQ(Get(KeySpace::kMeta, "k"), "meta");
  EXPECT_EQ(Get(KeySpace::kRows, "k"), "");
  EXPECT_EQ(Get(KeySpace::kFeed, "k"), "(none)");
}

TEST_F(KvStoreTest, KeysAndValuesAreAnyBytes) {
  const std::string key("\0\xff\x01", 3);
  const std::string value("\0\0", 2);
  Put(KeySpace::kRows, key, value);
  EXPECT_EQ(Get(KeySpace::kRows, key), value);
  EXPECT_EQ(Get(KeySpace::kRows, key.substr(0, 2)), "(none)");
}

TEST_F(KvStoreTest, PartsAreJoined) {
  WriteBatch batch = store_->NewBatch();
  batch.PutParts(KeySpace::kRows, "pre", "fix", "a", "", "bc");
  batch.Put(KeySpace::kRows, "preother", "x");
  batch.DeleteParts(KeySpace::kRows, "pre", "other");
  ASSERT_TRUE(store_->Write(&batch, Sync::kNoSync).ok());
  EXPECT_EQ(Get(KeySpace::kRows, "prefix"), "abc");
  EXPECT_EQ(Get(KeySpace::kRows, "preother"), "(none)");
}

TEST_F(KvStoreTest, ASnapshotStandsStill) {
  Put(KeySpace::kRows, "a", "1");
  Put(KeySpace::kRows, "b", "1");
  const auto snapshot = store_->GetSnapshot();
  WriteBatch batch = store_->NewBatch();
  batch.Put(KeySpace::kRows, "a", "2");
  batch.Put(KeySpace::kRows, "c", "2");
  batch.DeleteRange(KeySpace::kRows, "b", "c");
  ASSERT_TRUE(store_->Write(&batch, Sync::kNoSync).ok());

  EXPECT_EQ(Get(KeySpace::kRows, "a", snapshot.get()), "1");
  EXPECT_EQ(Get(KeySpace::kRows, "c", snapshot.get()), "(none)");
  EXPECT_THAT(Keys("", "", snapshot.get()), ElementsAre("a", "b"));
  EXPECT_THAT(Keys("", ""), ElementsAre("a", "c"));
  const auto values = store_->MultiGet(KeySpace::kRows, {"c", "b", "a"}, snapshot.get());
  ASSERT_EQ(values.size(), 3u);
  EXPECT_EQ(*values[0], std::nullopt);
  EXPECT_EQ(*values[1], "1");
  EXPECT_EQ(*values[2], "1");
}

TEST_F(KvStoreTest, IteratorsKeepTheirBoundsInBothDirections) {
  for (const char* key : {"a", "b", "ba", "c", "d"}) Put(KeySpace::kRows, key, key);
  EXPECT_THAT(Keys("b", "d"), ElementsAre("b", "ba", "c"));
  EXPECT_THAT(KeysBackward("b", "d"), ElementsAre("c", "ba", "b"));
  EXPECT_THAT(Keys("bb", ""), ElementsAre("c", "d"));
  EXPECT_THAT(KeysBackward("", "b"), ElementsAre("a"));
  EXPECT_THAT(Keys("c", "c"), ElementsAre());
  EXPECT_THAT(KeysBackward("x", "z"), ElementsAre());
  const auto iterator = store_->NewIterator(KeySpace::kRows, "b", "d");
  iterator->Seek("a");
  ASSERT_TRUE(iterator->Valid());
  EXPECT_EQ(iterator->key(), "b");
  iterator->Seek("ca");
  EXPECT_FALSE(iterator->Valid());
}

TEST_F(KvStoreTest, IterationAgreesWithAMapUnderRandomOperations) {
  SeededRandom random(11);
  std::map<std::string, std::string> oracle;
  const auto random_key = [&] {
    std::string key;
    for (uint64_t left = 1 + random.Below(3); left > 0; --left) {
      key.push_back("\0a\xff"[random.Below(3)]);
    }
    return key;
  };
  for (int round = 0; round < 300; ++round) {
    WriteBatch batch = store_->NewBatch();
    for (uint64_t left = random.Below(4); left > 0; --left) {
      const std::string key = random_key();
      const std::string other = random_key();
      switch (random.Below(4)) {
        case 0:
          batch.Delete(KeySpace::kRows, key);
          oracle.erase(key);
          break;
        case 1:
          if (key >= other || random.Below(3) != 0) break;
          batch.DeleteRange(KeySpace::kRows, key, other);
          oracle.erase(oracle.lower_bound(key), oracle.lower_bound(other));
          break;
        default:
          batch.Put(KeySpace::kRows, key, std::to_string(round));
          oracle[key] = std::to_string(round);
      }
    }
    ASSERT_TRUE(store_->Write(&batch, Sync::kNoSync).ok());
    if (round % 100 == 50) ASSERT_TRUE(store_->Flush().ok());
    std::string lower = random_key();
    std::string upper = random_key();
    if (lower > upper) std::swap(lower, upper);
    std::vector<std::string> expected;
    for (auto it = oracle.lower_bound(lower); it != oracle.lower_bound(upper); ++it) {
      expected.push_back(it->first);
      EXPECT_EQ(Get(KeySpace::kRows, it->first), it->second);
    }
    EXPECT_EQ(Keys(lower, upper), expected);
    std::reverse(expected.begin(), expected.end());
    EXPECT_EQ(KeysBackward(lower, upper), expected);
  }
}

TEST_F(KvStoreTest, DeleteRangeIsHalfOpen) {
  for (const char* key : {"a", "b", "c"}) Put(KeySpace::kRows, key, key);
  WriteBatch batch = store_->NewBatch();
  batch.DeleteRange(KeySpace::kRows, "a", "c");
  ASSERT_TRUE(store_->Write(&batch, Sync::kNoSync).ok());
  EXPECT_THAT(Keys("", ""), ElementsAre("c"));
  ASSERT_TRUE(store_->CompactRange(KeySpace::kRows, "a", "c").ok());
  EXPECT_THAT(Keys("", ""), ElementsAre("c"));
}

TEST_F(KvStoreTest, SavePointsUndoWhatCameAfter) {
  WriteBatch batch = store_->NewBatch();
  batch.Put(KeySpace::kRows, "kept", "");
  batch.SetSavePoint();
  batch.Put(KeySpace::kRows, "undone", "");
  batch.SetSavePoint();
  batch.Put(KeySpace::kRows, "undone_too", "");
  batch.DropSavePoint();
  batch.RollbackToSavePoint();
  batch.Put(KeySpace::kRows, "last", "");
  ASSERT_TRUE(store_->Write(&batch, Sync::kNoSync).ok());
  EXPECT_THAT(Keys("", ""), ElementsAre("kept", "last"));
  batch.Clear();
  EXPECT_TRUE(batch.empty());
}

TEST_F(KvStoreTest, WhatWasWrittenIsThereAfterReopening) {
  Put(KeySpace::kRows, "synced", "1", Sync::kSync);
  Put(KeySpace::kFeed, "feed", "2", Sync::kNoSync);
  ASSERT_TRUE(store_->Flush().ok());
  Put(KeySpace::kRows, "after_flush", "3", Sync::kSync);
  Reopen();
  EXPECT_EQ(Get(KeySpace::kRows, "synced"), "1");
  EXPECT_EQ(Get(KeySpace::kFeed, "feed"), "2");
  EXPECT_EQ(Get(KeySpace::kRows, "after_flush"), "3");
}

TEST_F(KvStoreTest, TheRecoveryReportSaysWhatWasReplayed) {
  EXPECT_EQ(store_->recovery().wal_bytes, 0u);
  Put(KeySpace::kRows, "k", std::string(100'000, 'x'), Sync::kSync);
  Reopen();
  EXPECT_GT(store_->recovery().wal_bytes, 100'000u);
  EXPECT_LT(store_->recovery().wal_bytes, 110'000u);
  EXPECT_GT(store_->recovery().micros, 0);
  ASSERT_TRUE(store_->Flush().ok());
  Reopen();
  EXPECT_LT(store_->recovery().wal_bytes, 1000u);
}

TEST_F(KvStoreTest, TryGetCachedNeverReadsTheDisk) {
  std::string value;
  using enum KvStore::CacheAnswer;
  EXPECT_EQ(store_->TryGetCached(KeySpace::kRows, "k", &value), kAbsent);
  Put(KeySpace::kRows, "k", "in memory");
  EXPECT_EQ(store_->TryGetCached(KeySpace::kRows, "k", &value), kFound);
  EXPECT_EQ(value, "in memory");

  ASSERT_TRUE(store_->Flush().ok());
  Reopen();
  EXPECT_EQ(store_->TryGetCached(KeySpace::kRows, "k", &value), kWouldBlock);
  EXPECT_EQ(Get(KeySpace::kRows, "k"), "in memory");
  EXPECT_EQ(store_->TryGetCached(KeySpace::kRows, "k", &value), kFound);
  // The filter, now cached, knows.
  EXPECT_EQ(store_->TryGetCached(KeySpace::kRows, "other", &value), kAbsent);
}

TEST_F(KvStoreTest, ADirectoryIsOpenedOnce) {
  const auto second = KvStore::Open({.directory = directory_.path()}, log_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.status().code(), Code::kUnavailable);
  EXPECT_EQ(second.status().message(),
            "data directory \"" + directory_.path() + "\" is in use by another process");
  EXPECT_FALSE(second.status().hint().empty());
}

TEST_F(KvStoreTest, ADirectoryThatCannotBeMadeIsAnError) {
  testing::WriteFile(directory_ / "file", "");
  const auto opened = KvStore::Open({.directory = directory_ / "file/data"}, log_);
  EXPECT_EQ(opened.status().code(), Code::kUnavailable);
}

TEST_F(KvStoreTest, EstimatesFollowTheData) {
  const std::string value(1000, 'v');
  WriteBatch batch = store_->NewBatch();
  for (int i = 1000; i < 2000; ++i) batch.Put(KeySpace::kRows, "a" + std::to_string(i), value);
  batch.Put(KeySpace::kRows, "b", value);
  ASSERT_TRUE(store_->Write(&batch, Sync::kNoSync).ok());
  for (const bool flushed : {false, true}) {
    if (flushed) ASSERT_TRUE(store_->Flush().ok());
    const KvStore::Estimate all = store_->EstimateRange(KeySpace::kRows, "a", "b");
    EXPECT_GT(all.rows, 300u) << flushed;
    EXPECT_LT(all.rows, 3000u) << flushed;
    EXPECT_LT(store_->EstimateRange(KeySpace::kRows, "c", "d").rows, 50u) << flushed;
  }
}

TEST_F(KvStoreTest, SplitRangeCutsInOrderInsideTheRange) {
  for (int file = 0; file < 4; ++file) {
    for (int i = 0; i < 10; ++i) {
      Put(KeySpace::kRows, "k" + std::to_string(file) + std::to_string(i), "v");
    }
    ASSERT_TRUE(store_->Flush().ok());
  }
  const std::vector<std::string> cuts = store_->SplitRange(KeySpace::kRows, "k0", "k35", 3);
  ASSERT_FALSE(cuts.empty());
  EXPECT_LE(cuts.size(), 2u);
  EXPECT_TRUE(std::is_sorted(cuts.begin(), cuts.end()));
  EXPECT_GT(cuts.front(), "k0");
  EXPECT_LT(cuts.back(), "k35");
  EXPECT_THAT(store_->SplitRange(KeySpace::kRows, "x", "z", 4), ElementsAre());
}

// The keys between are guessed, so that one table file is enough.
TEST_F(KvStoreTest, SplitRangeCutsOneFileIntoSimilarParts) {
  WriteBatch batch = store_->NewBatch();
  for (int i = 10000; i < 40000; ++i) {
    batch.Put(KeySpace::kRows, "table" + std::to_string(i), std::string(100, 'v'));
  }
  batch.Put(KeySpace::kRows, "other", "v");
  ASSERT_TRUE(store_->Write(&batch, Sync::kNoSync).ok());
  for (const bool flushed : {false, true}) {
    if (flushed) ASSERT_TRUE(store_->Flush().ok());
    std::vector<std::string> cuts = store_->SplitRange(KeySpace::kRows, "table", "tablf", 16);
    EXPECT_LE(cuts.size(), 15u);
    EXPECT_TRUE(std::is_sorted(cuts.begin(), cuts.end()));
    std::string lower = "table";
    cuts.emplace_back("tablf");
    for (const std::string& cut : cuts) {
      const auto iterator = store_->NewIterator(KeySpace::kRows, lower, cut);
      int rows = 0;
      for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) ++rows;
      if (flushed) EXPECT_LT(rows, 4'000);  // of memory the guesses are rough
      lower = cut;
    }
  }
  EXPECT_TRUE(store_->SplitRange(KeySpace::kRows, "tablf", "z", 4).empty());
  EXPECT_TRUE(store_->SplitRange(KeySpace::kRows, "table", "tablf", 1).empty());
  EXPECT_TRUE(store_->SplitRange(KeySpace::kRows, "other", "otherx", 4).empty());
}

TEST_F(KvStoreTest, StatisticsHaveNamesAndValues) {
  Put(KeySpace::kRows, "k", std::string(100'000, 'x'));
  const auto statistics = store_->Statistics();
  ASSERT_FALSE(statistics.empty());
  EXPECT_EQ(statistics.front().first, "storage_memtable_bytes");
  EXPECT_GT(statistics.front().second, 100'000);
}

}  // namespace
}  // namespace millrace
