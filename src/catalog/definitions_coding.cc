// The catalog's binary forms. All begin with the format version; integers are
// varints, strings length-prefixed, fields in the order of the code below.
//
//   table      version=2 | id kind access | namespace name | next_column_id | key ids |
//              ttl max_buffer ephemeral durability(0 none, 1 strict, 2 relaxed) |
//              storage_id use_user_storage flush_policy deleted_retention comment |
//              created updated | versions { version created columns { id name type(4 varints)
//              nullable default initial comment, from 2 on: generated } } |
//              from 2 on: constraints { kind name validated, of a check: its condition } |
//              next_index_id indexes { id name flags(1 unique, 2 constraint) state ready_lsn
//              parts { column path } } foreign keys { name columns target on_delete index_id }
//   namespace  version=1 | name description created
//   user       version=3 | id role hash email auth_type auth_data failed locked last_login
//              created updated deleted | from 2 on: account token_epoch, ended
//              sessions { id until } | from 3 on: tokens_valid_from
#include "catalog/definitions.h"
#include "types/key_coding.h"

namespace millrace {
namespace {

constexpr uint8_t kFormatVersion = 1;
constexpr uint8_t kTableFormatVersion = 2;
constexpr uint8_t kUserFormatVersion = 3;
constexpr uint8_t kUserFormatWithSessions = 2;

void PutText(std::string* out, std::string_view text) { PutLengthPrefixed(out, text); }
void PutSigned(std::string* out, int64_t value) { PutFixed(out, value); }
std::string GetText(ByteReader* reader) { return std::string(reader->LengthPrefixed()); }

Status Damaged(std::string_view what) {
  return DataLoss("the catalog entry of a " + std::string(what) + " is damaged");
}

void EncodeType(std::string* out, const SqlType& type) {
  PutVarint(out, static_cast<uint8_t>(type.id));
  PutVarint(out, type.precision);
  PutVarint(out, type.scale);
  PutVarint(out, type.dimensions);
}

// A number that must be at most `max`; what is larger was not written by us.
template <typename T>
T GetUpTo(ByteReader* reader, T max, bool* valid) {
  const uint64_t value = reader->Varint();
  if (value > static_cast<uint64_t>(max)) *valid = false;
  return static_cast<T>(value);
}

bool IsValidType(const SqlType& type) {
  const bool decimal = type.id == TypeId::kDecimal;
  const bool embedding = type.id == TypeId::kEmbedding;
  if (decimal != (type.precision > 0) || type.precision > 38) return false;
  if (type.scale > type.precision) return false;
  return embedding ? type.dimensions > 0 && type.dimensions <= 8192 : type.dimensions == 0;
}

Result<SqlType> DecodeType(ByteReader* reader) {
  bool valid = true;
  SqlType type(GetUpTo(reader, TypeId::kInterval, &valid));
  type.precision = GetUpTo(reader, uint8_t{38}, &valid);
  type.scale = GetUpTo(reader, uint8_t{38}, &valid);
  type.dimensions = GetUpTo(reader, uint16_t{8192}, &valid);
  if (!valid || !reader->ok() || !IsValidType(type)) return Damaged("type");
  return type;
}

void EncodeColumn(std::string* out, const ColumnDefinition& column) {
  PutVarint(out, column.id.value);
  PutText(out, column.name);
  EncodeType(out, column.type);
  PutVarint(out, column.nullable ? 1 : 0);
  PutText(out, column.default_sql);
  EncodeValue(out, column.initial);
  PutText(out, column.comment);
  PutText(out, column.generated_sql);
}

Result<ColumnDefinition> DecodeColumn(ByteReader* reader, uint8_t format) {
  ColumnDefinition column;
  column.id = ColumnId(static_cast<uint32_t>(reader->Varint()));
  column.name = GetText(reader);
  ASSIGN_OR_RETURN(column.type, DecodeType(reader));
  if (column.type.id == TypeId::kNull || column.type.id == TypeId::kInterval) {
    return Damaged("column");
  }
  column.nullable = reader->Varint() != 0;
  column.default_sql = GetText(reader);
  ASSIGN_OR_RETURN(column.initial, DecodeValue(reader));
  column.comment = GetText(reader);
  if (format >= 2) column.generated_sql = GetText(reader);
  return column;
}

void EncodeVersion(std::string* out, const SchemaVersion& version) {
  PutVarint(out, version.version);
  PutSigned(out, version.created_at);
  PutVarint(out, version.columns.size());
  for (const ColumnDefinition& column : version.columns) EncodeColumn(out, column);
}

Result<std::shared_ptr<const SchemaVersion>> DecodeVersion(ByteReader* reader, uint8_t format) {
  auto version = std::make_shared<SchemaVersion>();
  version->version = static_cast<uint32_t>(reader->Varint());
  version->created_at = reader->Fixed<int64_t>();
  const uint64_t columns = reader->Varint();
  version->columns.reserve(std::min<uint64_t>(columns, reader->rest().size()));
  for (uint64_t i = 0; i < columns && reader->ok(); ++i) {
    ASSIGN_OR_RETURN(ColumnDefinition column, DecodeColumn(reader, format));
    version->columns.push_back(std::move(column));
  }
  return std::shared_ptr<const SchemaVersion>(std::move(version));
}

void EncodeConstraint(std::string* out, const ConstraintDefinition& constraint) {
  PutVarint(out, static_cast<uint8_t>(constraint.kind));
  PutText(out, constraint.name);
  PutVarint(out, constraint.validated ? 1 : 0);
  PutText(out, constraint.check_sql);
}

Result<ConstraintDefinition> DecodeConstraint(ByteReader* reader) {
  ConstraintDefinition constraint;
  if (reader->Varint() != static_cast<uint8_t>(ConstraintKind::kCheck)) {
    return Damaged("constraint");
  }
  constraint.name = GetText(reader);
  constraint.validated = reader->Varint() != 0;
  constraint.check_sql = GetText(reader);
  return constraint;
}

void DecodeTableOptions(ByteReader* reader, TableDefinition* table) {
  table->ttl_seconds = reader->Varint();
  table->max_buffer = reader->Varint();
  table->ephemeral = reader->Varint() != 0;
  const uint64_t durability = reader->Varint();
  if (durability == 1) table->durability = Durability::kStrict;
  if (durability == 2) table->durability = Durability::kRelaxed;
  table->storage_id = GetText(reader);
  table->use_user_storage = reader->Varint() != 0;
  table->flush_policy = GetText(reader);
  table->deleted_retention_hours = reader->Varint();
  table->comment = GetText(reader);
  table->created_at = reader->Fixed<int64_t>();
  table->updated_at = reader->Fixed<int64_t>();
}

void EncodeTableOptions(std::string* out, const TableDefinition& table) {
  PutVarint(out, table.ttl_seconds);
  PutVarint(out, table.max_buffer);
  PutVarint(out, table.ephemeral ? 1 : 0);
  const bool relaxed = table.durability == Durability::kRelaxed;
  PutVarint(out, !table.durability.has_value() ? 0 : (relaxed ? 2 : 1));
  PutText(out, table.storage_id);
  PutVarint(out, table.use_user_storage ? 1 : 0);
  PutText(out, table.flush_policy);
  PutVarint(out, table.deleted_retention_hours);
  PutText(out, table.comment);
  PutSigned(out, table.created_at);
  PutSigned(out, table.updated_at);
}

constexpr uint64_t kUniqueFlag = 1;
constexpr uint64_t kConstraintFlag = 2;

void EncodeIndexes(std::string* out, const TableDefinition& table) {
  PutVarint(out, table.next_index_id);
  PutVarint(out, table.indexes.size());
  for (const IndexDefinition& index : table.indexes) {
    PutVarint(out, index.id);
    PutText(out, index.name);
    PutVarint(out, (index.unique ? kUniqueFlag : 0) | (index.constraint ? kConstraintFlag : 0));
    PutVarint(out, static_cast<uint8_t>(index.state));
    PutVarint(out, index.ready_lsn);
    PutVarint(out, index.parts.size());
    for (const IndexPart& part : index.parts) {
      PutVarint(out, part.column.value);
      PutVarint(out, part.json_path.size());
      for (const std::string& step : part.json_path) PutText(out, step);
    }
  }
  PutVarint(out, table.foreign_keys.size());
  for (const ForeignKeyDefinition& key : table.foreign_keys) {
    PutText(out, key.name);
    PutVarint(out, key.columns.size());
    for (const ColumnId column : key.columns) PutVarint(out, column.value);
    PutVarint(out, key.target.value);
    PutVarint(out, static_cast<uint8_t>(key.on_delete));
    PutVarint(out, key.index_id);
  }
}

IndexDefinition DecodeIndex(ByteReader* reader, bool* valid) {
  IndexDefinition index;
  index.id = static_cast<uint32_t>(reader->Varint());
  index.name = GetText(reader);
  const uint64_t flags = GetUpTo(reader, kUniqueFlag | kConstraintFlag, valid);
  index.unique = (flags & kUniqueFlag) != 0;
  index.constraint = (flags & kConstraintFlag) != 0;
  index.state = GetUpTo(reader, IndexState::kReady, valid);
  index.ready_lsn = reader->Varint();
  const uint64_t parts = reader->Varint();
  for (uint64_t i = 0; i < parts && reader->ok(); ++i) {
    IndexPart part{.column = ColumnId(static_cast<uint32_t>(reader->Varint()))};
    const uint64_t steps = reader->Varint();
    for (uint64_t step = 0; step < steps && reader->ok(); ++step) {
      part.json_path.push_back(GetText(reader));
    }
    index.parts.push_back(std::move(part));
  }
  *valid = *valid && !index.parts.empty();
  return index;
}

// False when the bytes cannot have been written by EncodeIndexes for this table.
bool DecodeIndexes(ByteReader* reader, TableDefinition* table) {
  bool valid = true;
  table->next_index_id = static_cast<uint32_t>(reader->Varint());
  const uint64_t indexes = reader->Varint();
  for (uint64_t i = 0; i < indexes && reader->ok(); ++i) {
    table->indexes.push_back(DecodeIndex(reader, &valid));
    for (const IndexPart& part : table->indexes.back().parts) {
      valid = valid && table->FindColumn(part.column).has_value();
    }
  }
  const uint64_t foreign_keys = reader->Varint();
  for (uint64_t i = 0; i < foreign_keys && reader->ok(); ++i) {
    ForeignKeyDefinition key;
    key.name = GetText(reader);
    const uint64_t columns = reader->Varint();
    for (uint64_t column = 0; column < columns && reader->ok(); ++column) {
      key.columns.emplace_back(static_cast<uint32_t>(reader->Varint()));
    }
    key.target = TableId(static_cast<uint32_t>(reader->Varint()));
    key.on_delete = GetUpTo(reader, ReferenceAction::kSetNull, &valid);
    key.index_id = static_cast<uint32_t>(reader->Varint());
    valid = valid && table->FindIndex(key.index_id) != nullptr;
    table->foreign_keys.push_back(std::move(key));
  }
  return valid && reader->ok();
}

}  // namespace

void EncodeValue(std::string* out, const Value& value) {
  EncodeType(out, value.type());
  PutVarint(out, value.is_null() ? 0 : 1);
  if (value.is_null()) return;
  switch (PhysicalOf(value.type().id)) {
    case PhysicalType::kBool:
      return PutVarint(out, value.boolean() ? 1 : 0);
    case PhysicalType::kInt16:
    case PhysicalType::kInt32:
    case PhysicalType::kInt64:
      return PutFixed(out, value.integer());
    case PhysicalType::kInt128:
      return PutFixed(out, value.wide());
    case PhysicalType::kFloat32:
    case PhysicalType::kFloat64:
      return PutFixed(out, value.real());
    case PhysicalType::kInterval:
      return PutFixed(out, value.interval());
    case PhysicalType::kBytes:
      return PutText(out, value.string());
  }
}

static bool FitsPayload(const Value& value) {
  switch (PhysicalOf(value.type().id)) {
    case PhysicalType::kInt16:
      return value.integer() == static_cast<int16_t>(value.integer());
    case PhysicalType::kInt32:
      return value.integer() == static_cast<int32_t>(value.integer());
    default:
      return true;
  }
}

Result<Value> DecodeValue(ByteReader* reader) {
  ASSIGN_OR_RETURN(const SqlType type, DecodeType(reader));
  if (reader->Varint() == 0) {
    if (!reader->ok()) return Damaged("value");
    return Value::Null(type);
  }
  if (type.id == TypeId::kNull) return Damaged("value");
  Value value;
  switch (PhysicalOf(type.id)) {
    case PhysicalType::kBool:
      value = Value::Boolean(reader->Varint() != 0);
      break;
    case PhysicalType::kInt16:
    case PhysicalType::kInt32:
    case PhysicalType::kInt64:
      value = Value::Integer(type, reader->Fixed<int64_t>());
      if (!FitsPayload(value)) return Damaged("value");
      break;
    case PhysicalType::kInt128:
      value = Value::Wide(type, reader->Fixed<Int128>());
      break;
    case PhysicalType::kFloat32:
    case PhysicalType::kFloat64:
      value = Value::Real(type, reader->Fixed<double>());
      break;
    case PhysicalType::kInterval:
      value = Value::OfInterval(reader->Fixed<Interval>());
      break;
    case PhysicalType::kBytes:
      value = Value::String(type, GetText(reader));
      break;
  }
  if (!reader->ok()) return Damaged("value");
  return value;
}

std::string EncodeTable(const TableDefinition& table) {
  std::string out(1, kTableFormatVersion);
  PutVarint(&out, table.id.value);
  PutVarint(&out, static_cast<uint8_t>(table.kind));
  PutVarint(&out, static_cast<uint8_t>(table.access));
  PutText(&out, table.namespace_name);
  PutText(&out, table.name);
  PutVarint(&out, table.next_column_id);
  PutVarint(&out, table.primary_key.size());
  for (const ColumnId column : table.primary_key) PutVarint(&out, column.value);
  EncodeTableOptions(&out, table);
  PutVarint(&out, table.versions.size());
  for (const auto& version : table.versions) EncodeVersion(&out, *version);
  PutVarint(&out, table.constraints.size());
  for (const auto& constraint : table.constraints) EncodeConstraint(&out, constraint);
  EncodeIndexes(&out, table);
  return out;
}

Result<TableDefinition> DecodeTable(std::string_view bytes) {
  ByteReader reader(bytes);
  const auto format = reader.Fixed<uint8_t>();
  if (format != kFormatVersion && format != kTableFormatVersion) return Damaged("table");
  TableDefinition table;
  table.id = TableId(static_cast<uint32_t>(reader.Varint()));
  bool valid = true;
  table.kind = GetUpTo(&reader, TableKind::kStream, &valid);
  table.access = GetUpTo(&reader, AccessLevel::kDba, &valid);
  table.namespace_name = GetText(&reader);
  table.name = GetText(&reader);
  table.next_column_id = static_cast<uint32_t>(reader.Varint());
  const uint64_t keys = reader.Varint();
  for (uint64_t i = 0; i < keys && reader.ok(); ++i) {
    table.primary_key.emplace_back(static_cast<uint32_t>(reader.Varint()));
  }
  DecodeTableOptions(&reader, &table);
  const uint64_t versions = reader.Varint();
  for (uint64_t i = 0; i < versions && reader.ok(); ++i) {
    ASSIGN_OR_RETURN(std::shared_ptr<const SchemaVersion> version, DecodeVersion(&reader, format));
    table.versions.push_back(std::move(version));
  }
  const uint64_t constraints = format >= 2 ? reader.Varint() : 0;
  for (uint64_t i = 0; i < constraints && reader.ok(); ++i) {
    ASSIGN_OR_RETURN(ConstraintDefinition constraint, DecodeConstraint(&reader));
    table.constraints.push_back(std::move(constraint));
  }
  if (format >= 2) valid = DecodeIndexes(&reader, &table) && valid;
  valid = valid && reader.ok() && reader.empty() && !table.versions.empty();
  for (size_t i = 0; valid && i < table.primary_key.size(); ++i) {
    const std::optional<size_t> column = table.FindColumn(table.primary_key[i]);
    valid = column.has_value() && CanBeKey(table.columns()[*column].type.id);
  }
  if (!valid) return Damaged("table");
  return table;
}

std::string EncodeNamespace(const NamespaceDefinition& definition) {
  std::string out(1, kFormatVersion);
  PutText(&out, definition.name);
  PutText(&out, definition.description);
  PutSigned(&out, definition.created_at);
  return out;
}

Result<NamespaceDefinition> DecodeNamespace(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.Fixed<uint8_t>() != kFormatVersion) return Damaged("namespace");
  NamespaceDefinition definition;
  definition.name = GetText(&reader);
  definition.description = GetText(&reader);
  definition.created_at = reader.Fixed<int64_t>();
  if (!reader.ok() || !reader.empty()) return Damaged("namespace");
  return definition;
}

std::string EncodeUser(const UserDefinition& user) {
  std::string out(1, kUserFormatVersion);
  PutText(&out, user.id);
  PutVarint(&out, static_cast<uint8_t>(user.role));
  for (const std::string* text :
       {&user.password_hash, &user.email, &user.auth_type, &user.auth_data}) {
    PutText(&out, *text);
  }
  PutVarint(&out, user.failed_logins);
  for (const int64_t time :
       {user.locked_until, user.last_login_at, user.created_at, user.updated_at, user.deleted_at}) {
    PutSigned(&out, time);
  }
  PutVarint(&out, user.account);
  PutVarint(&out, user.token_epoch);
  PutVarint(&out, user.ended_sessions.size());
  for (const EndedSession& session : user.ended_sessions) {
    PutText(&out, session.id);
    PutSigned(&out, session.until);
  }
  PutSigned(&out, user.tokens_valid_from);
  return out;
}

static void DecodeSessions(ByteReader* reader, UserDefinition* user, bool* valid) {
  user->account = GetUpTo(reader, UINT32_MAX, valid);
  user->token_epoch = reader->Varint();
  const uint64_t ended = reader->Varint();
  for (uint64_t i = 0; i < ended && reader->ok(); ++i) {
    std::string id = GetText(reader);
    user->ended_sessions.push_back({std::move(id), reader->Fixed<int64_t>()});
  }
}

Result<UserDefinition> DecodeUser(std::string_view bytes) {
  ByteReader reader(bytes);
  const auto version = reader.Fixed<uint8_t>();
  if (version < kFormatVersion || version > kUserFormatVersion) return Damaged("user");
  UserDefinition user;
  user.id = GetText(&reader);
  bool valid = true;
  user.role = GetUpTo(&reader, Role::kSystem, &valid);
  for (std::string* text : {&user.password_hash, &user.email, &user.auth_type, &user.auth_data}) {
    *text = GetText(&reader);
  }
  user.failed_logins = static_cast<uint32_t>(reader.Varint());
  for (int64_t* time : {&user.locked_until, &user.last_login_at, &user.created_at, &user.updated_at,
                        &user.deleted_at}) {
    *time = reader.Fixed<int64_t>();
  }
  if (version >= kUserFormatWithSessions) DecodeSessions(&reader, &user, &valid);
  if (version >= kUserFormatVersion) user.tokens_valid_from = reader.Fixed<int64_t>();
  if (!reader.ok() || !reader.empty() || !valid) return Damaged("user");
  return user;
}

}  // namespace millrace
