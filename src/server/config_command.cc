// `millrace config check|show|example`: what the server would run with, and why.
#include <sys/stat.h>

#include <CLI/CLI.hpp>

#include <cstdio>
#include <memory>
#include <string>

#include "cli/options.h"
#include "config/rendering.h"
#include "server/command.h"
#include "server/server_settings.h"

namespace millrace {
namespace {

constexpr std::string_view kFooter =
    "Exit codes: 0 the configuration is right; 3 it is wrong or cannot be read.";

// A secret in a file that others may read is no secret.
bool ReadableByOthers(const std::string& path) {
  struct stat info = {};
  return ::stat(path.c_str(), &info) == 0 && (info.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

void Warn(const Status& status) {
  std::fprintf(stderr, "warning: %s\n", status.message().c_str());
  if (!status.hint().empty()) std::fprintf(stderr, "hint: %s\n", status.hint().c_str());
}

void WarnOfSecrets(const ProgramConfiguration& program) {
  if (program.file_path.empty() || !ReadableByOthers(program.file_path)) return;
  for (const config::SettingState& state : program.configuration.states()) {
    if (!state.setting->is_secret() || state.origin != config::Origin::kFile) continue;
    Warn(InvalidArgument(state.place + ": " + std::string(state.setting->name) +
                         " is a secret in a file that others may read")
             .WithHint("chmod 600 " + program.file_path));
  }
}

int Check(const FlagTexts& flags) {
  const Result<ProgramConfiguration> program = LoadProgramConfiguration(flags);
  if (!program.ok()) return Usage(program.status());
  const std::vector<std::string> names = ProcessVariableNames();
  for (const Status& slip : config::SuspiciousVariables(ServerSettings(), names)) Warn(slip);
  WarnOfSecrets(*program);
  const auto& problems = program->configuration.problems();
  for (const Status& problem : problems) PrintProblem(problem);
  if (!problems.empty()) return cli::kExitUsageError;
  const char* const from = program->file_path.empty() ? "no file" : program->file_path.c_str();
  std::printf("the configuration is right (%s)\n", from);
  return cli::kExitOk;
}

int Show(const FlagTexts& flags, config::ShowOrigin origin) {
  const Result<ProgramConfiguration> program = LoadProgramConfiguration(flags);
  if (!program.ok()) return Usage(program.status());
  for (const Status& problem : program->configuration.problems()) PrintProblem(problem);
  if (!program->configuration.problems().empty()) return cli::kExitUsageError;
  std::fputs(config::ShowText(program->configuration, origin).c_str(), stdout);
  return cli::kExitOk;
}

int Example(const std::string& format) {
  if (format != "toml" && format != "markdown") return Usage("--format takes toml or markdown");
  const auto settings = ServerSettings();
  const std::string text =
      format == "toml" ? config::ExampleFile(settings) : config::MarkdownTable(settings);
  std::fputs(text.c_str(), stdout);
  return cli::kExitOk;
}

}  // namespace

std::vector<Command> AddConfigCommands(CLI::App* program) {
  struct Given {
    FlagTexts flags;
    bool origin = false;
    std::string format = "toml";
  };
  const auto given = std::make_shared<Given>();
  CLI::App* app = program->add_subcommand("config", "Check and show the server's configuration");
  app->require_subcommand(1);
  CLI::App* check = app->add_subcommand("check", "Tell everything that is wrong");
  CLI::App* show = app->add_subcommand("show", "Print every setting with its value");
  CLI::App* example = app->add_subcommand("example", "Print a millrace.toml that explains itself");
  for (CLI::App* command : {check, show}) {
    AddSettingFlags(command, &given->flags);
    command->footer(std::string(kFooter));
  }
  show->add_flag("--origin", given->origin, "Also where each value comes from");
  example->add_option("--format", given->format, "toml, or markdown for the user guide's table");
  return {{check, [given] { return Check(given->flags); }},
          {show,
           [given] {
             return Show(given->flags,
                         given->origin ? config::ShowOrigin::kYes : config::ShowOrigin::kNo);
           }},
          {example, [given] { return Example(given->format); }}};
}

}  // namespace millrace
