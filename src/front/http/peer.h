// Where a request comes from.
#pragma once

#include <string_view>

namespace millrace::front {

// Whether the address is this machine's own. Forwarding headers are not believed.
inline bool IsLoopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

}  // namespace millrace::front
