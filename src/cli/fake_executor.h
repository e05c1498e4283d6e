// An Executor that answers from a list, for tests. Only tests include it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "client/client.h"

namespace millrace::cli {

class FakeExecutor final : public client::Executor {
 public:
  using Executor::Execute;

  // The answer to exactly this text.
  void Answer(const std::string& sql, client::StatementResult result) {
    results_[sql] = std::move(result);
  }
  void Fail(const std::string& sql, Status status) { failures_.insert_or_assign(sql, status); }
  // Runs before every answer.
  void set_before(std::function<void(const client::SqlRequest&)> before) {
    before_ = std::move(before);
  }

  Status Execute(const client::SqlRequest& request, client::ResultSink& sink) override {
    requests.push_back(request);
    if (before_) before_(request);
    if (request.sql.starts_with("BEGIN")) in_transaction_ = request.keep_transactions;
    if (request.sql == "COMMIT" || request.sql == "ROLLBACK") in_transaction_ = false;
    if (const auto failure = failures_.find(request.sql); failure != failures_.end()) {
      return failure->second;
    }
    const auto found = results_.find(request.sql);
    client::StatementResult result;
    if (found == results_.end()) {
      result.summary.message = "ok";
    } else {
      result = found->second;
    }
    if (result.summary.has_rows) {
      RETURN_IF_ERROR(sink.OnSchema(result.columns));
      for (client::Row& row : result.rows) RETURN_IF_ERROR(sink.OnRow(row));
    }
    return sink.OnResultEnd(result.summary);
  }

  bool in_transaction() const override { return in_transaction_; }

  std::vector<std::string> Sent() const {
    std::vector<std::string> sent;
    for (const client::SqlRequest& request : requests) sent.push_back(request.sql);
    return sent;
  }

  std::vector<client::SqlRequest> requests;

 private:
  std::map<std::string, client::StatementResult> results_;
  std::map<std::string, Status> failures_;
  std::function<void(const client::SqlRequest&)> before_;
  bool in_transaction_ = false;
};

// A row set of texts; "~" is NULL.
inline client::StatementResult RowSet(
    std::vector<std::pair<std::string, std::string>> names_and_types,
    std::vector<std::vector<std::string>> rows) {
  client::StatementResult result;
  for (auto& [name, type] : names_and_types) {
    client::Column column;
    column.name = name;
    column.data_type = type;
    result.columns.push_back(column);
  }
  for (auto& row : rows) {
    client::Row& cells = result.rows.emplace_back();
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string& type = names_and_types[i].second;
      const bool number = type == "Int" || type == "Timestamp" || type == "Date" || type == "Time";
      if (row[i] == "~") {
        cells.push_back(client::Cell::Null());
      } else {
        cells.push_back(number ? client::Cell::Number(row[i]) : client::Cell::String(row[i]));
      }
    }
  }
  result.summary.has_rows = true;
  result.summary.row_count = result.rows.size();
  return result;
}

}  // namespace millrace::cli
