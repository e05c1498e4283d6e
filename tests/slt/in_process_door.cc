// Statements through Session, on the server's own event loop.
#include <utility>

#include "auth/principal.h"
#include "client/envelope_reader.h"
#include "door.h"
#include "front/http/sql_request.h"
#include "runtime/await_on_worker.h"
#include "session/session.h"

namespace millrace::slt {
namespace {

void AppendRows(const Batch& batch, StatementText* text) {
  for (size_t row = 0; row < batch.rows; ++row) {
    std::vector<std::string>& cells = text->rows.emplace_back();
    for (const Value& value : batch.GetRow(row)) {
      cells.push_back(value.is_null() ? "NULL" : CellText(value.ToText()));
    }
  }
}

StatementText Describe(const StatementResult& result) {
  StatementText text;
  text.message = result.message;
  text.row_count = result.row_count;
  text.as_user = result.as_user;
  text.has_rows = result.schema.has_value();
  if (!text.has_rows) return text;
  for (const Field& field : result.schema->fields) {
    text.names.push_back(field.name);
    std::string type = WireName(field.type);
    text.types.push_back(type.starts_with('"') ? type.substr(1, type.size() - 2)
                                               : client::DataTypeText(type));
  }
  for (const Batch& batch : result.batches) AppendRows(batch, &text);
  return text;
}

Task<Status> Collect(Result<StatementResult> result, std::vector<StatementText>* texts) {
  if (!result.ok()) co_return result.status();
  StatementText text = Describe(*result);
  while (result->stream != nullptr) {
    ASSIGN_OR_CO_RETURN(const std::optional<Batch> batch, co_await result->stream->Next());
    if (!batch.has_value()) break;
    AppendRows(*batch, &text);
  }
  if (text.has_rows) text.row_count = text.rows.size();
  texts->push_back(std::move(text));
  co_return Status::Ok();
}

// As the HTTP door words it.
Status AtStatement(const Status& status, size_t index, size_t count) {
  if (count == 1) return status;
  Status named(status.code(),
               "Statement " + std::to_string(index + 1) + " failed: " + status.message());
  named = std::move(named).WithSqlState(status.sqlstate());
  if (!status.detail().empty()) named = std::move(named).WithDetail(status.detail());
  if (!status.hint().empty()) named = std::move(named).WithHint(status.hint());
  if (status.position() != nullptr) named = std::move(named).WithPosition(*status.position());
  return named;
}

// The session and the outcome belong to the caller, who waits.
Task<Status> RunAll(Session* session, std::string sql, std::vector<Value> params,
                    std::vector<StatementText>* texts) {
  ASSIGN_OR_CO_RETURN(Script parsed, co_await session->Parse(std::move(sql)));
  const auto script = std::make_shared<const Script>(std::move(parsed));
  for (size_t i = 0; i < script->size(); ++i) {
    Result<StatementResult> result = co_await session->Execute(script, i, params, StopToken());
    const Status status = co_await Collect(std::move(result), texts);
    if (!status.ok()) co_return AtStatement(status, i, script->size());
  }
  co_return Status::Ok();
}

class InProcessDoor final : public Door {
 public:
  explicit InProcessDoor(Host& host) : host_(host) {}

  Status LogIn(const std::string& user) override {
    const UserPtr known = host_.server().catalog().FindUser(user);
    if (known == nullptr || known->deleted_at != 0) {
      return NotFound("there is no user \"" + user + "\"");
    }
    user_ = user;
    return Status::Ok();
  }

  Outcome Run(const Request& request) override {
    Outcome outcome;
    const UserPtr user = host_.server().catalog().FindUser(user_);
    auth::Principal principal{.user_id = user_,
                              .account = user->account,
                              .role = user->role,
                              .token_epoch = user->token_epoch};
    // Read as the HTTP door reads it, which is where parameters come from.
    const Result<front::SqlRequest> body = front::ParseSqlRequest(
        R"({"sql":"","params":)" + (request.params.empty() ? "[]" : request.params) + "}",
        front::SqlRequestLimits());
    if (!body.ok()) {
      outcome.status = body.status();
      return outcome;
    }
    Session session(host_.server().sessions(), std::move(principal), request.namespace_name);
    outcome.status =
        AwaitOnWorker(host_.server().loops().loop(0),
                      RunAll(&session, request.sql, body->params, &outcome.statements));
    return outcome;
  }

 private:
  Host& host_;
  std::string user_;
};

}  // namespace

std::unique_ptr<Door> OpenInProcessDoor(Host& host) {
  return std::make_unique<InProcessDoor>(host);
}

}  // namespace millrace::slt
