// Over the wire client, which never sends a statement twice.
#include "sql_session.h"

#include <simdjson.h>

#include <string_view>
#include <utility>

#include "client/http_connection.h"

namespace millrace::crash {
namespace {

std::string BaseUrl(uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); }

// Constraint violations, wrong statements and values, conflicts, limits: the server
// says so before it writes. Everything else leaves open what happened.
bool IsRefusal(std::string_view sqlstate) {
  for (const std::string_view known : {"22", "23", "40", "42", "53", "54"}) {
    if (sqlstate.starts_with(known)) return true;
  }
  return false;
}

}  // namespace

Result<SqlSession> SqlSession::Connect(const Endpoint& endpoint) {
  client::ClientOptions options;
  options.http.base_url = BaseUrl(endpoint.port);
  options.http.request_timeout_ms = 30'000;
  options.token = endpoint.token;
  ASSIGN_OR_RETURN(auto client, client::Client::Connect(std::move(options)));
  return SqlSession(std::move(client));
}

Answer SqlSession::Run(std::string sql) {
  client::SqlRequest request;
  request.sql = std::move(sql);
  Result<std::vector<client::StatementResult>> results = client_->Execute(request);
  Answer answer;
  answer.status = results.status();
  if (!results.ok()) {
    if (IsRefusal(answer.status.sqlstate())) answer.outcome = Outcome::kRefused;
    return answer;
  }
  answer.outcome = Outcome::kAcknowledged;
  if (!results->empty()) {
    answer.rows = std::move(results->front().rows);
    answer.row_count = results->front().summary.row_count;
  }
  return answer;
}

Result<std::vector<client::Row>> SqlSession::Query(std::string sql) {
  Answer answer = Run(std::move(sql));
  RETURN_IF_ERROR(answer.status);
  return std::move(answer.rows);
}

Result<std::string> LogIn(uint16_t port, const std::string& user, const std::string& password) {
  ASSIGN_OR_RETURN(auto connection, client::HttpConnection::Open({.base_url = BaseUrl(port)}));
  const std::string body = R"({"user":")" + user + R"(","password":")" + password + R"("})";
  client::HttpRequest request;
  request.path = "/v1/api/auth/login";
  request.body = body;
  std::string reply;
  auto keep = [&reply](std::string_view bytes) {
    reply.append(bytes);
    return Status::Ok();
  };
  ASSIGN_OR_RETURN(const int status, connection->Send(request, keep));
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  std::string_view token;
  if (parser.parse(reply).get(document) != simdjson::SUCCESS ||
      document["access_token"].get(token) != simdjson::SUCCESS) {
    return Unauthenticated("login answered " + std::to_string(status) + ": " + reply);
  }
  return std::string(token);
}

}  // namespace millrace::crash
