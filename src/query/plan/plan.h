// What a statement is going to do, bound to one version of the catalog. Plans are
// immutable and shared: parameters, the user and the time come at execution.
//
// Routes of a SELECT (EXPLAIN tells which):
//   constant     no FROM: evaluated on the spot
//   point get    one table, every key column pinned by equality: one key look-up
//   key range    one table, in key order, expressions of our own evaluator: a scan, or an
//                index scan where conditions or ORDER BY suit a secondary index
//   engine       everything else: the analytical engine over a snapshot
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "catalog/account_definitions.h"
#include "catalog/definitions.h"
#include "query/expr/node.h"
#include "query/expr/work.h"
#include "query/sql/ast.h"
#include "types/schema.h"
#include "types/virtual_table.h"

namespace millrace::plan {

// A bound whose value is known only at execution; it has no column references.
struct ValueBound {
  size_t column = 0;  // scan position (tables/table_codec.h)
  ColumnBound::Kind kind = ColumnBound::Kind::kEqual;
  expr::NodePtr value;
};

enum class Direction : uint8_t { kForward, kBackward };

// Result expressions over the rows of a plan, and what they are called.
struct Projection {
  std::vector<expr::NodePtr> expressions;
  Schema schema;
  expr::Work work;  // for one row
};

// Reads one table in key order. The filter and the projection see a batch that
// holds the scan positions `columns`, in that order.
struct TableRead {
  TablePtr table;
  std::vector<size_t> columns;
  std::vector<ValueBound> bounds;
  expr::NodePtr filter;  // null: every row
  bool point = false;    // the bounds pin the whole key
  // A secondary index whose leading parts are bounded, or whose order is asked for; 0: none.
  uint32_t index = 0;
  bool index_order = false;  // `direction` is that of the index
  Direction direction = Direction::kForward;
  expr::NodePtr limit;   // null: none
  expr::NodePtr offset;  // null: none
  // Used when the filter could not be bound natively: the engine finds the rows.
  bool needs_engine = false;
  // For one row: of the bounds, the filter and what the statement computes from it.
  expr::Work work;
};

struct SelectConstant {
  expr::NodePtr filter;
  expr::NodePtr limit;
  expr::NodePtr offset;
  Projection output;
  expr::Work work;
};

struct SelectTable {
  TableRead read;
  Projection output;
};

// One base table of an engine query: a user table or a system table.
struct EngineTable {
  TablePtr table;              // null for a system table
  std::string namespace_name;  // system tables
  std::string name;
};

// The query for the engine, its tables replaced by scans, its `ns.t.c` columns by
// `t.c`. Parameters and stable functions are filled in when it is printed.
struct SelectEngine {
  sql::Query query;
  std::vector<EngineTable> tables;
  std::string reason;  // why not natively, for EXPLAIN
};

using SelectPlan = std::variant<SelectConstant, SelectTable, SelectEngine>;

// One value of an INSERT row that is not known before execution.
struct ComputedCell {
  size_t cell = 0;           // index into InsertPlan::cells
  expr::NodePtr expression;  // null: the column's default
};

struct SetColumn {
  size_t column = 0;         // position in the table
  expr::NodePtr expression;  // null: the column's default
};

// ON CONFLICT: the batch of these expressions holds the existing row (all columns
// of the table, `_seq`), then the row that was to be inserted (all columns).
struct ConflictPlan {
  sql::ConflictAction action = sql::ConflictAction::kNothing;
  std::vector<SetColumn> assignments;
  expr::NodePtr filter;
};

// RETURNING: over a batch of all columns of the table and `_seq`.
struct InsertPlan {
  TablePtr table;
  std::vector<size_t> targets;         // columns the rows give values for, in row order
  bool names_targets = false;          // else a `source` may give values for the first only
  std::vector<Value> cells;            // row after row; empty when `source` is set
  std::vector<ComputedCell> computed;  // ascending; the rest of the cells are constants
  size_t rows = 0;
  expr::Work work;  // of all cells
  std::shared_ptr<const SelectPlan> source;
  std::optional<ConflictPlan> conflict;
  std::optional<Projection> returning;
};

// The relations of UPDATE … FROM and DELETE … USING (joined_rows.h). A row of the table
// that several of their rows match is changed once, by one of them.
struct JoinedRelations {
  std::string target;                      // what the statement calls the table
  std::vector<std::string> names;          // of the relations
  std::vector<sql::SelectItem> returning;  // bound when the types are known
};

// The read delivers all columns of the table and `_seq`, in that order. With
// read.needs_engine, `rows_query` delivers them, followed by the values of the
// assignments whose expression is null here and not DEFAULT, and by the relations if
// RETURNING may name them.
struct UpdatePlan {
  TableRead read;
  std::vector<SetColumn> assignments;
  std::vector<size_t> engine_assignments;  // indexes into assignments computed by the engine
  std::optional<SelectEngine> rows_query;
  std::optional<JoinedRelations> joined;
  std::optional<Projection> returning;  // without relations
};

struct DeletePlan {
  TableRead read;
  std::optional<SelectEngine> rows_query;
  std::optional<JoinedRelations> joined;
  std::optional<Projection> returning;
};

struct TruncatePlan {
  std::vector<TablePtr> tables;  // each once
};

// Everything that is executed from its syntax tree: definitions, SHOW, EXPLAIN.
struct OtherPlan {};

using Plan = std::variant<OtherPlan, SelectPlan, InsertPlan, UpdatePlan, DeletePlan, TruncatePlan>;

// Sets the `work` of a complete plan.
void EstimateWork(Plan* plan);
// A point read or write of little work: over before a deadline could matter.
bool IsQuick(const Plan& plan);

// A table of a statement, and all the rights that the statement needs on it.
struct TableAccess {
  TablePtr table;
  Privileges needs = Privileges::kNone;
};

// A statement ready to run. Valid while the catalog's generation is the same.
struct Prepared {
  sql::Statement statement;
  Plan plan;
  std::vector<TableAccess> accesses;
  bool reads_system = false;  // system.*: dba only
  size_t parameters = 0;      // highest $n
  uint64_t generation = 0;
};
using PreparedPtr = std::shared_ptr<const Prepared>;

}  // namespace millrace::plan
