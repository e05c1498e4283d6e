// The process log over spdlog: stderr on the calling thread, the file behind a
// bounded queue and one writing thread. The only file that includes spdlog.
#include "observe/log.h"

// Debian's libspdlog is compiled and uses the system's fmt.
#ifndef SPDLOG_COMPILED_LIB
#define SPDLOG_COMPILED_LIB
#endif
#ifndef SPDLOG_FMT_EXTERNAL
#define SPDLOG_FMT_EXTERNAL
#endif
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <filesystem>

#include "observe/metrics.h"

namespace millrace {
namespace {

spdlog::level::level_enum ToSpdLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

class SpdlogLog final : public Log {
 public:
  SpdlogLog(const LogOptions& options, const Clock& clock)
      : level_(options.level), format_(options.format), clock_(clock) {}

  // Throws spdlog_ex when the file cannot be opened.
  void Open(const LogOptions& options, Metrics* metrics) {
    if (options.to_stderr) {
      auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
      console_ = std::make_shared<spdlog::logger>("stderr", std::move(sink));
      Prepare(*console_);
    }
    if (options.file_path.empty()) return;
    RequireDirectory(options.file_path);
    auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
        options.file_path, options.file_bytes_max, options.files_max);
    writer_ = std::make_shared<spdlog::details::thread_pool>(options.file_queue_lines_max, 1);
    file_ = std::make_shared<spdlog::async_logger>("file", std::move(sink), writer_,
                                                   spdlog::async_overflow_policy::overrun_oldest);
    Prepare(*file_);
    if (metrics == nullptr) return;
    dropped_ = metrics->AddCallbackGauge(
        "observe_log_dropped_lines", "Log lines dropped because the file could not keep up.",
        [pool = writer_] { return static_cast<double>(pool->overrun_counter()); });
  }

  bool Enabled(LogLevel level) const override { return level >= level_; }

  void Write(LogLevel level, std::string_view event, std::span<const LogField> fields) override {
    if (!Enabled(level)) return;
    thread_local std::string line;
    line.clear();
    FormatLogLine(format_, clock_.WallMicros(), level, event, fields, &line);
    const spdlog::string_view_t text(line.data(), line.size());
    if (console_) console_->log(ToSpdLevel(level), text);
    if (file_) file_->log(ToSpdLevel(level), text);
  }
  using Log::Write;

 private:
  // spdlog would make it, whatever a mistyped path names.
  static void RequireDirectory(const std::string& file_path) {
    const std::filesystem::path directory = std::filesystem::path(file_path).parent_path();
    if (directory.empty() || std::filesystem::is_directory(directory)) return;
    throw spdlog::spdlog_ex("there is no directory \"" + directory.string() + "\"");
  }

  static void Prepare(spdlog::logger& logger) {
    logger.set_level(spdlog::level::debug);
    logger.set_pattern("%v");
    // The writing thread hands each line to the system: whoever follows the file sees it.
    logger.flush_on(spdlog::level::info);
    // A full disk must not throw into, or print from, whoever writes a line.
    logger.set_error_handler([](const std::string&) {});
  }

  const LogLevel level_;
  const LogFormat format_;
  const Clock& clock_;
  std::shared_ptr<spdlog::logger> console_;
  // Joined, after writing what is queued, when the last reference goes.
  std::shared_ptr<spdlog::details::thread_pool> writer_;
  std::shared_ptr<spdlog::logger> file_;
  Metrics::CallbackGauge dropped_;
};

}  // namespace

Result<std::unique_ptr<Log>> OpenLog(const LogOptions& options, const Clock& clock,
                                     Metrics* metrics) {
  try {
    auto log = std::make_unique<SpdlogLog>(options, clock);
    log->Open(options, metrics);
    return std::unique_ptr<Log>(std::move(log));
  } catch (const std::exception& error) {
    return Unavailable("cannot open log file \"" + options.file_path + "\"")
        .WithDetail(error.what());
  }
}

}  // namespace millrace
