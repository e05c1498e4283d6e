// Appending catalog commands to the log.
#pragma once

#include <vector>

#include "catalog/command.h"
#include "query/exec/exec_context.h"
#include "runtime/task.h"

namespace millrace::exec {

// All of the changes or, unless the verdict is kApplied, none of them.
Task<Result<Verdict>> CommitCatalog(const Services& services, std::vector<CatalogChange> changes);

// 40001: the command was refused because another one was first.
Status ChangedMeanwhile();

}  // namespace millrace::exec
