// What the analytical engine and the native read path scan: something with a
// schema that yields Batches. Tables, system tables and cached columns are all
// sources.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "types/batch.h"
#include "types/schema.h"

namespace millrace {

// One conjunct the scan may use to read less. A scan is free to ignore it: the
// caller checks every filter itself on the rows it gets.
struct ColumnBound {
  enum class Kind : uint8_t { kEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
  size_t column = 0;  // position in the source's schema
  Kind kind = Kind::kEqual;
  Value value;  // never null, of the column's type
};

struct ScanRequest {
  std::vector<size_t> columns;  // positions in the schema, in the order wanted
  std::vector<ColumnBound> bounds;
};

// Not thread-safe; used by one worker at a time. Blocking: worker threads only.
class BatchReader {
 public:
  virtual ~BatchReader() = default;
  // Replaces `batch` by the next rows, with the columns asked for. Returns false
  // at the end. Never returns true with zero rows.
  virtual Result<bool> Next(Batch* batch) = 0;
};

// Thread-safe; reads as of one point in time for as long as it lives.
class TableSource {
 public:
  virtual ~TableSource() = default;
  virtual const Schema& schema() const = 0;
  // A guess for planning, not a promise.
  virtual uint64_t EstimatedRows() const = 0;
  // At most `partitions_max` readers (at least one) over disjoint parts; reading
  // them one after another yields the source's own order. Blocking.
  virtual Result<std::vector<std::unique_ptr<BatchReader>>> Scan(const ScanRequest& request,
                                                                 size_t partitions_max) = 0;
};

}  // namespace millrace
