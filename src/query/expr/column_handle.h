// The result of evaluating an expression over some rows without copying more
// than needed: a column that is borrowed (from the input batch or from a
// constant) or owned, of one payload per row or of one payload for all rows.
#pragma once

#include <string_view>
#include <utility>

#include "base/status.h"
#include "types/batch.h"

namespace millrace::expr {

// Bytes of one computed TEXT, BYTES or JSON value. A function that makes its
// result larger than its arguments checks this before it allocates.
inline constexpr size_t kValueBytesMax = size_t{16} << 20;
// Bytes of text one result column may hold: far below the 4 GiB a Column can.
inline constexpr size_t kTextBytesMax = size_t{512} << 20;

Status ValueTooLong();
Status TextTooLong();
// Appends a text to a result. Errors: 54000 past either limit.
inline Status AppendTextResult(std::string_view text, Column* out) {
  if (text.size() > kValueBytesMax) return ValueTooLong();
  if (out->heap().size() + text.size() > kTextBytesMax) return TextTooLong();
  out->AppendBytes(text);
  return Status::Ok();
}

// A value. What a borrowing handle refers to must outlive it: the input batch
// or the expression tree.
class ColumnHandle {
 public:
  ColumnHandle() = default;
  static ColumnHandle Borrow(const Column& column) {
    return ColumnHandle(&column, Column(), Shape::kRows);
  }
  static ColumnHandle BorrowConstant(const Column& one_row) {
    return ColumnHandle(&one_row, Column(), Shape::kConstant);
  }
  static ColumnHandle Own(Column column) {
    return ColumnHandle(nullptr, std::move(column), Shape::kRows);
  }
  static ColumnHandle OwnConstant(Column one_row) {
    return ColumnHandle(nullptr, std::move(one_row), Shape::kConstant);
  }
  // NULL for every row.
  static ColumnHandle Null(const SqlType& type) {
    Column column(type);
    column.AppendNull();
    return OwnConstant(std::move(column));
  }

  const Column& column() const { return borrowed_ != nullptr ? *borrowed_ : owned_; }
  bool is_constant() const { return shape_ == Shape::kConstant; }
  bool is_borrowed() const { return borrowed_ != nullptr; }
  // Where row `row` of the rows evaluated is found in column().
  size_t IndexOf(size_t row) const { return is_constant() ? 0 : row; }
  bool is_null(size_t row) const { return column().is_null(IndexOf(row)); }

  // The payload of one row; T is std::string_view for kBytes.
  template <typename T>
  T Get(size_t row) const {
    if constexpr (std::is_same_v<T, std::string_view>) {
      return column().bytes(IndexOf(row));
    } else {
      return column().template value<T>(IndexOf(row));
    }
  }

  // One payload per row, under `type` (of the same physical type). Copies only
  // what is borrowed or constant. Errors: 54000 a constant too long to repeat.
  Result<Column> Materialize(const SqlType& type, size_t rows) &&;

 private:
  enum class Shape : uint8_t { kRows, kConstant };
  ColumnHandle(const Column* borrowed, Column owned, Shape shape)
      : borrowed_(borrowed), owned_(std::move(owned)), shape_(shape) {}

  const Column* borrowed_ = nullptr;
  Column owned_;
  Shape shape_ = Shape::kRows;
};

// Appends row `row` of `values`. Errors: 54000 past the limit.
Status AppendRow(const ColumnHandle& values, size_t row, Column* out);

}  // namespace millrace::expr
