// What `millrace serve` can be told, wherever it is said. The tables are the one place
// that names a setting: see "Adding a setting" in README.md.
#pragma once

#include <span>

#include "base/status.h"
#include "config/configuration.h"
#include "server/serve.h"

namespace millrace {

// By section, in the order of help, example and listings.
std::span<const config::Setting> ServerSettings();

// The options that a configuration without problems means.
ServeOptions MakeServeOptions(const config::Configuration& configuration);

}  // namespace millrace
