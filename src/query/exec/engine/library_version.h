// The version of the analytical engine, for `millrace doctor`.
#pragma once

#include <string>

namespace millrace::engine {

// "v1.4.4".
std::string LibraryVersion();

}  // namespace millrace::engine
