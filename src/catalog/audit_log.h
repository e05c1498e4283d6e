// The audit log: who did what to whom, kept for ever (until a retention job exists).
// An entry is a step of a catalog command, so what it tells of and the entry itself are
// committed together or not at all.
//
//   meta key   'L' time (8 bytes, big-endian wall micros) order (4) random (4)
//   value      version=1 | actor action target details address subject, length-prefixed
//
// The sixteen bytes after 'L' are the entry's id; entries are ordered by time, and those
// of one time by when they were made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/status.h"
#include "catalog/command.h"
#include "storage/hot/kv_store.h"

namespace millrace {

struct AuditEntry {
  std::string id;  // 16 bytes
  int64_t at = 0;  // wall micros
  std::string actor;
  std::string action;   // "create_user", "grant", …; lower case with underscores
  std::string target;   // the user, table or key acted on; may be empty
  std::string details;  // JSON; may be empty. Never a secret.
  std::string address;  // where the actor's request came from; empty: from inside
  std::string subject;  // the user whose rights were used, when not the actor's own
};

// An id for an entry of that time. `order` rises with each.
std::string MakeAuditId(int64_t at, uint32_t order, Random& random);
// The entry as a step of a command.
CatalogChange MakeAuditChange(const AuditEntry& entry);

// Hexadecimal, for users.
std::string AuditIdText(std::string_view id);

// The newest entries, newest first, at most `count_max`. kDataLoss for a damaged one.
// Blocking.
Result<std::vector<AuditEntry>> ReadAuditLog(KvStore& store, size_t count_max);

// The value under an entry's key.
std::string EncodeAuditEntry(const AuditEntry& entry);
Result<AuditEntry> DecodeAuditEntry(std::string_view id, std::string_view bytes);

}  // namespace millrace
