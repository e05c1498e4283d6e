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
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace millrace {

// Reads every log file in `directory`. kDataLoss naming file and byte when one
// holds anything but whole records, save for one unfinished record, or zeros, at
// its end. Ok when there are none. Blocking; cost: one pass over the files.
Status CheckLogFiles(const std::string& directory);

// CRC-32C (Castagnoli) of the bytes.
uint32_t Crc32c(std::string_view bytes);

}  // namespace millrace
