// SQL comparison of columns with payloads of one type.
//
// Order: numbers by value with NaN above everything and equal to itself, texts
// and bytes by their bytes, UUID as unsigned, INTERVAL as 24-hour days and
// 30-day months, FALSE below TRUE.
#pragma once

#include "query/expr/column_handle.h"
#include "query/expr/node.h"

namespace millrace::expr {

// TRUE, FALSE or NULL for every row; lives for ever.
enum class Ternary : uint8_t { kFalse = 0, kTrue = 1, kNull = 2 };
ColumnHandle ConstantTernary(Ternary value);
// What a BOOLEAN result says for one row.
inline Ternary TernaryAt(const ColumnHandle& booleans, size_t row) {
  if (booleans.is_null(row)) return Ternary::kNull;
  return static_cast<Ternary>(booleans.Get<uint8_t>(row));
}
// A BOOLEAN column from one Ternary per row.
Column BooleanColumn(std::span<const Ternary> values);

// <0, 0, >0 for two non-null payloads of columns of type `id`.
int ComparePayloads(TypeId id, const Column& left, size_t left_row, const Column& right,
                    size_t right_row);

// BOOLEAN: op applied to every row. Constant when both sides are.
ColumnHandle CompareColumns(ComparisonOp op, const ColumnHandle& left, const ColumnHandle& right,
                            size_t rows);

}  // namespace millrace::expr
