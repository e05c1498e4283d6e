// Checks the store's log files (write-ahead logs and the manifest) before they
// are replayed. Included by this module's .cc files only.
//
// RocksDB forgives what looks like a write that a crash cut off. A damaged record
// length near the end of a file looks the same, and a zeroed record header drops
// the rest of its block: both would lose acknowledged writes without a word. This
// check tells the two apart.
//
//   file    blocks of 32 KiB, each a sequence of records; fewer than 7 bytes left
//           in a block are padding
//   record  crc u32 | length u16 | type u8 (1 full, 2 first, 3 middle, 4 last) | bytes
//           crc = masked CRC-32C of type and bytes; a record lies within its block
//   tail    zeros, of a log that was not closed; before them, after a power failure,
//           what was being written and not synced: some sectors are there, some are zeros
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace millrace {

// What a batch that is synced when it is written carries at its end (as LogData, which
// is in the log only).
inline constexpr std::string_view kSyncedData = "synced";

// A write-ahead log that was not refused.
struct LogFile {
  std::string path;
  uint64_t bytes = 0;
  uint64_t whole_bytes = 0;  // up to the end of its last whole record
};

// Reads every log file in `directory`, the manifest in use too; changes nothing.
// kDataLoss naming file and byte when one holds anything but whole records and a tail
// that is zeros or was never synced. The write-ahead logs, oldest first. Blocking;
// cost: one pass over the files.
Result<std::vector<LogFile>> CheckLogFiles(const std::string& directory);

// Removes what follows the last whole record of each file. Blocking.
Status CutUnfinishedTails(const std::vector<LogFile>& files);

// CRC-32C (Castagnoli) of the bytes.
uint32_t Crc32c(std::string_view bytes);

}  // namespace millrace
