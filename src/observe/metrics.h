// Counters, gauges and histograms in an injected registry, and their Prometheus
// text form. Names are `layer_thing_unit`. Updating one is a relaxed atomic on a
// cache line of its own: no lock, no allocation.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace millrace {

inline constexpr size_t kCacheLineBytes = 64;

// Only ever grows.
class alignas(kCacheLineBytes) Counter {
 public:
  void Add(uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// Goes up and down.
class alignas(kCacheLineBytes) Gauge {
 public:
  void Set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void Add(int64_t amount) { value_.fetch_add(amount, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// Upper bounds first, first*factor, … , `buckets` of them, then infinity.
struct HistogramOptions {
  double first = 1e-6;
  double factor = 2.0;
  uint32_t buckets = 26;

  // 1 µs to 34 s.
  static HistogramOptions Seconds() { return {}; }
  // 64 bytes to 1 GiB.
  static HistogramOptions Bytes() { return {.first = 64, .factor = 4, .buckets = 13}; }
  // 1 to 32,768: rows, batch and group sizes.
  static HistogramOptions Counts() { return {.first = 1, .factor = 2, .buckets = 16}; }
};

// A distribution in fixed exponential buckets. A reader may see an observation in
// `count` before it sees it in `sum`.
class alignas(kCacheLineBytes) Histogram {
 public:
  static constexpr uint32_t kBucketsMax = 40;

  explicit Histogram(HistogramOptions options);
  void Observe(double value);
  void ObserveNanos(int64_t nanos) { Observe(static_cast<double>(nanos) * 1e-9); }

  uint64_t count() const;
  double sum() const { return sum_.load(std::memory_order_relaxed); }
  // Estimate of the q-quantile (0..1) by linear interpolation inside its bucket;
  // 0 when empty. Values beyond the last bound count as the last bound.
  double Quantile(double q) const;

  uint32_t buckets() const { return buckets_; }
  double upper_bound(uint32_t bucket) const { return bounds_[bucket]; }
  // Observations in bucket i alone; bucket `buckets()` is the one up to infinity.
  uint64_t bucket_count(uint32_t bucket) const {
    return counts_[bucket].load(std::memory_order_relaxed);
  }

 private:
  uint32_t buckets_;
  std::array<double, kBucketsMax> bounds_{};
  std::array<std::atomic<uint64_t>, kBucketsMax + 1> counts_{};
  std::atomic<double> sum_{0};
};

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

enum class MetricType : uint8_t { kCounter, kGauge, kHistogram };

// One value at one moment. A histogram gives its count, its sum and two quantiles.
struct MetricSample {
  std::string name;
  MetricLabels labels;
  MetricType type = MetricType::kCounter;
  double value = 0;  // counter, gauge; a histogram's count
  double sum = 0;
  double p50 = 0;
  double p99 = 0;
};

// The registry. Registering takes a lock; do it at construction and keep the
// reference, which lives as long as the registry. The same name and labels give the
// same object; one name must keep one type. Thread-safe.
class Metrics {
 public:
  // Reads a value when somebody looks. Unregisters itself; must not outlive Metrics.
  class CallbackGauge {
   public:
    CallbackGauge() = default;
    CallbackGauge(CallbackGauge&& other) noexcept { *this = std::move(other); }
    CallbackGauge& operator=(CallbackGauge&& other) noexcept;
    ~CallbackGauge();

   private:
    friend class Metrics;
    Metrics* metrics_ = nullptr;
    const void* entry_ = nullptr;
  };

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Counter& AddCounter(std::string_view name, std::string_view help, MetricLabels labels = {});
  Gauge& AddGauge(std::string_view name, std::string_view help, MetricLabels labels = {});
  Histogram& AddHistogram(std::string_view name, std::string_view help,
                          HistogramOptions options = HistogramOptions::Seconds(),
                          MetricLabels labels = {});
  // `read` is called under the registry's lock: it must be quick and must not register.
  [[nodiscard]] CallbackGauge AddCallbackGauge(std::string_view name, std::string_view help,
                                               std::function<double()> read,
                                               MetricLabels labels = {});

  // Exposition format 0.0.4, families sorted by name.
  std::string PrometheusText() const;
  // The same as values, for system tables and tests.
  std::vector<MetricSample> Collect() const;

 private:
  struct Entry;
  struct Family;
  Family& FindFamily(std::string_view name, std::string_view help, MetricType type);
  Entry& FindEntry(Family& family, MetricLabels labels);
  void RemoveCallback(const void* entry);

  mutable Mutex mutex_;
  std::vector<std::unique_ptr<Family>> families_;
};

}  // namespace millrace
