#include "front/http/result_writer.h"

#include <utility>

#include "front/http/json_writer.h"

namespace millrace::front {
namespace {

// Answers up to here are one response with a Content-Length.
constexpr size_t kChunkBytes = 64 << 10;

void AppendField(std::string* json, const Field& field, size_t index) {
  json->push_back('{');
  AddText(json, "name", field.name);
  AddRaw(json, "data_type", WireName(field.type));
  AddRaw(json, "index", std::to_string(index));
  if (field.primary_key || !field.nullable || field.unique) {
    AddName(json, "flags");
    json->push_back('[');
    std::string_view separator;
    for (const auto& [set, flag] : {std::pair<bool, std::string_view>{field.primary_key, "\"pk\""},
                                    {!field.nullable, "\"nn\""},
                                    {field.unique, "\"uq\""}}) {
      if (!set) continue;
      json->append(separator).append(flag);
      separator = ",";
    }
    json->push_back(']');
  }
  json->push_back('}');
}

void AppendSchema(std::string* json, const Schema& schema) {
  AddName(json, "schema");
  json->push_back('[');
  for (size_t i = 0; i < schema.fields.size(); ++i) {
    if (i > 0) json->push_back(',');
    AppendField(json, schema.fields[i], i);
  }
  json->push_back(']');
}

}  // namespace

void ResultWriter::BeginResult() {
  if (results_ == 0 && !streaming_ && json_.empty()) json_.append(R"("results":[)");
  if (results_++ > 0) json_.push_back(',');
  json_.push_back('{');
}

void ResultWriter::AddMessage(const StatementResult& result) {
  BeginResult();
  AddRaw(&json_, "row_count", std::to_string(result.row_count));
  AddText(&json_, "message", result.message);
  if (!result.as_user.empty()) AddText(&json_, "as_user", result.as_user);
  json_.push_back('}');
}

Task<Status> ResultWriter::Add(StatementResult result) {
  if (!result.schema.has_value()) {
    const auto verb = static_cast<size_t>(result.verb);
    if (form_ == ResultForm::kMerged && result.verb != StatementResult::Verb::kNone) {
      merged_counts_[verb] += result.row_count;
      merged_seen_[verb] = true;
    } else {
      AddMessage(result);
    }
    co_return Status::Ok();
  }
  co_return co_await AddRows(&result);
}

Task<Status> ResultWriter::AddRows(StatementResult* result) {
  BeginResult();
  AppendSchema(&json_, *result->schema);
  AddName(&json_, "rows");
  json_.push_back('[');
  uint64_t rows = 0;
  size_t next = 0;
  while (true) {
    std::optional<Batch> batch;
    if (next < result->batches.size()) {
      batch = std::move(result->batches[next++]);
    } else if (result->stream != nullptr) {
      Result<std::optional<Batch>> pulled = co_await result->stream->Next();
      if (!pulled.ok()) {
        json_.append("]}");
        co_return pulled.status();
      }
      batch = std::move(*pulled);
    }
    if (!batch.has_value()) break;
    for (size_t row = 0; row < batch->rows; ++row) {
      if (rows++ > 0) json_.push_back(',');
      AppendJsonRow(&json_, *batch, row);
    }
    CO_RETURN_IF_ERROR(co_await FlushIfLarge());
  }
  json_.push_back(']');
  AddRaw(&json_, "row_count", std::to_string(rows));
  if (!result->as_user.empty()) AddText(&json_, "as_user", result->as_user);
  json_.push_back('}');
  co_return Status::Ok();
}

void ResultWriter::AddTransaction(HttpResponse* response) const {
  if (!transaction_id_.empty()) {
    response->headers.emplace_back(kTransactionHeader, transaction_id_);
  }
}

Task<Status> ResultWriter::FlushIfLarge() {
  if (json_.size() < kChunkBytes) co_return Status::Ok();
  if (!streaming_) {
    streaming_ = true;
    HttpResponse head(200, "application/json", "{" + std::exchange(json_, {}));
    AddTransaction(&head);
    co_return co_await response_.StartChunked(std::move(head));
  }
  const std::string chunk = std::exchange(json_, {});
  co_return co_await response_.WriteChunk(chunk);
}

void ResultWriter::AddMergedCounts() {
  using Verb = StatementResult::Verb;
  for (const auto& [verb, done] :
       {std::pair{Verb::kInsert, "Inserted "}, std::pair{Verb::kUpdate, "Updated "},
        std::pair{Verb::kDelete, "Deleted "}}) {
    const auto index = static_cast<size_t>(verb);
    if (!merged_seen_[index]) continue;
    StatementResult sum;
    sum.row_count = merged_counts_[index];
    sum.message = done + std::to_string(sum.row_count) + " row(s)";
    AddMessage(sum);
  }
}

Task<Status> ResultWriter::Finish(double took_ms) {
  AddMergedCounts();
  if (results_ == 0) json_.append(R"("results":[)");
  json_.append("]");
  AddRaw(&json_, "took", FormatMillis(took_ms));
  if (!transaction_id_.empty()) AddText(&json_, "transaction_id", transaction_id_);
  if (streaming_) {
    json_.append(R"(,"status":"success","error":null})");
    const std::string chunk = std::exchange(json_, {});
    CO_RETURN_IF_ERROR(co_await response_.WriteChunk(chunk));
    co_return co_await response_.Finish();
  }
  std::string body = R"({"status":"success",)";
  body.append(json_).push_back('}');
  HttpResponse response(200, "application/json", std::move(body));
  AddTransaction(&response);
  co_return co_await response_.Send(std::move(response));
}

Task<Status> ResultWriter::Fail(WireError error, double took_ms, std::string details) {
  if (!streaming_) {
    HttpResponse response = ErrorEnvelope(error, took_ms, details);
    if (!transaction_id_.empty()) {
      response.body.pop_back();
      AddText(&response.body, "transaction_id", transaction_id_);
      response.body.push_back('}');
    }
    AddTransaction(&response);
    co_return co_await response_.Send(std::move(response));
  }
  json_.append("]");
  AddRaw(&json_, "took", FormatMillis(took_ms));
  if (!transaction_id_.empty()) AddText(&json_, "transaction_id", transaction_id_);
  json_.append(R"(,"status":"error")");
  AddRaw(&json_, "error", ErrorObject(error, details));
  json_.push_back('}');
  const std::string chunk = std::exchange(json_, {});
  CO_RETURN_IF_ERROR(co_await response_.WriteChunk(chunk));
  co_return co_await response_.Finish();
}

}  // namespace millrace::front
