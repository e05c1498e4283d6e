// Our side's SqlClient: one keep-alive HTTP connection.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "http_wire.h"
#include "sql_client.h"

namespace millrace::bench {

// Logs in; the endpoint returned carries the access token. Blocks.
Result<HttpEndpoint> LogIn(uint16_t port, std::string_view user, std::string_view password);

class HttpSqlClient final : public SqlClient {
 public:
  static Result<std::unique_ptr<HttpSqlClient>> Connect(const HttpEndpoint& endpoint);
  ~HttpSqlClient() override;
  HttpSqlClient(const HttpSqlClient&) = delete;
  HttpSqlClient& operator=(const HttpSqlClient&) = delete;

  Result<AnswerRows> Execute(std::string_view sql) override;

 private:
  HttpSqlClient(int socket, const HttpEndpoint& endpoint);

  const int socket_;
  const std::string head_;
};

}  // namespace millrace::bench
