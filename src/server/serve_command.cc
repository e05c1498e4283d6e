// `millrace serve`.
#include <CLI/CLI.hpp>

#include <memory>

#include "cli/options.h"
#include "server/command.h"
#include "server/serve.h"
#include "server/server_settings.h"

namespace millrace {
namespace {

int Serve(const FlagTexts& flags) {
  const Result<ProgramConfiguration> program = LoadProgramConfiguration(flags);
  if (!program.ok()) return Usage(program.status());
  for (const Status& problem : program->configuration.problems()) PrintProblem(problem);
  if (!program->configuration.problems().empty()) return cli::kExitUsageError;
  ServeOptions options = MakeServeOptions(program->configuration);
  options.config_path = program->file_path;
  return RunServe(options);
}

}  // namespace

std::vector<Command> AddServeCommand(CLI::App* program) {
  CLI::App* app = program->add_subcommand("serve", "Run the server");
  const auto flags = std::make_shared<FlagTexts>();
  AddSettingFlags(app, flags.get());
  return {{app, [flags] { return Serve(*flags); }}};
}

}  // namespace millrace
