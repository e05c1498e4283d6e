#include "observe/metrics.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/assert.h"

namespace millrace {
namespace {

void AppendNumber(std::string* out, double value) {
  if (std::isinf(value)) {
    *out += value > 0 ? "+Inf" : "-Inf";
    return;
  }
  if (std::isnan(value)) {
    *out += "NaN";
    return;
  }
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  out->append(text, end);
}

void AppendNumber(std::string* out, uint64_t value) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  out->append(text, end);
}

// HELP text escapes backslash and line end; a label value escapes quotes as well.
void AppendEscaped(std::string* out, std::string_view text, bool in_label) {
  for (const char c : text) {
    if (c == '\\') {
      *out += "\\\\";
    } else if (c == '\n') {
      *out += "\\n";
    } else if (c == '"' && in_label) {
      *out += "\\\"";
    } else {
      out->push_back(c);
    }
  }
}

std::string_view TypeName(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return "counter";
    case MetricType::kGauge:
      return "gauge";
    case MetricType::kHistogram:
      return "histogram";
  }
  return "untyped";
}

// Prometheus allows more; our own names are lower case with underscores.
bool IsMetricName(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace

Histogram::Histogram(HistogramOptions options) : buckets_(options.buckets) {
  MR_ASSERT(buckets_ > 0 && buckets_ <= kBucketsMax, "a histogram has 1 to 40 buckets");
  MR_ASSERT(options.first > 0 && options.factor > 1, "histogram bounds must rise");
  double bound = options.first;
  for (uint32_t i = 0; i < buckets_; ++i, bound *= options.factor) bounds_[i] = bound;
}

void Histogram::Observe(double value) {
  const double* begin = bounds_.data();
  const auto bucket = std::lower_bound(begin, begin + buckets_, value) - begin;
  counts_[static_cast<size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

uint64_t Histogram::count() const {
  uint64_t total = 0;
  for (uint32_t i = 0; i <= buckets_; ++i) total += bucket_count(i);
  return total;
}

double Histogram::Quantile(double q) const {
  std::array<uint64_t, kBucketsMax + 1> counts{};
  uint64_t total = 0;
  for (uint32_t i = 0; i <= buckets_; ++i) total += counts[i] = bucket_count(i);
  if (total == 0) return 0;
  const double rank = std::clamp(q, 0.0, 1.0) * static_cast<double>(total);
  double below = 0;
  for (uint32_t i = 0; i < buckets_; ++i) {
    const double here = static_cast<double>(counts[i]);
    if (here > 0 && below + here >= rank) {
      const double lower = i == 0 ? 0 : bounds_[i - 1];
      return lower + (bounds_[i] - lower) * std::max(0.0, rank - below) / here;
    }
    below += here;
  }
  return bounds_[buckets_ - 1];
}

// One labelled member of a family: exactly one of the pointers is set.
struct Metrics::Entry {
  MetricLabels labels;
  std::unique_ptr<Counter> counter;
  std::unique_ptr<Gauge> gauge;
  std::unique_ptr<Histogram> histogram;
  std::function<double()> callback;

  double Value() const {
    if (counter) return static_cast<double>(counter->value());
    if (gauge) return static_cast<double>(gauge->value());
    if (histogram) return static_cast<double>(histogram->count());
    return callback ? callback() : 0;
  }
};

struct Metrics::Family {
  std::string name;
  std::string help;
  MetricType type = MetricType::kCounter;
  std::vector<std::unique_ptr<Entry>> entries;
};

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

Metrics::Family& Metrics::FindFamily(std::string_view name, std::string_view help,
                                     MetricType type) {
  MR_ASSERT(IsMetricName(name), "a metric is named layer_thing_unit");
  const auto less = [](const std::unique_ptr<Family>& family, std::string_view wanted) {
    return family->name < wanted;
  };
  auto at = std::lower_bound(families_.begin(), families_.end(), name, less);
  if (at == families_.end() || (*at)->name != name) {
    at = families_.insert(at, std::make_unique<Family>());
    **at = {.name = std::string(name), .help = std::string(help), .type = type, .entries = {}};
  }
  MR_ASSERT((*at)->type == type, "a metric keeps its type");
  return **at;
}

Metrics::Entry& Metrics::FindEntry(Family& family, MetricLabels labels) {
  for (const auto& entry : family.entries) {
    if (entry->labels == labels) return *entry;
  }
  family.entries.push_back(std::make_unique<Entry>());
  family.entries.back()->labels = std::move(labels);
  return *family.entries.back();
}

Counter& Metrics::AddCounter(std::string_view name, std::string_view help, MetricLabels labels) {
  MutexLock lock(mutex_);
  Entry& entry = FindEntry(FindFamily(name, help, MetricType::kCounter), std::move(labels));
  if (!entry.counter) entry.counter = std::make_unique<Counter>();
  return *entry.counter;
}

Gauge& Metrics::AddGauge(std::string_view name, std::string_view help, MetricLabels labels) {
  MutexLock lock(mutex_);
  Entry& entry = FindEntry(FindFamily(name, help, MetricType::kGauge), std::move(labels));
  MR_ASSERT(!entry.callback, "a gauge is set or read by a callback, not both");
  if (!entry.gauge) entry.gauge = std::make_unique<Gauge>();
  return *entry.gauge;
}

Histogram& Metrics::AddHistogram(std::string_view name, std::string_view help,
                                 HistogramOptions options, MetricLabels labels) {
  MutexLock lock(mutex_);
  Entry& entry = FindEntry(FindFamily(name, help, MetricType::kHistogram), std::move(labels));
  if (!entry.histogram) entry.histogram = std::make_unique<Histogram>(options);
  return *entry.histogram;
}

Metrics::CallbackGauge Metrics::AddCallbackGauge(std::string_view name, std::string_view help,
                                                 std::function<double()> read,
                                                 MetricLabels labels) {
  MutexLock lock(mutex_);
  Entry& entry = FindEntry(FindFamily(name, help, MetricType::kGauge), std::move(labels));
  MR_ASSERT(!entry.gauge && !entry.callback, "a callback gauge is registered once");
  entry.callback = std::move(read);
  CallbackGauge gauge;
  gauge.metrics_ = this;
  gauge.entry_ = &entry;
  return gauge;
}

Metrics::CallbackGauge& Metrics::CallbackGauge::operator=(CallbackGauge&& other) noexcept {
  std::swap(metrics_, other.metrics_);
  std::swap(entry_, other.entry_);
  return *this;
}

Metrics::CallbackGauge::~CallbackGauge() {
  if (metrics_ != nullptr) metrics_->RemoveCallback(entry_);
}

void Metrics::RemoveCallback(const void* entry) {
  MutexLock lock(mutex_);
  for (const auto& family : families_) {
    std::erase_if(family->entries, [&](const auto& candidate) { return candidate.get() == entry; });
  }
}

namespace {

// `{a="x",le="0.5"}`; `bound` is null for anything but a histogram's bucket.
void AppendLabels(std::string* out, const MetricLabels& labels, const double* bound) {
  if (labels.empty() && bound == nullptr) return;
  out->push_back('{');
  bool first = true;
  for (const auto& [key, value] : labels) {
    if (!std::exchange(first, false)) out->push_back(',');
    *out += key;
    *out += "=\"";
    AppendEscaped(out, value, /*in_label=*/true);
    out->push_back('"');
  }
  if (bound != nullptr) {
    if (!first) out->push_back(',');
    *out += "le=\"";
    AppendNumber(out, *bound);
    out->push_back('"');
  }
  out->push_back('}');
}

void AppendHistogram(std::string* out, std::string_view name, const MetricLabels& labels,
                     const Histogram& histogram) {
  uint64_t cumulative = 0;
  for (uint32_t i = 0; i <= histogram.buckets(); ++i) {
    cumulative += histogram.bucket_count(i);
    const double bound = i < histogram.buckets() ? histogram.upper_bound(i) : HUGE_VAL;
    out->append(name).append("_bucket");
    AppendLabels(out, labels, &bound);
    out->push_back(' ');
    AppendNumber(out, cumulative);
    out->push_back('\n');
  }
  out->append(name).append("_sum");
  AppendLabels(out, labels, nullptr);
  out->push_back(' ');
  AppendNumber(out, histogram.sum());
  out->append("\n").append(name).append("_count");
  AppendLabels(out, labels, nullptr);
  out->push_back(' ');
  AppendNumber(out, cumulative);
  out->push_back('\n');
}

}  // namespace

std::string Metrics::PrometheusText() const {
  std::string out;
  MutexLock lock(mutex_);
  for (const auto& family : families_) {
    if (family->entries.empty()) continue;
    out.append("# HELP ").append(family->name).push_back(' ');
    AppendEscaped(&out, family->help, /*in_label=*/false);
    out.append("\n# TYPE ").append(family->name).push_back(' ');
    out.append(TypeName(family->type)).push_back('\n');
    for (const auto& entry : family->entries) {
      if (entry->histogram) {
        AppendHistogram(&out, family->name, entry->labels, *entry->histogram);
        continue;
      }
      out += family->name;
      AppendLabels(&out, entry->labels, nullptr);
      out.push_back(' ');
      AppendNumber(&out, entry->Value());
      out.push_back('\n');
    }
  }
  return out;
}

std::vector<MetricSample> Metrics::Collect() const {
  std::vector<MetricSample> samples;
  MutexLock lock(mutex_);
  for (const auto& family : families_) {
    for (const auto& entry : family->entries) {
      MetricSample sample{.name = family->name,
                          .labels = entry->labels,
                          .type = family->type,
                          .value = entry->Value()};
      if (entry->histogram) {
        sample.sum = entry->histogram->sum();
        sample.p50 = entry->histogram->Quantile(0.5);
        sample.p99 = entry->histogram->Quantile(0.99);
      }
      samples.push_back(std::move(sample));
    }
  }
  return samples;
}

}  // namespace millrace
