// All settings with their values and where each comes from: what flags, environment
// and file say, the stronger over the weaker.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "config/setting.h"

namespace millrace::config {

// In rising strength.
enum class Origin : uint8_t { kDefault, kFile, kEnvironment, kFlag };
std::string_view OriginName(Origin origin);

struct ConfigText {
  std::string path;
  std::string text;
};

// What was said, before anybody understood it.
struct ConfigSources {
  std::optional<ConfigText> file;
  // The value of a variable; an empty one counts as not set. May be null: no environment.
  std::function<std::optional<std::string>(const std::string& name)> environment;
  // By the settings' flag: {"threads", "8"}.
  std::map<std::string, std::string, std::less<>> flags;
};

struct SettingState {
  const Setting* setting = nullptr;
  SettingValue value;
  Origin origin = Origin::kDefault;
  // "default", "millrace.toml:3:7", "MILLRACE_THREADS", "--threads".
  std::string place;

  // The value to show to people: a secret that is set is "********".
  std::string ShownText() const;
};

// A value; nothing of it changes after Load.
class Configuration {
 public:
  // The settings in the order of their table, which must outlive the configuration.
  // Where a source is wrong, the next weaker one counts and `problems` has one more.
  static Configuration Load(std::span<const Setting> settings, const ConfigSources& sources);

  const std::vector<SettingState>& states() const { return states_; }
  // Asserts that there is such a setting.
  const SettingState& Get(std::string_view name) const;
  const std::vector<Status>& problems() const { return problems_; }

 private:
  void Take(SettingState* state, std::string_view text, Origin origin, std::string place);

  std::vector<SettingState> states_;
  std::vector<Status> problems_;
};

// The whole file. kNotFound, kPermissionDenied or kInvalidArgument (a directory, or
// larger than 1 MiB: no configuration). Blocking.
Result<ConfigText> ReadConfigText(const std::string& path);

// Which variables named MILLRACE_* are nearly a setting's but none: likely a slip.
// "MILLRACE_THREDS is not used", with a hint. `names` are all of the environment.
std::vector<Status> SuspiciousVariables(std::span<const Setting> settings,
                                        std::span<const std::string> names);

}  // namespace millrace::config
