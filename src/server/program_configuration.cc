#include "server/program_configuration.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>
#include <utility>

#include "server/server_settings.h"

namespace millrace {
namespace {

constexpr char kDefaultPath[] = "millrace.toml";

}  // namespace

std::optional<std::string> ProcessVariable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

std::vector<std::string> ProcessVariableNames() {
  std::vector<std::string> names;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    names.emplace_back(text.substr(0, text.find('=')));
  }
  return names;
}

std::optional<std::string> ConfigFilePath(const FlagTexts& flags) {
  if (const auto flag = flags.find("config"); flag != flags.end()) return flag->second;
  const auto variable = ProcessVariable("MILLRACE_CONFIG");
  if (variable.has_value() && !variable->empty()) return variable;
  if (::access(kDefaultPath, F_OK) == 0) return kDefaultPath;
  return std::nullopt;
}

Result<ProgramConfiguration> LoadProgramConfiguration(const FlagTexts& flags) {
  config::ConfigSources sources;
  sources.environment = &ProcessVariable;
  sources.flags = flags;
  sources.flags.erase("config");
  ProgramConfiguration program;
  if (const auto path = ConfigFilePath(flags)) {
    ASSIGN_OR_RETURN(sources.file, config::ReadConfigText(*path));
    program.file_path = *path;
  }
  program.configuration = config::Configuration::Load(ServerSettings(), sources);
  return program;
}

}  // namespace millrace
