#include "client/library_version.h"

#include <curl/curl.h>

namespace millrace::client {

std::string LibraryVersion() { return curl_version(); }

}  // namespace millrace::client
