// Grants, API keys and the audit log as rows of system tables and of SHOW.
#pragma once

#include <string_view>

#include "base/status.h"
#include "query/exec/exec_context.h"
#include "query/exec/result.h"
#include "query/sql/ast.h"
#include "types/batch.h"

namespace millrace::exec {

// All of them for those who administer; for others what concerns themselves.
void AppendGrants(const Services& services, const Request& request, Batch* batch);
void AppendApiKeys(const Services& services, const Request& request, Batch* batch);

// The newest kAuditRowsMax entries, newest first. Worker threads only.
inline constexpr size_t kAuditRowsMax = 100'000;
Status AppendAuditLog(const Services& services, Batch* batch);

// SHOW GRANTS and SHOW API KEYS, of everything one may see or of one user. 42501 for
// another user's unless one administers, 42704 for an unknown user.
Result<StatementResult> ShowOfUser(const Services& services, const sql::Show& show,
                                   const Request& request);

}  // namespace millrace::exec
