#include "query/exec/row_builder.h"

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
  const TableDefinition& definition = table.codec->table();
  const size_t columns = definition.columns().size();
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
  RETURN_IF_ERROR(CheckNotNull(definition, row));
  return row;
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
