// A table as the command line names it: "table" in a namespace, or "namespace.table".
#pragma once

#include <string>

namespace millrace::cli {

// Names are folded here, because quoted ones are taken by the server as they are.
struct TableName {
  std::string sql;    // "ns"."table"
  std::string shown;  // ns.table, for people
};

TableName NameTable(const std::string& table, const std::string& name_space);

}  // namespace millrace::cli
