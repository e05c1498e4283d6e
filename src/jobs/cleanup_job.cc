#include "jobs/cleanup_job.h"

#include <utility>

#include "base/coding.h"
#include "base/crash_point.h"
#include "feed/feed_format.h"
#include "feed/retention.h"
#include "tables/table_codec.h"
#include "types/key_coding.h"

namespace millrace {

Status CleanupJob::RunOnce(const StopToken& stop) {
  const Status tables = CleanTables(stop);
  const Status accounts = CleanAccounts(stop);
  return tables.ok() ? accounts : tables;
}

Status CleanupJob::CleanTables(const StopToken& stop) {
  Status first_error;
  for (const DroppedTable& dropped : catalog_.Dropped()) {
    if (stop.StopRequested()) break;
    JobRun run(history_, type(), dropped.name, CleanupJobId(dropped.id));
    uint64_t bytes = 0;
    const Status status = Clean(dropped, &bytes);
    run.End(status, "removed about " + std::to_string(bytes) + " bytes");
    if (!status.ok() && first_error.ok()) first_error = status;
  }
  return first_error;
}

Status CleanupJob::CleanAccounts(const StopToken& stop) {
  Status first_error;
  for (const std::string& row_scope : catalog_.DroppedAccounts()) {
    if (stop.StopRequested()) break;
    // Only the name: which account of that name it was, says the time.
    JobRun run(history_, type(), "user " + row_scope.substr(0, row_scope.find('\0')));
    size_t tables = 0;
    const Status status = CleanAccount(row_scope, &tables);
    run.End(status, "removed the user's rows from " + std::to_string(tables) + " tables");
    if (!status.ok() && first_error.ok()) first_error = status;
  }
  return first_error;
}

Status CleanupJob::CleanAccount(const std::string& row_scope, size_t* tables) {
  for (const TablePtr& table : catalog_.Tables()) {
    if (!table->per_user()) continue;
    const std::string begin = TableCodec(table).ScopePrefix(row_scope);
    RETURN_IF_ERROR(DeleteRows(begin, PrefixSuccessor(begin)));
    RETURN_IF_ERROR(DeleteEntriesOf(*table, row_scope));
    RETURN_IF_ERROR(DropUserFeed(store_, table->id, row_scope));
    ++*tables;
    CRASH_POINT("cleanup_account_table_done");
  }
  return Forget({.op = CatalogOp::kForgetAccount, .name = row_scope});
}

Status CleanupJob::Clean(const DroppedTable& dropped, uint64_t* bytes) {
  std::string begin;
  PutBigEndian32(&begin, dropped.id.value);
  const std::string end = PrefixSuccessor(begin);
  const std::string feed_begin = feed_format::RecordPrefix(dropped.id);
  *bytes = store_.EstimateRange(KeySpace::kRows, begin, end).bytes +
           store_.EstimateRange(KeySpace::kFeed, feed_begin, PrefixSuccessor(feed_begin)).bytes;
  RETURN_IF_ERROR(DeleteRows(begin, end));
  RETURN_IF_ERROR(DeleteEntries(begin, end));
  CRASH_POINT("cleanup_rows_deleted");
  RETURN_IF_ERROR(DropFeed(store_, dropped.id));
  CRASH_POINT("cleanup_feed_deleted");
  if (*bytes >= options_.compact_bytes_min) RETURN_IF_ERROR(Compact(dropped.id, begin, end));
  CRASH_POINT("cleanup_compacted");
  CatalogChange forget{.op = CatalogOp::kForgetDropped};
  PutBigEndian32(&forget.name, dropped.id.value);
  return Forget(std::move(forget));
}

Status CleanupJob::DeleteRows(std::string_view begin, std::string_view end) {
  WriteBatch batch = store_.NewBatch();
  batch.DeleteRange(KeySpace::kRows, begin, end);
  return store_.Write(&batch, Sync::kNoSync);
}

Status CleanupJob::DeleteEntries(std::string_view begin, std::string_view end) {
  WriteBatch batch = store_.NewBatch();
  batch.DeleteRange(KeySpace::kIndex, begin, end);
  return store_.Write(&batch, Sync::kNoSync);
}

Status CleanupJob::DeleteEntriesOf(const TableDefinition& table, const std::string& row_scope) {
  for (const IndexDefinition& index : table.indexes) {
    std::string begin = IndexPrefix(table.id, index.id);
    AppendKeyText(&begin, row_scope);
    RETURN_IF_ERROR(DeleteEntries(begin, PrefixSuccessor(begin)));
  }
  return Status::Ok();
}

Status CleanupJob::Compact(TableId table, std::string_view begin, std::string_view end) {
  RETURN_IF_ERROR(store_.CompactRange(KeySpace::kRows, begin, end));
  for (const std::string& prefix :
       {feed_format::RecordPrefix(table), feed_format::ScopeTablePrefix(table)}) {
    RETURN_IF_ERROR(store_.CompactRange(KeySpace::kFeed, prefix, PrefixSuccessor(prefix)));
  }
  return Status::Ok();
}

Status CleanupJob::Forget(CatalogChange note) {
  LogEntry entry{.payload = EncodeCatalogCommand({std::move(note)}),
                 .durability = Durability::kStrict};
  return commit_log_.AppendBlocking(std::move(entry)).status();
}

}  // namespace millrace
