#include "server/command.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

#include "cli/options.h"
#include "config/rendering.h"
#include "server/server_settings.h"

namespace millrace {

void PrintProblem(const Status& status) {
  std::fprintf(stderr, "millrace: %s\n", status.message().c_str());
  if (!status.detail().empty()) std::fprintf(stderr, "detail: %s\n", status.detail().c_str());
  if (!status.hint().empty()) std::fprintf(stderr, "hint: %s\n", status.hint().c_str());
}

int Usage(std::string_view message) { return Usage(InvalidArgument(std::string(message))); }

int Usage(const Status& status) {
  PrintProblem(status);
  return cli::kExitUsageError;
}

// Texts are only collected here: flags, environment and file are checked alike.
void AddSettingFlags(CLI::App* app, FlagTexts* given) {
  app->add_option_function<std::string>(
         "--config", [given](const std::string& path) { (*given)["config"] = path; },
         "File with settings (TOML); else MILLRACE_CONFIG, else ./millrace.toml when it exists")
      ->type_name("FILE");
  for (const config::Setting& setting : ServerSettings()) {
    const std::string name(setting.flag);
    auto take = [given, name](const std::string& text) { (*given)[name] = text; };
    CLI::Option* option = app->add_option_function<std::string>("--" + name, std::move(take),
                                                                config::FlagHelp(setting));
    option->type_name(config::Placeholder(setting))->group("Settings");
    if (setting.type == config::SettingType::kFlag) option->expected(0, 1)->default_str("true");
  }
  app->footer(
      "Every setting is also a variable (--body-max-bytes: MILLRACE_BODY_MAX_BYTES) and a key of\n"
      "the file (see millrace config example). Flags are stronger than the environment, it is\n"
      "stronger than the file. Sizes: 64MiB, 1GiB; durations: 500ms, 30s, 1h30m; numbers without\n"
      "a unit are in what the flag's name says.");
}

}  // namespace millrace
