// The version of the library below the store, for `millrace doctor`.
#pragma once

#include <string>

namespace millrace {

// "7.8.3".
std::string StorageLibraryVersion();

}  // namespace millrace
