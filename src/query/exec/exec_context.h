// What execution needs: the services of the database, injected once, and the
// facts of one request.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "catalog/catalog.h"
#include "log/commit_log.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "query/exec/engine/engine.h"
#include "query/expr/eval.h"
#include "query/expr/id_generator.h"
#include "runtime/blocking_pool.h"
#include "runtime/stop_token.h"
#include "storage/hot/kv_store.h"
#include "tables/snapshot.h"
#include "tables/table_codec.h"

namespace millrace::exec {

// How often each path was taken: `exec_*` metrics, and what tests assert on.
struct ExecCounters {
  explicit ExecCounters(Metrics& metrics);
  Counter& point_gets;      // answered or tried on the loop
  Counter& point_get_hops;  // had to go to the blocking pool
  Counter& range_scans;
  Counter& engine_queries;
  Counter& rows_written;
  Counter& write_conflicts;  // retried because a row changed in between
};

// Borrowed; everything outlives execution. Thread-safe members only.
struct Services {
  KvStore& store;
  Catalog& catalog;
  CommitLog& log;
  BlockingPool& pool;
  engine::Engine& engine;
  const Clock& clock;
  Random& random;
  expr::IdGenerator& ids;
  Metrics& metrics;
  ExecCounters& counters;
  ColumnCache* column_cache = nullptr;  // may be null
  Durability default_durability = Durability::kStrict;
  std::function<void()> wake_cleanup;       // for what a table or a user left; may be null
  std::function<void(Batch*)> append_jobs;  // rows of system.jobs; may be null
};

// One request's facts; lives for the whole statement.
struct Request {
  std::string user_id;
  std::string row_scope;  // of the user's account; see RowScope
  Role role = Role::kUser;
  std::string namespace_name = "default";
  std::vector<Value> params;
  int64_t statement_time_micros = 0;
  StopToken stop;
  std::shared_ptr<ScanCounts> scan_counts;  // of EXPLAIN ANALYZE; else null
};

inline expr::EvalContext MakeEvalContext(const Services& services, const Request& request) {
  return {.params = request.params,
          .statement_time_micros = request.statement_time_micros,
          .user_id = request.user_id,
          .role = RoleName(request.role),
          .clock = &services.clock,
          .random = &services.random,
          .ids = &services.ids};
}

// Per-user tables belong to the caller, shared ones to nobody.
inline std::string_view ScopeOf(const TableDefinition& table, const Request& request) {
  return table.per_user() ? std::string_view(request.row_scope) : std::string_view();
}

// Whether the caller is told about the table: own tables and public ones, everything
// but DBA tables for service, everything for dba. The same holds for reading it.
inline bool MaySee(const TableDefinition& table, const Request& request) {
  return table.per_user() || table.access == AccessLevel::kPublic ||
         request.role >= (table.access == AccessLevel::kDba ? Role::kDba : Role::kService);
}

}  // namespace millrace::exec
