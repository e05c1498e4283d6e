// What `millrace serve` can be told, wherever it was said: on the command line, in the
// environment or in the configuration file. All three end here and are checked alike.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "server/account_flags.h"
#include "server/serve.h"

namespace millrace {

struct ServeFlags {
  std::string data = "./data";
  std::string http = "127.0.0.1:7400";
  std::string config;
  std::string durability = "strict";
  std::string log_level = "info";
  std::string log_format = "text";
  std::string log_file;
  std::string results = "per-statement";
  std::string root_password;
  // Signed, so that a number below zero is told apart from a very large one.
  int64_t threads = 0;
  int64_t cache_bytes = 0;
  int64_t column_cache_bytes = int64_t{256} << 20;
  int64_t query_memory_bytes = int64_t{512} << 20;
  int64_t body_max_bytes = int64_t{10} << 20;
  int64_t statement_timeout_ms = 60'000;
  int64_t shutdown_timeout_ms = 10'000;
  int64_t feed_retention_seconds = 24 * 3600;
  int64_t feed_retention_bytes = int64_t{4} << 30;
  int64_t jobs_interval_seconds = 0;
  bool allow_remote_setup = false;
  AccountFlags accounts;
};

// kInvalidArgument with the flag's name and what it takes.
Result<ServeOptions> MakeServeOptions(const ServeFlags& flags);

}  // namespace millrace
