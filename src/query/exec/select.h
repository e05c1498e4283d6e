// Running the routes of a SELECT.
#pragma once

#include "query/exec/engine_sql.h"
#include "query/exec/executor.h"

namespace millrace::exec {

// The plan and request are kept alive by the prepared statement and by shared_ptr
// until the last row was read.
Task<Result<StatementResult>> ExecuteSelect(const Services& services, TableCache& tables,
                                            std::shared_ptr<const plan::SelectPlan> plan,
                                            RequestPtr request);

// All rows of a SELECT, for a worker thread.
Result<std::vector<Batch>> CollectSelect(const Services& services, TableCache& tables,
                                         std::shared_ptr<const plan::SelectPlan> plan,
                                         RequestPtr request);
struct CollectedRows {
  std::vector<Batch> batches;
  Schema schema;  // of the engine's answer
};
Result<CollectedRows> CollectEngineRows(const Services& services, TableCache& tables,
                                        const plan::SelectEngine& plan, const Request& request);

// The engine's query for this request: text with parameters filled in, and sources.
// Blocking.
Result<engine::EngineQuery> MakeEngineQuery(const Services& services, TableCache& tables,
                                            const plan::SelectEngine& plan, const Request& request);

}  // namespace millrace::exec
