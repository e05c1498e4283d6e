#include "catalog/command.h"

#include <vector>

namespace millrace {

static constexpr uint8_t kFormatVersion = 1;

std::string EncodeCatalogCommand(const std::vector<CatalogChange>& changes) {
  std::string payload;
  payload.push_back(static_cast<char>(EntryKind::kCatalog));
  payload.push_back(kFormatVersion);
  PutVarint(&payload, changes.size());
  for (const CatalogChange& change : changes) {
    payload.push_back(static_cast<char>(change.op));
    PutLengthPrefixed(&payload, change.name);
    PutVarint(&payload, change.expected);
    PutLengthPrefixed(&payload, change.body);
  }
  return payload;
}

Result<std::vector<CatalogChange>> DecodeCatalogCommand(std::string_view payload) {
  ByteReader reader(payload);
  const auto kind = reader.Fixed<uint8_t>();
  const auto format = reader.Fixed<uint8_t>();
  if (kind != static_cast<uint8_t>(EntryKind::kCatalog) || format != kFormatVersion) {
    return DataLoss("a catalog command has an unknown format");
  }
  const uint64_t count = reader.Varint();
  std::vector<CatalogChange> changes;
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    CatalogChange change;
    change.op = static_cast<CatalogOp>(reader.Fixed<uint8_t>());
    change.name = std::string(reader.LengthPrefixed());
    change.expected = reader.Varint();
    change.body = std::string(reader.LengthPrefixed());
    changes.push_back(std::move(change));
  }
  if (!reader.ok() || !reader.empty()) return DataLoss("a catalog command is damaged");
  return changes;
}

}  // namespace millrace
