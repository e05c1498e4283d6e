#include "query/expr/column_handle.h"

namespace millrace::expr {

Column ColumnHandle::Materialize(const SqlType& type, size_t rows) && {
  if (is_constant() && rows != 1) {
    Column result(type);
    result.Reserve(rows);
    for (size_t row = 0; row < rows; ++row) result.AppendFrom(column(), 0);
    return result;
  }
  Column result = is_borrowed() ? *borrowed_ : std::move(owned_);
  if (result.type() != type) result.Retype(type);
  return result;
}

}  // namespace millrace::expr
