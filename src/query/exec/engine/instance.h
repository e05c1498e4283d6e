// One instance of the analytical engine: in memory, locked down, with its own
// memory limit and threads. Runs one query at a time; has one connection.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "duckdb.hpp"
#include "query/exec/engine/scan.h"
#include "types/virtual_table.h"

namespace millrace::engine {

struct InstanceOptions {
  size_t threads = 1;
  int64_t memory_bytes = 0;
  std::string spill_directory;  // of this instance alone; empty: never spill
  int64_t spill_bytes_max = 0;
};

// Not thread-safe, except Interrupt.
class Instance {
 public:
  // Errors: FailedPrecondition when the library is another than the adapter's.
  static Status CheckLibrary();
  // Costs some 15 ms.
  static Result<std::unique_ptr<Instance>> Create(const InstanceOptions& options);

  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // Prepares for a query: what it may scan and hold.
  Status Begin(std::vector<std::shared_ptr<TableSource>> tables, int64_t memory_bytes);
  // Ends the running query, also in the middle, and lets go of its tables.
  Status End();

  // Makes the running query fail soon. From any thread.
  void Interrupt() { connection_->Interrupt(); }

  duckdb::Connection& connection() { return *connection_; }
  duckdb::ClientContext& context() { return *connection_->context; }
  const ScanTables& tables() const { return *tables_; }

 private:
  Instance() = default;
  void Open(const InstanceOptions& options);
  void LockDown();

  std::unique_ptr<duckdb::DuckDB> database_;
  std::unique_ptr<duckdb::Connection> connection_;
  duckdb::shared_ptr<ScanTables> tables_;
};

}  // namespace millrace::engine
