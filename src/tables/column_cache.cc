#include "tables/column_cache.h"

#include <algorithm>
#include <utility>

#include "base/coding.h"

namespace millrace {

// Of a block besides its keys and columns: the objects, the map's and the list's nodes.
static constexpr size_t kBlockBytes = 320;
static constexpr size_t kColumnBytes = 176;

static size_t BytesOf(const Column& column) {
  return kColumnBytes + column.size() * WidthOf(column.physical()) + column.validity().size() +
         column.offsets().size() * sizeof(uint32_t) + column.heap().size();
}

static size_t BytesOf(const CachedBlock& block) {
  size_t bytes = kBlockBytes + 2 * block.lower.size() + block.upper.size() +
                 block.columns.size() * sizeof(std::shared_ptr<const Column>);
  for (const auto& column : block.columns) {
    if (column != nullptr) bytes += BytesOf(*column);
  }
  return bytes;
}

ColumnCache::ColumnCache(ColumnCacheOptions options, Metrics& metrics)
    : options_(options),
      hits_(metrics.AddCounter("tables_column_cache_hits", "Blocks that scans found decoded.")),
      misses_(metrics.AddCounter("tables_column_cache_misses",
                                 "Blocks that scans read from the hot tier.")),
      bytes_gauge_(metrics.AddGauge("tables_column_cache_bytes", "Of decoded columns kept.")) {}

size_t ColumnCache::bytes() const {
  const MutexLock lock(mutex_);
  return bytes_;
}

void ColumnCache::Follow(const View& view) {
  Dropped dropped;
  const MutexLock lock(mutex_);
  if (!tables_.contains(view.table)) {
    MakeRoomForTable(&dropped);
    Table& table = tables_[view.table];
    table.schema_version = view.schema_version;
    // Either the committer sees that the table is followed, or its change is seen
    // here: both sides first write, then read, in one total order.
    Slot& slot = SlotOf(view.table);
    slot.followed.fetch_add(1);
    table.forgotten = Lsn(slot.last_change.load());
  }
  Table& table = tables_[view.table];
  table.followed = ++scans_;
  table.changes_since = 0;
  if (table.schema_version < view.schema_version) {
    EraseAll(table, &dropped);
    table.schema_version = view.schema_version;
  }
}

void ColumnCache::MakeRoomForTable(Dropped* dropped) {
  if (tables_.size() < options_.tables_max) return;
  const auto oldest = std::min_element(
      tables_.begin(), tables_.end(),
      [](const auto& a, const auto& b) { return a.second.followed < b.second.followed; });
  Unfollow(oldest, dropped);
}

void ColumnCache::Unfollow(std::unordered_map<TableId, Table>::iterator table, Dropped* dropped) {
  EraseAll(table->second, dropped);
  SlotOf(table->first).followed.fetch_sub(1);
  tables_.erase(table);
}

ColumnCache::Table* ColumnCache::FindTable(const View& view) {
  const auto found = tables_.find(view.table);
  if (found == tables_.end() || found->second.schema_version != view.schema_version) {
    return nullptr;
  }
  return &found->second;
}

ColumnCache::Blocks::iterator ColumnCache::BlockAround(Table& table, std::string_view key) {
  auto block = table.blocks.upper_bound(key);
  if (block == table.blocks.begin()) return table.blocks.end();
  --block;
  return key < block->second.block->upper ? block : table.blocks.end();
}

ColumnCache::Found ColumnCache::Find(const View& view, std::string_view position) {
  const MutexLock lock(mutex_);
  Table* table = FindTable(view);
  if (table == nullptr) return {};
  auto block = table->blocks.lower_bound(position);
  Found found;
  if (block != table->blocks.end() && block->first == position) {
    if (block->second.block->built <= view.snapshot) {
      used_.splice(used_.begin(), used_, block->second.used);
      found.block = block->second.block;
    }
    ++block;
  }
  if (block != table->blocks.end()) found.next = block->first;
  return found;
}

CachedBlockPtr ColumnCache::FindAround(const View& view, std::string_view key) {
  const MutexLock lock(mutex_);
  Table* table = FindTable(view);
  if (table == nullptr) return nullptr;
  const auto block = BlockAround(*table, key);
  return block == table->blocks.end() ? nullptr : block->second.block;
}

bool ColumnCache::Changed(const Table& table, Lsn snapshot, std::string_view lower,
                          std::string_view upper) {
  if (table.forgotten > snapshot) return true;
  return std::any_of(table.changes.begin(), table.changes.end(), [&](const Change& change) {
    return change.lsn > snapshot && change.key >= lower && change.key < upper;
  });
}

bool ColumnCache::Overlaps(const Table& table, std::string_view lower, std::string_view upper) {
  const auto after = table.blocks.upper_bound(lower);
  if (after != table.blocks.end() && after->first < upper) return true;
  return after != table.blocks.begin() && lower < std::prev(after)->second.block->upper;
}

size_t ColumnCache::Install(const View& view, std::string_view lower, std::string_view upper,
                            const std::vector<size_t>& positions, size_t columns_all,
                            const Batch& batch) {
  auto block = std::make_shared<CachedBlock>();
  block->lower = lower;
  block->upper = upper;
  block->built = view.snapshot;
  block->rows = batch.rows;
  block->columns.resize(columns_all);
  for (size_t i = 0; i < positions.size(); ++i) {
    // A copy without the room that the batch keeps for more rows.
    block->columns[positions[i]] = std::make_shared<const Column>(batch.columns[i]);
  }
  Dropped dropped;
  const MutexLock lock(mutex_);
  Table* table = FindTable(view);
  if (table == nullptr || Changed(*table, view.snapshot, lower, upper)) return 0;
  const auto same = table->blocks.find(lower);
  if (same != table->blocks.end() && same->second.block->upper == upper) {
    const CachedBlock& old = *same->second.block;
    if (old.built > view.snapshot || old.rows != block->rows) return 0;
    block->built = old.built;
    for (size_t i = 0; i < columns_all; ++i) {
      if (block->columns[i] == nullptr) block->columns[i] = old.columns[i];
    }
    Erase(*table, same, &dropped);
  } else if (Overlaps(*table, lower, upper)) {
    return 0;
  }
  const size_t bytes = BytesOf(*block);
  if (bytes > options_.bytes_max) return 0;
  Put(*table, std::move(block), bytes, &dropped);
  return bytes;
}

void ColumnCache::Put(Table& table, CachedBlockPtr block, size_t bytes, Dropped* dropped) {
  while (bytes_ + bytes > options_.bytes_max) {
    const Used oldest = used_.back();
    Erase(*oldest.table, oldest.block, dropped);
  }
  std::string lower = block->lower;
  const auto [at, inserted] = table.blocks.emplace(std::move(lower), Entry{});
  used_.push_front({&table, at});
  at->second = {.block = std::move(block), .bytes = bytes, .used = used_.begin()};
  bytes_ += bytes;
  bytes_gauge_.Set(static_cast<int64_t>(bytes_));
}

void ColumnCache::Erase(Table& table, Blocks::iterator block, Dropped* dropped) {
  bytes_ -= block->second.bytes;
  bytes_gauge_.Set(static_cast<int64_t>(bytes_));
  used_.erase(block->second.used);
  dropped->push_back(std::move(block->second.block));
  table.blocks.erase(block);
}

void ColumnCache::EraseAll(Table& table, Dropped* dropped) {
  while (!table.blocks.empty()) Erase(table, table.blocks.begin(), dropped);
}

void ColumnCache::Remember(Table& table, std::string_view key, Lsn lsn) {
  if (table.changes.size() < options_.changes_max) {
    table.changes.push_back({std::string(key), lsn});
    return;
  }
  Change& oldest = table.changes[table.next_change];
  table.next_change = (table.next_change + 1) % table.changes.size();
  table.forgotten = std::max(table.forgotten, oldest.lsn);
  oldest.key.assign(key);
  oldest.lsn = lsn;
}

void ColumnCache::OnRowChange(TableId table, std::string_view relative_key, Lsn lsn) {
  Slot& slot = SlotOf(table);
  if (slot.last_change.load(std::memory_order_relaxed) != lsn.value) {
    slot.last_change.store(lsn.value);
  }
  if (slot.followed.load() == 0) return;
  changed_key_.clear();
  PutBigEndian32(&changed_key_, table.value);
  changed_key_.append(relative_key);
  Dropped dropped;
  const MutexLock lock(mutex_);
  const auto found = tables_.find(table);
  if (found == tables_.end()) return;
  Table& followed = found->second;
  const auto block = BlockAround(followed, changed_key_);
  if (block != followed.blocks.end()) Erase(followed, block, &dropped);
  if (followed.blocks.empty() && ++followed.changes_since > options_.changes_max) {
    return Unfollow(found, &dropped);  // written, not scanned
  }
  Remember(followed, changed_key_, lsn);
}

}  // namespace millrace
