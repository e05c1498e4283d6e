// The auth endpoints.
#include <utility>

#include "auth/authorize.h"
#include "front/http/http_door.h"
#include "front/http/json_writer.h"
#include "front/http/peer.h"
#include "types/datetime.h"

namespace millrace::front {
namespace {

constexpr std::string_view kAccessCookie = "kalamdb_auth";
constexpr std::string_view kRefreshCookie = "kalamdb_refresh";

// RFC 3339, e.g. 2026-01-02T03:04:05.123456Z.
std::string Rfc3339(int64_t micros) {
  std::string text;
  datetime::AppendTimestamp(&text, micros, TypeId::kTimestamp);
  if (const size_t blank = text.find(' '); blank != std::string::npos) text[blank] = 'T';
  return text + "Z";
}

std::string Cookie(std::string_view name, std::string_view value, int64_t seconds) {
  return std::string(name) + "=" + std::string(value) +
         "; HttpOnly; SameSite=Strict; Path=/; Max-Age=" + std::to_string(seconds);
}

std::optional<std::string> FindCookie(const HttpRequest& request, std::string_view name) {
  std::string_view rest = request.Header("Cookie").value_or("");
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(';'), rest.size());
    std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
      return std::string(pair.substr(name.size() + 1));
    }
  }
  return std::nullopt;
}

HttpResponse AuthRefusal(const auth::AuthError& error) {
  const auth::AuthErrorWire& wire = auth::WireForm(error.code);
  return PlainError(wire.endpoint_status, wire.endpoint_error, error.status.message());
}

std::optional<std::string_view> BearerToken(const HttpRequest& request) {
  const std::string_view header = request.Header("Authorization").value_or("");
  if (header.size() < 7 || !EqualsIgnoreCase(header.substr(0, 7), "Bearer ")) {
    return std::nullopt;
  }
  return header.substr(7);
}

}  // namespace

std::string HttpDoor::UserObject(const UserDefinition& user) const {
  std::string json = "{";
  AddText(&json, "id", user.id);
  AddText(&json, "role", RoleName(user.role));
  if (user.email.empty()) {
    AddRaw(&json, "email", "null");
  } else {
    AddText(&json, "email", user.email);
  }
  AddText(&json, "created_at", Rfc3339(user.created_at));
  AddText(&json, "updated_at", Rfc3339(user.updated_at));
  json.push_back('}');
  return json;
}

HttpResponse HttpDoor::TokensResponse(const auth::IssuedTokens& tokens) const {
  std::string json = "{";
  AddRaw(&json, "user", UserObject(*tokens.user));
  AddRaw(&json, "admin_ui_access", auth::CanAdminister(tokens.user->role) ? "true" : "false");
  AddText(&json, "expires_at", Rfc3339(tokens.expires_at));
  AddText(&json, "access_token", tokens.access_token);
  AddText(&json, "refresh_token", tokens.refresh_token);
  AddText(&json, "refresh_expires_at", Rfc3339(tokens.refresh_expires_at));
  json.push_back('}');
  HttpResponse response(200, "application/json", std::move(json));
  const int64_t now = clock_.WallMicros();
  response.headers.emplace_back("Set-Cookie", Cookie(kAccessCookie, tokens.access_token,
                                                     (tokens.expires_at - now) / 1'000'000));
  response.headers.emplace_back(
      "Set-Cookie",
      Cookie(kRefreshCookie, tokens.refresh_token, (tokens.refresh_expires_at - now) / 1'000'000));
  return response;
}

Task<Status> HttpDoor::LogIn(const HttpRequest& request, ResponseWriter& response) {
  std::string user;
  std::string password;
  const std::vector<TextMember> members = {{.name = "user", .alias = "username", .value = &user},
                                           {.name = "password", .value = &password}};
  const Status parsed = ParseTextObject(request.body, members);
  if (!parsed.ok()) {
    HttpResponse refusal = PlainError(400, "invalid_request", parsed.message());
    co_return co_await response.Send(std::move(refusal));
  }
  if (user.size() > 128 || password.size() > 256) {
    HttpResponse refusal = PlainError(400, "invalid_request", "user or password is too long");
    co_return co_await response.Send(std::move(refusal));
  }
  auto tokens = co_await authenticator_.LogIn(std::move(user), std::move(password),
                                              std::string(request.peer_address));
  HttpResponse answer = tokens.has_value() ? TokensResponse(*tokens) : AuthRefusal(tokens.error());
  co_return co_await response.Send(std::move(answer));
}

Task<Status> HttpDoor::Refresh(const HttpRequest& request, ResponseWriter& response) {
  std::string token = FindCookie(request, kRefreshCookie).value_or("");
  if (token.empty()) token = BearerToken(request).value_or("");
  const auto tokens =
      co_await authenticator_.Refresh(std::move(token), std::string(request.peer_address));
  HttpResponse answer = tokens.has_value() ? TokensResponse(*tokens) : AuthRefusal(tokens.error());
  co_return co_await response.Send(std::move(answer));
}

Task<Status> HttpDoor::LogOut(const HttpRequest& request, ResponseWriter& response) {
  const std::string bearer(BearerToken(request).value_or(""));
  const std::string tokens[] = {bearer, FindCookie(request, kRefreshCookie).value_or(""),
                                FindCookie(request, kAccessCookie).value_or("")};
  Status ended;
  for (const std::string& token : tokens) {
    Status status;
    if (!token.empty()) status = co_await authenticator_.LogOut(token);
    if (!status.ok()) ended = std::move(status);
  }
  HttpResponse answer = ended.ok()
                            ? HttpResponse(200, "application/json", R"({"message":"Logged out"})")
                            : AuthRefusal(auth::ServerSideError(std::move(ended)));
  answer.headers.emplace_back("Set-Cookie", Cookie(kAccessCookie, "", 0));
  answer.headers.emplace_back("Set-Cookie", Cookie(kRefreshCookie, "", 0));
  co_return co_await response.Send(std::move(answer));
}

Task<Status> HttpDoor::SetUp(const HttpRequest& request, ResponseWriter& response) {
  if (!options_.allow_remote_setup && !IsLoopback(request.peer_address)) {
    const auth::AuthErrorWire& wire = auth::WireForm(auth::AuthErrorCode::kRemoteAccessDenied);
    HttpResponse refusal = PlainError(wire.endpoint_status, wire.endpoint_error,
                                      "setup is allowed from this machine only");
    co_return co_await response.Send(std::move(refusal));
  }
  auth::SetUpRequest set_up;
  const std::vector<TextMember> members = {
      {.name = "user", .value = &set_up.user},
      {.name = "password", .value = &set_up.password},
      {.name = "root_password", .value = &set_up.root_password},
      {.name = "email", .required = false, .value = &set_up.email}};
  const Status parsed = ParseTextObject(request.body, members);
  if (!parsed.ok()) {
    HttpResponse refusal = PlainError(400, "invalid_request", parsed.message());
    co_return co_await response.Send(std::move(refusal));
  }
  const auto user = co_await accounts_.SetUp(std::move(set_up));
  if (!user.has_value()) {
    HttpResponse refusal = AuthRefusal(user.error());
    co_return co_await response.Send(std::move(refusal));
  }
  std::string json = "{";
  AddRaw(&json, "user", UserObject(**user));
  AddText(&json, "message", "Setup is complete; log in to continue");
  json.push_back('}');
  HttpResponse answer(200, "application/json", std::move(json));
  co_return co_await response.Send(std::move(answer));
}

Task<Status> HttpDoor::Me(const HttpRequest& request, ResponseWriter& response) {
  const std::optional<std::string> cookie = FindCookie(request, kAccessCookie);
  const bool by_header =
      request.Header("Authorization").has_value() || request.Header("X-API-Key").has_value();
  auto principal = authenticator_.AuthenticateToken(cookie.value_or(""));
  if (by_header || !cookie.has_value()) principal = co_await Identify(request);
  if (!principal.has_value()) {
    HttpResponse refusal = AuthRefusal(principal.error());
    co_return co_await response.Send(std::move(refusal));
  }
  const UserPtr user = accounts_.Find(principal->user_id);
  std::string json = "{";
  AddRaw(&json, "user", user == nullptr ? "null" : UserObject(*user));
  AddRaw(&json, "admin_ui_access", auth::CanAdminister(principal->role) ? "true" : "false");
  json.push_back('}');
  HttpResponse answer(200, "application/json", std::move(json));
  co_return co_await response.Send(std::move(answer));
}

Task<Status> HttpDoor::SetUpStatus(const HttpRequest&, ResponseWriter& response) {
  const bool needed = accounts_.needs_setup();
  std::string json = "{";
  AddRaw(&json, "needs_setup", needed ? "true" : "false");
  AddText(&json, "message", needed ? "root has no password yet" : "the server is set up");
  json.push_back('}');
  HttpResponse answer(200, "application/json", std::move(json));
  co_return co_await response.Send(std::move(answer));
}

}  // namespace millrace::front
