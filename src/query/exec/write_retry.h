// The end of every write: append the mutation, try again when another writer was
// first, make the result.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "query/exec/executor.h"
#include "query/exec/row_builder.h"

namespace millrace::exec {

// A mutation ready for the log and what is told about it afterwards.
struct PendingWrite {
  std::string payload;
  size_t changes = 0;
  // In the order of the changes: the new rows, or the old ones of a DELETE. Empty
  // where neither an error message nor RETURNING needs them.
  std::vector<RowValues> rows;
  std::vector<uint64_t> old_seqs;  // of a DELETE's rows
  // Of an UPDATE … FROM or DELETE … USING with RETURNING: what it returns of the rows and
  // of the columns that were found beside them.
  std::optional<plan::Projection> returning;
  Batch relations;

  template <typename Plan>
  const std::optional<plan::Projection>& ReturningOf(const Plan& plan) const {
    return returning.has_value() ? returning : plan.returning;
  }
};

// Counts the attempts of one statement. Writers that meet on one row try again;
// after many losses in a row the statement gives up with 40001.
class WriteRetry {
 public:
  // Both must outlive it.
  WriteRetry(const Services& services, const Request& request)
      : services_(services), request_(request) {}

  // An empty mutation is applied at once, without the log. In a transaction the changes
  // stay there until it commits.
  Task<Result<Receipt>> Append(const PreparedTable& table, PendingWrite* write);
  // Ok to try again; kAborted when the table changed or the attempts are used up.
  Status Again(const Receipt& receipt);

 private:
  const Services& services_;
  const Request& request_;
  int attempts_ = 0;
};

// Row count, message and RETURNING rows of an applied write; many rows and long
// computations on a worker. The arguments must outlive the task.
Task<Result<StatementResult>> FinishWrite(const Services& services, const PreparedTable& table,
                                          const std::optional<plan::Projection>& returning,
                                          const PendingWrite& write, const Receipt& receipt,
                                          const Request& request, StatementResult::Verb verb);

}  // namespace millrace::exec
