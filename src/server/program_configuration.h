// The configuration of this process: its flags, its environment and its file.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "config/configuration.h"

namespace millrace {

// By flag: {"threads", "8"}. "config" is the file and no setting.
using FlagTexts = std::map<std::string, std::string, std::less<>>;

// The variable's value, nothing when it is not set.
std::optional<std::string> ProcessVariable(const std::string& name);
// Names of all variables of the process.
std::vector<std::string> ProcessVariableNames();

// The file that counts: --config, else MILLRACE_CONFIG, else ./millrace.toml when there
// is one, else none.
std::optional<std::string> ConfigFilePath(const FlagTexts& flags);

// What the server would run with; `file_path` is empty without a file. The problems of
// the configuration are for the caller to look at. Fails when the file cannot be read.
struct ProgramConfiguration {
  config::Configuration configuration;
  std::string file_path;
};
Result<ProgramConfiguration> LoadProgramConfiguration(const FlagTexts& flags);

}  // namespace millrace
