// A set of non-null payloads of one type, for IN with many items.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "query/expr/column_handle.h"

namespace millrace::expr {

// IN with fewer items compares one by one, which is as fast.
inline constexpr size_t kSetItemsMin = 9;

// Immutable after the last Insert; then any number of readers.
class ValueSet {
 public:
  // Adds row 0 of the handle, which must not be null.
  void Insert(const ColumnHandle& item) { items_.insert(std::string(KeyAt(item, 0, &buffer_))); }
  bool Contains(const ColumnHandle& values, size_t row, std::string* buffer) const {
    return items_.contains(KeyAt(values, row, buffer));
  }
  void NoteNull() { has_null_ = true; }
  // Whether a NULL was among the items.
  bool has_null() const { return has_null_; }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view bytes) const { return std::hash<std::string_view>{}(bytes); }
  };
  // Bytes that are equal exactly when the payloads are equal in SQL.
  static std::string_view KeyAt(const ColumnHandle& values, size_t row, std::string* buffer);

  std::unordered_set<std::string, Hash, std::equal_to<>> items_;
  std::string buffer_;
  bool has_null_ = false;
};

}  // namespace millrace::expr
