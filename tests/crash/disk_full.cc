// A small tmpfs of our own, filled up by one file.
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "scenarios.h"
#include "sql_session.h"
#include "testing/server_process.h"

namespace millrace::crash {
namespace {

constexpr char kRootPassword[] = "root password of the crash test";
constexpr char kDisk[] = "size=320m";

// A small disk that only this process and its children see, and that goes with them.
Status MountDisk(const std::string& path) {
  ::mkdir(path.c_str(), 0700);
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", path.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, kDisk) != 0) {
    return PermissionDenied(std::string("cannot mount a small disk: ") + ::strerror(errno));
  }
  return Status::Ok();
}

// Takes all the space there is.
Status FillDisk(const std::string& path) {
  const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return Internal(std::string("open: ") + ::strerror(errno));
  const std::vector<char> zeros(1 << 20);
  size_t size = zeros.size();
  while (size > 0) {
    if (::write(file, zeros.data(), size) < 0) size /= 2;
  }
  ::close(file);
  return Status::Ok();
}

class DiskFull {
 public:
  DiskFull(const ScenarioOptions& options, const Clock& clock, std::string disk)
      : clock_(clock), disk_(std::move(disk)) {
    server_.program = options.program;
    server_.data_directory = disk_ + "/data";
    server_.root_password = kRootPassword;
    server_.log_path = options.directory + "/disk_full.log";
  }

  Status Run() {
    RETURN_IF_ERROR(RefuseAndResume());
    return RestartWhileFull();
  }

 private:
  std::string Filler() const { return disk_ + "/filler"; }

  Status ExpectRows(SqlSession* session, const std::string& wanted) {
    ASSIGN_OR_RETURN(const auto rows, session->Query("SELECT COUNT(*) FROM t"));
    if (rows.at(0).at(0).text == wanted) return Status::Ok();
    return DataLoss("there are " + rows[0][0].text + " rows, not " + wanted);
  }

  static Status ExpectRefused(const Answer& answer) {
    if (answer.outcome == Outcome::kRefused && answer.status.sqlstate() == "53100") {
      return Status::Ok();
    }
    return Internal("a write on a full disk is answered by " + answer.status.ToString());
  }

  Status RefuseAndResume() {
    ASSIGN_OR_RETURN(auto server, testing::ServerProcess::Start(server_, clock_));
    ASSIGN_OR_RETURN(token_, LogIn(server.port(), "root", kRootPassword));
    ASSIGN_OR_RETURN(SqlSession session, SqlSession::Connect({server.port(), token_}));
    RETURN_IF_ERROR(session.Query("CREATE TABLE t (id BIGINT PRIMARY KEY)").status());
    RETURN_IF_ERROR(session.Query("INSERT INTO t VALUES (1), (2)").status());
    RETURN_IF_ERROR(FillDisk(Filler()));
    RETURN_IF_ERROR(ExpectRefused(session.Run("INSERT INTO t VALUES (3)")));
    RETURN_IF_ERROR(ExpectRefused(session.Run("DELETE FROM t WHERE id = 1")));
    RETURN_IF_ERROR(ExpectRefused(session.Run("CREATE TABLE other (id BIGINT PRIMARY KEY)")));
    RETURN_IF_ERROR(ExpectRows(&session, "2"));
    ::unlink(Filler().c_str());
    RETURN_IF_ERROR(session.Query("INSERT INTO t VALUES (3)").status());
    RETURN_IF_ERROR(ExpectRows(&session, "3"));
    server.Kill();
    return Status::Ok();
  }

  // It may start or say why not; afterwards everything is there.
  Status RestartWhileFull() {
    RETURN_IF_ERROR(FillDisk(Filler()));
    {
      Result<testing::ServerProcess> server = testing::ServerProcess::Start(server_, clock_);
      if (server.ok()) {
        ASSIGN_OR_RETURN(SqlSession session, SqlSession::Connect({server->port(), token_}));
        RETURN_IF_ERROR(ExpectRows(&session, "3"));
        RETURN_IF_ERROR(ExpectRefused(session.Run("INSERT INTO t VALUES (4)")));
        server->Kill();
      } else if (server.status().message().find("code 1 ") == std::string::npos) {
        return server.status();
      }
    }
    ::unlink(Filler().c_str());
    ASSIGN_OR_RETURN(auto server, testing::ServerProcess::Start(server_, clock_));
    ASSIGN_OR_RETURN(SqlSession session, SqlSession::Connect({server.port(), token_}));
    RETURN_IF_ERROR(session.Query("INSERT INTO t VALUES (4)").status());
    RETURN_IF_ERROR(ExpectRows(&session, "4"));
    server.Kill();
    return Status::Ok();
  }

  const Clock& clock_;
  const std::string disk_;
  testing::ServerOptions server_;
  std::string token_;
};

}  // namespace

void RunDiskFullScenario(const ScenarioOptions& options, const Clock& clock, Tally* tally) {
  const std::string name = "a full disk: writes are refused, reads go on, writes resume";
  const std::string disk = options.directory + "/disk";
  const Status mounted = MountDisk(disk);
  if (!mounted.ok()) return tally->Skip(name, mounted.message());
  tally->Add(name, DiskFull(options, clock, disk).Run());
  ::umount2(disk.c_str(), MNT_DETACH);
}

}  // namespace millrace::crash
