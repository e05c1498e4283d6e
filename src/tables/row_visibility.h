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
  const int64_t age_micros = now_micros - row_format::Time(row);
  return age_micros >= 0 && static_cast<uint64_t>(age_micros) / 1'000'000 >= table.ttl_seconds;
}

}  // namespace millrace
