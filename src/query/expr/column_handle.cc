#include "query/expr/column_handle.h"

namespace millrace::expr {

Status ValueTooLong() {
  return ResourceExhausted("the resulting text is longer than 16 MiB").WithSqlState("54000");
}

Status TextTooLong() {
  return ResourceExhausted("text results of one batch exceed 512 MiB").WithSqlState("54000");
}

Result<Column> ColumnHandle::Materialize(const SqlType& type, size_t rows) && {
  if (is_constant() && rows != 1) {
    if (column().heap().size() * rows > kTextBytesMax) return TextTooLong();
    Column result(type);
    result.Reserve(rows);
    for (size_t row = 0; row < rows; ++row) result.AppendFrom(column(), 0);
    return result;
  }
  Column result = is_borrowed() ? *borrowed_ : std::move(owned_);
  if (result.type() != type) result.Retype(type);
  return result;
}

Status AppendRow(const ColumnHandle& values, size_t row, Column* out) {
  out->AppendFrom(values.column(), values.IndexOf(row));
  return out->heap().size() > kTextBytesMax ? TextTooLong() : Status::Ok();
}

}  // namespace millrace::expr
