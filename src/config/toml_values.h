// Settings in a TOML text: sections and keys by the settings' names, values by their
// types.
//
//   [http]
//   body_max = "10MiB"      # or 10485760
//   listen = "0.0.0.0:7400"
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "config/setting.h"

namespace millrace::config {

struct TomlValue {
  const Setting* setting;
  SettingValue value;
  std::string place;  // "millrace.toml:3:8", of the value
};

struct TomlValues {
  std::vector<TomlValue> values;
  // Each begins with "PATH:LINE:COLUMN: ". With a syntax error there is nothing else.
  std::vector<Status> problems;
};

// `path` is for messages only. Durations need their unit here, sizes may be numbers.
TomlValues ReadTomlValues(std::string_view text, std::string_view path,
                          std::span<const Setting> settings);

// The setting whose name is nearest to `name`, as a hint ("Did you mean …?"), or empty.
std::string NearestSetting(std::string_view name, std::span<const Setting> settings);

}  // namespace millrace::config
