// Column names of one table, for the expression binder. Each column that is
// named is added to the scan once; expressions refer to its place there.
#pragma once

#include <string>
#include <vector>

#include "catalog/definitions.h"
#include "query/plan/expression_binder.h"

namespace millrace::plan {

class TableScope final : public Scope {
 public:
  // `alias` is the name columns may be qualified with.
  TableScope(const TableDefinition& table, std::string alias)
      : table_(table), alias_(std::move(alias)) {}

  Result<ScopeColumn> Resolve(const sql::ColumnRef& ref) const override;

  // The place of a scan position, added when it is new.
  size_t Use(size_t scan_position) const;
  const std::vector<size_t>& columns() const { return columns_; }
  // Makes the scan all columns of the table and then `_seq`, in order.
  void UseAll() const;
  size_t seq_position() const { return table_.columns().size(); }
  // Whether `table.*` or `ns.table.*` names this table.
  bool Names(std::string_view namespace_name, std::string_view table) const;

 private:
  ScopeColumn Bind(size_t scan_position) const;
  const TableDefinition& table_;
  std::string alias_;
  mutable std::vector<size_t> columns_;  // binding a name is what adds it
};

// The existing row and, under the name "excluded", the row that could not be inserted.
class ConflictScope final : public Scope {
 public:
  explicit ConflictScope(const TableDefinition& table, std::string alias)
      : table_(table), alias_(std::move(alias)) {}
  Result<ScopeColumn> Resolve(const sql::ColumnRef& ref) const override;

 private:
  const TableDefinition& table_;
  std::string alias_;
};

// 42703, with the nearest name as a hint.
Status UnknownColumn(const TableDefinition* table, const sql::ColumnRef& ref);

}  // namespace millrace::plan
