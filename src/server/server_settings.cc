#include "server/server_settings.h"

#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace millrace {
namespace {

using config::Secrecy;
using config::Setting;
using config::SettingType;
using config::SettingValue;

constexpr int64_t kSecond = 1'000;
constexpr int64_t kDay = 86'400 * kSecond;
// More than a process lives, and its nanoseconds still fit.
constexpr int64_t kDurationMax = 10'000 * kDay;
constexpr int64_t kKibibyte = int64_t{1} << 10;
constexpr int64_t kMebibyte = int64_t{1} << 20;
constexpr int64_t kBytesMax = int64_t{1} << 50;
// More loops than this serve nobody, and each holds file descriptors.
constexpr int64_t kThreadsMax = 256;

int64_t Number(const SettingValue& value) { return std::get<int64_t>(value); }
uint64_t Size(const SettingValue& value) { return static_cast<uint64_t>(Number(value)); }
bool Flag(const SettingValue& value) { return std::get<bool>(value); }
const std::string& Text(const SettingValue& value) { return std::get<std::string>(value); }

struct Address {
  std::string host;
  uint16_t port = 0;
};

std::optional<Address> ParseAddress(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  Address address{.host = text.substr(0, colon)};
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, address.port);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return address;
}

std::string_view RefuseNoAddress(const SettingValue& value) {
  return ParseAddress(Text(value)) ? "" : "HOST:PORT, with a port from 0 to 65535";
}

// An empty path would put the data at the root of the file system.
std::string_view RefuseNoPath(const SettingValue& value) {
  return Text(value).empty() ? "the path of a directory" : "";
}

std::string_view RefusePartsOfSeconds(const SettingValue& value) {
  return Number(value) % kSecond == 0 ? "" : "whole seconds";
}

struct ServerSetting {
  Setting setting;
  void (*apply)(const SettingValue& value, ServeOptions* options);
};

constexpr ServerSetting kSettings[] = {
    {{.name = "server.threads",
      .flag = "threads",
      .type = SettingType::kInteger,
      .default_text = "0",
      .description = "Event loops",
      .most = kThreadsMax,
      .zero = "one per core"},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.loops = static_cast<uint32_t>(Number(value));
     }},
    {{.name = "server.shutdown_timeout",
      .flag = "shutdown-timeout-ms",
      .type = SettingType::kDuration,
      .default_text = "10s",
      .description = "How long a shutdown may take; then the process exits",
      .most = kDurationMax,
      .zero = "not to wait"},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.shutdown_drain_ms = Number(value);
     }},

    {{.name = "http.listen",
      .flag = "http",
      .default_text = "127.0.0.1:7400",
      .description = "Address and port to listen on; port 0 picks one",
      .refuse = &RefuseNoAddress},
     [](const SettingValue& value, ServeOptions* options) {
       const std::optional<Address> address = ParseAddress(Text(value));
       options->server.http_host = address->host;
       options->server.http_port = address->port;
     }},
    {{.name = "http.body_max",
      .flag = "body-max-bytes",
      .type = SettingType::kBytes,
      .default_text = "10MiB",
      .description = "Largest request body",
      .least = kKibibyte,
      .most = 1024 * kMebibyte},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.body_bytes_max = Size(value);
     }},
    {{.name = "http.results",
      .flag = "results",
      .type = SettingType::kWord,
      .default_text = "per-statement",
      .description = "One result per statement, or the counts of DML summed per verb",
      .words = "per-statement|merged"},
     [](const SettingValue& value, ServeOptions* options) {
       const bool merged = Text(value) == "merged";
       options->server.result_form =
           merged ? front::ResultForm::kMerged : front::ResultForm::kPerStatement;
     }},

    {{.name = "auth.root_password",
      .flag = "root-password",
      .default_text = "",
      .description = "Password of the user root, taken at the first start",
      .secrecy = Secrecy::kSecret},
     [](const SettingValue& value, ServeOptions* options) {
       if (!Text(value).empty()) options->server.root_password = Text(value);
     }},
    {{.name = "auth.allow_remote_setup",
      .flag = "allow-remote-setup",
      .type = SettingType::kFlag,
      .default_text = "false",
      .description = "Allow POST /v1/api/auth/setup from other machines"},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.allow_remote_setup = Flag(value);
     }},

    {{.name = "storage.data_directory",
      .flag = "data",
      .default_text = "./data",
      .description = "Directory of the data; made when it is not there",
      .refuse = &RefuseNoPath},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.data_directory = Text(value);
     }},
    {{.name = "storage.durability",
      .flag = "durability",
      .type = SettingType::kWord,
      .default_text = "strict",
      .description = "Acknowledged writes survive a power cut (strict), or a crash of the "
                     "process (relaxed)",
      .words = "strict|relaxed"},
     [](const SettingValue& value, ServeOptions* options) {
       const bool relaxed = Text(value) == "relaxed";
       options->server.durability = relaxed ? Durability::kRelaxed : Durability::kStrict;
     }},
    {{.name = "storage.block_cache",
      .flag = "cache-bytes",
      .type = SettingType::kBytes,
      .default_text = "0",
      .description = "Blocks of table files in memory",
      .most = kBytesMax,
      .zero = "a quarter of the memory, at most 8 GiB"},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.block_cache_bytes = Size(value);
     }},
    {{.name = "storage.column_cache",
      .flag = "column-cache-bytes",
      .type = SettingType::kBytes,
      .default_text = "256MiB",
      .description = "Decoded columns of hot tables, for repeated analytical queries",
      .most = kBytesMax,
      .zero = "no column cache"},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.column_cache_bytes = Size(value);
     }},
    {{.name = "storage.feed_retention",
      .flag = "feed-retention-seconds",
      .type = SettingType::kDuration,
      .default_text = "1d",
      .description = "How long the change feed of a table is kept",
      .least = kSecond,
      .most = kDurationMax},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.jobs.feed.age_micros_max = Number(value) * 1'000;
     }},
    {{.name = "storage.feed_size_max",
      .flag = "feed-retention-bytes",
      .type = SettingType::kBytes,
      .default_text = "4GiB",
      .description = "How large the change feed of one table may grow",
      .least = kMebibyte,
      .most = kBytesMax},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.jobs.feed.table_bytes_max = Size(value);
     }},

    {{.name = "query.memory_max",
      .flag = "query-memory-bytes",
      .type = SettingType::kBytes,
      .default_text = "512MiB",
      .description = "What one analytical query may hold in memory",
      .least = 16 * kMebibyte,
      .most = kBytesMax},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.query_memory_bytes = Size(value);
     }},
    {{.name = "query.statement_timeout",
      .flag = "statement-timeout-ms",
      .type = SettingType::kDuration,
      .default_text = "1m",
      .description = "How long one statement may run",
      .most = kDurationMax,
      .zero = "no limit"},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.statement_timeout_ms = Number(value);
     }},

    {{.name = "jobs.interval",
      .flag = "jobs-interval-seconds",
      .type = SettingType::kDuration,
      .default_text = "0",
      .description = "How often each background job runs",
      .most = kDurationMax,
      .zero = "as often as suits each job",
      .refuse = &RefusePartsOfSeconds},
     [](const SettingValue& value, ServeOptions* options) {
       if (Number(value) == 0) return;
       const std::chrono::seconds interval(Number(value) / kSecond);
       options->server.jobs.cleanup_interval = interval;
       options->server.jobs.eviction_interval = interval;
       options->server.jobs.retention_interval = interval;
     }},

    {{.name = "log.level",
      .flag = "log-level",
      .type = SettingType::kWord,
      .default_text = "info",
      .description = "What is logged: this and what is more severe",
      .words = "debug|info|warn|error"},
     [](const SettingValue& value, ServeOptions* options) {
       options->log.level = *ParseLogLevel(Text(value));
     }},
    {{.name = "log.format",
      .flag = "log-format",
      .type = SettingType::kWord,
      .default_text = "text",
      .description = "How a line of the log looks",
      .words = "text|json"},
     [](const SettingValue& value, ServeOptions* options) {
       options->log.format = Text(value) == "json" ? LogFormat::kJson : LogFormat::kText;
     }},
    {{.name = "log.file",
      .flag = "log-file",
      .default_text = "",
      .description = "Also write the log to this file"},
     [](const SettingValue& value, ServeOptions* options) {
       options->log.file_path = Text(value);
     }},
};

}  // namespace

std::span<const Setting> ServerSettings() {
  static const std::vector<Setting> settings = [] {
    std::vector<Setting> all;
    for (const ServerSetting& entry : kSettings) all.push_back(entry.setting);
    return all;
  }();
  return settings;
}

ServeOptions MakeServeOptions(const config::Configuration& configuration) {
  ServeOptions options;
  options.server.warm_up = true;
  options.server.exit_when_stuck = true;
  for (const ServerSetting& entry : kSettings) {
    entry.apply(configuration.Get(entry.setting.name).value, &options);
  }
  return options;
}

}  // namespace millrace
