// Replies are parsed whole: this client is for answers, not for load.
#include "http_sql_client.h"

#include <errno.h>
#include <simdjson.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace millrace::bench {
namespace {

struct Answer {
  int status = 0;
  std::string body;
};

Result<Answer> Post(int socket, std::string_view head, std::string_view body) {
  std::string request;
  AppendPost(head, body, request);
  RETURN_IF_ERROR(SendAll(socket, request));
  std::string received;
  std::array<char, 64 * 1024> arrived;
  ReplyReader reader;
  while (true) {
    const ssize_t size = ::recv(socket, arrived.data(), arrived.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return Unavailable(std::string("recv: ") + ::strerror(errno));
    if (size == 0) return Unavailable("the server closed the connection");
    received.append(arrived.data(), static_cast<size_t>(size));
    HttpReply reply;
    const ReplyState state = reader.Read(received, reply);
    if (state == ReplyState::kMalformed) return DataLoss("the reply is not HTTP");
    if (state == ReplyState::kComplete) return Answer{reply.status, std::string(reply.body)};
  }
}

std::string CellText(simdjson::dom::element cell) {
  if (cell.is_null()) return "NULL";
  std::string_view text;
  if (cell.get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(cell);
}

Result<AnswerRows> ReadRows(const Answer& answer) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(answer.body).get(document) != simdjson::SUCCESS) {
    return DataLoss("the reply is not JSON: " + answer.body.substr(0, 300));
  }
  std::string_view status;
  if (document["status"].get(status) != simdjson::SUCCESS || status != "success") {
    return Internal("status " + std::to_string(answer.status) + ": " + answer.body.substr(0, 500));
  }
  AnswerRows rows;
  simdjson::dom::array cells;
  if (document.at_pointer("/results/0/rows").get(cells) != simdjson::SUCCESS) return rows;
  for (const simdjson::dom::element row : cells) {
    simdjson::dom::array columns;
    if (row.get(columns) != simdjson::SUCCESS) return DataLoss("a row is not an array");
    rows.emplace_back();
    for (const simdjson::dom::element cell : columns) rows.back().push_back(CellText(cell));
  }
  return rows;
}

}  // namespace

Result<HttpEndpoint> LogIn(uint16_t port, std::string_view user, std::string_view password) {
  HttpEndpoint endpoint{port, {}};
  std::string body = "{\"user\":";
  AppendJsonText(user, body);
  body += ",\"password\":";
  AppendJsonText(password, body);
  body += '}';
  ASSIGN_OR_RETURN(const int socket, ConnectLoopback(port));
  const Result<Answer> answer = Post(socket, PostHead(endpoint, "/v1/api/auth/login"), body);
  ::close(socket);
  if (!answer.ok()) return answer.status();
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  std::string_view token;
  if (parser.parse(answer->body).get(document) != simdjson::SUCCESS ||
      document["access_token"].get(token) != simdjson::SUCCESS) {
    return Unauthenticated("login answered " + std::to_string(answer->status) + ": " +
                           answer->body.substr(0, 300));
  }
  endpoint.token = token;
  return endpoint;
}

Result<std::unique_ptr<HttpSqlClient>> HttpSqlClient::Connect(const HttpEndpoint& endpoint) {
  ASSIGN_OR_RETURN(const int socket, ConnectLoopback(endpoint.port));
  return std::unique_ptr<HttpSqlClient>(new HttpSqlClient(socket, endpoint));
}

HttpSqlClient::HttpSqlClient(int socket, const HttpEndpoint& endpoint)
    : socket_(socket), head_(PostHead(endpoint, "/v1/api/sql")) {}

HttpSqlClient::~HttpSqlClient() { ::close(socket_); }

Result<AnswerRows> HttpSqlClient::Execute(std::string_view sql) {
  std::string body = "{\"sql\":";
  AppendJsonText(sql, body);
  body += '}';
  ASSIGN_OR_RETURN(const Answer answer, Post(socket_, head_, body));
  return ReadRows(answer);
}

}  // namespace millrace::bench
