// The wire client: SQL to a server over HTTP, results back while they arrive.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "client/http_connection.h"
#include "client/result.h"

namespace millrace::client {

struct SqlRequest {
  std::string sql;
  // For $1, $2, …; only with a single statement.
  std::vector<Cell> params;
  std::string namespace_id = "default";
  // BEGIN opens a transaction for this and the following requests, until COMMIT or
  // ROLLBACK. Otherwise a request must end the transactions it begins.
  bool keep_transactions = false;
  // Set it from a signal handler or another thread to give the statement up.
  const std::atomic<bool>* cancel = nullptr;
};

// Whatever runs SQL: the client, or a fake in a test of the shell.
class Executor {
 public:
  virtual ~Executor() = default;
  // Runs the statements in order and reports each to `sink`. The first failure
  // ends the request and is returned with its SQLSTATE, hint and position.
  virtual Status Execute(const SqlRequest& request, ResultSink& sink) = 0;
  // The same, with everything kept in memory.
  Result<std::vector<StatementResult>> Execute(const SqlRequest& request);
  // Whether a transaction is open that goes on with the next request.
  virtual bool in_transaction() const { return false; }
};

struct ClientOptions {
  HttpOptions http;
  // With a user name Connect logs in; a token is used as it is. Neither: anonymous.
  std::string user;
  std::string password;
  std::string token;
};

// Blocking; not thread-safe: one Client per thread. Holds one connection. An
// expired token is renewed once per request, by the refresh token or else by
// the password; nothing else is retried.
class Client final : public Executor {
 public:
  // Unauthenticated for wrong credentials, FailedPrecondition when the server
  // still waits for its first set-up, Unavailable when it cannot be reached.
  static Result<std::unique_ptr<Client>> Connect(ClientOptions options);

  using Executor::Execute;
  Status Execute(const SqlRequest& request, ResultSink& sink) override;

  const std::string& base_url() const { return options_.http.base_url; }
  const std::string& user() const { return options_.user; }
  bool in_transaction() const override { return !transaction_id_.empty(); }
  // The logged-in user's role, empty when it is not known.
  const std::string& role() const { return role_; }

 private:
  Client(ClientOptions options, std::unique_ptr<HttpConnection> connection);

  Status Login();
  Status CheckToken();
  Status Refresh();
  Status Renew();
  Status Authenticate(const std::string& path, std::string_view body, std::string_view bearer);
  Status Post(const std::string& body, const SqlRequest& request, ResultSink& sink,
              bool& token_expired);

  ClientOptions options_;
  std::unique_ptr<HttpConnection> connection_;
  std::string access_token_;
  std::string refresh_token_;
  std::string transaction_id_;
  std::string role_;
};

}  // namespace millrace::client
