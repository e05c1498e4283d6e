#include "query/expr/compare.h"

#include <cmath>
#include <compare>

#include "query/expr/kernel.h"

namespace millrace::expr {
namespace {

template <typename T>
concept FloatingPayload = std::is_floating_point_v<T>;

template <typename T>
int Order(T a, T b) {
  return a < b ? -1 : (a > b ? 1 : 0);
}
template <FloatingPayload T>
int Order(T a, T b) {
  const bool a_nan = std::isnan(a);
  const bool b_nan = std::isnan(b);
  if (a_nan || b_nan) return static_cast<int>(a_nan) - static_cast<int>(b_nan);
  return a < b ? -1 : (a > b ? 1 : 0);
}
inline int Order(std::string_view a, std::string_view b) {
  const int order = a.compare(b);
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}
Int128 IntervalSpan(const Interval& interval) {
  constexpr int64_t kMicrosPerDay = 86'400'000'000;
  const Int128 days = Int128{interval.months} * 30 + interval.days;
  return days * kMicrosPerDay + interval.micros;
}
inline int Order(const Interval& a, const Interval& b) {
  return Order(IntervalSpan(a), IntervalSpan(b));
}

// Branch-free for plain numbers, so that whole vectors are compared at once.
template <ComparisonOp op, typename T>
bool Holds(const T& a, const T& b) {
  if constexpr (std::is_integral_v<T> || std::is_same_v<T, Int128> || std::is_same_v<T, Uint128>) {
    if constexpr (op == ComparisonOp::kEqual) return a == b;
    if constexpr (op == ComparisonOp::kNotEqual) return a != b;
    if constexpr (op == ComparisonOp::kLess) return a < b;
    if constexpr (op == ComparisonOp::kLessOrEqual) return a <= b;
    if constexpr (op == ComparisonOp::kGreater) return a > b;
    if constexpr (op == ComparisonOp::kGreaterOrEqual) return a >= b;
  } else if constexpr (std::is_same_v<T, std::string_view> && op == ComparisonOp::kEqual) {
    return a == b;
  } else if constexpr (std::is_same_v<T, std::string_view> && op == ComparisonOp::kNotEqual) {
    return a != b;
  } else {
    const int order = Order(a, b);
    if constexpr (op == ComparisonOp::kEqual) return order == 0;
    if constexpr (op == ComparisonOp::kNotEqual) return order != 0;
    if constexpr (op == ComparisonOp::kLess) return order < 0;
    if constexpr (op == ComparisonOp::kLessOrEqual) return order <= 0;
    if constexpr (op == ComparisonOp::kGreater) return order > 0;
    if constexpr (op == ComparisonOp::kGreaterOrEqual) return order >= 0;
  }
}

template <ComparisonOp op, typename T>
void CompareLoop(const ColumnHandle& left, const ColumnHandle& right, std::span<uint8_t> out) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    for (size_t i = 0; i < out.size(); ++i) {
      out[i] = Holds<op>(left.Get<T>(i), right.Get<T>(i)) ? 1 : 0;
    }
  } else {
    ForEachPair<T, T>(left, right, out.size(),
                      [&](size_t i, const T& a, const T& b) { out[i] = Holds<op>(a, b) ? 1 : 0; });
  }
}

template <typename T>
void CompareAs(ComparisonOp op, const ColumnHandle& left, const ColumnHandle& right,
               std::span<uint8_t> out) {
  switch (op) {
    case ComparisonOp::kEqual:
    case ComparisonOp::kNotDistinct:
      return CompareLoop<ComparisonOp::kEqual, T>(left, right, out);
    case ComparisonOp::kNotEqual:
    case ComparisonOp::kDistinct:
      return CompareLoop<ComparisonOp::kNotEqual, T>(left, right, out);
    case ComparisonOp::kLess:
      return CompareLoop<ComparisonOp::kLess, T>(left, right, out);
    case ComparisonOp::kLessOrEqual:
      return CompareLoop<ComparisonOp::kLessOrEqual, T>(left, right, out);
    case ComparisonOp::kGreater:
      return CompareLoop<ComparisonOp::kGreater, T>(left, right, out);
    case ComparisonOp::kGreaterOrEqual:
      return CompareLoop<ComparisonOp::kGreaterOrEqual, T>(left, right, out);
  }
}

// Calls `visitor.template operator()<T>()` with the payload type of a SQL type.
template <typename Visitor>
auto VisitPayload(TypeId id, Visitor visitor) {
  switch (PhysicalOf(id)) {
    case PhysicalType::kBool:
      return visitor.template operator()<uint8_t>();
    case PhysicalType::kInt16:
      return visitor.template operator()<int16_t>();
    case PhysicalType::kInt32:
      return visitor.template operator()<int32_t>();
    case PhysicalType::kInt64:
      return visitor.template operator()<int64_t>();
    case PhysicalType::kInt128:
      if (id == TypeId::kUuid) return visitor.template operator()<Uint128>();
      return visitor.template operator()<Int128>();
    case PhysicalType::kFloat32:
      return visitor.template operator()<float>();
    case PhysicalType::kFloat64:
      return visitor.template operator()<double>();
    case PhysicalType::kInterval:
      return visitor.template operator()<Interval>();
    case PhysicalType::kBytes:
      return visitor.template operator()<std::string_view>();
  }
  MR_ASSERT(false, "unknown physical type");
}

bool IsDistinctness(ComparisonOp op) {
  return op == ComparisonOp::kDistinct || op == ComparisonOp::kNotDistinct;
}

bool OrderSatisfies(ComparisonOp op, int order) {
  switch (op) {
    case ComparisonOp::kEqual:
    case ComparisonOp::kNotDistinct:
      return order == 0;
    case ComparisonOp::kNotEqual:
    case ComparisonOp::kDistinct:
      return order != 0;
    case ComparisonOp::kLess:
      return order < 0;
    case ComparisonOp::kLessOrEqual:
      return order <= 0;
    case ComparisonOp::kGreater:
      return order > 0;
    case ComparisonOp::kGreaterOrEqual:
      return order >= 0;
  }
  return false;
}

Ternary CompareOne(ComparisonOp op, const ColumnHandle& left, const ColumnHandle& right) {
  const bool left_null = left.is_null(0);
  const bool right_null = right.is_null(0);
  if (left_null || right_null) {
    if (!IsDistinctness(op)) return Ternary::kNull;
    const bool same = left_null && right_null;
    return same == (op == ComparisonOp::kNotDistinct) ? Ternary::kTrue : Ternary::kFalse;
  }
  const int order = ComparePayloads(left.column().type().id, left.column(), 0, right.column(), 0);
  return OrderSatisfies(op, order) ? Ternary::kTrue : Ternary::kFalse;
}

// The rows where a side is null, once the payloads are compared.
void ApplyNulls(ComparisonOp op, const ColumnHandle& left, const ColumnHandle& right, size_t rows,
                Column* out, std::span<uint8_t> payloads) {
  if (!left.column().has_nulls() && !right.column().has_nulls()) return;
  const bool distinctness = IsDistinctness(op);
  std::span<uint8_t> validity;
  for (size_t row = 0; row < rows; ++row) {
    const bool left_null = left.is_null(row);
    const bool right_null = right.is_null(row);
    if (!left_null && !right_null) continue;
    if (distinctness) {
      const bool same = left_null && right_null;
      payloads[row] = same == (op == ComparisonOp::kNotDistinct) ? 1 : 0;
    } else {
      if (validity.empty()) validity = out->MutableValidity();
      validity[row] = 0;
      payloads[row] = 0;
    }
  }
}

Column OneBoolean(Ternary value) {
  Column column(TypeId::kBoolean);
  if (value == Ternary::kNull) {
    column.AppendNull();
  } else {
    column.Append<uint8_t>(static_cast<uint8_t>(value));
  }
  return column;
}

}  // namespace

ColumnHandle ConstantTernary(Ternary value) {
  static const Column columns[] = {OneBoolean(Ternary::kFalse), OneBoolean(Ternary::kTrue),
                                   OneBoolean(Ternary::kNull)};
  return ColumnHandle::BorrowConstant(columns[static_cast<size_t>(value)]);
}

Column BooleanColumn(std::span<const Ternary> values) {
  Column column(TypeId::kBoolean);
  const std::span<uint8_t> payloads = column.Resize<uint8_t>(values.size());
  bool any_null = false;
  for (size_t i = 0; i < values.size(); ++i) {
    payloads[i] = values[i] == Ternary::kTrue ? 1 : 0;
    any_null |= values[i] == Ternary::kNull;
  }
  if (any_null) {
    const std::span<uint8_t> validity = column.MutableValidity();
    for (size_t i = 0; i < values.size(); ++i) validity[i] = values[i] == Ternary::kNull ? 0 : 1;
  }
  return column;
}

int ComparePayloads(TypeId id, const Column& left, size_t left_row, const Column& right,
                    size_t right_row) {
  return VisitPayload(id, [&]<typename T>() {
    if constexpr (std::is_same_v<T, std::string_view>) {
      return Order(left.bytes(left_row), right.bytes(right_row));
    } else {
      return Order(left.value<T>(left_row), right.value<T>(right_row));
    }
  });
}

ColumnHandle CompareColumns(ComparisonOp op, const ColumnHandle& left, const ColumnHandle& right,
                            size_t rows) {
  if (rows == 1 || (left.is_constant() && right.is_constant())) {
    return ConstantTernary(CompareOne(op, left, right));
  }
  const bool null_constant =
      (left.is_constant() && left.is_null(0)) || (right.is_constant() && right.is_null(0));
  if (null_constant && !IsDistinctness(op)) return ConstantTernary(Ternary::kNull);
  Column result(TypeId::kBoolean);
  const std::span<uint8_t> payloads = result.Resize<uint8_t>(rows);
  VisitPayload(left.column().type().id,
               [&]<typename T>() { CompareAs<T>(op, left, right, payloads); });
  ApplyNulls(op, left, right, rows, &result, payloads);
  return ColumnHandle::Own(std::move(result));
}

}  // namespace millrace::expr
