// The table function millrace_scan(k): reads the k-th table source of the query
// that runs on the connection.
//
// Columns and filters are pushed into the source as far as it wants them; every
// filter the plan relies on is then applied exactly, on the rows it gave. A
// source's partitions are read in parallel, each by one thread at a time, and
// numbered so that the engine can restore their order.
#pragma once

#include <memory>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "duckdb.hpp"
#include "types/virtual_table.h"

namespace millrace::engine {

// What the running query may scan; registered on its connection by kKey.
// Replaced between queries only. Fail and status from any thread.
class ScanTables : public duckdb::ClientContextState {
 public:
  static constexpr const char* kKey = "millrace_tables";

  void Reset(std::vector<std::shared_ptr<TableSource>> tables);
  const std::vector<std::shared_ptr<TableSource>>& tables() const { return tables_; }

  // Keeps the first error of a source, which an exception through the engine
  // could not carry whole, and throws.
  [[noreturn]] void Fail(Status status);
  Status status() const;

 private:
  std::vector<std::shared_ptr<TableSource>> tables_;
  mutable Mutex mutex_;
  Status status_;
};

duckdb::TableFunction ScanFunction();

}  // namespace millrace::engine
