// Decodes stored rows into the columns of a batch, row by row: the inner loop of
// every scan. Where the wanted columns lie is worked out once per schema version
// and not once per row, and fixed-width payloads are copied to their place.
#pragma once

#include <string_view>
#include <vector>

#include "base/status.h"
#include "tables/table_codec.h"
#include "types/batch.h"

namespace millrace {

// Not thread-safe. Between Begin and Finish the batch is the decoder's alone.
class RowDecoder {
 public:
  // `columns` are positions in the codec's scan schema, in the order wanted.
  RowDecoder(CodecPtr codec, std::vector<size_t> columns);

  // Empties `batch`, keeping its memory, and makes room for `rows_max` rows.
  void Begin(size_t rows_max, Batch* batch);
  // Appends one row, at most `rows_max` times. kDataLoss when the bytes are damaged.
  Status Append(std::string_view row);
  size_t rows() const { return rows_; }
  void Finish();

 private:
  enum class Source : uint8_t {
    kWidth1,
    kWidth2,
    kWidth4,
    kWidth8,
    kWidth16,
    kBytes,
    kSeq,
    kFalse,
    kConverted,  // absent in this version, or of another type: the codec's slow way
  };
  // Where one wanted column lies in rows of one schema version. Offsets are from
  // the begin of the null bitmap.
  struct Place {
    Source source = Source::kConverted;
    uint8_t null_mask = 0;
    uint32_t null_byte = 0;
    uint32_t slot = 0;
    uint32_t previous_heap_slot = 0;  // 0 = none
  };
  struct Version {
    const TableCodec::Version* stored = nullptr;
    bool converts = false;  // some place is kConverted
    std::vector<Place> places;
  };
  // A column of the batch. Fixed-width ones are written in place.
  struct Target {
    Column* column = nullptr;
    uint8_t* payloads = nullptr;
    uint8_t* validity = nullptr;  // null while no row is null
  };

  Place PlaceOf(const TableCodec::Version& stored, size_t column) const;
  // The row's version, or null when the row is damaged.
  const Version* Check(std::string_view row);
  Status AppendField(const Version& version, std::string_view row, size_t field);
  Status AppendConverted(const Version& version, std::string_view row, size_t field);
  bool AppendHeapBytes(const Version& version, std::string_view row, size_t field);
  void SetNull(Target* target);
  Status Damaged() const;

  CodecPtr codec_;
  std::vector<size_t> columns_;
  std::vector<Version> versions_;
  size_t last_version_;  // the last row's: usually the next one's too
  std::vector<Target> targets_;
  Batch* batch_ = nullptr;
  size_t rows_ = 0;
  size_t rows_max_ = 0;
};

}  // namespace millrace
