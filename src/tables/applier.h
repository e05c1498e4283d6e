// The state machine behind the commit log: turns entries into rows, feed records
// and catalog changes of one batch. This is where preconditions are decided, in
// log order, so two writers of one key never both win.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalog/catalog.h"
#include "feed/feed_writer.h"
#include "log/commit_log.h"
#include "storage/hot/kv_store.h"
#include "tables/index_keeper.h"
#include "tables/mutation.h"

namespace millrace {

// Told of every change of a row while it is being applied, before anybody can read it.
// Committer thread.
class ChangeListener {
 public:
  virtual ~ChangeListener() = default;
  virtual void OnRowChange(TableId table, std::string_view relative_key, Lsn lsn) = 0;
  // All rows of the table, or of one of its users, go.
  virtual void OnTruncate(TableId table, Lsn lsn) = 0;
  // Tables were created, changed or dropped. The catalog already says so.
  virtual void OnCatalogChange() = 0;
};

// Committer thread only.
class Applier final : public StateMachine {
 public:
  // All must outlive the applier; `listener` may be null.
  Applier(KvStore& store, Catalog& catalog, ChangeListener* listener)
      : store_(store), catalog_(catalog), listener_(listener), indexes_(store, catalog) {}

  void BeginGroup() override;
  Result<Applied> Apply(std::string_view payload, Lsn first, WriteBatch* batch) override;
  void GroupWritten(Lsn applied) override;
  void GroupFailed() override;

 private:
  struct RowKey {
    uint32_t table;
    std::string_view key;  // into a payload of the group
    bool operator==(const RowKey&) const = default;
  };
  struct RowKeyHash {
    size_t operator()(const RowKey& key) const {
      return std::hash<std::string_view>()(key.key) ^ (size_t{key.table} * 0x9e3779b97f4a7c15ULL);
    }
  };
  // A row as earlier operations of the group left it.
  struct GroupRow {
    bool exists = false;
    uint64_t seq = 0;
    std::string_view row;  // its `_seq` slot not set
  };
  // Rows that earlier operations of the group removed without looking at them: of the
  // store, none of them is there any more.
  struct Truncated {
    uint32_t table;
    std::string_view prefix;  // into a payload of the group
    bool Holds(uint32_t of_table, std::string_view key) const {
      return of_table == table && key.starts_with(prefix);
    }
  };
  struct Undo {
    RowKey key;
    std::optional<GroupRow> before;
  };
  // What an operation found: the row it replaces, complete with `_seq`.
  struct Found {
    bool exists = false;
    std::string row;
    bool stored = false;  // exists, or has expired and is still there
  };

  // New rows of one section, keys ascending, that no lookup has asked for yet.
  struct Run {
    MutationSection section;
    MutationReader ops;  // stands at the first one
    uint64_t first_seq = 0;
  };

  Result<Applied> ApplyRows(std::string_view payload, Lsn first, WriteBatch* batch);
  Result<Applied> Check(std::string_view payload, Lsn first);
  // The same for what the operations do to secondary indexes.
  Result<Applied> CheckIndexes(std::string_view payload, Applied checked);
  Result<Verdict> CheckSection(const MutationSection& section, MutationReader* reader,
                               uint64_t* next_seq, uint32_t* position);
  Result<bool> IsNewRun(const MutationSection& section, MutationReader ops);
  void SkipRun(const MutationSection& section, MutationReader* reader);
  Result<Verdict> CheckOp(const TableDefinition& table, const MutationView& op, int64_t wall_micros,
                          uint64_t seq);
  Result<Found> FindRow(TableId table, std::string_view key);
  void Remember(const RowKey& key, GroupRow row);
  void Truncate(TableId table, std::string_view prefix);
  void RememberRuns();
  void UndoEntry();
  void WriteSection(const MutationSection& section, MutationReader* reader, uint64_t* next_seq,
                    size_t* position, Lsn lsn, WriteBatch* batch);
  void WriteOp(const MutationSection& section, const MutationView& op, uint64_t seq,
               const Found& found, Lsn lsn, WriteBatch* batch);

  KvStore& store_;
  Catalog& catalog_;
  ChangeListener* listener_;
  IndexKeeper indexes_;
  IndexChanges index_changes_{&indexes_.keys()};
  FeedRecord feed_;
  std::unordered_map<RowKey, GroupRow, RowKeyHash> group_rows_;
  std::vector<Undo> undo_;
  bool has_indexes_ = false;  // some table of the entry being applied, or of the last one
  std::vector<Truncated> truncated_;
  size_t earlier_truncated_ = 0;  // so many of them are of earlier entries
  std::vector<Run> runs_;         // not in group_rows_ yet
  size_t earlier_runs_ = 0;       // so many of them are of earlier entries
  std::vector<Found> found_;      // one per operation of the entry being applied
};

}  // namespace millrace
