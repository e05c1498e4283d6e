// CREATE, ALTER and DROP of namespaces and tables: from the syntax tree to one
// catalog command. Privileges were checked before.
#pragma once

#include <string>

#include "catalog/command.h"
#include "query/exec/executor.h"
#include "query/plan/planner.h"

namespace millrace::exec {

// The statements of this file; kUnimplemented with 0A000 for the rest.
Task<Result<StatementResult>> ExecuteDefinition(const Services& services, TableCache& tables,
                                                plan::PreparedPtr prepared, RequestPtr request);

// 42602 or 42939 when the name cannot be one of a `what` ("table").
Status CheckName(std::string_view what, std::string_view name);

// A table as CREATE TABLE describes it, without id. `now_micros` is its birth.
Result<TableDefinition> MakeTableDefinition(const sql::CreateTable& statement,
                                            std::string_view namespace_name, int64_t now_micros);

// One column. `serial` types get SNOWFLAKE_ID() as default.
// The kind that is written before TABLE; none when none is.
std::optional<TableKind> KindFromSyntax(sql::TableKind kind);
// The kind a new table has, by the word before TABLE and the option TYPE. Errors:
// 22023 no such kind, 42601 the two contradict each other.
Result<TableKind> DecideKind(const sql::CreateTable& statement);
Result<ColumnDefinition> MakeColumnDefinition(const sql::ColumnDefinition& column);

// Applies WITH (…) or SET (…) options. Errors: 42000 unknown option, with a guess;
// 22023 bad value or not for this kind of table.
Status ApplyTableOptions(const std::vector<sql::Option>& options, TableDefinition* table);

// The definition after the actions, and what existing rows must satisfy.
struct AlteredTable {
  TableDefinition table;
  bool changed = false;
  bool check_rows = false;     // a NOT NULL or a narrower type was added
  bool needs_default = false;  // a NOT NULL column without default was added
  bool needs_empty = false;    // a generated column was added
  std::vector<std::string> constraints_to_check;
  std::string rename_to;  // RENAME TO, which is a command of its own

  bool looks_at_rows() const {
    return check_rows || needs_default || needs_empty || !constraints_to_check.empty();
  }
};
Result<AlteredTable> AlterTable(const TableDefinition& table, const sql::AlterTable& statement,
                                expr::EvalContext& context);

}  // namespace millrace::exec
