// A PostgreSQL of our own to compare with: a new cluster in our directory, on a
// free port of 127.0.0.1, with the settings Debian ships and durable commits.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "testing/child_process.h"

namespace millrace::bench {

class PgProcess {
 public:
  // Makes the cluster in `directory`, which must exist and be reachable for other
  // users, and starts it. `programs` is the folder of initdb and postgres. Blocks.
  static Result<PgProcess> Start(const std::string& programs, const std::string& directory,
                                 const Clock& clock);

  // Stops it as `pg_ctl stop` does and starts it again on the same port.
  Status Restart(const Clock& clock);
  Status Stop();

  // A connection string of libpq.
  std::string connection() const;

 private:
  PgProcess() = default;
  Status Launch(const Clock& clock);

  std::string programs_;
  std::string directory_;
  std::string user_;  // that owns the cluster; empty: we do
  uint16_t port_ = 0;
  std::optional<testing::ChildProcess> process_;
};

// What `postgres --version` prints without the program's name, or nothing when the
// folder holds no PostgreSQL 15.
std::optional<std::string> PgVersion(const std::string& programs);

}  // namespace millrace::bench
