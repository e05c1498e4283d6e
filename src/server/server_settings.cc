#include "server/server_settings.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "server/server_setting.h"

namespace millrace {
namespace {

// Of all tables, a section of several together, in the order they are first met.
std::vector<ServerSetting> AllSettings() {
  std::vector<ServerSetting> all;
  for (const auto table :
       {ProcessSettings(), HttpSettings(), AccountSettings(), StorageSettings()}) {
    all.insert(all.end(), table.begin(), table.end());
  }
  std::vector<ServerSetting> ordered;
  for (const ServerSetting& first : all) {
    const std::string_view section = first.setting.section();
    const bool taken = std::ranges::any_of(ordered, [section](const ServerSetting& entry) {
      return entry.setting.section() == section;
    });
    if (taken) continue;
    for (const ServerSetting& entry : all) {
      if (entry.setting.section() == section) ordered.push_back(entry);
    }
  }
  return ordered;
}

const std::vector<ServerSetting>& Entries() {
  static const std::vector<ServerSetting> entries = AllSettings();
  return entries;
}

}  // namespace

std::span<const config::Setting> ServerSettings() {
  static const std::vector<config::Setting> settings = [] {
    std::vector<config::Setting> all;
    for (const ServerSetting& entry : Entries()) all.push_back(entry.setting);
    return all;
  }();
  return settings;
}

ServeOptions MakeServeOptions(const config::Configuration& configuration) {
  ServeOptions options;
  options.server.warm_up = true;
  options.server.exit_when_stuck = true;
  for (const ServerSetting& entry : Entries()) {
    entry.apply(configuration.Get(entry.setting.name).value, &options);
  }
  // Without a name it is none.
  std::vector<auth::OidcIssuer>& issuers = options.server.oidc.issuers;
  if (!issuers.empty() && issuers.front().issuer.empty()) issuers.clear();
  return options;
}

}  // namespace millrace
