// Connecting as the options say: password from the option, the environment or
// the terminal.
#pragma once

#include <memory>

#include "base/status.h"
#include "cli/options.h"
#include "client/client.h"

namespace millrace::cli {

// Fills in user, password and token from MILLRACE_PASSWORD and MILLRACE_TOKEN, else from
// the saved credentials of the address (when no user is named, or the same one), and
// asks for the password of a named user on the terminal.
client::ClientOptions ResolveConnection(const ConnectionOptions& options);

}  // namespace millrace::cli
