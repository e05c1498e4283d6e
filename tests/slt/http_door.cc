// Requests over a real socket, answers read by the wire client's parts.
#include <cstdlib>
#include <utility>

#include "cli/value_text.h"
#include "client/envelope_reader.h"
#include "client/http_connection.h"
#include "client/json_object.h"
#include "client/json_text.h"
#include "door.h"
#include "query/sql/secrets.h"
#include "types/number_text.h"

namespace millrace::slt {
namespace {

// JSON writes 1e20 where SQL text has 1e+20: the number is what matters.
std::string NumberText(const std::string& wire, std::string_view data_type) {
  std::string text;
  if (data_type == "Float") {
    AppendReal(&text, std::strtof(wire.c_str(), nullptr));
  } else {
    AppendReal(&text, std::strtod(wire.c_str(), nullptr));
  }
  return text;
}

std::string WireText(const client::Cell& cell, std::string_view data_type) {
  if (cell.is_null()) return "NULL";
  if (cell.kind == client::CellKind::kNumber && (data_type == "Float" || data_type == "Double")) {
    return NumberText(cell.text, data_type);
  }
  return CellText(cli::ReadableText(cell, data_type));
}

// Who administers gets the text of the statement back when there is no other detail.
client::ServerError WithoutText(client::ServerError error, const std::string& sql) {
  if (error.detail == sql::HideSecrets(sql)) error.detail.clear();
  return error;
}

StatementText Describe(const client::StatementResult& result) {
  StatementText text;
  text.has_rows = result.summary.has_rows;
  text.row_count = result.summary.row_count;
  text.message = result.summary.message;
  text.as_user = result.summary.as_user;
  for (const client::Column& column : result.columns) {
    text.names.push_back(column.name);
    text.types.push_back(column.data_type);
  }
  for (const client::Row& row : result.rows) {
    std::vector<std::string>& cells = text.rows.emplace_back();
    for (size_t i = 0; i < row.size(); ++i) cells.push_back(WireText(row[i], text.types[i]));
  }
  return text;
}

class HttpDoor final : public Door {
 public:
  explicit HttpDoor(Host& host) : host_(host) {}

  Status LogIn(const std::string& user) override {
    client::HttpOptions options;
    options.base_url = "http://127.0.0.1:" + std::to_string(host_.server().port());
    ASSIGN_OR_RETURN(connection_, client::HttpConnection::Open(std::move(options)));
    std::string body = "{\"user\":";
    client::AppendJsonString(body, user);
    body.append(",\"password\":");
    client::AppendJsonString(body, kPassword);
    body.push_back('}');
    std::string reply;
    auto keep = [&reply](std::string_view bytes) {
      reply.append(bytes);
      return Status::Ok();
    };
    ASSIGN_OR_RETURN(const int status,
                     connection_->Send({.path = "/v1/api/auth/login", .body = body}, keep));
    if (status != 200) return Unauthenticated("login as \"" + user + "\": " + reply);
    ASSIGN_OR_RETURN(const auto members, client::ParseJsonObject(reply));
    token_ = client::FindMember(members, "access_token");
    return Status::Ok();
  }

  Outcome Run(const Request& request) override {
    Outcome outcome;
    client::CollectingSink sink;
    outcome.status = Post(request, sink, &outcome.transaction_id);
    for (const client::StatementResult& result : sink.Take()) {
      outcome.statements.push_back(Describe(result));
    }
    return outcome;
  }

 private:
  Status Post(const Request& request, client::ResultSink& sink, std::string* transaction_id) {
    std::string body = "{\"sql\":";
    client::AppendJsonString(body, request.sql);
    if (!request.params.empty()) body.append(",\"params\":").append(request.params);
    body.append(",\"namespace_id\":");
    client::AppendJsonString(body, request.namespace_name);
    body.push_back('}');
    client::EnvelopeReader reader(sink);
    auto feed = [&reader](std::string_view bytes) { return reader.Feed(bytes); };
    ASSIGN_OR_RETURN(const int status, connection_->Send({.path = "/v1/api/sql",
                                                          .body = body,
                                                          .bearer_token = token_,
                                                          .transaction = request.transaction},
                                                         feed));
    RETURN_IF_ERROR(reader.Finish());
    *transaction_id = reader.transaction_id();
    if (reader.error()) return client::ToStatus(WithoutText(*reader.error(), request.sql), status);
    if (status != 200) return Unavailable("HTTP status " + std::to_string(status));
    return Status::Ok();
  }

  Host& host_;
  std::unique_ptr<client::HttpConnection> connection_;
  std::string token_;
};

}  // namespace

std::unique_ptr<Door> OpenHttpDoor(Host& host) { return std::make_unique<HttpDoor>(host); }

}  // namespace millrace::slt
