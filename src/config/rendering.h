// Settings as texts for people, all made from their table.
#pragma once

#include <span>
#include <string>

#include "config/configuration.h"
#include "config/setting.h"

namespace millrace::config {

// A millrace.toml in which every setting stands, commented out, with its default and
// all there is to know: taking the "# " from its lines "# key = value" changes nothing.
std::string ExampleFile(std::span<const Setting> settings);

// The table of the user guide: one line per setting.
std::string MarkdownTable(std::span<const Setting> settings);

enum class ShowOrigin : uint8_t { kNo, kYes };
// "name = value" per setting in aligned columns, as TOML literals; with the place each
// comes from as a comment. Secrets are masked.
std::string ShowText(const Configuration& configuration, ShowOrigin origin);

// The line of --help: description, range, default, variable and key.
std::string FlagHelp(const Setting& setting);

}  // namespace millrace::config
