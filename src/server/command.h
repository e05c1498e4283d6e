// A subcommand of the program: its part of the command line, and what it does.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "server/program_configuration.h"

namespace CLI {
class App;
}

namespace millrace {

struct Command {
  CLI::App* app;
  // Returns the exit code. Owns what the command line was parsed into.
  std::function<int()> run;
};

// Each adds itself to the program's command line; the commands below it (`config show`)
// come one by one.
std::vector<Command> AddServeCommand(CLI::App* program);
std::vector<Command> AddConfigCommands(CLI::App* program);
std::vector<Command> AddDoctorCommand(CLI::App* program);
std::vector<Command> AddClientCommands(CLI::App* program);

// One flag per setting of the server, and --config; what was given goes to `given`.
void AddSettingFlags(CLI::App* app, FlagTexts* given);

// "millrace: MESSAGE" on standard error, with the hint on a line of its own.
void PrintProblem(const Status& status);
// The same; returns the exit code of wrong usage.
int Usage(std::string_view message);
int Usage(const Status& status);

}  // namespace millrace
