// Log lines, counters, histograms and their text form.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "observe/log.h"
#include "observe/metrics.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Line(LogFormat format, std::initializer_list<LogField> fields) {
  std::string line;
  FormatLogLine(format, 1'700'000'000'123'456, LogLevel::kWarn, "disk_full",
                std::span(fields.begin(), fields.size()), &line);
  return line;
}

TEST(LogFormatTest, TextQuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(
      Line(LogFormat::kText, {{"path", "/data"}, {"why", "no space"}, {"n", 3}, {"ok", false}}),
      "2023-11-14T22:13:20.123456Z WARN disk_full path=/data why=\"no space\" n=3 ok=false");
}

TEST(LogFormatTest, JsonEscapesWhatAClientSent) {
  EXPECT_EQ(
      Line(LogFormat::kJson, {{"text", "a\"b\\\n\x01"}, {"x", 0.5}, {"n", uint64_t{1} << 63}}),
      "{\"time\":\"2023-11-14T22:13:20.123456Z\",\"level\":\"WARN\",\"event\":\"disk_full\","
      "\"text\":\"a\\\"b\\\\\\n\\u0001\",\"x\":0.5,\"n\":9223372036854775808}");
}

// A value cannot forge a second line or a second field.
TEST(LogFormatTest, TextValueCannotForgeALine) {
  EXPECT_THAT(Line(LogFormat::kText, {{"user", "x\n2023 ERROR forged"}}),
              HasSubstr("user=\"x\\n2023 ERROR forged\""));
}

TEST(LogFormatTest, InfinityIsNullInJson) {
  EXPECT_THAT(Line(LogFormat::kJson, {{"x", HUGE_VAL}}), HasSubstr("\"x\":null"));
}

TEST(LogTest, ParsesLevels) {
  EXPECT_EQ(*ParseLogLevel("warn"), LogLevel::kWarn);
  EXPECT_EQ(ParseLogLevel("loud").status().code(), Code::kInvalidArgument);
}

TEST(LogTest, CapturedLogKeepsLinesInOrder) {
  CapturedLog log;
  log.Info("started", {{"port", 8080}});
  log.Warn("slow");
  EXPECT_THAT(log.Lines(), ElementsAre("INFO started port=8080", "WARN slow"));
  EXPECT_EQ(log.Count(LogLevel::kWarn, "slow"), 1u);
  EXPECT_EQ(log.Count(LogLevel::kInfo, "slow"), 0u);
}

class LogFileTest : public testing::Test {
 protected:
  LogFileTest() { std::filesystem::create_directories(folder_); }
  ~LogFileTest() override { std::filesystem::remove_all(folder_); }
  std::string ReadFile() {
    std::ifstream file(path_);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("log" + std::to_string(getpid()));
  const std::string path_ = folder_ / "millrace.log";
  ManualClock clock_;
};

TEST_F(LogFileTest, WritesLinesOfItsLevelAndAboveBeforeItCloses) {
  Metrics metrics;
  {
    const LogOptions options{.level = LogLevel::kWarn, .to_stderr = false, .file_path = path_};
    std::unique_ptr<Log> log = *OpenLog(options, clock_, &metrics);
    log->Info("quiet");
    log->Warn("loud", {{"n", 1}});
    EXPECT_THAT(metrics.PrometheusText(), HasSubstr("observe_log_dropped_lines 0"));
  }
  EXPECT_EQ(ReadFile(), "2023-11-14T22:13:20.000000Z WARN loud n=1\n");
  EXPECT_EQ(metrics.PrometheusText(), "");  // the log's gauge went with it
}

TEST_F(LogFileTest, AFileThatCannotBeOpenedIsAnError) {
  const LogOptions options{.to_stderr = false, .file_path = "/proc/nowhere/x.log"};
  EXPECT_EQ(OpenLog(options, clock_, nullptr).status().code(), Code::kUnavailable);
}

TEST_F(LogFileTest, AMistypedDirectoryIsAnErrorAndIsNotMade) {
  const LogOptions options{.to_stderr = false, .file_path = folder_ / "nosuch" / "x.log"};
  EXPECT_EQ(OpenLog(options, clock_, nullptr).status().code(), Code::kUnavailable);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "nosuch"));
}

TEST(MetricsTest, PrometheusTextOfEveryType) {
  Metrics metrics;
  metrics.AddCounter("net_requests_total", "Requests.", {{"path", "a\"b"}}).Add(3);
  metrics.AddGauge("net_connections", "Open\nnow.").Set(-2);
  Histogram& histogram =
      metrics.AddHistogram("net_wait_seconds", "Wait.", {.first = 1, .factor = 2, .buckets = 2});
  histogram.Observe(1);  // a bound belongs to its bucket
  histogram.Observe(1.5);
  histogram.Observe(9);
  EXPECT_EQ(metrics.PrometheusText(),
            "# HELP net_connections Open\\nnow.\n"
            "# TYPE net_connections gauge\n"
            "net_connections -2\n"
            "# HELP net_requests_total Requests.\n"
            "# TYPE net_requests_total counter\n"
            "net_requests_total{path=\"a\\\"b\"} 3\n"
            "# HELP net_wait_seconds Wait.\n"
            "# TYPE net_wait_seconds histogram\n"
            "net_wait_seconds_bucket{le=\"1\"} 1\n"
            "net_wait_seconds_bucket{le=\"2\"} 2\n"
            "net_wait_seconds_bucket{le=\"+Inf\"} 3\n"
            "net_wait_seconds_sum 11.5\n"
            "net_wait_seconds_count 3\n");
}

TEST(MetricsTest, SameNameAndLabelsGiveTheSameObject) {
  Metrics metrics;
  Counter& first = metrics.AddCounter("a_total", "A.", {{"loop", "0"}});
  EXPECT_EQ(&metrics.AddCounter("a_total", "A.", {{"loop", "0"}}), &first);
  EXPECT_NE(&metrics.AddCounter("a_total", "A.", {{"loop", "1"}}), &first);
}

TEST(MetricsTest, CallbackGaugeIsReadWhenLookedAtAndGoesWithItsHandle) {
  Metrics metrics;
  double value = 1;
  {
    Metrics::CallbackGauge gauge = metrics.AddCallbackGauge("a_b", "A.", [&] { return value; });
    value = 7;
    EXPECT_THAT(metrics.PrometheusText(), HasSubstr("a_b 7\n"));
    Metrics::CallbackGauge moved = std::move(gauge);
    EXPECT_EQ(metrics.Collect().size(), 1u);
  }
  EXPECT_TRUE(metrics.Collect().empty());
}

TEST(MetricsTest, QuantileInterpolatesInsideABucket) {
  Histogram histogram({.first = 1, .factor = 2, .buckets = 4});
  EXPECT_EQ(histogram.Quantile(0.5), 0);
  for (int i = 0; i < 100; ++i) histogram.Observe(3);  // the bucket (2, 4]
  EXPECT_DOUBLE_EQ(histogram.Quantile(0.5), 3.0);
  EXPECT_DOUBLE_EQ(histogram.Quantile(1.0), 4.0);
  for (int i = 0; i < 100; ++i) histogram.Observe(1000);
  EXPECT_DOUBLE_EQ(histogram.Quantile(0.99), 8.0);  // the last bound
}

TEST(MetricsTest, ConcurrentUpdatesAreAllCounted) {
  Metrics metrics;
  Counter& counter = metrics.AddCounter("a_total", "A.");
  Histogram& histogram = metrics.AddHistogram("a_seconds", "A.");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10000; ++i) {
        counter.Add();
        histogram.Observe(0.001);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.value(), 40000u);
  EXPECT_EQ(histogram.count(), 40000u);
  EXPECT_NEAR(histogram.sum(), 40.0, 1e-6);
}

TEST(MetricsDeathTest, AMetricKeepsItsType) {
  Metrics metrics;
  metrics.AddCounter("a_total", "A.");
  EXPECT_DEATH(metrics.AddGauge("a_total", "A."), "keeps its type");
}

}  // namespace
}  // namespace millrace
