// The analytical engine: runs the SELECTs that the native read path does not
// (joins, aggregates, windows, set operations, recursion) over table sources,
// and streams their rows.
//
// The text handed to it is the planner's, not the user's: tables appear as
// `millrace_scan(k)`, k counting EngineQuery::tables from 0, and the operators
// of README.md are spelled as it says. The engine still trusts none of it: one
// SELECT, only the functions of functions.h, no catalog, no files, no settings.
//
// Everything here blocks: worker threads only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "types/batch.h"
#include "types/schema.h"
#include "types/value.h"
#include "types/virtual_table.h"

namespace millrace::engine {

struct EngineOptions {
  // Instances that run one query on one thread, and those that use `threads`.
  // Created when first needed and kept.
  size_t short_instances_max = 4;
  size_t wide_instances_max = 1;
  size_t threads = 0;  // of a wide instance; 0 means as many as there are cores
  // A query estimated to read at least this many rows runs on a wide instance.
  uint64_t wide_rows_min = 50'000;

  // The most one query may hold; more is an error, or spills when there is a
  // directory to spill to. All instances together may hold
  // (short_instances_max + wide_instances_max) times this.
  int64_t memory_bytes_per_query = int64_t{512} << 20;
  // The engine's alone, emptied by Open. Empty: never spill.
  std::string spill_directory;
  int64_t spill_bytes_max = int64_t{8} << 30;

  // Queries that may wait for an instance, and for how long. Beyond either the
  // query fails with 53300.
  size_t waiting_max = 64;
  int64_t wait_ms_max = 10'000;
};

struct EngineQuery {
  std::string sql;
  std::vector<std::shared_ptr<TableSource>> tables;
  std::vector<Value> params;  // $1 is params[0]
  uint64_t estimated_rows = 0;
  int64_t memory_bytes_max = 0;  // 0, or more than the option: the option
};

struct EngineCounters {
  uint64_t queries = 0;
  uint64_t instances_created = 0;
  uint64_t instances_discarded = 0;  // after an error that may have broken them
  uint64_t queries_refused = 0;      // no instance became free in time
};

// The rows of one query. It holds its instance until the last row was read, an
// error came or it is destroyed. Used by one thread at a time, except Cancel.
class EngineResult {
 public:
  virtual ~EngineResult() = default;

  // Names as the SELECT list gives them, not necessarily distinct.
  virtual const Schema& schema() const = 0;

  // Replaces `batch` by the next rows, at most kBatchRows. False at the end.
  // Errors: those of the query, by SQLSTATE (README.md); after an error every
  // further call returns it again. A failed table source's own Status comes
  // through as it was.
  virtual Result<bool> Next(Batch* batch) = 0;

  // Makes a running or later Next return 57014 soon. From any thread; never blocks long.
  virtual void Cancel() = 0;
};

// Thread-safe. Results may outlive it.
class Engine {
 public:
  // Errors: FailedPrecondition when the library found is not the one the
  // adapter was written against, or the spill directory cannot be used.
  static Result<std::unique_ptr<Engine>> Open(EngineOptions options);

  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Waits for an instance, checks, binds and plans. Rows are computed by Next.
  // Errors: 53300 no instance in time; 42501 not a plain SELECT or a function
  // that is not allowed; 42601, 42703, 42883, … for what does not bind.
  Result<std::unique_ptr<EngineResult>> Execute(EngineQuery query);

  // Creates the instances that the first queries would have to wait for: some 60 ms.
  Status Warm();

  EngineCounters counters() const;

 private:
  struct Pools;
  explicit Engine(std::unique_ptr<Pools> pools);
  std::unique_ptr<Pools> pools_;
};

}  // namespace millrace::engine
