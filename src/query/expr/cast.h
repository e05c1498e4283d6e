// Conversion of whole columns between SQL types: loops for numbers and times,
// CastValue (types/value.h) row by row for the rest.
#pragma once

#include "query/expr/column_handle.h"
#include "query/expr/node.h"

namespace millrace::expr {

// Whether CAST(from AS to) exists at all; single values may still fail.
bool CastExists(TypeId from, TypeId to);

// Whether every value of `from` has its counterpart in `to`.
bool CastCannotFail(const SqlType& from, const SqlType& to);

// The values of type `from` as `to`. A handle of the same payload is passed on.
Result<ColumnHandle> CastHandle(ColumnHandle values, const SqlType& from, const SqlType& to,
                                CastKind cast_kind, size_t rows);

}  // namespace millrace::expr
