// The bytes of a hot row.
//
//   offset  size
//   0       1      format version = 1
//   1       1      flags: bit 0 = the commit time is there (streams)
//   2       4      schema version the row was written under
//   6       8      _seq, u64; zero in a log entry, set when the entry is applied
//   14      8      commit time, wall microseconds; only with flag bit 0
//   ..      n/8    null bitmap, bit i = column i is null (n rounded up to bytes)
//   ..      fixed  one slot per column in schema order, of its physical width
//                  (types/sql_type.h); kBytes columns: u32 end offset in the heap
//   ..      heap   the bytes of the kBytes columns, one after another
//
// Little-endian, unaligned. All columns are there, the key columns too, so a scan
// never decodes keys. A null's slot is zero (kBytes: an empty range). Integrity is
// the storage engine's: its log records and table blocks carry checksums.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "catalog/definitions.h"
#include "types/batch.h"

namespace millrace {

namespace row_format {
inline constexpr uint8_t kVersion = 1;
inline constexpr uint8_t kHasTime = 1;
inline constexpr size_t kSchemaOffset = 2;
inline constexpr size_t kSeqOffset = 6;
inline constexpr size_t kSeqEnd = 14;

// Of any row that passed ValidateRow or came out of the store.
inline uint64_t Seq(std::string_view row) { return LoadFixed<uint64_t>(row.data() + kSeqOffset); }
inline bool HasTime(std::string_view row) { return (row[1] & kHasTime) != 0; }
inline int64_t Time(std::string_view row) { return LoadFixed<int64_t>(row.data() + kSeqEnd); }
inline uint32_t SchemaVersionOf(std::string_view row) {
  return LoadFixed<uint32_t>(row.data() + kSchemaOffset);
}
}  // namespace row_format

// Where each column of one schema version lies in a row.
class RowLayout {
 public:
  explicit RowLayout(const SchemaVersion& version);

  uint32_t version() const { return version_; }
  size_t columns() const { return slots_.size(); }

  // Appends a row; `values` has one payload per column, of the column's type or NULL.
  // Errors: 54000 when the variable-length columns exceed 4 GiB.
  Status Encode(std::span<const Value> values, std::optional<int64_t> commit_micros,
                std::string* out) const;

  // False when the bytes are too short for this layout or its heap offsets lie.
  bool Validate(std::string_view row) const;
  // The cheap part of it: all slots are there and the heap ends with the row. Who
  // reads bytes must check where they begin and end.
  bool ValidateEnds(std::string_view row) const {
    if (row.size() < row_format::kSeqEnd || row[0] != row_format::kVersion) return false;
    const size_t heap_at = Head(row) + body_size_;
    if (row.size() < heap_at) return false;
    const uint32_t heap_end =
        last_heap_slot_ == 0 ? 0 : LoadFixed<uint32_t>(row.data() + Head(row) + last_heap_slot_);
    return heap_end == row.size() - heap_at;
  }

  // Where a column lies; offsets are from the null bitmap's begin.
  struct Slot {
    PhysicalType physical;
    uint32_t offset;
    uint32_t previous_heap_slot;  // offset of the kBytes slot before; 0 = none
  };
  const Slot& slot(size_t column) const { return slots_[column]; }
  uint32_t body_size() const { return body_size_; }
  // Where the null bitmap begins.
  static size_t Head(std::string_view row) {
    return row_format::kSeqEnd + (row_format::HasTime(row) ? sizeof(int64_t) : 0);
  }

  // The rest needs a validated row.
  bool IsNull(std::string_view row, size_t column) const {
    return (row[Head(row) + column / 8] >> (column % 8)) & 1;
  }
  // Appends the column's payload or null to a Column of the same physical type.
  void AppendTo(std::string_view row, size_t column, Column* out) const;
  Value Get(std::string_view row, size_t column, const SqlType& type) const;

 private:
  std::string_view HeapBytes(std::string_view row, const Slot& slot) const;
  void EncodeSlot(const Value& value, const Slot& slot, char* body, std::string* heap) const;

  uint32_t version_;
  uint32_t body_size_ = 0;  // bitmap and slots
  uint32_t last_heap_slot_ = 0;
  std::vector<Slot> slots_;
};

}  // namespace millrace
