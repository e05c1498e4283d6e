// Columnar data: a Batch is some rows as one Column per field. The unit that
// scans produce, expressions compute on and results are made of; usually up to
// kBatchRows rows.
//
// A Column holds, for fixed-width types, an array of payloads (types/sql_type.h
// says which), for kBytes an array of end offsets into one heap of bytes, and a
// validity byte per row (1 = not null) that is left empty while nothing is null.
// The payload of a null is zero or the empty string.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "types/schema.h"
#include "types/value.h"

namespace millrace {

inline constexpr size_t kBatchRows = 2048;
// A batch of long rows ends earlier, with the row that reaches this.
inline constexpr size_t kBatchBytes = size_t{16} << 20;

// Not thread-safe while being appended to; any number of readers afterwards.
class Column {
 public:
  Column() = default;
  explicit Column(SqlType type) : type_(type), physical_(PhysicalOf(type.id)) {}

  const SqlType& type() const { return type_; }
  PhysicalType physical() const { return physical_; }
  size_t size() const { return size_; }
  bool has_nulls() const { return !validity_.empty(); }
  bool is_null(size_t row) const { return !validity_.empty() && validity_[row] == 0; }

  // Fixed-width payloads. T must have the width of the physical type.
  template <typename T>
  std::span<const T> values() const {
    return {reinterpret_cast<const T*>(fixed_.data()), size_};
  }
  template <typename T>
  T value(size_t row) const {
    T result;
    std::memcpy(&result, fixed_.data() + row * sizeof(T), sizeof(T));
    return result;
  }
  std::string_view bytes(size_t row) const {
    const uint32_t begin = row == 0 ? 0 : offsets_[row - 1];
    return std::string_view(heap_).substr(begin, offsets_[row] - begin);
  }
  const std::vector<uint8_t>& validity() const { return validity_; }
  std::string_view heap() const { return heap_; }
  std::span<const uint32_t> offsets() const { return offsets_; }

  void Reserve(size_t rows);
  void Clear();

  template <typename T>
  void Append(T value) {
    const size_t at = fixed_.size();
    fixed_.resize(at + sizeof(T));
    std::memcpy(fixed_.data() + at, &value, sizeof(T));
    ++size_;
    if (!validity_.empty()) validity_.push_back(1);
  }
  void AppendBytes(std::string_view bytes) {
    heap_.append(bytes);
    MR_ASSERT(heap_.size() <= UINT32_MAX, "more than 4 GiB of bytes in one column");
    offsets_.push_back(static_cast<uint32_t>(heap_.size()));
    ++size_;
    if (!validity_.empty()) validity_.push_back(1);
  }
  void AppendNull();
  // Asserts that the value's payload fits the column's physical type.
  void AppendValue(const Value& value);
  // Appends row `row` of a column of the same physical type.
  void AppendFrom(const Column& other, size_t row);
  // Appends all of `other`, or the rows listed.
  void AppendAll(const Column& other);
  void AppendSelected(const Column& other, std::span<const uint32_t> rows);

  // For kernels that write whole vectors: sizes the column to `rows` payloads
  // and returns them for writing; validity starts as all valid.
  template <typename T>
  std::span<T> Resize(size_t rows) {
    fixed_.resize(rows * sizeof(T));
    size_ = rows;
    validity_.clear();
    return {reinterpret_cast<T*>(fixed_.data()), rows};
  }
  // The same for any fixed-width type: `rows` payloads as bytes.
  std::span<uint8_t> ResizeFixed(size_t rows);
  // Drops the rows behind the first `rows`.
  void Truncate(size_t rows);
  // Makes the validity array real (all valid) and returns it for writing.
  std::span<uint8_t> MutableValidity();

  Value GetValue(size_t row) const;
  // The same payloads under another type of the same physical type.
  void Retype(SqlType type);

 private:
  SqlType type_;
  PhysicalType physical_ = PhysicalType::kBool;
  size_t size_ = 0;
  std::vector<uint8_t> validity_;
  std::vector<uint8_t> fixed_;  // operator new aligns to 16: enough for every payload
  std::vector<uint32_t> offsets_;
  std::string heap_;
};

struct Batch {
  std::vector<Column> columns;
  size_t rows = 0;  // also right when there are no columns (SELECT count(*) scans)

  static Batch ForSchema(const Schema& schema);
  void AppendRow(std::span<const Value> values);
  std::vector<Value> GetRow(size_t row) const;
  // Keeps only the rows listed, ascending.
  Batch Select(std::span<const uint32_t> selected) const;
};

}  // namespace millrace
