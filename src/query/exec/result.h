// What a statement gives back: rows, or a count and a message. Rows come as
// batches: some are there already, a stream brings the rest.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "runtime/task.h"
#include "types/batch.h"
#include "types/schema.h"

namespace millrace::exec {

// Pulled by one reader on its event loop. Destroying it ends the query.
class RowStream {
 public:
  virtual ~RowStream() = default;
  // The next rows; empty at the end. After an error nothing follows.
  virtual Task<Result<std::optional<Batch>>> Next() = 0;
  // From any thread: makes a running Next end soon with kCancelled.
  virtual void Cancel() = 0;
};

struct StatementResult {
  std::optional<Schema> schema;  // set when the statement returns rows
  std::vector<Batch> batches;
  std::unique_ptr<RowStream> stream;  // null: the batches are all there is
  uint64_t row_count = 0;             // rows changed, when there is no schema
  // Which verb the count is of, for the legacy merged form.
  enum class Verb : uint8_t { kNone, kInsert, kUpdate, kDelete };
  Verb verb = Verb::kNone;
  std::string message;
  std::string as_user;  // EXECUTE AS USER

  static StatementResult Message(std::string text) {
    StatementResult result;
    result.message = std::move(text);
    return result;
  }
  static StatementResult Rows(Schema schema, Batch batch) {
    StatementResult result;
    result.schema = std::move(schema);
    if (batch.rows > 0) result.batches.push_back(std::move(batch));
    return result;
  }
};

}  // namespace millrace::exec
