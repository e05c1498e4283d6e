// Routing, health and metrics; SQL is in http_sql.cc, accounts in http_auth.cc.
#include "front/http/http_door.h"

#include <utility>

#include "auth/authorize.h"
#include "front/http/error_body.h"
#include "front/http/json_writer.h"
#include "front/http/peer.h"

namespace millrace::front {

HttpDoor::HttpDoor(HttpDoorOptions options, SessionServices& sessions,
                   auth::Authenticator& authenticator, auth::Identities& identities,
                   auth::Accounts& accounts, const Metrics& metrics, const Clock& clock, Log& log)
    : options_(std::move(options)),
      sessions_(sessions),
      authenticator_(authenticator),
      identities_(identities),
      accounts_(accounts),
      metrics_(metrics),
      clock_(clock),
      log_(log) {}

const std::vector<HttpDoor::Route>& HttpDoor::Routes() {
  static const std::vector<Route> kRoutes = {
      {HttpMethod::kPost, "/v1/api/sql", &HttpDoor::Sql},
      {HttpMethod::kPost, "/v1/api/auth/login", &HttpDoor::LogIn},
      {HttpMethod::kPost, "/v1/api/auth/refresh", &HttpDoor::Refresh},
      {HttpMethod::kPost, "/v1/api/auth/logout", &HttpDoor::LogOut},
      {HttpMethod::kPost, "/v1/api/auth/setup", &HttpDoor::SetUp},
      {HttpMethod::kGet, "/v1/api/auth/me", &HttpDoor::Me},
      {HttpMethod::kGet, "/v1/api/auth/status", &HttpDoor::SetUpStatus},
      {HttpMethod::kGet, "/health", &HttpDoor::Health},
      {HttpMethod::kGet, "/v1/api/healthcheck", &HttpDoor::Health},
      {HttpMethod::kGet, "/metrics", &HttpDoor::MetricsText},
  };
  return kRoutes;
}

HttpResponse HttpDoor::ServerError(int status, std::string_view reason) {
  return PlainError(status, ReasonPhrase(status), reason);
}

Task<void> HttpDoor::Handle(const HttpRequest& request, ResponseWriter& response) {
  const HttpMethod method = request.method == HttpMethod::kHead ? HttpMethod::kGet : request.method;
  std::string_view allowed;
  for (const Route& route : Routes()) {
    if (route.path != request.path) continue;
    if (route.method == method) {
      // A failed send means that the client is gone: nothing is left to do.
      const Status ignored = co_await (this->*route.handle)(request, response);
      co_return;
    }
    allowed = route.method == HttpMethod::kPost ? "POST" : "GET";
  }
  HttpResponse refusal = PlainError(404, "not_found", "there is nothing at this path");
  if (!allowed.empty()) {
    refusal = PlainError(405, "method_not_allowed", "this path takes " + std::string(allowed));
    refusal.headers.emplace_back("Allow", allowed);
  }
  const Status ignored = co_await response.Send(std::move(refusal));
}

Task<Status> HttpDoor::Health(const HttpRequest&, ResponseWriter& response) {
  std::string json = R"({"status":"healthy")";
  AddText(&json, "version", options_.version);
  AddText(&json, "api_version", "v1");
  AddText(&json, "build_date", __DATE__);
  json.push_back('}');
  HttpResponse answer(200, "application/json", std::move(json));
  co_return co_await response.Send(std::move(answer));
}

Task<Status> HttpDoor::MetricsText(const HttpRequest& request, ResponseWriter& response) {
  if (!IsLoopback(request.peer_address)) {
    const auto principal = co_await Identify(request);
    if (!principal.has_value() || !auth::CanAdminister(principal->role)) {
      HttpResponse refusal =
          PlainError(403, "forbidden", "metrics are for the local machine, or for the role dba");
      co_return co_await response.Send(std::move(refusal));
    }
  }
  // Some gauges ask the store.
  auto collect = [this] { return metrics_.PrometheusText(); };
  Result<std::string> text = co_await sessions_.exec_services().pool.Run(std::move(collect));
  CO_RETURN_IF_ERROR(text.status());
  HttpResponse answer(200, "text/plain; version=0.0.4; charset=utf-8", std::move(*text));
  co_return co_await response.Send(std::move(answer));
}

Task<auth::AuthResult<auth::Principal>> HttpDoor::Identify(const HttpRequest& request) {
  auth::Proof proof{.authorization = std::string(request.Header("Authorization").value_or("")),
                    .api_key = std::string(request.Header("X-API-Key").value_or("")),
                    .address = std::string(request.peer_address)};
  return identities_.Identify(std::move(proof));
}

double HttpDoor::MillisSince(int64_t started_nanos) const {
  return static_cast<double>(clock_.MonotonicNanos() - started_nanos) * 1e-6;
}

}  // namespace millrace::front
