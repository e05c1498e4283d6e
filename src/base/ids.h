// Distinct ids are distinct types: a TableId cannot be passed where an Lsn is wanted.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace millrace {

template <typename Tag, typename Rep>
struct StrongId {
  Rep value{};
  constexpr StrongId() = default;
  constexpr explicit StrongId(Rep v) : value(v) {}
  constexpr auto operator<=>(const StrongId&) const = default;
};

// A log sequence number: a counter of row changes, not a clock. A commit of n
// changes takes n consecutive numbers; its Lsn is that of its last change, and
// the number of each change is the `_seq` users see. 0 is before everything.
using Lsn = StrongId<struct LsnTag, uint64_t>;
// Never reused, not even after DROP TABLE.
using TableId = StrongId<struct TableIdTag, uint32_t>;
// Stable over ALTER TABLE, unique within a table.
using ColumnId = StrongId<struct ColumnIdTag, uint32_t>;
using NamespaceId = StrongId<struct NamespaceIdTag, uint32_t>;

}  // namespace millrace

template <typename Tag, typename Rep>
struct std::hash<millrace::StrongId<Tag, Rep>> {
  size_t operator()(const millrace::StrongId<Tag, Rep>& id) const noexcept {
    return std::hash<Rep>{}(id.value);
  }
};
