#include "query/exec/engine/columns.h"

#include "base/assert.h"
#include "query/exec/engine/values.h"
#include "types/decimal.h"

namespace millrace::engine {
namespace {

// The years 0001 to 9999, the range of our dates; it also keeps the engine's
// infinities out.
constexpr int32_t kDaysMin = -719'162;
constexpr int32_t kDaysMax = 2'932'896;
constexpr int64_t kMicrosPerDay = 86'400'000'000;
constexpr size_t kEmbeddingDimensionsMax = 8192;

// ---- to the engine ----

template <typename T>
void CopyFixed(const Column& column, size_t offset, size_t count, duckdb::Vector* vector) {
  std::memcpy(duckdb::FlatVector::GetData(*vector), column.values<T>().data() + offset,
              count * sizeof(T));
}

template <typename Narrow>
void NarrowDecimals(const Column& column, size_t offset, size_t count, duckdb::Vector* vector) {
  const std::span<const Int128> values = column.values<Int128>().subspan(offset, count);
  auto* out = reinterpret_cast<Narrow*>(duckdb::FlatVector::GetData(*vector));
  for (size_t i = 0; i < count; ++i) out[i] = static_cast<Narrow>(values[i]);
}

void FillDecimals(const Column& column, size_t offset, size_t count, duckdb::Vector* vector) {
  switch (vector->GetType().InternalType()) {
    case duckdb::PhysicalType::INT16:
      return NarrowDecimals<int16_t>(column, offset, count, vector);
    case duckdb::PhysicalType::INT32:
      return NarrowDecimals<int32_t>(column, offset, count, vector);
    case duckdb::PhysicalType::INT64:
      return NarrowDecimals<int64_t>(column, offset, count, vector);
    default:
      return CopyFixed<Int128>(column, offset, count, vector);
  }
}

void FillUuids(const Column& column, size_t offset, size_t count, duckdb::Vector* vector) {
  const std::span<const Int128> values = column.values<Int128>().subspan(offset, count);
  auto* out = reinterpret_cast<duckdb::hugeint_t*>(duckdb::FlatVector::GetData(*vector));
  for (size_t i = 0; i < count; ++i) out[i] = ToHugeint(FlipTopBit(values[i]));
}

void FillStrings(const duckdb::buffer_ptr<BatchBuffer>& buffer, const Column& column, size_t offset,
                 size_t count, duckdb::Vector* vector) {
  auto* out = reinterpret_cast<duckdb::string_t*>(duckdb::FlatVector::GetData(*vector));
  const char* heap = column.heap().data();
  const std::span<const uint32_t> ends = column.offsets();
  uint32_t begin = offset == 0 ? 0 : ends[offset - 1];
  bool points_into_heap = false;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t end = ends[offset + i];
    out[i] = duckdb::string_t(heap + begin, end - begin);
    points_into_heap |= !out[i].IsInlined();
    begin = end;
  }
  if (points_into_heap) duckdb::StringVector::AddBuffer(*vector, buffer);
}

void FillEmbeddings(const Column& column, size_t offset, size_t count, duckdb::Vector* vector) {
  const size_t dimensions = column.type().dimensions;
  auto* out = duckdb::FlatVector::GetData<float>(duckdb::ArrayVector::GetEntry(*vector));
  for (size_t i = 0; i < count; ++i) {
    const std::string_view bytes = column.bytes(offset + i);
    float* target = out + i * dimensions;
    if (column.is_null(offset + i)) {
      std::memset(target, 0, dimensions * sizeof(float));
      continue;
    }
    MR_ASSERT(bytes.size() == dimensions * sizeof(float), "embedding of another width");
    std::memcpy(target, bytes.data(), bytes.size());
  }
}

void FillValidity(const Column& column, size_t offset, size_t count, duckdb::Vector* vector) {
  if (!column.has_nulls()) return;
  if (column.type().id == TypeId::kEmbedding) {
    for (size_t i = 0; i < count; ++i) {  // also marks the elements of the array
      if (column.is_null(offset + i)) duckdb::FlatVector::SetNull(*vector, i, true);
    }
    return;
  }
  const uint8_t* valid = column.validity().data() + offset;
  duckdb::ValidityMask& mask = duckdb::FlatVector::Validity(*vector);
  mask.Initialize(STANDARD_VECTOR_SIZE);
  duckdb::validity_t* words = mask.GetData();
  for (size_t begin = 0; begin < count; begin += 64) {
    uint64_t word = 0;
    const size_t end = std::min(count, begin + 64);
    for (size_t i = begin; i < end; ++i) word |= uint64_t{valid[i] != 0} << (i - begin);
    words[begin / 64] = word;
  }
}

// ---- from the engine ----

ReadPlan PlanOfArray(const duckdb::LogicalType& type) {
  const size_t size = duckdb::ArrayType::GetSize(type);
  if (duckdb::ArrayType::GetChildType(type).id() == duckdb::LogicalTypeId::FLOAT &&
      size <= kEmbeddingDimensionsMax) {
    return {SqlType::Embedding(static_cast<uint16_t>(size))};
  }
  return {TypeId::kJson, duckdb::LogicalType::JSON()};
}

ReadPlan PlanOfText(const duckdb::LogicalType& type) {
  if (type.IsJSONType()) return {TypeId::kJson};
  if (type == LogicalTypeOf(TypeId::kFile)) return {TypeId::kFile};
  return {TypeId::kText};
}

}  // namespace

ReadPlan PlanOf(const duckdb::LogicalType& type) {
  using duckdb::LogicalType;
  using duckdb::LogicalTypeId;
  switch (type.id()) {
    case LogicalTypeId::BOOLEAN:
      return {TypeId::kBoolean};
    case LogicalTypeId::SMALLINT:
      return {TypeId::kSmallInt};
    case LogicalTypeId::TINYINT:
    case LogicalTypeId::UTINYINT:
      return {TypeId::kSmallInt, LogicalType::SMALLINT};
    case LogicalTypeId::INTEGER:
      return {TypeId::kInt};
    case LogicalTypeId::USMALLINT:
      return {TypeId::kInt, LogicalType::INTEGER};
    case LogicalTypeId::BIGINT:
      return {TypeId::kBigInt};
    case LogicalTypeId::UINTEGER:
      return {TypeId::kBigInt, LogicalType::BIGINT};
    case LogicalTypeId::UBIGINT:
      return {SqlType::Decimal(20, 0), LogicalType::DECIMAL(20, 0)};
    case LogicalTypeId::HUGEINT:
      return {SqlType::Decimal(decimal::kPrecisionMax, 0)};
    case LogicalTypeId::UHUGEINT:
      return {SqlType::Decimal(decimal::kPrecisionMax, 0), LogicalType::HUGEINT};
    case LogicalTypeId::FLOAT:
      return {TypeId::kFloat};
    case LogicalTypeId::DOUBLE:
      return {TypeId::kDouble};
    case LogicalTypeId::DECIMAL:
      return {SqlType::Decimal(duckdb::DecimalType::GetWidth(type),
                               duckdb::DecimalType::GetScale(type))};
    case LogicalTypeId::VARCHAR:
      return PlanOfText(type);
    case LogicalTypeId::BLOB:
      return {TypeId::kBytes};
    case LogicalTypeId::TIMESTAMP:
      return {TypeId::kTimestamp};
    case LogicalTypeId::TIMESTAMP_SEC:
    case LogicalTypeId::TIMESTAMP_MS:
    case LogicalTypeId::TIMESTAMP_NS:
      return {TypeId::kTimestamp, LogicalType::TIMESTAMP};
    case LogicalTypeId::TIMESTAMP_TZ:
      return {TypeId::kDateTime};
    case LogicalTypeId::DATE:
      return {TypeId::kDate};
    case LogicalTypeId::TIME:
      return {TypeId::kTime};
    case LogicalTypeId::UUID:
      return {TypeId::kUuid};
    case LogicalTypeId::INTERVAL:
      return {TypeId::kInterval};
    case LogicalTypeId::ARRAY:
      return PlanOfArray(type);
    case LogicalTypeId::LIST:
    case LogicalTypeId::STRUCT:
    case LogicalTypeId::MAP:
    case LogicalTypeId::UNION:
    case LogicalTypeId::VARIANT:
      return {TypeId::kJson, LogicalType::JSON()};
    default:  // also SQLNULL, whose rows are all null
      return {TypeId::kText, LogicalType::VARCHAR};
  }
}

namespace {

// One vector in the form that any kind of vector can be read in.
struct Source {
  Source(duckdb::Vector& vector, size_t row_count) : rows(row_count) {
    vector.ToUnifiedFormat(row_count, format);
  }
  size_t Index(size_t row) const { return format.sel->get_index(row); }
  bool IsValid(size_t index) const { return format.validity.RowIsValid(index); }
  template <typename T>
  const T* Data() const {
    return reinterpret_cast<const T*>(format.data);
  }
  duckdb::UnifiedVectorFormat format;
  size_t rows;
};

// `convert` turns a payload of the engine's into ours; nulls stay zero.
template <typename From, typename To, typename Convert>
void ReadFixed(const Source& source, Column* column, Convert convert) {
  const From* data = source.Data<From>();
  const std::span<To> out = column->Resize<To>(source.rows);
  if (source.format.validity.AllValid()) {
    for (size_t i = 0; i < source.rows; ++i) out[i] = convert(data[source.Index(i)]);
    return;
  }
  const std::span<uint8_t> valid = column->MutableValidity();
  for (size_t i = 0; i < source.rows; ++i) {
    const size_t index = source.Index(i);
    valid[i] = source.IsValid(index) ? 1 : 0;
    out[i] = valid[i] != 0 ? convert(data[index]) : To{};
  }
}

template <typename T>
void ReadSame(const Source& source, Column* column) {
  if (!source.format.sel->IsSet() && source.format.validity.AllValid()) {
    const std::span<T> out = column->Resize<T>(source.rows);
    std::memcpy(out.data(), source.format.data, source.rows * sizeof(T));
    return;
  }
  ReadFixed<T, T>(source, column, [](T value) { return value; });
}

void ReadStrings(const Source& source, Column* column) {
  const auto* data = source.Data<duckdb::string_t>();
  column->Reserve(source.rows);
  for (size_t i = 0; i < source.rows; ++i) {
    const size_t index = source.Index(i);
    if (source.IsValid(index)) {
      column->AppendBytes({data[index].GetData(), data[index].GetSize()});
    } else {
      column->AppendNull();
    }
  }
}

Status ReadEmbeddings(duckdb::Vector& vector, size_t rows, Column* column) {
  vector.Flatten(rows);
  const size_t dimensions = column->type().dimensions;
  duckdb::Vector& elements = duckdb::ArrayVector::GetEntry(vector);
  elements.Flatten(rows * dimensions);
  const float* data = duckdb::FlatVector::GetData<float>(elements);
  for (size_t i = 0; i < rows; ++i) {
    if (duckdb::FlatVector::IsNull(vector, i)) {
      column->AppendNull();
      continue;
    }
    for (size_t j = i * dimensions; j < (i + 1) * dimensions; ++j) {
      if (duckdb::FlatVector::IsNull(elements, j)) {
        return InvalidArgument("an embedding cannot hold NULL").WithSqlState("22004");
      }
    }
    column->AppendBytes(
        {reinterpret_cast<const char*>(data + i * dimensions), dimensions * sizeof(float)});
  }
  return Status::Ok();
}

Status ReadDecimals(const Source& source, duckdb::PhysicalType physical, Column* column) {
  switch (physical) {
    case duckdb::PhysicalType::INT16:
      ReadFixed<int16_t, Int128>(source, column, [](int16_t value) { return Int128{value}; });
      return Status::Ok();
    case duckdb::PhysicalType::INT32:
      ReadFixed<int32_t, Int128>(source, column, [](int32_t value) { return Int128{value}; });
      return Status::Ok();
    case duckdb::PhysicalType::INT64:
      ReadFixed<int64_t, Int128>(source, column, [](int64_t value) { return Int128{value}; });
      return Status::Ok();
    default:
      break;
  }
  bool fits = true;  // only HUGEINT can be too large, DECIMAL(38) is checked by the engine
  ReadFixed<duckdb::hugeint_t, Int128>(source, column, [&](duckdb::hugeint_t value) {
    const Int128 result = FromHugeint(value);
    fits = fits && decimal::Fits(result, decimal::kPrecisionMax);
    return result;
  });
  if (fits) return Status::Ok();
  return OutOfRange("an integer of more than 38 digits is out of range").WithSqlState("22003");
}

template <typename T>
Status ReadTemporal(const Source& source, T min, T max, Column* column) {
  bool fits = true;
  ReadFixed<T, T>(source, column, [&](T value) {
    fits = fits && value >= min && value <= max;
    return value;
  });
  if (fits) return Status::Ok();
  return OutOfRange("a date outside the years 1 to 9999 is out of range").WithSqlState("22008");
}

}  // namespace

Status ReadColumn(duckdb::Vector& vector, size_t rows, Column* column) {
  if (column->type().id == TypeId::kEmbedding) return ReadEmbeddings(vector, rows, column);
  const Source source(vector, rows);
  switch (column->type().id) {
    case TypeId::kBoolean:
      ReadSame<uint8_t>(source, column);
      return Status::Ok();
    case TypeId::kSmallInt:
      ReadSame<int16_t>(source, column);
      return Status::Ok();
    case TypeId::kInt:
    case TypeId::kFloat:
      ReadSame<int32_t>(source, column);
      return Status::Ok();
    case TypeId::kBigInt:
    case TypeId::kDouble:
    case TypeId::kTime:
      ReadSame<int64_t>(source, column);
      return Status::Ok();
    case TypeId::kInterval:
      ReadSame<Interval>(source, column);
      return Status::Ok();
    case TypeId::kDate:
      return ReadTemporal<int32_t>(source, kDaysMin, kDaysMax, column);
    case TypeId::kTimestamp:
    case TypeId::kDateTime:
      return ReadTemporal<int64_t>(source, kDaysMin * kMicrosPerDay,
                                   (kDaysMax + 1) * kMicrosPerDay - 1, column);
    case TypeId::kDecimal:
      return ReadDecimals(source, vector.GetType().InternalType(), column);
    case TypeId::kUuid:
      ReadFixed<duckdb::hugeint_t, Int128>(
          source, column, [](duckdb::hugeint_t value) { return FlipTopBit(FromHugeint(value)); });
      return Status::Ok();
    default:
      ReadStrings(source, column);
      return Status::Ok();
  }
}

void FillVector(const duckdb::buffer_ptr<BatchBuffer>& buffer, size_t column_index, size_t offset,
                size_t count, duckdb::Vector* vector) {
  const Column& column = buffer->batch.columns[column_index];
  switch (column.type().id) {
    case TypeId::kDecimal:
      FillDecimals(column, offset, count, vector);
      break;
    case TypeId::kUuid:
      FillUuids(column, offset, count, vector);
      break;
    case TypeId::kEmbedding:
      FillEmbeddings(column, offset, count, vector);
      break;
    default:
      switch (column.physical()) {
        case PhysicalType::kBool:
          CopyFixed<uint8_t>(column, offset, count, vector);
          break;
        case PhysicalType::kInt16:
          CopyFixed<int16_t>(column, offset, count, vector);
          break;
        case PhysicalType::kInt32:
        case PhysicalType::kFloat32:
          CopyFixed<int32_t>(column, offset, count, vector);
          break;
        case PhysicalType::kInt64:
        case PhysicalType::kFloat64:
          CopyFixed<int64_t>(column, offset, count, vector);
          break;
        case PhysicalType::kInterval:
          CopyFixed<Interval>(column, offset, count, vector);
          break;
        case PhysicalType::kBytes:
          FillStrings(buffer, column, offset, count, vector);
          break;
        case PhysicalType::kInt128:
          MR_ASSERT(false, "decimals and uuids have their own cases");
      }
  }
  FillValidity(column, offset, count, vector);
}

ResultReader::ResultReader(duckdb::ClientContext& context,
                           const duckdb::vector<duckdb::LogicalType>& types,
                           const duckdb::vector<std::string>& names)
    : context_(context) {
  for (size_t i = 0; i < types.size(); ++i) {
    ReadPlan plan = PlanOf(types[i]);
    schema_.fields.push_back({.name = names[i], .type = plan.type});
    casts_.push_back(std::move(plan.cast));
  }
}

Status ResultReader::Read(duckdb::DataChunk& chunk, Batch* batch) const {
  const size_t rows = chunk.size();
  *batch = Batch::ForSchema(schema_);
  batch->rows = rows;
  for (size_t i = 0; i < casts_.size(); ++i) {
    if (casts_[i].id() == duckdb::LogicalTypeId::INVALID) {
      RETURN_IF_ERROR(ReadColumn(chunk.data[i], rows, &batch->columns[i]));
      continue;
    }
    duckdb::Vector cast(casts_[i], rows);
    duckdb::VectorOperations::Cast(context_, chunk.data[i], cast, rows);
    RETURN_IF_ERROR(ReadColumn(cast, rows, &batch->columns[i]));
  }
  return Status::Ok();
}

}  // namespace millrace::engine
