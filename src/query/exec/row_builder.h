// Rows on their way into a table: defaults, NOT NULL, key and row bytes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "query/exec/exec_context.h"
#include "query/exec/table_cache.h"
#include "query/plan/plan.h"
#include "types/batch.h"

namespace millrace::exec {

// A mutation may hold this much; more is error 54000.
inline constexpr size_t kMutationBytesMax = size_t{256} << 20;

// Up to so many cells are evaluated where the statement arrived; more on a worker.
inline constexpr size_t kCellsOnLoopMax = 256;

Status CheckMutationSize(size_t bytes);

// A complete row: one value per column of the table, of the column's type.
using RowValues = std::vector<Value>;

// Errors: 23502 naming the column.
Status CheckNotNull(const TableDefinition& table, std::span<const Value> row);

// The default of a column for one new row. Errors: the default expression's.
Result<Value> DefaultValue(const PreparedTable& table, size_t column, expr::EvalContext& context);

// Fills in the columns that `targets` does not name, but for those that are generated.
Result<RowValues> CompleteRow(const PreparedTable& table, const std::vector<size_t>& targets,
                              std::vector<Value> values, expr::EvalContext& context);

// The end of every new row: computes its generated columns, then checks NOT NULL and
// CHECK. Errors, of the first row that has one: 23502; 23514 naming the constraint; those
// of the expressions.
Status FinishRows(const PreparedTable& table, std::span<RowValues> rows,
                  expr::EvalContext& context);

// Appends the row in stored form.
Status EncodeRow(const TableCodec& codec, std::span<const Value> row, const Request& request,
                 std::string* out);

// 23505 for the row that could not be inserted.
Status DuplicateKey(const TableCodec& codec, std::span<const Value> row);

// 23505 for a row whose values another one has in a unique index.
Status NotUnique(const TableDefinition& table, uint32_t index, std::span<const Value> row);

// All columns and `_seq` of rows that were written: what RETURNING sees.
Batch ReturningBatch(const TableCodec& codec, const std::vector<RowValues>& rows,
                     const std::vector<uint64_t>& seqs);

}  // namespace millrace::exec
