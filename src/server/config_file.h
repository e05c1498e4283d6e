// millrace.toml: defaults for the flags of `millrace serve`, by the same names
// (`body-max-bytes` is written `body_max_bytes`). Flags and the environment win.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/status.h"

namespace millrace {

// Every key with its value as text. Errors: 22023 with the file, the line and what
// is wrong; a key that is not in `known` with the nearest one as a hint.
Result<std::map<std::string, std::string>> ReadConfigFile(const std::string& path,
                                                          const std::vector<std::string>& known);

}  // namespace millrace
