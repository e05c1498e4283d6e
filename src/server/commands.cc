#include "server/commands.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "cli/options.h"
#include "millrace_version.h"
#include "server/command.h"

namespace millrace {

int RunProgram(int argc, char** argv) {
  CLI::App program("Millrace: a real-time data platform in one program");
  program.set_version_flag("--version", std::string("millrace ") + MILLRACE_VERSION);
  program.require_subcommand(1);
  std::vector<Command> commands;
  for (const auto add :
       {&AddServeCommand, &AddClientCommands, &AddConfigCommands, &AddDoctorCommand}) {
    for (Command& command : add(&program)) commands.push_back(std::move(command));
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = program.exit(error);
    return code == 0 ? 0 : cli::kExitUsageError;
  }
  for (const Command& command : commands) {
    if (command.app->parsed()) return command.run();
  }
  return cli::kExitUsageError;
}

}  // namespace millrace
