// Runs prepared statements. Coroutines on the caller's event loop; everything
// that may block or takes long goes to the blocking pool, one hop a statement.
#pragma once

#include <memory>

#include "query/exec/exec_context.h"
#include "query/exec/result.h"
#include "query/exec/table_cache.h"
#include "query/plan/plan.h"
#include "runtime/task.h"

namespace millrace::exec {

using RequestPtr = std::shared_ptr<const Request>;

// Thread-safe: one for the whole server.
class Executor {
 public:
  explicit Executor(Services services) : services_(services) {}

  // Errors: the statement's own; kAborted with SQLSTATE 40001 when the catalog has
  // changed since it was prepared (prepare again) or when writers kept winning.
  // Privileges were checked before.
  Task<Result<StatementResult>> Execute(plan::PreparedPtr prepared, RequestPtr request);

  const Services& services() const { return services_; }

 private:
  Task<Result<StatementResult>> ExecuteOther(plan::PreparedPtr prepared, RequestPtr request);

  Services services_;
  TableCache tables_;
};

}  // namespace millrace::exec
