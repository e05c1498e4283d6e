// The HTTP front door: routes, authentication, and the JSON of every endpoint.
//
//   POST /v1/api/sql                        statements (sql_request.h, result_writer.h)
//   POST /v1/api/auth/{login,refresh,logout,setup}   GET /v1/api/auth/{me,status}
//   GET  /health, /v1/api/healthcheck       is the server up
//   GET  /metrics                           Prometheus text; loopback or dba
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/accounts.h"
#include "auth/authenticator.h"
#include "auth/identities.h"
#include "base/clock.h"
#include "front/http/result_writer.h"
#include "front/http/sql_request.h"
#include "net/http_types.h"
#include "observe/metrics.h"
#include "session/session.h"

namespace millrace::front {

struct HttpDoorOptions {
  SqlRequestLimits limits;
  ResultForm default_form = ResultForm::kPerStatement;
  bool allow_remote_setup = false;
  std::string version;
};

// Thread-safe; everything borrowed outlives it.
class HttpDoor {
 public:
  HttpDoor(HttpDoorOptions options, SessionServices& sessions, auth::Authenticator& authenticator,
           auth::Identities& identities, auth::Accounts& accounts, const Metrics& metrics,
           const Clock& clock, Log& log);

  // An HttpHandler.
  Task<void> Handle(const HttpRequest& request, ResponseWriter& response);
  // What clients get for requests that never reached Handle.
  static HttpResponse ServerError(int status, std::string_view reason);

 private:
  struct Route {
    HttpMethod method;
    std::string_view path;
    Task<Status> (HttpDoor::*handle)(const HttpRequest&, ResponseWriter&);
  };
  static const std::vector<Route>& Routes();

  Task<Status> Sql(const HttpRequest& request, ResponseWriter& response);
  Task<Status> RunScript(const HttpRequest& request, ResponseWriter& response,
                         auth::Principal principal, SqlRequest sql);
  Task<Status> RunStatements(Session* session, std::shared_ptr<const Script> script,
                             std::vector<Value> params, const HttpRequest& request,
                             ResultWriter* writer);
  Task<Status> LogIn(const HttpRequest& request, ResponseWriter& response);
  Task<Status> Refresh(const HttpRequest& request, ResponseWriter& response);
  Task<Status> LogOut(const HttpRequest& request, ResponseWriter& response);
  Task<Status> SetUp(const HttpRequest& request, ResponseWriter& response);
  Task<Status> Me(const HttpRequest& request, ResponseWriter& response);
  Task<Status> SetUpStatus(const HttpRequest& request, ResponseWriter& response);
  Task<Status> Health(const HttpRequest& request, ResponseWriter& response);
  Task<Status> MetricsText(const HttpRequest& request, ResponseWriter& response);

  // Who is asking, by a header.
  Task<auth::AuthResult<auth::Principal>> Identify(const HttpRequest& request);
  // What of an error the caller may see. What the server failed with goes to the log.
  Status ForCaller(Status status, Role role, const HttpRequest& request) const;
  ResultForm FormOf(const HttpRequest& request) const;
  double MillisSince(int64_t started_nanos) const;
  HttpResponse TokensResponse(const auth::IssuedTokens& tokens) const;
  std::string UserObject(const UserDefinition& user) const;

  const HttpDoorOptions options_;
  SessionServices& sessions_;
  auth::Authenticator& authenticator_;
  auth::Identities& identities_;
  auth::Accounts& accounts_;
  const Metrics& metrics_;
  const Clock& clock_;
  Log& log_;
};

}  // namespace millrace::front
