// The shape of rows: named, typed columns. A Schema describes a result or a
// scan; the catalog's table definition adds ids, defaults and constraints.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "types/sql_type.h"

namespace millrace {

struct Field {
  std::string name;
  SqlType type;
  bool nullable = true;
  bool primary_key = false;
  bool unique = false;
  bool hidden = false;  // of a scan: read by its name only, not by `*`
  bool operator==(const Field&) const = default;
};

struct Schema {
  std::vector<Field> fields;

  size_t size() const { return fields.size(); }
  // Position of a column by its (lower-case) name. Linear: schemas are short.
  std::optional<size_t> Find(std::string_view name) const {
    for (size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].name == name) return i;
    }
    return std::nullopt;
  }
  bool operator==(const Schema&) const = default;
};

}  // namespace millrace
