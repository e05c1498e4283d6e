// Runs the programs of the package directly: no cluster of the system is touched.
#include "pg_process.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "pg_load.h"

namespace millrace::bench {
namespace {

constexpr int kInitMillisMax = 60'000;
constexpr int kStopMillisMax = 60'000;
constexpr int64_t kStartNanosMax = 60'000'000'000;
constexpr int kProbeIntervalMillis = 20;
constexpr const char* kClusterOwner = "postgres";

// postgres refuses to run as root; Debian's package brings this user.
Result<std::string> GiveToClusterOwner(const std::string& directory) {
  if (::geteuid() != 0) return std::string();
  const passwd* owner = ::getpwnam(kClusterOwner);
  if (owner == nullptr) return NotFound("root cannot run PostgreSQL, and no user postgres exists");
  if (::chown(directory.c_str(), owner->pw_uid, owner->pw_gid) != 0) {
    return Internal("chown \"" + directory + "\": " + ::strerror(errno));
  }
  return std::string(kClusterOwner);
}

}  // namespace

Result<PgProcess> PgProcess::Start(const std::string& programs, const std::string& directory,
                                   const Clock& clock) {
  PgProcess server;
  server.programs_ = programs;
  server.directory_ = directory;
  ASSIGN_OR_RETURN(server.user_, GiveToClusterOwner(directory));
  testing::ChildOptions init;
  init.program = programs + "/initdb";
  // The C locale compares texts fastest; durability of the empty cluster is no matter.
  init.arguments = {"--pgdata=" + directory + "/data",
                    "--username=bench",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--no-sync"};
  init.output_path = directory + ".log";
  init.user = server.user_;
  ASSIGN_OR_RETURN(testing::ChildProcess child, testing::ChildProcess::Start(init));
  if (child.WaitForExit(kInitMillisMax) != 0) {
    return Internal("initdb failed: see " + init.output_path);
  }
  ASSIGN_OR_RETURN(server.port_, testing::FreeLoopbackPort());
  RETURN_IF_ERROR(server.Launch(clock));
  return server;
}

Status PgProcess::Launch(const Clock& clock) {
  testing::ChildOptions options;
  options.program = programs_ + "/postgres";
  options.arguments = {"-D", directory_ + "/data",
                       "-p", std::to_string(port_),
                       "-c", "listen_addresses=127.0.0.1",
                       "-c", "unix_socket_directories=",
                       "-c", "fsync=on",
                       "-c", "synchronous_commit=on"};
  options.output_path = directory_ + ".log";
  options.user = user_;
  ASSIGN_OR_RETURN(testing::ChildProcess child, testing::ChildProcess::Start(options));
  process_.emplace(std::move(child));
  const int64_t began = clock.MonotonicNanos();
  while (!ConnectPgSql(connection()).ok()) {
    if (process_->WaitForExit(kProbeIntervalMillis)) {
      return Unavailable("PostgreSQL did not start: see " + options.output_path);
    }
    if (clock.MonotonicNanos() - began > kStartNanosMax) {
      return DeadlineExceeded("PostgreSQL did not start within a minute");
    }
  }
  return Status::Ok();
}

Status PgProcess::Stop() {
  process_->Signal(SIGINT);  // its "fast" shutdown: checkpoints, does not wait for clients
  if (process_->WaitForExit(kStopMillisMax) == 0) return Status::Ok();
  return Internal("PostgreSQL did not stop as it should: see " + directory_ + ".log");
}

Status PgProcess::Restart(const Clock& clock) {
  RETURN_IF_ERROR(Stop());
  process_.reset();
  return Launch(clock);
}

std::string PgProcess::connection() const {
  // Neither side encrypts.
  return "host=127.0.0.1 port=" + std::to_string(port_) +
         " user=bench dbname=postgres sslmode=disable gssencmode=disable connect_timeout=10";
}

std::optional<std::string> PgVersion(const std::string& programs) {
  const std::string program = programs + "/postgres";
  if (::access(program.c_str(), X_OK) != 0) return std::nullopt;
  const std::string command = "'" + program + "' --version";
  const std::unique_ptr<FILE, int (*)(FILE*)> output(::popen(command.c_str(), "r"), ::pclose);
  std::array<char, 200> line{};
  if (output == nullptr || ::fgets(line.data(), line.size(), output.get()) == nullptr) {
    return std::nullopt;
  }
  std::string version(line.data());
  if (version.ends_with('\n')) version.pop_back();
  constexpr std::string_view kProgram = "postgres (PostgreSQL) ";
  if (!version.starts_with(std::string(kProgram) + "15.")) return std::nullopt;
  return "PostgreSQL " + version.substr(kProgram.size());
}

}  // namespace millrace::bench
