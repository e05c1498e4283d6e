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

  void AddAccess(const TablePtr& table, Privileges needs) {
    for (TableAccess& known : accesses) {
      if (known.table != table) continue;
      known.needs = known.needs | needs;
      return;
    }
    accesses.push_back({table, needs});
  }
};

}  // namespace millrace::plan
