#include "catalog/audit_log.h"

#include "base/coding.h"
#include "catalog/meta_keys.h"

namespace millrace {

static constexpr uint8_t kFormatVersion = 1;
static constexpr size_t kIdBytes = 16;

static Status Damaged() { return DataLoss("an entry of the audit log is damaged"); }

std::string EncodeAuditEntry(const AuditEntry& entry) {
  std::string out(1, static_cast<char>(kFormatVersion));
  for (const std::string* text : {&entry.actor, &entry.action, &entry.target, &entry.details,
                                  &entry.address, &entry.subject}) {
    PutLengthPrefixed(&out, *text);
  }
  return out;
}

Result<AuditEntry> DecodeAuditEntry(std::string_view id, std::string_view bytes) {
  if (id.size() != kIdBytes) return Damaged();
  ByteReader reader(bytes);
  if (reader.Fixed<uint8_t>() != kFormatVersion) return Damaged();
  AuditEntry entry;
  entry.id = std::string(id);
  entry.at = static_cast<int64_t>(LoadBigEndian64(id.data()));
  for (std::string* text : {&entry.actor, &entry.action, &entry.target, &entry.details,
                            &entry.address, &entry.subject}) {
    *text = std::string(reader.LengthPrefixed());
  }
  if (!reader.ok() || !reader.empty()) return Damaged();
  return entry;
}

std::string MakeAuditId(int64_t at, uint32_t order, Random& random) {
  std::string id;
  PutBigEndian64(&id, static_cast<uint64_t>(at));
  PutBigEndian32(&id, order);
  PutBigEndian32(&id, static_cast<uint32_t>(random.NextUint64()));
  return id;
}

CatalogChange MakeAuditChange(const AuditEntry& entry) {
  return {.op = CatalogOp::kAudit, .name = entry.id, .body = EncodeAuditEntry(entry)};
}

std::string AuditIdText(std::string_view id) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (const char c : id) {
    const auto byte = static_cast<uint8_t>(c);
    text.push_back(kHex[byte >> 4]);
    text.push_back(kHex[byte & 15]);
  }
  return text;
}

Result<std::vector<AuditEntry>> ReadAuditLog(KvStore& store, size_t count_max) {
  const std::string begin(1, meta::kAudit);
  const std::string end(1, meta::kAudit + 1);
  std::vector<AuditEntry> entries;
  const auto iterator = store.NewIterator(KeySpace::kMeta, begin, end);
  for (iterator->SeekToLast(); iterator->Valid() && entries.size() < count_max;
       iterator->Previous()) {
    ASSIGN_OR_RETURN(AuditEntry entry,
                     DecodeAuditEntry(iterator->key().substr(1), iterator->value()));
    entries.push_back(std::move(entry));
  }
  RETURN_IF_ERROR(iterator->status());
  return entries;
}

}  // namespace millrace
