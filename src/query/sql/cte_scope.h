// Which names a WITH has defined at a place in a query: such a name in FROM is not
// a table. Printer and visitor keep one of these while they walk.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "query/sql/ast_query.h"

namespace millrace::sql {

class CteScope {
 public:
  // The names visible now; restore them with LeaveTo.
  size_t depth() const { return names_.size(); }
  void Define(std::string_view name) { names_.push_back(name); }
  void LeaveTo(size_t depth) { names_.resize(depth); }

  bool Defines(const TableName& table) const {
    return table.namespace_name.empty() && std::ranges::find(names_, table.name) != names_.end();
  }

  // Calls `body` for each query of the WITH with the names it may use in scope: all
  // of them when RECURSIVE, else those before it. Afterwards all are defined.
  template <typename WithNode, typename Body>
  void Walk(WithNode& with, Body body) {
    if (with.recursive) {
      for (auto& table : with.tables) Define(table.name);
    }
    for (auto& table : with.tables) {
      body(table);
      if (!with.recursive) Define(table.name);
    }
  }

 private:
  std::vector<std::string_view> names_;
};

}  // namespace millrace::sql
