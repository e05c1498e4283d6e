// GRANT and REVOKE: rights on tables beyond what the fixed rules of authorize.h give to a
// role. They only add: nothing takes from a role what its rules give it. Rows of USER
// and STREAM tables stay their owner's whatever is granted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/account_journal.h"
#include "auth/principal.h"
#include "base/clock.h"
#include "base/status.h"
#include "catalog/account_definitions.h"
#include "catalog/catalog.h"
#include "observe/log.h"
#include "runtime/task.h"

namespace millrace::auth {

enum class GrantAction : uint8_t { kGrant, kRevoke };

struct GranteeName {
  std::optional<GranteeKind> kind;  // empty: whichever of the two there is
  std::string name;
};

struct GrantChange {
  GrantAction action = GrantAction::kGrant;
  Privileges privileges = Privileges::kNone;
  std::vector<TablePtr> tables;
  std::vector<std::string> namespaces;
  std::vector<GranteeName> grantees;
};

// Grantees and objects of one statement, multiplied.
inline constexpr size_t kGrantsPerStatementMax = 1000;

// Thread-safe. The references must outlive the object.
class Grants {
 public:
  Grants(Catalog& catalog, AccountJournal& journal, const Clock& clock, Log& log)
      : catalog_(catalog), journal_(journal), clock_(clock), log_(log) {}

  // All of it or nothing, durably. Taking what was not given is no error, as in
  // PostgreSQL. 42501 unless the actor administers; 42704 for an unknown user or role,
  // 42702 for a name that is both; kAborted when a table, a namespace or a user went away
  // meanwhile; 54000 for too much at once.
  Task<Status> Change(Principal actor, GrantChange change);

 private:
  Result<GrantDefinition> Resolve(const GranteeName& grantee) const;
  Result<std::vector<CatalogChange>> StepsOf(const Principal& actor,
                                             const GrantChange& change) const;
  // The grant or its end, and its entry in the audit log.
  void AddSteps(const Principal& actor, const GrantChange& change, GrantDefinition grant,
                const std::string& target, std::vector<CatalogChange>* steps) const;

  Catalog& catalog_;
  AccountJournal& journal_;
  const Clock& clock_;
  Log& log_;
};

}  // namespace millrace::auth
