// The bytes of the durable change feed.
//
//   key space kFeed
//   'F' | table u32 BE | lsn u64 BE | part u32 BE       changes of one commit to one table
//   'S' | table u32 BE | user (key text) | lsn | part   empty; the records of one user
//   'G' | table u32 BE                                  u64 LSN: all up to here is trimmed
//
//   record value
//   format u8 | wall micros i64 | first seq u64 | user (length-prefixed) | count varint |
//   count x { op u8 | key | new row | old row }      each length-prefixed
//
// `lsn` is the commit's LSN. A commit has a record per section of its entry
// (tables/mutation.h), so several for a table when it changes rows of several users;
// `part` is the section's ordinal in the entry. Change i has seq first + i. The key is the row's
// key without the table id; rows are row-format bytes (tables/row_format.h). An
// insert has no old row, a delete no new one.
//
// format 1: insert, update, delete. Format 2, used only where it is needed: also truncate,
// after which no row is there whose key begins with `key` (empty: no row at all). It has
// neither row, and stands for as many deletes as there were rows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace millrace {

// Stored: never renumber.
enum class ChangeOp : uint8_t { kInsert = 1, kUpdate = 2, kDelete = 3, kTruncate = 4 };

namespace feed_format {

inline constexpr uint8_t kVersion = 1;
inline constexpr uint8_t kTruncateVersion = 2;
std::string RecordKey(TableId table, Lsn lsn, uint32_t part);
std::string RecordPrefix(TableId table);
std::string ScopeKey(TableId table, std::string_view user, Lsn lsn, uint32_t part);
std::string ScopePrefix(TableId table, std::string_view user);
std::string ScopeTablePrefix(TableId table);
std::string FloorKey(TableId table);
// The LSN and the part at the end of a record or scope key.
Lsn LsnOfKey(std::string_view key);
uint32_t PartOfKey(std::string_view key);

}  // namespace feed_format
}  // namespace millrace
