#include "client/client.h"

#include "client/envelope_reader.h"
#include "client/json_object.h"
#include "client/json_text.h"

namespace millrace::client {
namespace {

constexpr int kHttpOk = 200;
constexpr int kHttpSetupRequired = 428;
// A login reply is a few hundred bytes; more is not our server.
constexpr size_t kAuthReplyBytesMax = 64 * 1024;

std::string SqlBody(const SqlRequest& request) {
  std::string body = "{\"sql\":";
  AppendJsonString(body, request.sql);
  if (!request.params.empty()) {
    char separator = '[';
    body.append(",\"params\":");
    for (const Cell& param : request.params) {
      body.push_back(separator);
      AppendJsonCell(body, param);
      separator = ',';
    }
    body.push_back(']');
  }
  if (!request.namespace_id.empty()) {
    body.append(",\"namespace_id\":");
    AppendJsonString(body, request.namespace_id);
  }
  body.push_back('}');
  return body;
}

std::string LoginBody(std::string_view user, std::string_view password) {
  std::string body = "{\"user\":";
  AppendJsonString(body, user);
  body.append(",\"password\":");
  AppendJsonString(body, password);
  body.push_back('}');
  return body;
}

// Reads the error of a reply that was kept as text.
Status ErrorFromText(std::string_view text, int http_status) {
  CollectingSink nobody;
  EnvelopeReader reader(nobody);
  const bool readable = reader.Feed(text).ok() && reader.Finish().ok() && reader.error();
  Status status = ToStatus(readable ? *reader.error() : ServerError{}, http_status);
  if (http_status == kHttpSetupRequired) {
    status = std::move(status).WithHint("Set the first password: POST /v1/api/auth/setup.");
  }
  return status;
}

}  // namespace

Result<std::vector<StatementResult>> Executor::Execute(const SqlRequest& request) {
  CollectingSink sink;
  RETURN_IF_ERROR(Execute(request, sink));
  return sink.Take();
}

Client::Client(ClientOptions options, std::unique_ptr<HttpConnection> connection)
    : options_(std::move(options)),
      connection_(std::move(connection)),
      access_token_(options_.token) {}

Result<std::unique_ptr<Client>> Client::Connect(ClientOptions options) {
  ASSIGN_OR_RETURN(auto connection, HttpConnection::Open(options.http));
  std::unique_ptr<Client> client(new Client(std::move(options), std::move(connection)));
  if (!client->options_.token.empty()) {
    RETURN_IF_ERROR(client->CheckToken());
  } else if (!client->options_.user.empty()) {
    RETURN_IF_ERROR(client->Login());
  }
  return client;
}

Status Client::Login() {
  const std::string body = LoginBody(options_.user, options_.password);
  return Authenticate("/v1/api/auth/login", body, {});
}

Status Client::Refresh() {
  const std::string token = refresh_token_;
  return Authenticate("/v1/api/auth/refresh", {}, token);
}

Status Client::Renew() {
  if (!refresh_token_.empty() && Refresh().ok()) return Status::Ok();
  if (options_.user.empty() || !options_.token.empty()) {
    return Unauthenticated("the access token has expired").WithHint("Connect again.");
  }
  return Login();
}

Status Client::Authenticate(const std::string& path, std::string_view body,
                            std::string_view bearer) {
  HttpRequest request{HttpMethod::kPost, path, body, bearer, nullptr};
  std::string reply;
  auto keep = [&reply](std::string_view bytes) {
    if (reply.size() + bytes.size() > kAuthReplyBytesMax) {
      return Unavailable("the server's answer to the login is too long");
    }
    reply.append(bytes);
    return Status::Ok();
  };
  ASSIGN_OR_RETURN(const int http_status, connection_->Send(request, keep));
  if (http_status != kHttpOk) return ErrorFromText(reply, http_status);
  auto members = ParseJsonObject(reply);
  if (!members.ok() || FindMember(*members, "access_token").empty()) {
    return Unavailable("the server's answer to the login could not be read")
        .WithHint("Is there a Millrace server behind this URL?");
  }
  access_token_ = FindMember(*members, "access_token");
  refresh_token_ = FindMember(*members, "refresh_token");
  const auto user = ParseJsonObject(FindMember(*members, "user"));
  if (user.ok()) role_ = FindMember(*user, "role");
  return Status::Ok();
}

// A wrong token should fail at the start and not at the first statement.
Status Client::CheckToken() {
  HttpRequest request{HttpMethod::kGet, "/v1/api/auth/me", {}, access_token_, nullptr};
  std::string reply;
  auto keep = [&reply](std::string_view bytes) {
    if (reply.size() + bytes.size() <= kAuthReplyBytesMax) reply.append(bytes);
    return Status::Ok();
  };
  ASSIGN_OR_RETURN(const int http_status, connection_->Send(request, keep));
  if (http_status == 401 || http_status == 403) return ErrorFromText(reply, http_status);
  const auto members = ParseJsonObject(reply);
  if (!members.ok()) return Status::Ok();
  const auto user = ParseJsonObject(FindMember(*members, "user"));
  if (!user.ok()) return Status::Ok();
  role_ = FindMember(*user, "role");
  if (options_.user.empty()) options_.user = FindMember(*user, "id");
  return Status::Ok();
}

Status Client::Execute(const SqlRequest& request, ResultSink& sink) {
  const std::string body = SqlBody(request);
  bool token_expired = false;
  Status status = Post(body, request, sink, token_expired);
  if (!token_expired) return status;
  // Nothing has run: the token is checked before the statement.
  RETURN_IF_ERROR(Renew());
  return Post(body, request, sink, token_expired);
}

Status Client::Post(const std::string& body, const SqlRequest& request, ResultSink& sink,
                    bool& token_expired) {
  EnvelopeReader reader(sink);
  Status unreadable;
  auto feed = [&](std::string_view bytes) {
    // After bytes that are no answer the rest is only drained: the HTTP status says more.
    if (!unreadable.ok()) return Status::Ok();
    unreadable = reader.Feed(bytes);
    return reader.sink_failure();
  };
  HttpRequest http{HttpMethod::kPost, "/v1/api/sql", body, access_token_, request.cancel};
  if (!transaction_id_.empty()) {
    http.transaction = transaction_id_;
  } else if (request.keep_transactions) {
    http.transaction = "keep";
  }
  ASSIGN_OR_RETURN(const int http_status, connection_->Send(http, feed));
  if (unreadable.ok()) unreadable = reader.Finish();
  if (unreadable.ok()) transaction_id_ = reader.transaction_id();
  if (unreadable.ok() && reader.error()) {
    token_expired = reader.error()->code == "TOKEN_EXPIRED";
    return ToStatus(*reader.error(), http_status);
  }
  if (http_status != kHttpOk) {
    return ToStatus(ServerError{}, http_status);
  }
  return unreadable;
}

}  // namespace millrace::client
