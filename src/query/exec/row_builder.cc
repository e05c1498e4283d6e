#include "query/exec/row_builder.h"

#include <algorithm>
#include <utility>

#include "tables/index_builder.h"

namespace millrace::exec {

Status CheckMutationSize(size_t bytes) {
  if (bytes <= kMutationBytesMax) return Status::Ok();
  return ResourceExhausted("statement changes more than 256 MiB of rows")
      .WithSqlState("54000")
      .WithHint("Split it into several statements.");
}

Status CheckNotNull(const TableDefinition& table, std::span<const Value> row) {
  for (size_t i = 0; i < row.size(); ++i) {
    const ColumnDefinition& column = table.columns()[i];
    if (column.nullable || !row[i].is_null()) continue;
    return InvalidArgument("null value in column \"" + column.name + "\" of relation \"" +
                           table.name + "\" violates not-null constraint")
        .WithSqlState("23502");
  }
  return Status::Ok();
}

Result<Value> DefaultValue(const PreparedTable& table, size_t column, expr::EvalContext& context) {
  const expr::NodePtr& node = table.defaults[column];
  if (node == nullptr) return Value::Null(table.codec->table().columns()[column].type);
  return expr::EvaluateScalar(*node, context);
}

Result<RowValues> CompleteRow(const PreparedTable& table, const std::vector<size_t>& targets,
                              std::vector<Value> values, expr::EvalContext& context) {
  const size_t columns = table.codec->table().columns().size();
  RowValues row(columns);
  std::vector<bool> given(columns, false);
  for (size_t i = 0; i < targets.size(); ++i) {
    row[targets[i]] = std::move(values[i]);
    given[targets[i]] = true;
  }
  for (size_t column = 0; column < columns; ++column) {
    if (given[column]) continue;
    ASSIGN_OR_RETURN(row[column], DefaultValue(table, column, context));
  }
  return row;
}

// The rows as the table's expressions see them; columns that none of them reads are empty.
static Batch RowsToComputeWith(const PreparedTable& table, std::span<const RowValues> rows) {
  Batch batch;
  batch.rows = rows.size();
  const auto& columns = table.codec->table().columns();
  for (size_t i = 0; i < columns.size(); ++i) {
    Column& column = batch.columns.emplace_back(columns[i].type);
    if (!table.columns_computed_with[i]) continue;
    for (const RowValues& row : rows) column.AppendValue(row[i]);
  }
  return batch;
}

// (1, two, null), long values cut short.
static std::string ShownRow(std::span<const Value> row) {
  constexpr size_t kValueBytesMax = 64;
  std::string text = "(";
  for (const Value& value : row) {
    if (text.size() > 1) text += ", ";
    std::string shown = value.is_null() ? "null" : value.ToText();
    if (shown.size() > kValueBytesMax) {
      size_t end = kValueBytesMax;
      while (end > 0 && (static_cast<uint8_t>(shown[end]) & 0xc0) == 0x80) --end;
      shown.resize(end);
      shown += "...";
    }
    text += shown;
  }
  return text + ")";
}

static Status CheckViolated(const TableDefinition& table, const std::string& constraint,
                            std::span<const Value> row) {
  return InvalidArgument("new row for relation \"" + table.name +
                         "\" violates check constraint \"" + constraint + "\"")
      .WithSqlState("23514")
      .WithDetail("Failing row contains " + ShownRow(row) + ".");
}

static Status CheckConditions(const PreparedTable& table, std::span<const RowValues> rows,
                              expr::EvalContext& context) {
  if (table.checks.empty() || rows.empty()) return Status::Ok();
  const Batch batch = RowsToComputeWith(table, rows);
  const PreparedCheck* violated = nullptr;
  size_t first = rows.size();
  for (const PreparedCheck& check : table.checks) {
    ASSIGN_OR_RETURN(const Column holds, expr::Evaluate(*check.condition, batch, context));
    for (size_t row = 0; row < first; ++row) {
      if (holds.is_null(row) || holds.value<uint8_t>(row) != 0) continue;
      violated = &check;
      first = row;
    }
  }
  if (violated == nullptr) return Status::Ok();
  return CheckViolated(table.codec->table(), violated->name, rows[first]);
}

static Status FinishChunk(const PreparedTable& table, std::span<RowValues> rows,
                          expr::EvalContext& context) {
  if (!table.generated.empty()) {
    const Batch batch = RowsToComputeWith(table, rows);
    for (const PreparedGeneration& generation : table.generated) {
      ASSIGN_OR_RETURN(const Column values, expr::Evaluate(*generation.value, batch, context));
      for (size_t row = 0; row < rows.size(); ++row) {
        rows[row][generation.column] = values.GetValue(row);
      }
    }
  }
  size_t complete = 0;
  Status not_null;
  for (; complete < rows.size() && not_null.ok(); ++complete) {
    not_null = CheckNotNull(table.codec->table(), rows[complete]);
  }
  if (!not_null.ok()) --complete;
  RETURN_IF_ERROR(CheckConditions(table, rows.first(complete), context));
  return not_null;
}

Status FinishRows(const PreparedTable& table, std::span<RowValues> rows,
                  expr::EvalContext& context) {
  for (size_t first = 0; first < rows.size(); first += kBatchRows) {
    const size_t count = std::min(kBatchRows, rows.size() - first);
    RETURN_IF_ERROR(FinishChunk(table, rows.subspan(first, count), context));
  }
  return Status::Ok();
}

Status EncodeRow(const TableCodec& codec, std::span<const Value> row, const Request& request,
                 std::string* out) {
  std::optional<int64_t> commit_micros;
  if (codec.table().kind == TableKind::kStream) commit_micros = request.statement_time_micros;
  return codec.EncodeRow(row, commit_micros, out);
}

Status DuplicateKey(const TableCodec& codec, std::span<const Value> row) {
  std::string names;
  std::string values;
  for (const size_t position : codec.key_positions()) {
    if (!names.empty()) {
      names.append(", ");
      values.append(", ");
    }
    names.append(codec.table().columns()[position].name);
    values.append(row[position].ToText());
  }
  return AlreadyExists("primary key violation: value '" + values + "' already exists in column '" +
                       names + "'")
      .WithSqlState("23505")
      .WithDetail("Key (" + names + ")=(" + values + ") already exists in table \"" +
                  codec.table().qualified_name() + "\".");
}

Status NotUnique(const TableDefinition& table, uint32_t index, std::span<const Value> row) {
  const IndexDefinition* definition = table.FindIndex(index);
  std::string values;
  for (size_t i = 0; definition != nullptr && !row.empty() && i < definition->parts.size(); ++i) {
    if (i > 0) values.append(", ");
    const Value& value = row[*table.FindColumn(definition->parts[i].column)];
    values.append(value.is_null() ? "null" : value.ToText());
  }
  return millrace::NotUnique(table, index, values);
}

Batch ReturningBatch(const TableCodec& codec, const std::vector<RowValues>& rows,
                     const std::vector<uint64_t>& seqs) {
  Batch batch;
  for (const ColumnDefinition& column : codec.table().columns()) {
    batch.columns.emplace_back(column.type);
  }
  batch.columns.emplace_back(SqlType(TypeId::kBigInt));
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t column = 0; column < rows[i].size(); ++column) {
      batch.columns[column].AppendValue(rows[i][column]);
    }
    batch.columns.back().Append(static_cast<int64_t>(seqs[i]));
  }
  batch.rows = rows.size();
  return batch;
}

}  // namespace millrace::exec
