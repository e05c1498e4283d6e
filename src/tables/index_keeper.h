// Keeps the entries of secondary indexes in step with the rows: checks uniqueness,
// writes and removes entries, and takes in what an index build has read.
//
// A build reads a snapshot while writers go on. Every write keeps the new index up from
// the moment its definition is applied, so a row the build read is skipped when it has
// changed since it began: the keeper remembers which ones have.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/status.h"
#include "catalog/catalog.h"
#include "log/commit_log.h"
#include "storage/hot/kv_store.h"
#include "tables/index_build.h"
#include "tables/index_codec.h"
#include "tables/unique_keys.h"

namespace millrace {

// The codecs of a table's indexes, made once per table version.
struct TableIndexes {
  TablePtr table;
  std::vector<IndexCodec> codecs;
};

// Thread-safe for different objects only.
class IndexCodecs {
 public:
  // Null when the table has no index. Valid until the next call for another version.
  const TableIndexes* Of(const TablePtr& table);

 private:
  std::unordered_map<uint32_t, std::unique_ptr<TableIndexes>> tables_;
};

// A row before and after a change; empty: it is not there.
struct RowChange {
  std::string_view relative_key;
  std::string_view before;
  std::string_view after;
};

// What a statement, or an entry, does to indexes. Looks at uniqueness once all of it is
// known, so that two rows may exchange their values.
class IndexChanges {
 public:
  // Who has an exclusive entry in the store, or in the snapshot, beneath `keys`.
  using Lookup = std::function<Result<UniqueKeys::Owner>(const std::string& key)>;

  // `keys` must outlive it.
  explicit IndexChanges(UniqueKeys* keys) : keys_(keys) {}

  // Errors: kDataLoss when a row is damaged.
  Status Add(const TableIndexes& indexes, const RowChange& change, uint32_t position);

  struct Violation {
    uint32_t position = 0;
    uint32_t index = 0;
  };
  // Nullopt when all keys are still unique; then the keys know of the changes.
  Result<std::optional<Violation>> CheckUnique(const Lookup& lookup);

  // What the entries shall be: relative keys of their rows; empty: the entry goes.
  const std::unordered_map<std::string, std::string>& entries() const { return entries_; }

 private:
  struct Taken {
    std::string key;  // empty: given up again
    std::string owner;
    uint32_t position;
    uint32_t index;
  };
  void Take(IndexEntry& entry, const RowChange& change, uint32_t position, uint32_t index);
  void GiveUp(IndexEntry& entry, const RowChange& change);

  UniqueKeys* keys_;
  std::unordered_map<std::string, std::string> entries_;
  std::vector<std::string> given_up_;
  std::vector<Taken> taken_;
  std::unordered_map<std::string, size_t> taken_at_;
};

// Committer thread only.
class IndexKeeper {
 public:
  // Both must outlive it.
  IndexKeeper(KvStore& store, const Catalog& catalog) : store_(store), catalog_(catalog) {}

  void BeginGroup() {
    keys_.Clear();
    truncated_.clear();
  }
  // Undone together with what was to be written.
  UniqueKeys& keys() { return keys_; }
  // Null when the table has no index.
  const TableIndexes* Of(const TablePtr& table) { return codecs_.Of(table); }
  Result<std::optional<IndexChanges::Violation>> CheckUnique(IndexChanges& changes);
  static void Write(const IndexChanges& changes, WriteBatch* batch);
  // All rows of a table whose relative keys begin with `scope` go. What checking notes of
  // it is undone by UndoTo of the keys and of the mark.
  void CheckTruncate(const TableDefinition& table, std::string_view scope);
  size_t truncated_mark() const { return truncated_.size(); }
  void UndoTruncatesTo(size_t mark) { truncated_.resize(mark); }
  void WriteTruncate(const TableDefinition& table, std::string_view scope, WriteBatch* batch);
  // To be told of every row that is going to be written.
  void NoteChanged(TableId table, std::string_view relative_key);

  // An entry of kind kIndexBuild; see index_build.h.
  Result<Applied> ApplyBuild(std::string_view payload, WriteBatch* batch);
  // The catalog has changed: forgets builds that are over.
  void OnCatalogChange();
  // What was noted as changed has not been written: builds must begin again.
  void GroupFailed();

 private:
  Result<UniqueKeys::Owner> LookUp(const std::string& key);
  struct Build {
    std::unordered_set<std::string> changed;  // rows, since the build began
    bool broken = false;
  };

  Result<Applied> AddBuilt(const IndexBuildEntry& entry, const Build& build, WriteBatch* batch);

  KvStore& store_;
  const Catalog& catalog_;
  IndexCodecs codecs_;
  UniqueKeys keys_;
  std::vector<std::string> truncated_;  // beginnings of entries that the group removed
  std::unordered_map<uint64_t, Build> builds_;  // by table and index id
};

}  // namespace millrace
