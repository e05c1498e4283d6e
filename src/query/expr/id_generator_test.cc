// Ids rise and are unique, whatever the clock does.
#include "query/expr/id_generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

namespace millrace::expr {
namespace {

constexpr int64_t kMicros2030 = 1'893'456'000'000'000;

TEST(SnowflakeTest, CarriesMillisecondsSince2024AndACounter) {
  ManualClock clock(kSnowflakeEpochMillis * 1000 + 5'000);
  SeededRandom random(1);
  ClockIdGenerator ids(clock, random);
  EXPECT_EQ(ids.Snowflake(), 5 << kSnowflakeCounterBits);
  EXPECT_EQ(ids.Snowflake(), (5 << kSnowflakeCounterBits) + 1);
  clock.AdvanceMicros(2'000);
  EXPECT_EQ(ids.Snowflake(), 7 << kSnowflakeCounterBits);
}

TEST(SnowflakeTest, RisesThroughAFullCounterAndAClockThatStepsBack) {
  ManualClock clock(kMicros2030);
  SeededRandom random(1);
  ClockIdGenerator ids(clock, random);
  int64_t last = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (i == 5'000) clock.AdvanceMicros(-3'600'000'000);
    const int64_t id = ids.Snowflake();
    ASSERT_GT(id, last);
    last = id;
  }
  EXPECT_LT(last, int64_t{1} << 53);
}

TEST(SnowflakeTest, StartsAfterTheHighestKnown) {
  ManualClock clock(kMicros2030);
  SeededRandom random(1);
  ClockIdGenerator ids(clock, random);
  const int64_t known = ids.Snowflake() + 1'000'000;
  ids.StartAfter(known);
  EXPECT_EQ(ids.Snowflake(), known + 1);
  ids.StartAfter(1);
  EXPECT_EQ(ids.Snowflake(), known + 2);
}

TEST(SnowflakeTest, ClockBeforeTheEpochStillGivesPositiveIds) {
  ManualClock clock(0);
  SeededRandom random(1);
  ClockIdGenerator ids(clock, random);
  EXPECT_EQ(ids.Snowflake(), 1);
}

TEST(IdGeneratorTest, UniqueAndRisingInEachOfManyThreads) {
  const SystemClock clock;
  SeededRandom random(1);
  ClockIdGenerator ids(clock, random);
  constexpr size_t kThreads = 4;
  constexpr size_t kEach = 5'000;
  std::vector<std::vector<int64_t>> snowflakes(kThreads);
  std::vector<std::vector<std::string>> ulids(kThreads);
  {
    std::vector<std::jthread> threads;
    for (size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (size_t i = 0; i < kEach; ++i) {
          snowflakes[t].push_back(ids.Snowflake());
          ulids[t].push_back(ids.Ulid());
        }
      });
    }
  }
  std::set<int64_t> all_snowflakes;
  std::set<std::string> all_ulids;
  for (size_t t = 0; t < kThreads; ++t) {
    EXPECT_TRUE(std::ranges::is_sorted(snowflakes[t]));
    EXPECT_TRUE(std::ranges::is_sorted(ulids[t]));
    all_snowflakes.insert(snowflakes[t].begin(), snowflakes[t].end());
    all_ulids.insert(ulids[t].begin(), ulids[t].end());
  }
  EXPECT_EQ(all_snowflakes.size(), kThreads * kEach);
  EXPECT_EQ(all_ulids.size(), kThreads * kEach);
}

TEST(UuidTest, Version7HasTimeVersionAndVariant) {
  ManualClock clock(kMicros2030);
  SeededRandom random(7);
  ClockIdGenerator ids(clock, random);
  const auto first = static_cast<Uint128>(ids.UuidV7());
  EXPECT_EQ(static_cast<int64_t>(first >> 80), kMicros2030 / 1000);
  EXPECT_EQ(static_cast<int>((first >> 76) & 0xf), 7);
  EXPECT_EQ(static_cast<int>((first >> 62) & 3), 2);
  Uint128 last = first;
  for (int i = 0; i < 1'000; ++i) {
    if (i == 500) clock.AdvanceMicros(-5'000'000);
    const auto next = static_cast<Uint128>(ids.UuidV7());
    ASSERT_GT(next, last);
    last = next;
  }
}

TEST(UuidTest, Version4HasVersionAndVariant) {
  SeededRandom random(7);
  const auto a = static_cast<Uint128>(RandomUuid(random));
  const auto b = static_cast<Uint128>(RandomUuid(random));
  EXPECT_EQ(static_cast<int>((a >> 76) & 0xf), 4);
  EXPECT_EQ(static_cast<int>((a >> 62) & 3), 2);
  EXPECT_NE(a, b);
}

TEST(UlidTest, IsCrockfordTextWithTimeFirst) {
  ManualClock clock(1'469'918'176'385'000);
  SeededRandom random(3);
  ClockIdGenerator ids(clock, random);
  const std::string ulid = ids.Ulid();
  EXPECT_EQ(ulid.size(), 26U);
  EXPECT_EQ(ulid.substr(0, 10), "01ARYZ6S41");  // the example of the ULID specification
  EXPECT_GT(ids.Ulid(), ulid);
}

}  // namespace
}  // namespace millrace::expr
