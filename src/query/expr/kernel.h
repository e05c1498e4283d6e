// Building blocks of kernels: loops over rows that turn a function on payloads
// into a function on columns.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/status.h"
#include "query/expr/function.h"

namespace millrace::expr {

// Copies the call's validity into a fixed-width result and clears null payloads.
template <typename R>
void FinishNulls(const KernelCall& call, Column* out, std::span<R> payloads) {
  if (call.validity.empty()) return;
  std::ranges::copy(call.validity, out->MutableValidity().begin());
  for (size_t row = 0; row < call.rows; ++row) {
    if (call.validity[row] == 0) payloads[row] = R{};
  }
}

// Runs `function(i, a, b)` on every row; `a` and `b` are the payloads of the two
// arguments. Three loops so that a constant stays in a register and the compiler
// can use vector instructions.
template <typename A, typename B, typename F>
void ForEachPair(const ColumnHandle& left, const ColumnHandle& right, size_t rows, F function) {
  if (right.is_constant()) {
    const B b = right.Get<B>(0);
    if (left.is_constant()) {
      const A a = left.Get<A>(0);
      for (size_t i = 0; i < rows; ++i) function(i, a, b);
    } else {
      const A* a = left.column().values<A>().data();
      for (size_t i = 0; i < rows; ++i) function(i, a[i], b);
    }
  } else if (left.is_constant()) {
    const A a = left.Get<A>(0);
    const B* b = right.column().values<B>().data();
    for (size_t i = 0; i < rows; ++i) function(i, a, b[i]);
  } else {
    const A* a = left.column().values<A>().data();
    const B* b = right.column().values<B>().data();
    for (size_t i = 0; i < rows; ++i) function(i, a[i], b[i]);
  }
}

// Appends a text, within the limits of a value and of what the statement may hold.
inline Status AppendResult(const KernelCall& call, std::string_view text, Column* out) {
  if (out->heap().size() + text.size() > call.context.BytesLeft()) return TooMuchHeld();
  return AppendTextResult(text, out);
}

// Steps that one call may need for one row: seconds. Only operations whose time
// is a product of two texts can reach it.
inline constexpr double kStepsMax = 4e9;

// 54001 when a row may need too many steps; 57014 when the statement was stopped.
inline Status CheckSteps(const KernelCall& call, size_t left_bytes, size_t right_bytes) {
  constexpr double kManySteps = 1 << 20;
  const double steps = static_cast<double>(left_bytes) * static_cast<double>(right_bytes);
  if (steps < kManySteps) return Status::Ok();
  if (call.context.StopRequested()) return StatementStopped();
  if (steps <= kStepsMax) return Status::Ok();
  return ResourceExhausted("comparing these values could take too many steps")
      .WithSqlState("54001")
      .WithDetail("They have " + std::to_string(left_bytes) + " and " +
                  std::to_string(right_bytes) + " bytes.");
}

namespace internal {

template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <typename T>
struct IsResult : std::false_type {};
template <typename T>
struct IsResult<Result<T>> : std::true_type {};

template <typename T>
Status AppendPayload(const KernelCall& call, Column* out, const T& payload) {
  if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return AppendResult(call, payload, out);
  } else {
    using Payload = std::conditional_t<std::is_same_v<T, bool>, uint8_t, T>;
    out->Append(static_cast<Payload>(payload));
    return Status::Ok();
  }
}

// Appends a payload, an optional (empty is NULL) or a Result of either.
template <typename T>
Status AppendOutcome(const KernelCall& call, Column* out, T&& outcome) {
  using Plain = std::decay_t<T>;
  if constexpr (IsResult<Plain>::value) {
    if (!outcome.ok()) return outcome.status();
    return AppendOutcome(call, out, *std::forward<T>(outcome));
  } else if constexpr (IsOptional<Plain>::value) {
    if (outcome.has_value()) return AppendPayload(call, out, *outcome);
    out->AppendNull();
    return Status::Ok();
  } else {
    return AppendPayload(call, out, outcome);
  }
}

template <typename... A, typename F, size_t... I>
Status MapRows(KernelCall& call, Column* out, F& function, std::index_sequence<I...>) {
  out->Reserve(call.rows);
  for (size_t row = 0; row < call.rows; ++row) {
    if (!call.IsValid(row)) {
      out->AppendNull();
    } else {
      RETURN_IF_ERROR(AppendOutcome(call, out, function(call.Get<A>(I, row)...)));
    }
  }
  return Status::Ok();
}

template <typename... A, typename F, size_t... I>
Status MapText(KernelCall& call, Column* out, F& function, std::index_sequence<I...>) {
  out->Reserve(call.rows);
  std::string buffer;
  for (size_t row = 0; row < call.rows; ++row) {
    if (!call.IsValid(row)) {
      out->AppendNull();
      continue;
    }
    buffer.clear();
    if constexpr (std::is_same_v<decltype(function(call.Get<A>(I, row)..., &buffer)), Status>) {
      RETURN_IF_ERROR(function(call.Get<A>(I, row)..., &buffer));
    } else {
      function(call.Get<A>(I, row)..., &buffer);
    }
    RETURN_IF_ERROR(AppendResult(call, buffer, out));
  }
  return Status::Ok();
}

}  // namespace internal

// A strict kernel from `function(A...)`, called for rows without a null. It
// returns a payload, an optional payload (empty is NULL) or a Result of either.
template <typename... A, typename F>
Status MapRows(KernelCall& call, Column* out, F function) {
  return internal::MapRows<A...>(call, out, function, std::index_sequence_for<A...>{});
}

// A strict kernel from `function(A..., std::string* out)`, which appends its
// result to an empty string; it returns nothing or a Status.
template <typename... A, typename F>
Status MapText(KernelCall& call, Column* out, F function) {
  return internal::MapText<A...>(call, out, function, std::index_sequence_for<A...>{});
}

// Errors shared by kernels.
inline Status OutOfRangeFor(std::string_view type_name) {
  return InvalidArgument(std::string(type_name) + " out of range").WithSqlState("22003");
}
inline Status DivisionByZero() { return InvalidArgument("division by zero").WithSqlState("22012"); }

}  // namespace millrace::expr
