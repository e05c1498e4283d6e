// The version of the HTTP library, for `millrace doctor`.
#pragma once

#include <string>

namespace millrace::client {

// With what it is made of: "libcurl/7.88.1 OpenSSL/3.0.11 …".
std::string LibraryVersion();

}  // namespace millrace::client
