// `millrace serve`: a server until SIGTERM or SIGINT.
#pragma once

#include <string>

#include "server/server.h"

namespace millrace {

struct ServeOptions {
  ServerOptions server;
  LogOptions log;
  // The file the options came from, for the log; empty: none.
  std::string config_path;
};

// Exit codes: 0 stopped by a signal; 1 could not start.
int RunServe(const ServeOptions& options);

}  // namespace millrace
