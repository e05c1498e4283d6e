#include "auth/token_secret.h"

#include <utility>

#include "auth/jwt.h"
#include "catalog/command.h"

namespace millrace::auth {

Task<Result<std::string>> EnsureTokenSecret(Catalog& catalog, CommitLog& log, Random& random) {
  std::string stored = catalog.Setting(kTokenSecretSetting);
  if (!stored.empty()) co_return stored;
  LogEntry entry;
  entry.payload = EncodeCatalogCommand({{.op = CatalogOp::kPutSetting,
                                         .name = std::string(kTokenSecretSetting),
                                         .body = GenerateSecret(random)}});
  ASSIGN_OR_CO_RETURN(const Receipt receipt, co_await log.Append(std::move(entry)));
  MR_ASSERT(receipt.verdict == Verdict::kApplied, "storing a setting has no precondition");
  co_return catalog.Setting(kTokenSecretSetting);
}

}  // namespace millrace::auth
