// The secret our tokens are signed with: made at the first start, kept as the catalog
// setting "jwt_secret", so that tokens outlive a restart.
#pragma once

#include <string>
#include <string_view>

#include "base/random.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "log/commit_log.h"
#include "runtime/task.h"

namespace millrace::auth {

// Never to be shown: whoever lists settings leaves it out.
inline constexpr std::string_view kTokenSecretSetting = "jwt_secret";

// The stored secret, made and stored (durably) when there is none yet. The references
// must outlive the task.
Task<Result<std::string>> EnsureTokenSecret(Catalog& catalog, CommitLog& log, Random& random);

}  // namespace millrace::auth
