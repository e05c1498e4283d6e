// Short ways to write table definitions in tests.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"

namespace millrace::testing {

struct ColumnForTest {
  std::string name;
  SqlType type;
  bool key = false;
};

// A table "app.<name>" of one schema version; column ids count from 1.
inline TableDefinition MakeTable(const std::string& name, TableKind kind,
                                 const std::vector<ColumnForTest>& columns) {
  TableDefinition table;
  table.namespace_name = "app";
  table.name = name;
  table.kind = kind;
  auto version = std::make_shared<SchemaVersion>();
  for (const ColumnForTest& column : columns) {
    const ColumnId id(table.next_column_id++);
    version->columns.push_back(
        {.id = id, .name = column.name, .type = column.type, .nullable = !column.key});
    if (column.key) table.primary_key.push_back(id);
  }
  table.versions = {std::move(version)};
  return table;
}

inline CatalogChange PutNamespace(const std::string& name) {
  return {.op = CatalogOp::kPutNamespace,
          .name = name,
          .body = EncodeNamespace({.name = name, .created_at = 1})};
}
// `replaces` is the version replaced; 0 creates.
inline CatalogChange PutTable(const TableDefinition& table, uint32_t replaces = 0) {
  return {.op = CatalogOp::kPutTable,
          .name = table.qualified_name(),
          .expected = replaces,
          .body = EncodeTable(table)};
}
inline CatalogChange DropTable(const std::string& qualified_name, uint32_t version = 1) {
  return {.op = CatalogOp::kDropTable, .name = qualified_name, .expected = version};
}

}  // namespace millrace::testing
