#include "config/configuration.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "base/nearest_name.h"
#include "config/toml_values.h"

namespace millrace::config {
namespace {

constexpr int64_t kFileBytesMax = int64_t{1} << 20;

}  // namespace

std::string_view OriginName(Origin origin) {
  switch (origin) {
    case Origin::kDefault:
      return "default";
    case Origin::kFile:
      return "file";
    case Origin::kEnvironment:
      return "environment";
    case Origin::kFlag:
      break;
  }
  return "flag";
}

std::string SettingState::ShownText() const {
  std::string text = FormatSetting(*setting, value);
  if (setting->is_secret() && !text.empty()) return "********";
  return text;
}

void Configuration::Take(SettingState* state, std::string_view text, Origin origin,
                         std::string place) {
  Result<SettingValue> value = ParseSetting(*state->setting, text, place);
  if (!value.ok()) {
    problems_.push_back(value.status());
    return;
  }
  state->value = std::move(*value);
  state->origin = origin;
  state->place = std::move(place);
}

Configuration Configuration::Load(std::span<const Setting> settings, const ConfigSources& sources) {
  Configuration configuration;
  configuration.states_.reserve(settings.size());
  for (const Setting& setting : settings) {
    SettingState& state = configuration.states_.emplace_back();
    state.setting = &setting;
    configuration.Take(&state, setting.default_text, Origin::kDefault, "default");
  }
  if (sources.file.has_value()) {
    TomlValues read = ReadTomlValues(sources.file->text, sources.file->path, settings);
    for (Status& problem : read.problems) configuration.problems_.push_back(std::move(problem));
    for (TomlValue& found : read.values) {
      SettingState& state = configuration.states_[found.setting - settings.data()];
      state.value = std::move(found.value);
      state.origin = Origin::kFile;
      state.place = std::move(found.place);
    }
  }
  for (SettingState& state : configuration.states_) {
    const std::string name = EnvironmentName(*state.setting);
    if (sources.environment) {
      const std::optional<std::string> text = sources.environment(name);
      if (text.has_value() && !text->empty()) {
        configuration.Take(&state, *text, Origin::kEnvironment, name);
      }
    }
    const auto flag = sources.flags.find(state.setting->flag);
    if (flag != sources.flags.end()) {
      configuration.Take(&state, flag->second, Origin::kFlag, "--" + flag->first);
    }
  }
  return configuration;
}

const SettingState& Configuration::Get(std::string_view name) const {
  const auto found = std::ranges::find_if(
      states_, [name](const SettingState& state) { return state.setting->name == name; });
  MR_ASSERT(found != states_.end(), "a setting that is in the table");
  return *found;
}

Result<ConfigText> ReadConfigText(const std::string& path) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) {
    return NotFound("cannot open config file \"" + path + "\": " + std::strerror(errno));
  }
  if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode) && !S_ISCHR(info.st_mode)) {
    return InvalidArgument("config file \"" + path + "\" is no file");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) {
    return PermissionDenied("cannot open config file \"" + path + "\": " + std::strerror(errno));
  }
  ConfigText read{.path = path, .text = std::string(kFileBytesMax + 1, '\0')};
  file.read(read.text.data(), static_cast<std::streamsize>(read.text.size()));
  read.text.resize(static_cast<size_t>(file.gcount()));
  if (file.bad()) return Unavailable("cannot read config file \"" + path + "\"");
  if (read.text.size() > kFileBytesMax) {
    return InvalidArgument("config file \"" + path + "\" is larger than 1 MiB");
  }
  return read;
}

std::vector<Status> SuspiciousVariables(std::span<const Setting> settings,
                                        std::span<const std::string> names) {
  std::vector<std::string> known;
  for (const Setting& setting : settings) known.push_back(EnvironmentName(setting));
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  std::vector<Status> found;
  for (const std::string& name : names) {
    if (!name.starts_with("MILLRACE_") || std::ranges::find(known, name) != known.end()) continue;
    const auto nearest = NearestName(name, candidates);
    // The shell, tests and other programs have variables of their own.
    if (!nearest.has_value() || EditDistance(name, *nearest) > 2) continue;
    found.push_back(InvalidArgument(name + " is no setting and is not used")
                        .WithHint("Did you mean \"" + std::string(*nearest) + "\"?"));
  }
  return found;
}

}  // namespace millrace::config
