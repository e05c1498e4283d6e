// What execution needs: the services of the database, injected once, and the
// facts of one request.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
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
#include "tables/row_scan.h"
#include "tables/table_codec.h"
#include "tables/transaction.h"

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
  size_t query_memory_bytes = size_t{512} << 20;  // of one statement's expressions
  std::function<void()> wake_cleanup;             // for what a table or a user left; may be null
  std::function<void(Batch*)> append_jobs;        // rows of system.jobs; may be null
  // Builds an index whose definition is there, and waits for it. Blocking.
  std::function<Status(TableId, uint32_t index, const StopToken&)> build_index;
};

// One request's facts; lives for the whole statement.
struct Request {
  std::string user_id;
  std::string row_scope;  // of the user's account; see RowScope
  Role role = Role::kUser;
  std::string namespace_name = "default";
  std::vector<Value> params;
  int64_t statement_time_micros = 0;
  // The catalog's when the statement was planned. 0 is always out of date, and only costs
  // CheckStillPlanned a look.
  uint64_t planned_generation = 0;
  std::shared_ptr<Transaction> transaction;  // null: the statement commits by itself
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
          .ids = &services.ids,
          .held_bytes_max = services.query_memory_bytes,
          .stop_requested =
              [](const void* stop) { return static_cast<const StopToken*>(stop)->StopRequested(); },
          .stop = &request.stop};
}

// Bytes of texts and the like among the values: what work on them is measured by.
inline size_t BytesOf(std::span<const Value> values) {
  size_t bytes = 0;
  for (const Value& value : values) {
    const TypeId type = value.type().id;
    const bool is_long = IsTextual(type) || type == TypeId::kBytes || type == TypeId::kFile ||
                         type == TypeId::kEmbedding;
    if (is_long && !value.is_null()) bytes += value.string().size();
  }
  return bytes;
}

// Per-user tables belong to the caller, shared ones to nobody.
inline std::string_view ScopeOf(const TableDefinition& table, const Request& request) {
  return table.per_user() ? std::string_view(request.row_scope) : std::string_view();
}

// Whether the caller is told about the table: own tables and public ones, everything
// but DBA tables for service, everything for dba, and what was granted.
inline bool MaySee(const Services& services, const TableDefinition& table, const Request& request) {
  return table.per_user() || table.access == AccessLevel::kPublic ||
         request.role >= (table.access == AccessLevel::kDba ? Role::kDba : Role::kService) ||
         services.catalog.GrantedOn(request.user_id, request.role, table) != Privileges::kNone;
}

}  // namespace millrace::exec
