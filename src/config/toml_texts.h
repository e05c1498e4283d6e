// A TOML text of sections that hold texts, when the sections are no settings.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/status.h"

namespace millrace::config {

// By section and key. InvalidArgument with "PATH:LINE:COLUMN: " for what is no TOML and
// for anything but texts in sections.
Result<std::map<std::string, std::map<std::string, std::string>>> ReadTomlTexts(
    std::string_view text, std::string_view path);

}  // namespace millrace::config
