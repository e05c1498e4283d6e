// Reading rows from any bytes never reads outside of them. The first two bytes
// choose a schema; the rest is the row, or changes of a valid one.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "tables/row_decoder.h"

namespace millrace {
namespace {

SchemaVersion ChooseSchema(uint8_t shape) {
  constexpr TypeId kTypes[] = {TypeId::kText,    TypeId::kInt,  TypeId::kBytes,
                               TypeId::kBoolean, TypeId::kUuid, TypeId::kJson};
  SchemaVersion version;
  for (size_t i = 0; i < shape % 20U; ++i) {
    version.columns.push_back({.id = ColumnId(static_cast<uint32_t>(i + 1)),
                               .type = kTypes[(i * (1 + shape / 20)) % std::size(kTypes)]});
  }
  return version;
}

std::string ValidRow(const RowLayout& layout, const SchemaVersion& version) {
  std::vector<Value> values;
  for (const ColumnDefinition& column : version.columns) {
    const bool text = PhysicalOf(column.type.id) == PhysicalType::kBytes;
    values.push_back(text ? Value::String(column.type, "text") : Value::Null(column.type));
  }
  std::string row;
  MR_ASSERT(layout.Encode(values, std::nullopt, &row).ok(), "a row does not encode");
  return row;
}

// The scan's decoder checks only what it copies.
void CheckDecoder(const SchemaVersion& version, std::string_view row, bool valid) {
  TableDefinition table;
  table.versions = {std::make_shared<const SchemaVersion>(version)};
  const auto codec =
      std::make_shared<const TableCodec>(std::make_shared<const TableDefinition>(table));
  std::vector<size_t> columns;
  for (size_t i = 0; i <= codec->deleted_column(); ++i) columns.push_back(i);
  RowDecoder decoder(codec, columns);
  Batch batch;
  decoder.Begin(1, &batch);
  const bool read = decoder.Append(row).ok();
  decoder.Finish();
  if (valid && row_format::SchemaVersionOf(row) == version.version) {
    MR_ASSERT(read, "a valid row is refused");
  }
}

void CheckRow(const uint8_t* data, size_t size) {
  if (size < 2) return;
  const SchemaVersion version = ChooseSchema(data[0]);
  const RowLayout layout(version);
  std::string row(reinterpret_cast<const char*>(data) + 2, size - 2);
  if ((data[1] & 1) != 0) {
    const std::string edits = std::exchange(row, ValidRow(layout, version));
    for (size_t i = 0; i + 1 < edits.size(); i += 2) {
      row[static_cast<uint8_t>(edits[i]) % row.size()] = edits[i + 1];
    }
  }
  // Copied to its exact size, so that a sanitizer sees one byte too far.
  const std::vector<char> exact(row.begin(), row.end());
  const std::string_view view(exact.data(), exact.size());
  CheckDecoder(version, view, layout.Validate(view));
  if (!layout.Validate(view)) return;
  for (size_t i = 0; i < layout.columns(); ++i) {
    if (version.columns[i].type.id == TypeId::kBoolean) continue;  // any byte is one
    const Value value = layout.Get(view, i, version.columns[i].type);
    MR_ASSERT(value.is_null() == layout.IsNull(view, i), "a null is read differently");
  }
}

}  // namespace
}  // namespace millrace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millrace::CheckRow(data, size);
  return 0;
}

extern "C" const char* MillraceFuzzSeed(size_t index) {
  static const char* const kSeeds[] = {"\x06\x01", "\x13\x01\x15\x04", "\x33\x01\x10\x09",
                                       "\x02\x02\x01\x01version_seq_seq_slot"};
  return index < std::size(kSeeds) ? kSeeds[index] : nullptr;
}
