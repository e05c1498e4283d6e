// Results of statements as the wire's JSON. Small answers leave as one response;
// large ones are streamed in chunks as their rows are made.
//
//   {"status":"success","results":[R,…],"took":ms}
//   streamed: {"results":[R,…],"took":ms,"status":"success","error":null}: the status
//   stands last, because an error may come after rows have left.
//   R = {"schema":[field,…],"rows":[[cell,…],…],"row_count":n} | {"row_count":n,"message":m}
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "front/http/error_body.h"
#include "net/http_types.h"
#include "runtime/task.h"
#include "session/result.h"

namespace millrace::front {

inline constexpr std::string_view kTransactionHeader = "X-Millrace-Transaction";

// One result per statement, or the reference system's merged form: results of
// SELECTs and definitions in order, then one sum per verb.
enum class ResultForm : uint8_t { kPerStatement, kMerged };

// Writes one answer. On the request's loop; must not outlive its writer.
class ResultWriter {
 public:
  ResultWriter(ResponseWriter& response, ResultForm form) : response_(response), form_(form) {}

  // The transaction that is open for further requests; empty: none. The answer's header
  // says what held when it was sent, its member `transaction_id` what held at the end.
  void SetTransaction(std::string_view id) { transaction_id_ = id; }
  // Adds one statement's result, pulling its stream to the end. Errors: the query's
  // own; kCancelled when the client is gone.
  Task<Status> Add(StatementResult result);

  Task<Status> Finish(double took_ms);
  // Ends the answer with an error; as a plain error envelope when nothing was sent.
  Task<Status> Fail(WireError error, double took_ms, std::string details);

 private:
  void AddTransaction(HttpResponse* response) const;
  Task<Status> AddRows(StatementResult* result);
  Task<Status> FlushIfLarge();
  void BeginResult();
  void AddMessage(const StatementResult& result);
  void AddMergedCounts();

  ResponseWriter& response_;
  const ResultForm form_;
  std::string transaction_id_;
  std::string json_;  // not yet sent
  bool streaming_ = false;
  size_t results_ = 0;
  uint64_t merged_counts_[4] = {};
  bool merged_seen_[4] = {};
};

}  // namespace millrace::front
