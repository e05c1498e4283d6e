// When a stored row counts as there: a stream's rows expire.
#pragma once

#include <cstdint>
#include <string_view>

#include "catalog/definitions.h"
#include "tables/row_format.h"

namespace millrace {

// `row` is a stored row; `now_micros` is wall time.
inline bool IsExpired(const TableDefinition& table, std::string_view row, int64_t now_micros) {
  if (table.ttl_seconds == 0 || !row_format::HasTime(row)) return false;
  if (row.size() < row_format::kSeqEnd + sizeof(int64_t)) return false;  // the decoder refuses it
  return row_format::Time(row) + static_cast<int64_t>(table.ttl_seconds) * 1'000'000 <= now_micros;
}

}  // namespace millrace
