#include "tables/index_build.h"

#include <utility>

#include "base/coding.h"
#include "catalog/command.h"

namespace millrace {

static constexpr uint8_t kFormat = 1;

void IndexBuildBatch::Add(bool exclusive, std::string_view key, std::string_view relative_key) {
  bytes_.push_back(exclusive ? 1 : 0);
  PutLengthPrefixed(&bytes_, key);
  PutLengthPrefixed(&bytes_, relative_key);
  ++rows_;
}

static std::string Head(TableId table, uint32_t index, bool begins, size_t rows) {
  std::string payload;
  payload.push_back(static_cast<char>(EntryKind::kIndexBuild));
  payload.push_back(static_cast<char>(kFormat));
  PutFixed(&payload, table.value);
  PutFixed(&payload, index);
  payload.push_back(begins ? 1 : 0);
  PutVarint(&payload, rows);
  return payload;
}

std::string IndexBuildBatch::BeginEntry(TableId table, uint32_t index) {
  return Head(table, index, true, 0);
}

std::string IndexBuildBatch::Finish() {
  std::string payload = Head(table_, index_, false, rows_);
  payload.append(bytes_);
  bytes_.clear();
  rows_ = 0;
  return payload;
}

Result<IndexBuildEntry> DecodeIndexBuild(std::string_view payload) {
  ByteReader reader(payload);
  IndexBuildEntry entry;
  const bool ours = reader.Fixed<uint8_t>() == static_cast<uint8_t>(EntryKind::kIndexBuild) &&
                    reader.Fixed<uint8_t>() == kFormat;
  entry.table = TableId(reader.Fixed<uint32_t>());
  entry.index = reader.Fixed<uint32_t>();
  entry.begins = reader.Fixed<uint8_t>() != 0;
  const uint64_t rows = reader.Varint();
  for (uint64_t i = 0; ours && i < rows && reader.ok(); ++i) {
    IndexBuildRow row;
    row.exclusive = reader.Fixed<uint8_t>() != 0;
    row.key = reader.LengthPrefixed();
    row.relative_key = reader.LengthPrefixed();
    entry.rows.push_back(row);
  }
  if (!ours || !reader.ok() || !reader.empty()) return DataLoss("an index build entry is damaged");
  return entry;
}

}  // namespace millrace
