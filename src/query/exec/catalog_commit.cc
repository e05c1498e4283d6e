#include "query/exec/catalog_commit.h"

#include <utility>

namespace millrace::exec {

Task<Result<Verdict>> CommitCatalog(const Services& services, std::vector<CatalogChange> changes) {
  LogEntry entry;
  entry.payload = EncodeCatalogCommand(changes);
  ASSIGN_OR_CO_RETURN(const Receipt receipt, co_await services.log.Append(std::move(entry)));
  co_return receipt.verdict;
}

Status ChangedMeanwhile() {
  return Aborted("the definition was changed by another statement at the same time");
}

}  // namespace millrace::exec
