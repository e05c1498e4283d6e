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

// A session lives on its event loop.
Task<Status> RunAll(Host* host, auth::Principal principal, Request request,
                    std::vector<Value> params, Outcome* outcome) {
  Session session(host->server().sessions(), std::move(principal), request.namespace_name);
  if (request.transaction == "keep") {
    session.KeepTransactions();
  } else if (!request.transaction.empty()) {
    CO_RETURN_IF_ERROR(session.Join(request.transaction));
  }
  ASSIGN_OR_CO_RETURN(Script parsed, co_await session.Parse(std::move(request.sql)));
  const auto script = std::make_shared<const Script>(std::move(parsed));
  Status status;
  for (size_t i = 0; i < script->size() && status.ok(); ++i) {
    Result<StatementResult> result = co_await session.Execute(script, i, params, StopToken());
    status = co_await Collect(std::move(result), &outcome->statements);
    status = AtStatement(std::move(status), i, script->size());
  }
  outcome->transaction_id = session.kept_transaction_id();
  if (status.ok()) status = session.EndRequest();
  co_return status;
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
    outcome.status =
        AwaitOnWorker(host_.server().loops().loop(0),
                      RunAll(&host_, std::move(principal), request, body->params, &outcome));
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
