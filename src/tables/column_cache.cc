#include "tables/column_cache.h"

#include <algorithm>
#include <utility>

#include "base/coding.h"

namespace millrace {

// Of a block besides its keys and columns: the objects, the map's and the list's nodes.
static constexpr size_t kBlockBytes = 320;
static constexpr size_t kColumnBytes = 176;
static constexpr size_t kTableBytes = 256;

static size_t BytesOfColumn(const Column& column) {
  return kColumnBytes + column.size() * WidthOf(column.physical()) + column.validity().size() +
         column.offsets().size() * sizeof(uint32_t) + column.heap().size();
}

static constexpr size_t kLongBlockBytes = size_t{1} << 20;

static size_t BytesOfBlock(const CachedBlock& block) {
  size_t bytes = kBlockBytes + 2 * block.lower.size() + block.upper.size() +
                 block.columns.size() * sizeof(std::shared_ptr<const Column>);
  for (const auto& column : block.columns) {
    if (column != nullptr) bytes += BytesOfColumn(*column);
  }
  return bytes;
}

ColumnCache::ColumnCache(ColumnCacheOptions options, const Catalog& catalog, Metrics& metrics)
    : options_(options),
      catalog_(catalog),
      hits_(
          metrics.AddCounter("tables_column_cache_hits_total", "Blocks that scans found decoded.")),
      misses_(metrics.AddCounter("tables_column_cache_misses_total",
                                 "Blocks that scans read from the hot tier.")),
      bytes_gauge_(metrics.AddGauge("tables_column_cache_bytes", "Of decoded columns kept.")) {}

size_t ColumnCache::bytes() const {
  const MutexLock lock(mutex_);
  return bytes_;
}

void ColumnCache::Follow(const View& view) {
  Dropped dropped;
  const MutexLock lock(mutex_);
  // Asked under the lock: of a table dropped later, OnCatalogChange finds what is here.
  if (!IsCurrent(view.table, view.schema_version)) return;
  auto found = tables_.find(view.table);
  if (found == tables_.end()) {
    MakeRoomForTable(&dropped);
    if (!MakeRoom(kTableBytes, &dropped)) return;
    found = tables_.try_emplace(view.table).first;
    found->second.schema_version = view.schema_version;
    Count(kTableBytes);
    // Either the committer sees that the table is followed, or its change is seen
    // here: both sides first write, then read, in one total order.
    Slot& slot = SlotOf(view.table);
    slot.followed.fetch_add(1);
    found->second.forgotten = Lsn(slot.last_change.load());
  }
  Table& table = found->second;
  table.followed = ++scans_;
  table.changes_since = 0;
  if (table.schema_version < view.schema_version) {
    EraseAll(table, &dropped);
    table.schema_version = view.schema_version;
  }
}

bool ColumnCache::IsCurrent(TableId table, uint32_t schema_version) const {
  const TablePtr definition = catalog_.FindTable(table);
  return definition != nullptr && definition->version() == schema_version;
}

void ColumnCache::OnCatalogChange() {
  Dropped dropped;
  const MutexLock lock(mutex_);
  for (auto table = tables_.begin(); table != tables_.end();) {
    const auto next = std::next(table);
    if (!IsCurrent(table->first, table->second.schema_version)) Unfollow(table, &dropped);
    table = next;
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
  Count(-static_cast<int64_t>(kTableBytes));
  for (const Change& change : table->second.changes) Count(-static_cast<int64_t>(BytesOf(change)));
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

std::vector<std::string> ColumnCache::Cuts(const View& view, std::string_view lower,
                                           std::string_view upper, size_t parts, size_t rows_min) {
  const MutexLock lock(mutex_);
  Table* table = FindTable(view);
  if (table == nullptr) return {};
  const auto begin = table->blocks.lower_bound(lower);
  const auto end = table->blocks.lower_bound(upper);
  size_t rows = 0;
  for (auto block = begin; block != end; ++block) rows += block->second.block->rows;
  if (rows == 0 || rows < rows_min) return {};
  std::vector<std::string> cuts;
  size_t before = 0;
  for (auto block = begin; block != end && cuts.size() + 1 < parts; ++block) {
    if (before > 0 && before >= rows * (cuts.size() + 1) / parts) cuts.push_back(block->first);
    before += block->second.block->rows;
  }
  return cuts;
}

bool ColumnCache::Changed(const Table& table, Lsn snapshot, std::string_view lower,
                          std::string_view upper) {
  if (table.forgotten > snapshot) return true;
  return std::any_of(table.changes.begin(), table.changes.end(), [&](const Change& change) {
    return change.lsn > snapshot && change.last >= lower && change.first < upper;
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
  // Long values would drive out everything else, and are cheap to decode.
  size_t bytes_copied = 0;
  for (size_t i = 0; i < positions.size(); ++i) bytes_copied += BytesOfColumn(batch.columns[i]);
  if (bytes_copied > std::max(options_.bytes_max / 16, kLongBlockBytes)) return 0;
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
  const size_t bytes = BytesOfBlock(*block);
  if (!MakeRoom(bytes, &dropped)) return 0;
  Put(*table, std::move(block), bytes);
  return bytes;
}

size_t ColumnCache::BytesOf(const Change& change) {
  return sizeof(Change) + change.first.size() + change.last.size();
}

void ColumnCache::Count(int64_t bytes) {
  bytes_ += static_cast<size_t>(bytes);
  bytes_gauge_.Set(static_cast<int64_t>(bytes_));
}

bool ColumnCache::MakeRoom(size_t bytes, Dropped* dropped) {
  if (bytes > options_.bytes_max) return false;
  while (bytes_ + bytes > options_.bytes_max) {
    if (used_.empty()) return false;
    const Used oldest = used_.back();
    Erase(*oldest.table, oldest.block, dropped);
  }
  return true;
}

void ColumnCache::Put(Table& table, CachedBlockPtr block, size_t bytes) {
  std::string lower = block->lower;
  const auto [at, inserted] = table.blocks.emplace(std::move(lower), Entry{});
  used_.push_front({&table, at});
  at->second = {.block = std::move(block), .bytes = bytes, .used = used_.begin()};
  Count(static_cast<int64_t>(bytes));
}

void ColumnCache::Erase(Table& table, Blocks::iterator block, Dropped* dropped) {
  Count(-static_cast<int64_t>(block->second.bytes));
  used_.erase(block->second.used);
  dropped->push_back(std::move(block->second.block));
  table.blocks.erase(block);
}

void ColumnCache::EraseAll(Table& table, Dropped* dropped) {
  while (!table.blocks.empty()) Erase(table, table.blocks.begin(), dropped);
}

ColumnCache::Change& ColumnCache::NextChange(Table& table) {
  if (table.changes.size() < options_.changes_max) return table.changes.emplace_back();
  Change& oldest = table.changes[table.next_change];
  table.next_change = (table.next_change + 1) % table.changes.size();
  table.forgotten = std::max(table.forgotten, oldest.lsn);
  Count(-static_cast<int64_t>(BytesOf(oldest)));
  return oldest;
}

void ColumnCache::Remember(Table& table, std::string_view key, Lsn lsn) {
  if (!table.changes.empty()) {
    // The ring's last one stands before the oldest.
    Change& last =
        table.next_change == 0 ? table.changes.back() : table.changes[table.next_change - 1];
    if (last.lsn != lsn) {
      table.commit_changes = 0;
    } else if (table.commit_changes >= options_.changes_per_commit_max) {
      Count(-static_cast<int64_t>(BytesOf(last)));
      if (key < last.first) last.first.assign(key);
      if (key > last.last) last.last.assign(key);
      Count(static_cast<int64_t>(BytesOf(last)));
      return;
    }
  }
  ++table.commit_changes;
  ++table.changes_since;
  Change& change = NextChange(table);
  change.first.assign(key);
  change.last.assign(key);
  change.lsn = lsn;
  Count(static_cast<int64_t>(BytesOf(change)));
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
  Remember(followed, changed_key_, lsn);
  if (followed.blocks.empty() && followed.changes_since > options_.changes_max) {
    return Unfollow(found, &dropped);  // written, not scanned
  }
  if (!MakeRoom(0, &dropped)) Unfollow(found, &dropped);
}

// Forgets the whole table, not only the user whose rows go: nobody truncates often.
void ColumnCache::OnTruncate(TableId table, Lsn lsn) {
  Slot& slot = SlotOf(table);
  slot.last_change.store(lsn.value);
  if (slot.followed.load() == 0) return;
  Dropped dropped;
  const MutexLock lock(mutex_);
  const auto found = tables_.find(table);
  if (found == tables_.end()) return;
  EraseAll(found->second, &dropped);
  found->second.forgotten = lsn;
}

}  // namespace millrace
