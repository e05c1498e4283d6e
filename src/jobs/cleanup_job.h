// Removes what dropped tables and dropped users leave behind: rows and feed, then the
// catalog's note that there is something to remove.
//
//   note in the catalog -> rows deleted -> feed deleted -> (compacted) -> note forgotten
//
// A user's rows are looked for in every table with rows per user. None are written any
// more: the applier refuses them from the drop on, and a user of the same name who was
// created since has another row scope.
//
// Every step may be repeated. The note goes last and is synced, and the steps before
// it are in the same write-ahead log: when it is gone, so is the rest.
#pragma once

#include "catalog/catalog.h"
#include "jobs/job.h"
#include "storage/hot/kv_store.h"

namespace millrace {

struct CleanupOptions {
  // A dropped table of this size is rewritten away at once; smaller ones wait for the
  // storage engine's own compaction.
  uint64_t compact_bytes_min = uint64_t{64} << 20;
};

class CleanupJob final : public Job {
 public:
  // All references must outlive the job.
  CleanupJob(CleanupOptions options, KvStore& store, const Catalog& catalog, CommitLog& commit_log,
             JobHistory& history)
      : options_(options),
        store_(store),
        catalog_(catalog),
        commit_log_(commit_log),
        history_(history) {}

  JobType type() const override { return JobType::kCleanup; }
  Status RunOnce(const StopToken& stop) override;

 private:
  Status CleanTables(const StopToken& stop);
  Status CleanAccounts(const StopToken& stop);
  Status Clean(const DroppedTable& dropped, uint64_t* bytes);
  Status CleanAccount(const std::string& row_scope, size_t* tables);
  Status DeleteRows(std::string_view begin, std::string_view end);
  Status DeleteEntries(std::string_view begin, std::string_view end);
  Status DeleteEntriesOf(const TableDefinition& table, const std::string& row_scope);
  Status Compact(TableId table, std::string_view begin, std::string_view end);
  Status Forget(CatalogChange note);

  const CleanupOptions options_;
  KvStore& store_;
  const Catalog& catalog_;
  CommitLog& commit_log_;
  JobHistory& history_;
};

}  // namespace millrace
