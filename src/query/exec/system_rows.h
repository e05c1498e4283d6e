// How each system table's rows are made. Included by system_tables.cc only.
#pragma once

#include "query/exec/exec_context.h"
#include "query/plan/virtual_catalog.h"
#include "types/batch.h"

namespace millrace::exec {

void AppendSystemRows(const Services& services, const Request& request,
                      const plan::VirtualTable& table, Batch* batch);

}  // namespace millrace::exec
