// What the exclusive entries of unique indexes hold after changes that are not in the
// store yet.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tables/clear_group_map.h"

namespace millrace {

// Not thread-safe.
class UniqueKeys {
 public:
  // The relative key of the row that has the entry; nullopt: nobody has it.
  using Owner = std::optional<std::string>;

  // Null when the entry was not touched: the store knows.
  const Owner* Find(const std::string& key) const {
    const auto found = owners_.find(key);
    return found == owners_.end() ? nullptr : &found->second;
  }
  void Set(const std::string& key, Owner owner) {
    const auto [it, inserted] = owners_.try_emplace(key);
    undo_.emplace_back(key, inserted ? std::nullopt : std::optional<Owner>(it->second));
    it->second = std::move(owner);
  }
  // Nobody has the entries that begin with `prefix`.
  void SetNobody(std::string_view prefix) {
    std::vector<std::string> keys;
    for (const auto& [key, owner] : owners_) {
      if (owner.has_value() && key.starts_with(prefix)) keys.push_back(key);
    }
    for (const std::string& key : keys) Set(key, std::nullopt);
  }
  void Clear() {
    ClearGroupMap(&owners_);
    undo_.clear();
  }
  // Back to where `mark` was taken; marks taken since are worth nothing.
  size_t mark() const { return undo_.size(); }
  void UndoTo(size_t mark) {
    for (; undo_.size() > mark; undo_.pop_back()) {
      auto& [key, before] = undo_.back();
      if (before.has_value()) {
        owners_[key] = std::move(*before);
      } else {
        owners_.erase(key);
      }
    }
  }

 private:
  std::unordered_map<std::string, Owner> owners_;
  std::vector<std::pair<std::string, std::optional<Owner>>> undo_;
};

}  // namespace millrace
