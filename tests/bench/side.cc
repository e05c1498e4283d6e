// Starts both sides the same way: new directory, server, namespace.
#include "side.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <utility>

#include "http_load.h"
#include "http_sql_client.h"
#include "pg_load.h"

namespace millrace::bench {
namespace {

constexpr std::string_view kRootPassword = "bench-Root-1-password";

Status MakeDirectory(const std::string& path) {
  if (::mkdir(path.c_str(), 0755) == 0) return Status::Ok();
  return Internal("mkdir \"" + path + "\": " + ::strerror(errno));
}

Status ExecuteOnce(Side& side, std::string_view sql) {
  ASSIGN_OR_RETURN(const std::unique_ptr<SqlClient> client, side.ConnectSql());
  return client->Execute(sql).status();
}

}  // namespace

Result<std::unique_ptr<OurSide>> OurSide::Start(const std::string& program,
                                                const std::string& directory, const Clock& clock) {
  RETURN_IF_ERROR(MakeDirectory(directory));
  testing::ServerOptions options;
  options.program = program;
  options.data_directory = directory;
  options.root_password = kRootPassword;
  options.log_path = directory + ".log";
  std::unique_ptr<OurSide> side(new OurSide(std::move(options), clock));
  RETURN_IF_ERROR(side->Launch());
  RETURN_IF_ERROR(ExecuteOnce(*side, "CREATE NAMESPACE bench"));
  return side;
}

Status OurSide::Launch() {
  ASSIGN_OR_RETURN(testing::ServerProcess server, testing::ServerProcess::Start(options_, clock_));
  server_ = std::make_unique<testing::ServerProcess>(std::move(server));
  ASSIGN_OR_RETURN(endpoint_, LogIn(server_->port(), "root", kRootPassword));
  return Status::Ok();
}

Status OurSide::LogInAgain() const {
  return LogIn(server_->port(), "root", kRootPassword).status();
}

Status OurSide::Restart() {
  RETURN_IF_ERROR(server_->Stop());
  return Launch();
}

Result<std::vector<std::unique_ptr<LoadConnection>>> OurSide::ConnectLoad(const Work& work,
                                                                          size_t count) {
  return ConnectHttpLoad(endpoint_, work, count);
}

Result<std::unique_ptr<SqlClient>> OurSide::ConnectSql() {
  ASSIGN_OR_RETURN(std::unique_ptr<HttpSqlClient> client, HttpSqlClient::Connect(endpoint_));
  return std::unique_ptr<SqlClient>(std::move(client));
}

Result<std::unique_ptr<PeerSide>> PeerSide::Start(const std::string& programs,
                                                  const std::string& directory,
                                                  const Clock& clock) {
  RETURN_IF_ERROR(MakeDirectory(directory));
  ASSIGN_OR_RETURN(PgProcess server, PgProcess::Start(programs, directory, clock));
  std::unique_ptr<PeerSide> side(new PeerSide(std::move(server), clock));
  RETURN_IF_ERROR(ExecuteOnce(*side, "CREATE SCHEMA bench"));
  return side;
}

Result<std::vector<std::unique_ptr<LoadConnection>>> PeerSide::ConnectLoad(const Work& work,
                                                                           size_t count) {
  return ConnectPgLoad(server_.connection(), work, count);
}

Result<std::unique_ptr<SqlClient>> PeerSide::ConnectSql() {
  return ConnectPgSql(server_.connection());
}

}  // namespace millrace::bench
