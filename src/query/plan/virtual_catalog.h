// Which system tables there are and what they look like. The planner knows their
// shape; query/exec makes their rows.
#pragma once

#include <string_view>
#include <vector>

#include "types/schema.h"

namespace millrace::plan {

struct VirtualTable {
  std::string_view namespace_name;  // "system" or "information_schema"
  std::string_view name;
  Schema schema;
  bool admin_only = true;
};

// All of them, in a fixed order.
const std::vector<VirtualTable>& VirtualTables();
// Null when there is none of this name.
const VirtualTable* FindVirtualTable(std::string_view namespace_name, std::string_view name);
// Namespaces that users cannot create or write to.
bool IsSystemNamespace(std::string_view name);

}  // namespace millrace::plan
