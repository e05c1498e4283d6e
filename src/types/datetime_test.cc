// Dates, times and intervals: text to payload and back, and the calendar.
#include "types/datetime.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "types/datetime_range.h"
#include "types/random_values_for_test.h"

namespace millrace::datetime {
namespace {

std::string DateText(int32_t days) {
  std::string text;
  AppendDate(&text, days);
  return text;
}

std::string TimestampText(int64_t micros, TypeId type = TypeId::kTimestamp) {
  std::string text;
  AppendTimestamp(&text, micros, type);
  return text;
}

std::string IntervalText(const Interval& interval) {
  std::string text;
  AppendInterval(&text, interval);
  return text;
}

// Every day of some years, one after another, against a calendar that only counts.
TEST(CalendarTest, EveryDayOfSomeYearsRoundTrips) {
  constexpr int32_t kLengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (const int32_t year : {1, 1582, 1600, 1900, 1970, 2000, 2038, 9999}) {
    int64_t expected = DaysFromCivil(year, 1, 1);
    const bool leap = year == 1600 || year == 2000;
    for (int32_t month = 1; month <= 12; ++month) {
      const int32_t length = month == 2 && leap ? 29 : kLengths[month - 1];
      ASSERT_EQ(DaysInMonth(year, month), length);
      for (int32_t day = 1; day <= length; ++day, ++expected) {
        ASSERT_EQ(DaysFromCivil(year, month, day), expected);
        const Civil civil = CivilFromMicros(expected * kMicrosPerDay + 1);
        ASSERT_EQ(civil.year, year);
        ASSERT_EQ(civil.month, month);
        ASSERT_EQ(civil.day, day);
        const Result<int32_t> parsed = ParseDate(DateText(static_cast<int32_t>(expected)));
        ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
        ASSERT_EQ(*parsed, expected);
      }
    }
    ASSERT_EQ(expected, DaysFromCivil(year + 1, 1, 1));
  }
}

TEST(CalendarTest, KnownDays) {
  EXPECT_EQ(DaysFromCivil(1970, 1, 1), 0);
  EXPECT_EQ(DaysFromCivil(2000, 1, 1), 10'957);
  EXPECT_EQ(DaysFromCivil(1, 1, 1) * kMicrosPerDay, kMicrosMin);
  EXPECT_EQ(DaysFromCivil(10'000, 1, 1) * kMicrosPerDay - 1, kMicrosMax);
}

TEST(CalendarTest, RandomMicrosRoundTrip) {
  SeededRandom random(1);
  for (int i = 0; i < 10'000; ++i) {
    const int64_t micros = testing::RandomInteger(random, kMicrosMin, kMicrosMax);
    EXPECT_EQ(MicrosFromCivil(CivilFromMicros(micros)), micros);
    for (const TypeId type : {TypeId::kTimestamp, TypeId::kDateTime}) {
      const Result<int64_t> parsed = ParseTimestamp(TimestampText(micros, type), type);
      ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
      ASSERT_EQ(*parsed, micros);
    }
  }
}

TEST(TimestampTest, PrintsAsPostgres) {
  EXPECT_EQ(TimestampText(0), "1970-01-01 00:00:00");
  EXPECT_EQ(TimestampText(0, TypeId::kDateTime), "1970-01-01 00:00:00+00");
  EXPECT_EQ(TimestampText(-1), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(TimestampText(500'000), "1970-01-01 00:00:00.5");
  EXPECT_EQ(TimestampText(kMicrosMin), "0001-01-01 00:00:00");
  EXPECT_EQ(TimestampText(INT64_MAX), "294247-01-10 04:00:54.775807");
  EXPECT_EQ(TimestampText(INT64_MIN), "-290308-12-21 19:59:05.224192");
}

TEST(TimestampTest, ReadsEveryForm) {
  struct Case {
    std::string_view text;
    std::string_view timestamp;
    std::string_view date_time;  // in UTC
  };
  const Case cases[] = {
      {"2026-01-02", "2026-01-02 00:00:00", "2026-01-02 00:00:00"},
      {"2026-01-02 03:04", "2026-01-02 03:04:00", "2026-01-02 03:04:00"},
      {"2026-01-02 03:04:05", "2026-01-02 03:04:05", "2026-01-02 03:04:05"},
      {"2026-1-2 3:4:5", "2026-01-02 03:04:05", "2026-01-02 03:04:05"},
      {"2026-01-02T03:04:05Z", "2026-01-02 03:04:05", "2026-01-02 03:04:05"},
      {"2026-01-02t03:04:05z", "2026-01-02 03:04:05", "2026-01-02 03:04:05"},
      {"2026-01-02 03:04:05.123456", "2026-01-02 03:04:05.123456", "2026-01-02 03:04:05.123456"},
      {"2026-01-02 03:04:05.1", "2026-01-02 03:04:05.1", "2026-01-02 03:04:05.1"},
      {"2026-01-02 03:04:05.1234565", "2026-01-02 03:04:05.123457", "2026-01-02 03:04:05.123457"},
      {"2026-01-02 23:59:59.9999999", "2026-01-03 00:00:00", "2026-01-03 00:00:00"},
      {"2026-01-02 03:04:05+01", "2026-01-02 03:04:05", "2026-01-02 02:04:05"},
      {"2026-01-02 03:04:05 +01:30", "2026-01-02 03:04:05", "2026-01-02 01:34:05"},
      {"2026-01-02 03:04:05-0130", "2026-01-02 03:04:05", "2026-01-02 04:34:05"},
      {"2026-01-02 03:04:05 UTC", "2026-01-02 03:04:05", "2026-01-02 03:04:05"},
      {"2026-01-01T00:30:00+01:00", "2026-01-01 00:30:00", "2025-12-31 23:30:00"},
      {"  2026-01-02 03:04:05  ", "2026-01-02 03:04:05", "2026-01-02 03:04:05"},
      {"2026-01-02 24:00:00", "2026-01-03 00:00:00", "2026-01-03 00:00:00"},
      {"2016-12-31 23:59:60", "2017-01-01 00:00:00", "2017-01-01 00:00:00"},
      {"20260102T030405", "2026-01-02 03:04:05", "2026-01-02 03:04:05"},
      {"20260102", "2026-01-02 00:00:00", "2026-01-02 00:00:00"},
  };
  for (const Case& test : cases) {
    const Result<int64_t> timestamp = ParseTimestamp(test.text, TypeId::kTimestamp);
    const Result<int64_t> date_time = ParseTimestamp(test.text, TypeId::kDateTime);
    ASSERT_TRUE(timestamp.ok() && date_time.ok()) << test.text;
    EXPECT_EQ(TimestampText(*timestamp), test.timestamp) << test.text;
    EXPECT_EQ(TimestampText(*date_time), test.date_time) << test.text;
  }
}

TEST(TimestampTest, RefusesWithTheStateThatSaysWhy) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "22007"},
      {"now", "22007"},
      {"infinity", "22007"},
      {"2026", "22007"},
      {"2026-01", "22007"},
      {"26-01-02", "22007"},
      {"2026-01-02x", "22007"},
      {"2026-01-02 ", ""},  // blanks around are allowed
      {"2026-01-02 03", "22007"},
      {"2026-01-02 03:", "22007"},
      {"2026-01-02 03:04:05.5.5", "22007"},
      {"2026-01-02 03:04:05 Europe/Berlin", "22007"},
      {"2026-01-02 03:04:05 +", "22007"},
      {"03:04:05", "22007"},
      {"2026-13-01", "22008"},
      {"2026-00-01", "22008"},
      {"2026-02-29", "22008"},
      {"2024-02-30", "22008"},
      {"1900-02-29", "22008"},
      {"0000-01-01", "22008"},
      {"10000-01-01", "22008"},
      {"2026-01-02 25:00", "22008"},
      {"2026-01-02 24:00:01", "22008"},
      {"2026-01-02 03:60", "22008"},
      {"2026-01-02 03:04:61", "22008"},
      {"2026-01-02 03:04:05+16", "22008"},
      {"9999-12-31 24:00:00", "22008"},
  };
  for (const auto& [text, state] : cases) {
    const Result<int64_t> parsed = ParseTimestamp(text, TypeId::kTimestamp);
    ASSERT_EQ(parsed.ok(), state.empty()) << text;
    if (state.empty()) continue;
    EXPECT_EQ(parsed.status().sqlstate(), state) << text;
    EXPECT_NE(parsed.status().message().find("\"" + std::string(text) + "\""), std::string::npos);
  }
  EXPECT_EQ(ParseTimestamp("0001-01-01 00:00+01", TypeId::kDateTime).status().sqlstate(), "22008");
  EXPECT_TRUE(ParseTimestamp("0001-01-01 00:00+01", TypeId::kTimestamp).ok());
}

TEST(DateTest, DropsTheTimeOfATimestamp) {
  EXPECT_EQ(DateText(*ParseDate("2026-01-02 23:59:59+05")), "2026-01-02");
  EXPECT_EQ(ParseDate("03:04").status().sqlstate(), "22007");
}

TEST(TimeTest, ReadsAndPrints) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"03:04", "03:04:00"},
      {"3:04:05.25", "03:04:05.25"},
      {"24:00:00", "24:00:00"},
      {"03:04:05+01", "03:04:05"},
      {"2026-01-02 03:04:05", "03:04:05"},
      {"00:00:00.000001", "00:00:00.000001"},
  };
  for (const auto& [text, printed] : cases) {
    const Result<int64_t> time = ParseTime(text);
    ASSERT_TRUE(time.ok()) << text;
    std::string out;
    AppendTime(&out, *time);
    EXPECT_EQ(out, printed);
  }
  EXPECT_EQ(ParseTime("2026-01-02").status().sqlstate(), "22007");
  EXPECT_EQ(ParseTime("24:00:00.1").status().sqlstate(), "22008");
}

TEST(IntervalTest, ReadsEveryForm) {
  struct Case {
    std::string_view text;
    std::string_view printed;
  };
  const Case cases[] = {
      {"1 day 2 hours", "1 day 02:00:00"},
      {"P1DT2H", "1 day 02:00:00"},
      {"01:02:03", "01:02:03"},
      {"-01:02:03.5", "-01:02:03.5"},
      {"3 months -4 days", "3 mons -4 days"},
      {"1 year 2 mons 3 days 04:05:06.789", "1 year 2 mons 3 days 04:05:06.789"},
      {"-1 days +02:03:04", "-1 days +02:03:04"},
      {"1.5 days", "1 day 12:00:00"},
      {"1.5 months", "1 mon 15 days"},
      {"1.5 years", "1 year 6 mons"},
      {"-1.5 hours", "-01:30:00"},
      {"2 weeks", "14 days"},
      {"5 minutes ago", "-00:05:00"},
      {"90", "00:01:30"},
      {"100 ms", "00:00:00.1"},
      {"7us", "00:00:00.000007"},
      {"0 days", "00:00:00"},
      {"1 century", "100 years"},
      {"P1Y2M3W4DT5H6M7.5S", "1 year 2 mons 25 days 05:06:07.5"},
      {"PT36H", "36:00:00"},
      {"P-1D", "-1 days"},
      {"1h30m", "01:30:00"},
  };
  for (const Case& test : cases) {
    const Result<Interval> interval = ParseInterval(test.text);
    ASSERT_TRUE(interval.ok()) << test.text << interval.status().ToString();
    EXPECT_EQ(IntervalText(*interval), test.printed) << test.text;
  }
}

TEST(IntervalTest, RefusesTheRest) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "22007"},
      {"day", "22007"},
      {"1 fortnight", "22007"},
      {"P", "22007"},
      {"PT", "22007"},
      {"P1H", "22007"},
      {"1 day ago 2", "22007"},
      {"1:2:3:4", "22007"},
      {"01:60:00", "22008"},
      {"3000000000 days", "22008"},
      {"1e5 days", "22007"},
      {"99999999999999999999 seconds", "22008"},
  };
  for (const auto& [text, state] : cases) {
    const Result<Interval> interval = ParseInterval(text);
    ASSERT_FALSE(interval.ok()) << text;
    EXPECT_EQ(interval.status().sqlstate(), state) << text;
  }
}

TEST(IntervalTest, RandomIntervalsReadBack) {
  SeededRandom random(2);
  for (int i = 0; i < 5000; ++i) {
    const Interval interval = {
        static_cast<int32_t>(testing::RandomInteger(random, INT32_MIN, INT32_MAX)),
        static_cast<int32_t>(testing::RandomInteger(random, INT32_MIN, INT32_MAX)),
        testing::RandomInteger(random, INT64_MIN, INT64_MAX)};
    const Result<Interval> read = ParseInterval(IntervalText(interval));
    ASSERT_TRUE(read.ok()) << IntervalText(interval) << read.status().ToString();
    ASSERT_EQ(*read, interval) << IntervalText(interval);
  }
}

TEST(AddIntervalTest, MonthsFirstThenDaysThenMicros) {
  struct Case {
    std::string_view from;
    std::string_view interval;
    std::string_view to;
  };
  const Case cases[] = {
      {"2026-01-31", "1 month", "2026-02-28 00:00:00"},
      {"2024-01-31", "1 month", "2024-02-29 00:00:00"},
      {"2026-03-31", "-1 month", "2026-02-28 00:00:00"},
      {"2026-01-31", "1 month 1 day", "2026-03-01 00:00:00"},
      {"2026-12-15 10:00", "2 months", "2027-02-15 10:00:00"},
      {"2026-01-15", "-13 months", "2024-12-15 00:00:00"},
      {"2024-02-29", "1 year", "2025-02-28 00:00:00"},
      {"2026-01-01", "-1 microsecond", "2025-12-31 23:59:59.999999"},
  };
  for (const Case& test : cases) {
    const int64_t from = *ParseTimestamp(test.from, TypeId::kTimestamp);
    const Result<int64_t> to = AddInterval(from, *ParseInterval(test.interval));
    ASSERT_TRUE(to.ok()) << test.from << " + " << test.interval;
    EXPECT_EQ(TimestampText(*to), test.to);
  }
}

TEST(AddIntervalTest, LeavingTheCalendarIsAnError) {
  EXPECT_EQ(AddInterval(kMicrosMax, {0, 0, 1}).status().sqlstate(), "22008");
  EXPECT_EQ(AddInterval(kMicrosMin, {-1, 0, 0}).status().sqlstate(), "22008");
  EXPECT_EQ(AddInterval(0, {INT32_MAX, 0, 0}).status().sqlstate(), "22008");
  EXPECT_EQ(AddInterval(0, {0, INT32_MIN, INT64_MIN}).status().sqlstate(), "22008");
  EXPECT_EQ(AddInterval(INT64_MAX, {0, 0, INT64_MAX}).status().sqlstate(), "22008");
}

}  // namespace
}  // namespace millrace::datetime
