// The two that are compared, behind one interface: a Millrace server over HTTP
// and a PostgreSQL over its own protocol, each in a directory of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "http_wire.h"
#include "load.h"
#include "pg_process.h"
#include "sql_client.h"
#include "testing/server_process.h"

namespace millrace::bench {

class Side {
 public:
  virtual ~Side() = default;
  virtual std::string_view name() const = 0;
  virtual Result<std::vector<std::unique_ptr<LoadConnection>>> ConnectLoad(const Work& work,
                                                                           size_t count) = 0;
  virtual Result<std::unique_ptr<SqlClient>> ConnectSql() = 0;
  // Stops and starts the server on the same data. Connections are gone.
  virtual Status Restart() = 0;
  virtual Status Stop() = 0;
};

class OurSide final : public Side {
 public:
  // Starts `program` on a new directory and makes the namespace "bench".
  static Result<std::unique_ptr<OurSide>> Start(const std::string& program,
                                                const std::string& directory, const Clock& clock);

  std::string_view name() const override { return "ours"; }
  Result<std::vector<std::unique_ptr<LoadConnection>>> ConnectLoad(const Work& work,
                                                                   size_t count) override;
  Result<std::unique_ptr<SqlClient>> ConnectSql() override;
  Status Restart() override;
  Status Stop() override { return server_->Stop(); }

  // One more login of the same user, on a connection of its own. Thread-safe.
  Status LogInAgain() const;

  testing::ServerProcess& server() { return *server_; }

 private:
  OurSide(testing::ServerOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock) {}
  Status Launch();

  const testing::ServerOptions options_;
  const Clock& clock_;
  std::unique_ptr<testing::ServerProcess> server_;
  HttpEndpoint endpoint_;
};

class PeerSide final : public Side {
 public:
  // Makes and starts a cluster in `directory` and makes the schema "bench".
  static Result<std::unique_ptr<PeerSide>> Start(const std::string& programs,
                                                 const std::string& directory, const Clock& clock);

  std::string_view name() const override { return "peer"; }
  Result<std::vector<std::unique_ptr<LoadConnection>>> ConnectLoad(const Work& work,
                                                                   size_t count) override;
  Result<std::unique_ptr<SqlClient>> ConnectSql() override;
  Status Restart() override { return server_.Restart(clock_); }
  Status Stop() override { return server_.Stop(); }

 private:
  PeerSide(PgProcess server, const Clock& clock) : server_(std::move(server)), clock_(clock) {}

  PgProcess server_;
  const Clock& clock_;
};

}  // namespace millrace::bench
