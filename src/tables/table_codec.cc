#include "tables/table_codec.h"

#include <utility>

namespace millrace {

TableCodec::TableCodec(TablePtr table)
    : table_(std::move(table)),
      scan_schema_(table_->ToSchema()),
      key_positions_(table_->KeyPositions()) {
  scan_schema_.fields.push_back({.name = "_seq", .type = TypeId::kBigInt, .nullable = false});
  scan_schema_.fields.push_back({.name = "_deleted", .type = TypeId::kBoolean, .nullable = false});
  const auto& columns = table_->columns();
  for (const auto& stored : table_->versions) {
    Version version{RowLayout(*stored), {}, {}, {}};
    for (const ColumnDefinition& column : columns) {
      int32_t position = -1;
      for (size_t i = 0; i < stored->columns.size(); ++i) {
        if (stored->columns[i].id == column.id) position = static_cast<int32_t>(i);
      }
      version.positions.push_back(position);
      const SqlType type = position < 0 ? column.type : stored->columns[position].type;
      version.same_type.push_back(type == column.type);
      version.types.push_back(type);
    }
    versions_.push_back(std::move(version));
  }
  current_ = &versions_.back().layout;
}

std::string TableCodec::RelativeScope(std::string_view user) const {
  std::string key;
  if (table_->per_user()) AppendKeyText(&key, user);
  return key;
}

std::string TableCodec::ScopePrefix(std::string_view user) const {
  return FullKey(RelativeScope(user));
}

std::string TableCodec::RelativeKey(std::string_view user, std::span<const Value> row) const {
  std::string key = RelativeScope(user);
  for (const size_t position : key_positions_) AppendKeyPart(&key, row[position]);
  return key;
}

std::string TableCodec::FullKey(std::string_view user, std::span<const Value> key_values) const {
  std::string key = ScopePrefix(user);
  for (const Value& value : key_values) AppendKeyPart(&key, value);
  return key;
}

std::string TableCodec::FullKey(std::string_view relative_key) const {
  std::string key;
  key.reserve(relative_key.size() + sizeof(uint32_t));
  PutBigEndian32(&key, table_->id.value);
  key.append(relative_key);
  return key;
}

const TableCodec::Version* TableCodec::FindVersion(std::string_view row) const {
  if (row.size() < row_format::kSeqEnd) return nullptr;
  const uint32_t wanted = row_format::SchemaVersionOf(row);
  for (size_t i = versions_.size(); i > 0; --i) {  // newest first: the usual one
    if (versions_[i - 1].layout.version() == wanted) {
      return versions_[i - 1].layout.Validate(row) ? &versions_[i - 1] : nullptr;
    }
  }
  return nullptr;
}

// The column may have been given another type since it was added.
static Status AppendInitial(const ColumnDefinition& column, Column* out) {
  if (column.initial.is_null()) {
    out->AppendNull();
    return Status::Ok();
  }
  if (column.initial.type() == column.type) {
    out->AppendValue(column.initial);
    return Status::Ok();
  }
  ASSIGN_OR_RETURN(const Value cast, CastValue(column.initial, column.type));
  out->AppendValue(cast);
  return Status::Ok();
}

Status TableCodec::AppendColumn(const Version& version, std::string_view row, size_t column,
                                Column* out) const {
  const int32_t position = version.positions[column];
  if (position < 0) return AppendInitial(table_->columns()[column], out);
  if (version.same_type[column]) {
    version.layout.AppendTo(row, static_cast<size_t>(position), out);
    return Status::Ok();
  }
  const Value old = version.layout.Get(row, static_cast<size_t>(position), version.types[column]);
  ASSIGN_OR_RETURN(const Value cast, CastValue(old, table_->columns()[column].type));
  out->AppendValue(cast);
  return Status::Ok();
}

Status TableCodec::AppendRow(std::string_view row, std::span<const size_t> columns,
                             Batch* out) const {
  const Version* version = FindVersion(row);
  if (version == nullptr) {
    return DataLoss("a row of table \"" + table_->qualified_name() + "\" is damaged");
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    Column* column = &out->columns[i];
    if (columns[i] == seq_column()) {
      column->Append(static_cast<int64_t>(row_format::Seq(row)));
    } else if (columns[i] == deleted_column()) {
      column->Append(uint8_t{0});
    } else {
      RETURN_IF_ERROR(AppendColumn(*version, row, columns[i], column));
    }
  }
  ++out->rows;
  return Status::Ok();
}

Result<std::vector<Value>> TableCodec::DecodeRow(std::string_view row) const {
  std::vector<size_t> columns(table_->columns().size());
  for (size_t i = 0; i < columns.size(); ++i) columns[i] = i;
  Batch batch = Batch::ForSchema(table_->ToSchema());
  RETURN_IF_ERROR(AppendRow(row, columns, &batch));
  return batch.GetRow(0);
}

}  // namespace millrace
