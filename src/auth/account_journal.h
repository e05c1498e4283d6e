// Writes changes of accounts together with what the audit log keeps of them: both are
// one command, so neither is ever there without the other.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "auth/principal.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/status.h"
#include "catalog/audit_log.h"
#include "catalog/command.h"
#include "log/commit_log.h"
#include "runtime/task.h"

namespace millrace::auth {

// What was done. The journal adds when, and from the actor who and from where.
struct AuditFact {
  std::string_view action;
  std::string target;
  std::string details;  // JSON; may be empty
  std::string subject;  // whose rights were used, when not the actor's own
};

// Thread-safe. The references must outlive the object.
class AccountJournal {
 public:
  AccountJournal(CommitLog& log, const Clock& clock, Random& random)
      : log_(log), clock_(clock), random_(random) {}

  // The fact as one more step of a command.
  CatalogChange Audit(const Principal& actor, AuditFact fact) const;
  // Who acts when nobody asked: the server itself.
  static Principal Server();

  Task<Result<Receipt>> Commit(std::vector<CatalogChange> changes,
                               Durability durability = Durability::kStrict) const;

 private:
  CommitLog& log_;
  const Clock& clock_;
  Random& random_;
  mutable std::atomic<uint32_t> entries_{0};
};

// {"name":"value"}, for details.
std::string JsonMember(std::string_view name, std::string_view value);

}  // namespace millrace::auth
