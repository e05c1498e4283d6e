// Settings of the process: its threads, its end, its log.
#include "server/server_setting.h"

namespace millrace {
namespace {

using config::SettingType;
using config::SettingValue;

// More loops than this serve nobody, and each holds file descriptors.
constexpr int64_t kThreadsMax = 256;

constexpr ServerSetting kSettings[] = {
    {{.name = "server.threads",
      .flag = "threads",
      .type = SettingType::kInteger,
      .default_text = "0",
      .description = "Event loops",
      .most = kThreadsMax,
      .zero = "one per core"},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.loops = static_cast<uint32_t>(NumberOf(value));
     }},
    {{.name = "server.shutdown_timeout",
      .flag = "shutdown-timeout-ms",
      .type = SettingType::kDuration,
      .default_text = "10s",
      .description = "How long a shutdown may take; then the process exits",
      .most = kSettingDurationMax,
      .zero = "not to wait"},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.shutdown_drain_ms = NumberOf(value);
     }},

    {{.name = "log.level",
      .flag = "log-level",
      .type = SettingType::kWord,
      .default_text = "info",
      .description = "What is logged: this and what is more severe",
      .words = "debug|info|warn|error"},
     [](const SettingValue& value, ServeOptions* options) {
       options->log.level = *ParseLogLevel(TextOf(value));
     }},
    {{.name = "log.format",
      .flag = "log-format",
      .type = SettingType::kWord,
      .default_text = "text",
      .description = "How a line of the log looks",
      .words = "text|json"},
     [](const SettingValue& value, ServeOptions* options) {
       options->log.format = TextOf(value) == "json" ? LogFormat::kJson : LogFormat::kText;
     }},
    {{.name = "log.file",
      .flag = "log-file",
      .default_text = "",
      .description = "Also write the log to this file"},
     [](const SettingValue& value, ServeOptions* options) {
       options->log.file_path = TextOf(value);
     }},
};

}  // namespace

std::span<const ServerSetting> ProcessSettings() { return kSettings; }

}  // namespace millrace
