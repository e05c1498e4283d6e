#include "auth/account_journal.h"

#include <utility>

#include "types/json_text.h"

namespace millrace::auth {

CatalogChange AccountJournal::Audit(const Principal& actor, AuditFact fact) const {
  const int64_t now = clock_.WallMicros();
  const uint32_t order = entries_.fetch_add(1, std::memory_order_relaxed);
  const AuditEntry entry{.id = MakeAuditId(now, order, random_),
                         .at = now,
                         .actor = actor.user_id,
                         .action = std::string(fact.action),
                         .target = std::move(fact.target),
                         .details = std::move(fact.details),
                         .address = actor.address,
                         .subject = std::move(fact.subject)};
  return MakeAuditChange(entry);
}

Principal AccountJournal::Server() { return {.user_id = "server", .role = Role::kSystem}; }

Task<Result<Receipt>> AccountJournal::Commit(std::vector<CatalogChange> changes,
                                             Durability durability) const {
  LogEntry entry{.payload = EncodeCatalogCommand(changes), .durability = durability};
  co_return co_await log_.Append(std::move(entry));
}

std::string JsonMember(std::string_view name, std::string_view value) {
  std::string json = "{";
  AppendJsonString(&json, name);
  json.push_back(':');
  AppendJsonString(&json, value);
  return json + "}";
}

}  // namespace millrace::auth
