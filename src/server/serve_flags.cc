#include "server/serve_flags.h"

#include <charconv>
#include <chrono>

namespace millrace {
namespace {

// More loops than this serve nobody, and each holds file descriptors.
constexpr int64_t kThreadsMax = 256;
constexpr int64_t kMebibyte = int64_t{1} << 20;
constexpr int64_t kBytesMax = int64_t{1} << 50;
// So that nanoseconds do not overflow.
constexpr int64_t kSecondsMax = 1'000'000'000;
constexpr int64_t kMillisMax = kSecondsMax * 1000;

Status BadFlag(std::string_view name, std::string_view wanted) {
  return InvalidArgument("--" + std::string(name) + " takes " + std::string(wanted));
}

struct Range {
  std::string_view name;
  int64_t value;
  int64_t least;
  int64_t most;
  std::string_view zero;  // what 0 means, when it means something else than none
};

Status CheckRange(const Range& range) {
  if (range.value >= range.least && range.value <= range.most) return Status::Ok();
  std::string wanted = "a number from " + std::to_string(range.least) + " to " +
                       std::to_string(range.most) + ", not " + std::to_string(range.value);
  Status status = BadFlag(range.name, wanted);
  if (range.zero.empty()) return status;
  return std::move(status).WithHint("0 means " + std::string(range.zero) + ".");
}

Status CheckNumbers(const ServeFlags& flags) {
  const Range ranges[] = {
      {"threads", flags.threads, 0, kThreadsMax, "one per core"},
      {"cache-bytes", flags.cache_bytes, 0, kBytesMax, "a quarter of the memory"},
      {"column-cache-bytes", flags.column_cache_bytes, 0, kBytesMax, "no column cache"},
      {"query-memory-bytes", flags.query_memory_bytes, 16 * kMebibyte, kBytesMax, ""},
      {"body-max-bytes", flags.body_max_bytes, 1024, 1024 * kMebibyte, ""},
      {"statement-timeout-ms", flags.statement_timeout_ms, 0, kMillisMax, "no limit"},
      {"shutdown-timeout-ms", flags.shutdown_timeout_ms, 0, kMillisMax, "not to wait"},
      {"feed-retention-seconds", flags.feed_retention_seconds, 1, kSecondsMax, ""},
      {"feed-retention-bytes", flags.feed_retention_bytes, kMebibyte, kBytesMax, ""},
      {"jobs-interval-seconds", flags.jobs_interval_seconds, 0, kSecondsMax,
       "as often as suits each job"},
  };
  for (const Range& range : ranges) RETURN_IF_ERROR(CheckRange(range));
  return Status::Ok();
}

Status CheckWord(std::string_view name, std::string_view value, std::string_view one,
                 std::string_view other) {
  if (value == one || value == other) return Status::Ok();
  return BadFlag(name, std::string(one) + " or " + std::string(other));
}

Status ParseAddress(const std::string& address, ServerOptions* options) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0) return BadFlag("http", "HOST:PORT");
  const char* const end = address.data() + address.size();
  const auto parsed = std::from_chars(address.data() + colon + 1, end, options->http_port);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    return BadFlag("http", "HOST:PORT, with a port from 0 to 65535");
  }
  options->http_host = address.substr(0, colon);
  return Status::Ok();
}

void SetJobs(const ServeFlags& flags, BackgroundJobsOptions* jobs) {
  jobs->feed.age_micros_max = flags.feed_retention_seconds * 1'000'000;
  jobs->feed.table_bytes_max = static_cast<uint64_t>(flags.feed_retention_bytes);
  if (flags.jobs_interval_seconds == 0) return;
  const std::chrono::seconds interval(flags.jobs_interval_seconds);
  jobs->cleanup_interval = interval;
  jobs->eviction_interval = interval;
  jobs->retention_interval = interval;
}

Result<LogOptions> MakeLogOptions(const ServeFlags& flags) {
  LogOptions log;
  ASSIGN_OR_RETURN(log.level, ParseLogLevel(flags.log_level));
  RETURN_IF_ERROR(CheckWord("log-format", flags.log_format, "text", "json"));
  log.format = flags.log_format == "json" ? LogFormat::kJson : LogFormat::kText;
  log.file_path = flags.log_file;
  return log;
}

}  // namespace

Result<ServeOptions> MakeServeOptions(const ServeFlags& flags) {
  ServeOptions options;
  ServerOptions& server = options.server;
  server.warm_up = true;
  server.exit_when_stuck = true;
  RETURN_IF_ERROR(ParseAddress(flags.http, &server));
  // An empty path would put the data at the root of the file system.
  if (flags.data.empty()) return BadFlag("data", "the path of a directory");
  RETURN_IF_ERROR(CheckNumbers(flags));
  RETURN_IF_ERROR(CheckWord("durability", flags.durability, "strict", "relaxed"));
  RETURN_IF_ERROR(CheckWord("results", flags.results, "per-statement", "merged"));
  server.data_directory = flags.data;
  if (!flags.root_password.empty()) server.root_password = flags.root_password;
  if (flags.durability == "relaxed") server.durability = Durability::kRelaxed;
  if (flags.results == "merged") server.result_form = front::ResultForm::kMerged;
  server.loops = static_cast<uint32_t>(flags.threads);
  server.block_cache_bytes = static_cast<uint64_t>(flags.cache_bytes);
  server.column_cache_bytes = static_cast<uint64_t>(flags.column_cache_bytes);
  server.query_memory_bytes = static_cast<uint64_t>(flags.query_memory_bytes);
  server.body_bytes_max = static_cast<uint64_t>(flags.body_max_bytes);
  server.statement_timeout_ms = flags.statement_timeout_ms;
  server.shutdown_drain_ms = flags.shutdown_timeout_ms;
  server.allow_remote_setup = flags.allow_remote_setup;
  RETURN_IF_ERROR(SetAccounts(flags.accounts, &server));
  SetJobs(flags, &server.jobs);
  ASSIGN_OR_RETURN(options.log, MakeLogOptions(flags));
  return options;
}

}  // namespace millrace
