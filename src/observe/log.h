// Structured logging, injected. A line is a level, an event name and fields.
//   log.Info("server_started", {{"port", port}, {"version", version}});
// DEBUG = for developers, INFO = state changes, WARN = look first when trouble
// comes, ERROR = somebody must act. Never a secret, never another user's data.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"

namespace millrace {

class Metrics;

enum class LogLevel : uint8_t { kDebug, kInfo, kWarn, kError };
std::string_view LogLevelName(LogLevel level);
// Accepts "debug", "info", "warn", "error"; kInvalidArgument otherwise.
Result<LogLevel> ParseLogLevel(std::string_view name);

// One key and value. Strings are borrowed for the duration of the call.
struct LogField {
  using Value = std::variant<std::string_view, int64_t, uint64_t, double, bool>;

  template <std::signed_integral T>
  LogField(std::string_view k, T v) : key(k), value(static_cast<int64_t>(v)) {}
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  LogField(std::string_view k, T v) : key(k), value(static_cast<uint64_t>(v)) {}
  template <std::floating_point T>
  LogField(std::string_view k, T v) : key(k), value(static_cast<double>(v)) {}
  LogField(std::string_view k, std::same_as<bool> auto v) : key(k), value(v) {}
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}

  std::string_view key;
  Value value;
};

// Thread-safe. Never blocks on a disk.
class Log {
 public:
  virtual ~Log() = default;
  virtual bool Enabled(LogLevel level) const = 0;
  virtual void Write(LogLevel level, std::string_view event, std::span<const LogField> fields) = 0;

  using Fields = std::initializer_list<LogField>;
  void Write(LogLevel level, std::string_view event, Fields fields) {
    if (Enabled(level)) Write(level, event, std::span(fields.begin(), fields.size()));
  }
  void Debug(std::string_view event, Fields fields = {}) { Write(LogLevel::kDebug, event, fields); }
  void Info(std::string_view event, Fields fields = {}) { Write(LogLevel::kInfo, event, fields); }
  void Warn(std::string_view event, Fields fields = {}) { Write(LogLevel::kWarn, event, fields); }
  void Error(std::string_view event, Fields fields = {}) { Write(LogLevel::kError, event, fields); }
};

enum class LogFormat : uint8_t { kText, kJson };

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
  bool to_stderr = true;
  // Empty: no file. Rotated at `file_bytes_max`, `files_max` old files are kept.
  std::string file_path;
  uint64_t file_bytes_max = 100u << 20;
  uint32_t files_max = 5;
  // Lines that may wait for the disk. Beyond it the oldest waiting line is dropped
  // and counted in `observe_log_dropped_lines`.
  uint32_t file_queue_lines_max = 8192;
};

// Opens the process log. stderr is written on the calling thread, the file by one
// thread of its own. `clock` and `metrics` must outlive the log; `metrics` may be
// null. kUnavailable when the file cannot be opened.
Result<std::unique_ptr<Log>> OpenLog(const LogOptions& options, const Clock& clock,
                                     Metrics* metrics);

// Appends one formatted line without a line end: what OpenLog's log writes.
void FormatLogLine(LogFormat format, int64_t wall_micros, LogLevel level, std::string_view event,
                   std::span<const LogField> fields, std::string* out);

// Drops everything.
class NullLog final : public Log {
 public:
  bool Enabled(LogLevel) const override { return false; }
  void Write(LogLevel, std::string_view, std::span<const LogField>) override {}
  using Log::Write;
};

// Keeps everything, for tests. A line reads `WARN event key=value`.
class CapturedLog final : public Log {
 public:
  bool Enabled(LogLevel) const override { return true; }
  void Write(LogLevel level, std::string_view event, std::span<const LogField> fields) override;
  using Log::Write;
  std::vector<std::string> Lines() const;
  // How many lines have this level and event.
  size_t Count(LogLevel level, std::string_view event) const;
  // Blocks until a line of this level and event has been written; false after `timeout`.
  bool WaitFor(LogLevel level, std::string_view event,
               std::chrono::nanoseconds timeout = std::chrono::seconds(10));

 private:
  size_t CountLocked(LogLevel level, std::string_view event) const;
  struct Line {
    LogLevel level;
    std::string event;
    std::string text;
  };
  mutable Mutex mutex_;
  ConditionVariable changed_;
  std::vector<Line> lines_;
};

}  // namespace millrace
