// What the planner collects while it binds one statement. Included by this
// module's .cc files only.
#pragma once

#include <string>
#include <string_view>

#include "query/plan/planner.h"

namespace millrace::plan {

struct Planner::Draft {
  std::string_view default_namespace;
  std::vector<TableAccess> accesses;
  bool reads_system = false;

  void AddAccess(const TablePtr& table, Access access) {
    for (TableAccess& known : accesses) {
      if (known.table != table) continue;
      if (access == Access::kWrite) known.access = access;
      return;
    }
    accesses.push_back({table, access});
  }
};

}  // namespace millrace::plan
