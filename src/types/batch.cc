#include "types/batch.h"

#include <limits>

#include "base/assert.h"

namespace millrace {
namespace {

template <typename T>
void AppendInteger(Column* column, int64_t value) {
  MR_ASSERT(value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max(),
            "the integer does not fit the column");
  column->Append(static_cast<T>(value));
}

// Copies the payloads of the listed rows to `target`, which has room for them.
template <size_t kWidth>
void Gather(uint8_t* target, const uint8_t* source, std::span<const uint32_t> rows) {
  for (const uint32_t row : rows) {
    std::memcpy(target, source + size_t{row} * kWidth, kWidth);
    target += kWidth;
  }
}

void GatherWidth(size_t width, uint8_t* target, const uint8_t* source,
                 std::span<const uint32_t> rows) {
  switch (width) {
    case 1:
      return Gather<1>(target, source, rows);
    case 2:
      return Gather<2>(target, source, rows);
    case 4:
      return Gather<4>(target, source, rows);
    case 8:
      return Gather<8>(target, source, rows);
    case 16:
      return Gather<16>(target, source, rows);
    default:
      MR_ASSERT(false, "no such payload width");
  }
}

}  // namespace

void Column::Reserve(size_t rows) {
  if (physical_ == PhysicalType::kBytes) {
    offsets_.reserve(rows);
  } else {
    fixed_.reserve(rows * WidthOf(physical_));
  }
}

void Column::Clear() {
  size_ = 0;
  validity_.clear();
  fixed_.clear();
  offsets_.clear();
  heap_.clear();
}

std::span<uint8_t> Column::ResizeFixed(size_t rows) {
  MR_ASSERT(physical_ != PhysicalType::kBytes, "bytes have no fixed width");
  fixed_.resize(rows * WidthOf(physical_));
  size_ = rows;
  validity_.clear();
  return fixed_;
}

void Column::Truncate(size_t rows) {
  MR_ASSERT(rows <= size_, "no such rows");
  if (!validity_.empty()) validity_.resize(rows);
  if (physical_ == PhysicalType::kBytes) {
    offsets_.resize(rows);
    heap_.resize(rows == 0 ? 0 : offsets_.back());
  } else {
    fixed_.resize(rows * WidthOf(physical_));
  }
  size_ = rows;
}

std::span<uint8_t> Column::MutableValidity() {
  if (validity_.empty()) validity_.assign(size_, 1);
  return validity_;
}

void Column::AppendNull() {
  MutableValidity();
  validity_.push_back(0);
  ++size_;
  if (physical_ == PhysicalType::kBytes) {
    offsets_.push_back(static_cast<uint32_t>(heap_.size()));
  } else {
    fixed_.resize(fixed_.size() + WidthOf(physical_));
  }
}

void Column::AppendValue(const Value& value) {
  if (value.is_null()) return AppendNull();
  switch (physical_) {
    case PhysicalType::kBool:
      return Append(static_cast<uint8_t>(value.boolean()));
    case PhysicalType::kInt16:
      return AppendInteger<int16_t>(this, value.integer());
    case PhysicalType::kInt32:
      return AppendInteger<int32_t>(this, value.integer());
    case PhysicalType::kInt64:
      return Append(value.integer());
    case PhysicalType::kInt128:
      return Append(value.wide());
    case PhysicalType::kFloat32:
      return Append(static_cast<float>(value.real()));
    case PhysicalType::kFloat64:
      return Append(value.real());
    case PhysicalType::kInterval:
      return Append(value.interval());
    case PhysicalType::kBytes:
      return AppendBytes(value.string());
  }
}

void Column::AppendFrom(const Column& other, size_t row) {
  MR_ASSERT(physical_ == other.physical_, "columns of different physical types");
  MR_ASSERT(row < other.size_, "no such row");
  if (other.is_null(row)) return AppendNull();
  if (physical_ == PhysicalType::kBytes) return AppendBytes(other.bytes(row));
  const size_t width = WidthOf(physical_);
  const size_t at = fixed_.size();
  fixed_.resize(at + width);
  std::memcpy(fixed_.data() + at, other.fixed_.data() + row * width, width);
  ++size_;
  if (!validity_.empty()) validity_.push_back(1);
}

void Column::AppendAll(const Column& other) {
  MR_ASSERT(physical_ == other.physical_, "columns of different physical types");
  MR_ASSERT(this != &other, "a column cannot be appended to itself");
  if (other.has_nulls()) {
    MutableValidity();
    validity_.insert(validity_.end(), other.validity_.begin(), other.validity_.end());
  } else if (has_nulls()) {
    validity_.resize(size_ + other.size_, 1);
  }
  if (physical_ == PhysicalType::kBytes) {
    MR_ASSERT(heap_.size() + other.heap_.size() <= UINT32_MAX,
              "more than 4 GiB of bytes in one column");
    const auto base = static_cast<uint32_t>(heap_.size());
    heap_.append(other.heap_);
    offsets_.reserve(offsets_.size() + other.size_);
    for (const uint32_t end : other.offsets_) offsets_.push_back(base + end);
  } else {
    fixed_.insert(fixed_.end(), other.fixed_.begin(), other.fixed_.end());
  }
  size_ += other.size_;
}

void Column::AppendSelected(const Column& other, std::span<const uint32_t> rows) {
  MR_ASSERT(physical_ == other.physical_, "columns of different physical types");
  MR_ASSERT(this != &other, "a column cannot be appended to itself");
  if (other.has_nulls()) {
    MutableValidity();
    for (const uint32_t row : rows) validity_.push_back(other.validity_[row]);
  } else if (has_nulls()) {
    validity_.resize(size_ + rows.size(), 1);
  }
  if (physical_ == PhysicalType::kBytes) {
    offsets_.reserve(offsets_.size() + rows.size());
    for (const uint32_t row : rows) {
      heap_.append(other.bytes(row));
      MR_ASSERT(heap_.size() <= UINT32_MAX, "more than 4 GiB of bytes in one column");
      offsets_.push_back(static_cast<uint32_t>(heap_.size()));
    }
  } else {
    const size_t width = WidthOf(physical_);
    const size_t at = fixed_.size();
    fixed_.resize(at + rows.size() * width);
    GatherWidth(width, fixed_.data() + at, other.fixed_.data(), rows);
  }
  size_ += rows.size();
}

Value Column::GetValue(size_t row) const {
  MR_ASSERT(row < size_, "no such row");
  if (is_null(row)) return Value::Null(type_);
  switch (physical_) {
    case PhysicalType::kBool:
      return Value::Boolean(value<uint8_t>(row) != 0);
    case PhysicalType::kInt16:
      return Value::Integer(type_, value<int16_t>(row));
    case PhysicalType::kInt32:
      return Value::Integer(type_, value<int32_t>(row));
    case PhysicalType::kInt64:
      return Value::Integer(type_, value<int64_t>(row));
    case PhysicalType::kInt128:
      return Value::Wide(type_, value<Int128>(row));
    case PhysicalType::kFloat32:
      return Value::Real(type_, value<float>(row));
    case PhysicalType::kFloat64:
      return Value::Real(type_, value<double>(row));
    case PhysicalType::kInterval:
      return Value::OfInterval(value<Interval>(row));
    case PhysicalType::kBytes:
      return Value::String(type_, std::string(bytes(row)));
  }
  MR_ASSERT(false, "not a physical type");
}

void Column::Retype(SqlType type) {
  MR_ASSERT(PhysicalOf(type.id) == physical_, "the type is of another physical type");
  type_ = type;
}

Batch Batch::ForSchema(const Schema& schema) {
  Batch batch;
  batch.columns.reserve(schema.size());
  for (const Field& field : schema.fields) batch.columns.emplace_back(field.type);
  return batch;
}

void Batch::AppendRow(std::span<const Value> values) {
  MR_ASSERT(values.size() == columns.size(), "one value per column");
  for (size_t i = 0; i < values.size(); ++i) columns[i].AppendValue(values[i]);
  ++rows;
}

std::vector<Value> Batch::GetRow(size_t row) const {
  std::vector<Value> values;
  values.reserve(columns.size());
  for (const Column& column : columns) values.push_back(column.GetValue(row));
  return values;
}

Batch Batch::Select(std::span<const uint32_t> selected) const {
  Batch result;
  result.rows = selected.size();
  result.columns.reserve(columns.size());
  for (const Column& column : columns) {
    result.columns.emplace_back(column.type());
    result.columns.back().AppendSelected(column, selected);
  }
  return result;
}

}  // namespace millrace
