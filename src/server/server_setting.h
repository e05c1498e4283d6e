// One entry of the server's tables of settings, and what entries are written with.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "config/setting.h"
#include "server/serve.h"

namespace millrace {

struct ServerSetting {
  config::Setting setting;
  // Puts a value that was checked where it belongs.
  void (*apply)(const config::SettingValue& value, ServeOptions* options);
};

// The tables, each in the file of its name. A new one is named in server_settings.cc.
std::span<const ServerSetting> ProcessSettings();
std::span<const ServerSetting> HttpSettings();
std::span<const ServerSetting> AccountSettings();
std::span<const ServerSetting> StorageSettings();

// Milliseconds.
inline constexpr int64_t kSettingSecond = 1'000;
// More than a process lives, and its nanoseconds still fit: 10,000 days.
inline constexpr int64_t kSettingDurationMax = 10'000 * 86'400 * kSettingSecond;
inline constexpr int64_t kKibibyte = int64_t{1} << 10;
inline constexpr int64_t kMebibyte = int64_t{1} << 20;
inline constexpr int64_t kSettingBytesMax = int64_t{1} << 50;

// The value of a number, a size or a duration (milliseconds), of a flag, of a text.
inline int64_t NumberOf(const config::SettingValue& value) { return std::get<int64_t>(value); }
inline uint64_t SizeOf(const config::SettingValue& value) {
  return static_cast<uint64_t>(NumberOf(value));
}
inline bool FlagOf(const config::SettingValue& value) { return std::get<bool>(value); }
inline const std::string& TextOf(const config::SettingValue& value) {
  return std::get<std::string>(value);
}
inline const std::vector<std::string>& ListOf(const config::SettingValue& value) {
  return std::get<std::vector<std::string>>(value);
}

}  // namespace millrace
