// Settings of data and of what reads it: directories, caches, queries, jobs.
#include <chrono>

#include "server/server_setting.h"

namespace millrace {
namespace {

using config::SettingType;
using config::SettingValue;

// An empty path would put the data at the root of the file system.
std::string RefuseNoPath(const SettingValue& value) {
  return TextOf(value).empty() ? "the path of a directory" : "";
}

std::string RefusePartsOfSeconds(const SettingValue& value) {
  return NumberOf(value) % kSettingSecond == 0 ? "" : "whole seconds";
}

constexpr ServerSetting kSettings[] = {
    {{.name = "storage.data_directory",
      .flag = "data",
      .default_text = "./data",
      .description = "Directory of the data; made when it is not there",
      .refuse = &RefuseNoPath},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.data_directory = TextOf(value);
     }},
    {{.name = "storage.durability",
      .flag = "durability",
      .type = SettingType::kWord,
      .default_text = "strict",
      .description = "Acknowledged writes survive a power cut (strict), or a crash of the "
                     "process (relaxed)",
      .words = "strict|relaxed"},
     [](const SettingValue& value, ServeOptions* options) {
       const bool relaxed = TextOf(value) == "relaxed";
       options->server.durability = relaxed ? Durability::kRelaxed : Durability::kStrict;
     }},
    {{.name = "storage.block_cache",
      .flag = "cache-bytes",
      .type = SettingType::kBytes,
      .default_text = "0",
      .description = "Blocks of table files in memory",
      .most = kSettingBytesMax,
      .zero = "a quarter of the memory, at most 8 GiB"},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.block_cache_bytes = SizeOf(value);
     }},
    {{.name = "storage.column_cache",
      .flag = "column-cache-bytes",
      .type = SettingType::kBytes,
      .default_text = "256MiB",
      .description = "Decoded columns of hot tables, for repeated analytical queries",
      .most = kSettingBytesMax,
      .zero = "no column cache"},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.column_cache_bytes = SizeOf(value);
     }},
    {{.name = "storage.feed_retention",
      .flag = "feed-retention-seconds",
      .type = SettingType::kDuration,
      .default_text = "1d",
      .description = "How long the change feed of a table is kept",
      .least = kSettingSecond,
      .most = kSettingDurationMax},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.jobs.feed.age_micros_max = NumberOf(value) * 1'000;
     }},
    {{.name = "storage.feed_size_max",
      .flag = "feed-retention-bytes",
      .type = SettingType::kBytes,
      .default_text = "4GiB",
      .description = "How large the change feed of one table may grow",
      .least = kMebibyte,
      .most = kSettingBytesMax},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.jobs.feed.table_bytes_max = SizeOf(value);
     }},

    {{.name = "query.memory_max",
      .flag = "query-memory-bytes",
      .type = SettingType::kBytes,
      .default_text = "512MiB",
      .description = "What one analytical query may hold in memory",
      .least = 16 * kMebibyte,
      .most = kSettingBytesMax},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.query_memory_bytes = SizeOf(value);
     }},
    {{.name = "query.statement_timeout",
      .flag = "statement-timeout-ms",
      .type = SettingType::kDuration,
      .default_text = "1m",
      .description = "How long one statement may run",
      .most = kSettingDurationMax,
      .zero = "no limit"},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.statement_timeout_ms = NumberOf(value);
     }},
    {{.name = "query.transaction_timeout",
      .flag = "transaction-timeout-ms",
      .type = SettingType::kDuration,
      .default_text = "5m",
      .description = "How long a transaction may stay open",
      .least = kSettingSecond,
      .most = kSettingDurationMax},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.transactions.timeout_ms = NumberOf(value);
     }},
    {{.name = "query.transaction_memory_max",
      .flag = "transaction-memory-bytes",
      .type = SettingType::kBytes,
      .default_text = "100MiB",
      .description = "What one transaction may change before it commits",
      .least = kMebibyte,
      .most = 200 * kMebibyte},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.transactions.bytes_max = SizeOf(value);
     }},

    {{.name = "jobs.interval",
      .flag = "jobs-interval-seconds",
      .type = SettingType::kDuration,
      .default_text = "0",
      .description = "How often each background job runs",
      .most = kSettingDurationMax,
      .zero = "as often as suits each job",
      .refuse = &RefusePartsOfSeconds},
     [](const SettingValue& value, ServeOptions* options) {
       if (NumberOf(value) == 0) return;
       const std::chrono::seconds interval(NumberOf(value) / kSettingSecond);
       options->server.jobs.cleanup_interval = interval;
       options->server.jobs.eviction_interval = interval;
       options->server.jobs.retention_interval = interval;
     }},
};

}  // namespace

std::span<const ServerSetting> StorageSettings() { return kSettings; }

}  // namespace millrace
