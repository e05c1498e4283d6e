// POST /v1/api/sql.
#include <utility>

#include "auth/authorize.h"
#include "front/http/http_door.h"
#include "query/sql/secrets.h"
#include "session/error_redaction.h"

namespace millrace::front {

ResultForm HttpDoor::FormOf(const HttpRequest& request) const {
  const std::optional<std::string_view> wanted = request.Header("X-Millrace-Results");
  if (!wanted.has_value()) return options_.default_form;
  return EqualsIgnoreCase(*wanted, "merged") ? ResultForm::kMerged : ResultForm::kPerStatement;
}

static HttpResponse Refusal(const auth::AuthError& error) {
  const auth::AuthErrorWire& wire = auth::WireForm(error.code);
  const WireError body{.code = std::string(wire.envelope_code),
                       .http_status = wire.envelope_status,
                       .status = error.status};
  HttpResponse response = ErrorEnvelope(body, 0);
  if (wire.envelope_status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

Task<Status> HttpDoor::Sql(const HttpRequest& request, ResponseWriter& response) {
  auto principal = co_await Identify(request);
  if (!principal.has_value()) {
    HttpResponse refusal = Refusal(principal.error());
    co_return co_await response.Send(std::move(refusal));
  }
  Result<SqlRequest> sql = ParseSqlRequest(request.body, options_.limits);
  if (!sql.ok()) {
    WireError error = FromStatus(sql.status());
    if (error.code != "INVALID_PARAMETER") error.code = "INVALID_INPUT";
    HttpResponse refusal = ErrorEnvelope(error, 0);
    co_return co_await response.Send(std::move(refusal));
  }
  co_return co_await RunScript(request, response, std::move(*principal), std::move(*sql));
}

static std::optional<WireError> CheckScript(const Script& script, const SqlRequest& sql) {
  if (script.size() == 0) {
    return WireError{.code = "EMPTY_SQL",
                     .status = InvalidArgument("SQL text is empty").WithSqlState("42601")};
  }
  if (script.size() > 1 && !sql.params.empty()) {
    return WireError{
        .code = "PARAMS_WITH_BATCH",
        .status = InvalidArgument("parameters are for a single statement").WithSqlState("08P01")};
  }
  return std::nullopt;
}

// `X-Millrace-Transaction: keep` lets a transaction outlive the request; its id in the
// answer, sent with later requests, names it.
static Status JoinTransaction(const HttpRequest& request, Session& session) {
  const std::optional<std::string_view> wanted = request.Header(kTransactionHeader);
  if (!wanted.has_value()) return Status::Ok();
  if (!EqualsIgnoreCase(*wanted, "keep")) return session.Join(*wanted);
  session.KeepTransactions();
  return Status::Ok();
}

Status HttpDoor::ForCaller(Status status, Role role, const HttpRequest& request) const {
  if (ClassOf(status) == ErrorClass::kServer) {
    log_.Error("statement_failed",
               {{"request_id", request.request_id}, {"error", status.ToString()}});
  }
  return Redacted(std::move(status), role, request.request_id);
}

// Until the first error, which says which statement it was.
Task<Status> HttpDoor::RunStatements(Session* session, std::shared_ptr<const Script> script,
                                     std::vector<Value> params, const HttpRequest& request,
                                     ResultWriter* writer) {
  for (size_t i = 0; i < script->size(); ++i) {
    Result<StatementResult> result = co_await session->Execute(script, i, params, request.stop);
    writer->SetTransaction(session->kept_transaction_id());
    Status status = result.status();
    if (result.ok()) status = co_await writer->Add(std::move(*result));
    if (status.ok()) continue;
    status = ForCaller(std::move(status), session->principal().role, request);
    co_return AtStatement(std::move(status), i, script->size());
  }
  co_return session->EndRequest();
}

Task<Status> HttpDoor::RunScript(const HttpRequest& request, ResponseWriter& response,
                                 auth::Principal principal, SqlRequest sql) {
  const int64_t started = clock_.MonotonicNanos();
  ResultWriter writer(response, FormOf(request));
  const std::string details = auth::CanAdminister(principal.role) ? sql.sql : "";
  const Role role = principal.role;
  Session session(sessions_, std::move(principal), sql.namespace_id);
  const Status joined = JoinTransaction(request, session);
  if (!joined.ok()) {
    WireError error = FromStatus(joined);
    co_return co_await writer.Fail(std::move(error), MillisSince(started), {});
  }
  writer.SetTransaction(session.kept_transaction_id());
  Result<Script> parsed = co_await session.Parse(std::move(sql.sql));
  if (!parsed.ok()) {
    WireError error = FromStatus(ForCaller(parsed.status(), role, request));
    co_return co_await writer.Fail(std::move(error), MillisSince(started),
                                   sql::HideSecrets(details));
  }
  if (std::optional<WireError> error = CheckScript(*parsed, sql)) {
    co_return co_await writer.Fail(std::move(*error), MillisSince(started),
                                   sql::HideSecrets(details));
  }
  const auto script = std::make_shared<const Script>(std::move(*parsed));
  Status status = co_await RunStatements(&session, script, sql.params, request, &writer);
  if (!status.ok()) {
    WireError error = FromStatus(std::move(status));
    co_return co_await writer.Fail(std::move(error), MillisSince(started),
                                   sql::HideSecrets(details));
  }
  co_return co_await writer.Finish(MillisSince(started));
}

}  // namespace millrace::front
