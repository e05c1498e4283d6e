#include "tables/uncommitted_rows.h"

#include <utility>

namespace millrace {

const UncommittedRow* UncommittedRows::Find(std::string_view full_key) const {
  const auto found = rows_.find(full_key);
  return found == rows_.end() ? nullptr : &found->second;
}

UncommittedRows::Map::const_iterator UncommittedRows::End(const KeyRange& range) const {
  return range.upper.empty() ? rows_.end() : rows_.lower_bound(range.upper);
}

std::vector<const UncommittedRows::Map::value_type*> UncommittedRows::InRange(
    const KeyRange& range) const {
  std::vector<const Map::value_type*> found;
  if (!range.upper.empty() && range.upper <= range.lower) return found;
  const auto end = End(range);
  for (auto it = rows_.lower_bound(range.lower); it != end; ++it) found.push_back(&*it);
  return found;
}

bool UncommittedRows::Touches(const KeyRange& range) const {
  if (!range.upper.empty() && range.upper <= range.lower) return false;
  return rows_.lower_bound(range.lower) != End(range);
}

uint32_t UncommittedRows::AddSection(TablePtr table, std::string_view scope) {
  for (uint32_t i = 0; i < sections_.size(); ++i) {
    if (sections_[i].table == table && sections_[i].scope == scope) return i;
  }
  sections_.push_back({std::move(table), std::string(scope)});
  return static_cast<uint32_t>(sections_.size() - 1);
}

std::optional<UncommittedRow> UncommittedRows::Put(std::string_view full_key, UncommittedRow row) {
  const auto found = rows_.find(full_key);
  if (found != rows_.end()) return std::exchange(found->second, std::move(row));
  rows_.emplace(full_key, std::move(row));
  return std::nullopt;
}

void UncommittedRows::Restore(std::string_view full_key, std::optional<UncommittedRow> before) {
  const auto found = rows_.find(full_key);
  if (before.has_value()) {
    found->second = std::move(*before);
  } else if (found != rows_.end()) {
    rows_.erase(found);
  }
}

}  // namespace millrace
