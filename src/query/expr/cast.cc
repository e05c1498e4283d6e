#include "query/expr/cast.h"

#include <limits>

#include "query/expr/coercion.h"
#include "query/expr/kernel.h"
#include "types/decimal.h"

namespace millrace::expr {
namespace {

// Numbers that always fit: integers to wider integers and to DOUBLE, FLOAT to DOUBLE.
template <typename From, typename To>
void WidenLoop(const ColumnHandle& values, size_t rows, Column* out) {
  const std::span<To> payloads = out->Resize<To>(rows);
  for (size_t row = 0; row < rows; ++row) payloads[row] = static_cast<To>(values.Get<From>(row));
  if (!values.column().has_nulls()) return;
  const std::span<uint8_t> validity = out->MutableValidity();
  for (size_t row = 0; row < rows; ++row) validity[row] = values.is_null(row) ? 0 : 1;
}

template <typename From>
bool WidenFrom(const ColumnHandle& values, TypeId to, size_t rows, Column* out) {
  switch (to) {
    case TypeId::kInt:
      if constexpr (sizeof(From) > sizeof(int32_t)) return false;
      WidenLoop<From, int32_t>(values, rows, out);
      return true;
    case TypeId::kBigInt:
      WidenLoop<From, int64_t>(values, rows, out);
      return true;
    case TypeId::kDouble:
      WidenLoop<From, double>(values, rows, out);
      return true;
    default:
      return false;
  }
}

bool Widen(const ColumnHandle& values, TypeId from, TypeId to, size_t rows, Column* out) {
  switch (from) {
    case TypeId::kSmallInt:
      return WidenFrom<int16_t>(values, to, rows, out);
    case TypeId::kInt:
      return WidenFrom<int32_t>(values, to, rows, out);
    case TypeId::kBigInt:
      return WidenFrom<int64_t>(values, to, rows, out);
    case TypeId::kFloat:
      if (to != TypeId::kDouble) return false;
      WidenLoop<float, double>(values, rows, out);
      return true;
    case TypeId::kDate:
      if (to != TypeId::kTimestamp && to != TypeId::kDateTime) return false;
      WidenLoop<int32_t, int64_t>(values, rows, out);
      for (int64_t& micros : std::span(const_cast<int64_t*>(out->values<int64_t>().data()), rows)) {
        micros *= 86'400'000'000;
      }
      return true;
    default:
      return false;
  }
}

// What a cast does with a value it cannot convert.
Status AppendOr(CastKind cast_kind, const Result<Value>& value, Column* out) {
  if (!value.ok()) {
    if (cast_kind != CastKind::kTry) return value.status();
    out->AppendNull();
  } else if (value->is_null()) {
    out->AppendNull();
  } else {
    out->AppendValue(*value);
    if (out->heap().size() > kTextBytesMax) return TextTooLong();
  }
  return Status::Ok();
}

template <typename From>
Status IntegersToDecimal(const ColumnHandle& values, const SqlType& to, CastKind cast_kind,
                         size_t rows, Column* out) {
  out->Reserve(rows);
  for (size_t row = 0; row < rows; ++row) {
    if (values.is_null(row)) {
      out->AppendNull();
      continue;
    }
    const Result<Int128> scaled =
        decimal::Rescale(values.Get<From>(row), 0, to.scale, to.precision);
    if (scaled.ok()) {
      out->Append<Int128>(*scaled);
    } else if (cast_kind == CastKind::kTry) {
      out->AppendNull();
    } else {
      return scaled.status();
    }
  }
  return Status::Ok();
}

Status ConvertRows(const ColumnHandle& values, const SqlType& from, const SqlType& to,
                   CastKind cast_kind, size_t rows, Column* out) {
  if (to.id == TypeId::kDecimal) {
    switch (from.id) {
      case TypeId::kSmallInt:
        return IntegersToDecimal<int16_t>(values, to, cast_kind, rows, out);
      case TypeId::kInt:
        return IntegersToDecimal<int32_t>(values, to, cast_kind, rows, out);
      case TypeId::kBigInt:
        return IntegersToDecimal<int64_t>(values, to, cast_kind, rows, out);
      default:
        break;
    }
  }
  out->Reserve(rows);
  for (size_t row = 0; row < rows; ++row) {
    if (values.is_null(row)) {
      out->AppendNull();
      continue;
    }
    const Value value = values.column().GetValue(values.IndexOf(row));
    RETURN_IF_ERROR(AppendOr(cast_kind, CastValue(value, to), out));
  }
  return Status::Ok();
}

bool IsTimestampLike(TypeId id) { return id == TypeId::kTimestamp || id == TypeId::kDateTime; }

}  // namespace

bool CastCannotFail(const SqlType& from, const SqlType& to) {
  if (from == to || from.id == TypeId::kNull) return true;
  if (to.id == TypeId::kText) return from.id != TypeId::kBytes;
  if (IsTimestampLike(to.id)) return IsTimestampLike(from.id) || from.id == TypeId::kDate;
  if (IsNumeric(from.id) && to.id == TypeId::kDouble) return true;
  if (to.id == TypeId::kDecimal && (IsInteger(from.id) || from.id == TypeId::kDecimal)) {
    const SqlType source = AsDecimal(from);
    return to.scale >= source.scale && to.precision - to.scale >= source.precision - source.scale;
  }
  return IsInteger(from.id) && IsInteger(to.id) &&
         WidthOf(PhysicalOf(from.id)) < WidthOf(PhysicalOf(to.id));
}

bool CastExists(TypeId from, TypeId to) {
  if (from == to || from == TypeId::kNull || IsTextual(from) || IsTextual(to)) return true;
  if (IsNumeric(from)) return IsNumeric(to) || to == TypeId::kBoolean;
  if (from == TypeId::kBoolean) return IsNumeric(to);
  if (IsTimestampLike(from)) {
    return IsTimestampLike(to) || to == TypeId::kDate || to == TypeId::kTime;
  }
  if (from == TypeId::kDate) return IsTimestampLike(to);
  if (from == TypeId::kTime) return to == TypeId::kInterval;
  return false;
}

Result<ColumnHandle> CastHandle(ColumnHandle values, const SqlType& from, const SqlType& to,
                                CastKind cast_kind, size_t rows) {
  if (from == to) return values;
  if (from.id == TypeId::kNull) return ColumnHandle::Null(to);
  const bool constant = values.is_constant();
  if (constant) rows = 1;
  Column out(to);
  if (IsTimestampLike(from.id) && IsTimestampLike(to.id)) {
    ASSIGN_OR_RETURN(out, std::move(values).Materialize(to, rows));
  } else if (!Widen(values, from.id, to.id, rows, &out)) {
    RETURN_IF_ERROR(ConvertRows(values, from, to, cast_kind, rows, &out));
  }
  return constant ? ColumnHandle::OwnConstant(std::move(out)) : ColumnHandle::Own(std::move(out));
}

Result<ColumnHandle> CastNode::DoEvaluate(const Input& input, EvalContext& context) const {
  const Node& operand = *children()[0];
  ASSIGN_OR_RETURN(ColumnHandle values, operand.Evaluate(input, context));
  return CastHandle(std::move(values), operand.type(), type(), cast_kind_, input.rows());
}

}  // namespace millrace::expr
