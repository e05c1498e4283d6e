// The one error type. A Status is Ok or a code with a message, and optionally a
// SQLSTATE, a detail, a hint and the position in the SQL text it is about.
// Result<T> is a T or a Status.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/assert.h"

namespace millrace {

// Codes have Abseil's meanings. Choose one by what the caller should do:
// kUnavailable = retry the call; kAborted = retry the transaction;
// kFailedPrecondition = change the state first; kInvalidArgument = never retry.
enum class Code : uint8_t {
  kOk,
  kCancelled,
  kUnknown,
  kInvalidArgument,
  kDeadlineExceeded,
  kNotFound,
  kAlreadyExists,
  kPermissionDenied,
  kResourceExhausted,
  kFailedPrecondition,
  kAborted,
  kOutOfRange,
  kUnimplemented,
  kInternal,
  kUnavailable,
  kDataLoss,
  kUnauthenticated,
};

// Returns the lower-case name of a code, e.g. "invalid argument".
std::string_view CodeName(Code code);

// Where in a SQL text an error lies. Lines and columns count from 1, columns in
// characters; `token` is the offending text as written.
struct SqlPosition {
  uint32_t line = 0;
  uint32_t column = 0;
  std::string token;
};

// Cheap to move and to copy (one pointer); thread-safe as a value.
class [[nodiscard]] Status {
 public:
  Status() = default;  // Ok
  Status(Code code, std::string message);

  static Status Ok() { return {}; }

  bool ok() const { return rep_ == nullptr; }
  Code code() const { return rep_ == nullptr ? Code::kOk : rep_->code; }
  const std::string& message() const;
  const std::string& detail() const;
  const std::string& hint() const;
  // Five characters; derived from the code when none was set.
  std::string_view sqlstate() const;
  // Null when the error is not about a place in a SQL text.
  const SqlPosition* position() const;

  // Builders: `return InvalidArgument("...").WithSqlState("22003").WithHint("...")`.
  Status WithSqlState(std::string_view sqlstate) &&;
  Status WithDetail(std::string detail) &&;
  Status WithHint(std::string hint) &&;
  Status WithPosition(SqlPosition position) &&;

  // "code: message; detail; hint", for logs and tests.
  std::string ToString() const;

 private:
  struct Rep {
    Code code;
    char sqlstate[6];
    std::string message;
    std::string detail;
    std::string hint;
    std::unique_ptr<SqlPosition> position;
    Rep(Code c, std::string m) : code(c), sqlstate{}, message(std::move(m)) {}
    Rep(const Rep& other);
  };
  Rep& Mutable();

  // Shared because a Status is copied into every waiter of a failed commit group.
  std::shared_ptr<Rep> rep_;
};

Status Cancelled(std::string message);
Status InvalidArgument(std::string message);
Status DeadlineExceeded(std::string message);
Status NotFound(std::string message);
Status AlreadyExists(std::string message);
Status PermissionDenied(std::string message);
Status ResourceExhausted(std::string message);
Status FailedPrecondition(std::string message);
Status Aborted(std::string message);
Status OutOfRange(std::string message);
Status Unimplemented(std::string message);
Status Internal(std::string message);
Status Unavailable(std::string message);
Status DataLoss(std::string message);
Status Unauthenticated(std::string message);

// A T or the Status that says why there is none. Never holds an Ok status.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}  // NOLINT: implicit by design
  Result(Status status) : value_(std::unexpected(std::move(status))) {  // NOLINT
    MR_ASSERT(!value_.error().ok(), "a Result cannot hold an Ok status");
  }

  bool ok() const { return value_.has_value(); }
  Status status() const { return ok() ? Status::Ok() : value_.error(); }

  T& value() & { return Checked(); }
  const T& value() const& { return const_cast<Result*>(this)->Checked(); }
  T&& value() && { return std::move(Checked()); }
  T& operator*() & { return Checked(); }
  const T& operator*() const& { return const_cast<Result*>(this)->Checked(); }
  T&& operator*() && { return std::move(Checked()); }
  T* operator->() { return &Checked(); }
  const T* operator->() const { return &const_cast<Result*>(this)->Checked(); }

 private:
  T& Checked() {
    MR_ASSERT(value_.has_value(), "value of a failed Result");
    return *value_;
  }
  std::expected<T, Status> value_;
};

}  // namespace millrace

#define MR_CONCAT_INNER(a, b) a##b
#define MR_CONCAT(a, b) MR_CONCAT_INNER(a, b)

// The four propagation macros. The CO_ forms are for coroutines.
#define RETURN_IF_ERROR(expression)                                      \
  do {                                                                   \
    if (::millrace::Status mr_status = (expression); !mr_status.ok()) {  \
      return mr_status;                                                  \
    }                                                                    \
  } while (false)
#define CO_RETURN_IF_ERROR(expression)                                   \
  do {                                                                   \
    if (::millrace::Status mr_status = (expression); !mr_status.ok()) {  \
      co_return mr_status;                                               \
    }                                                                    \
  } while (false)
#define MR_ASSIGN_OR(keyword, result, declaration, expression) \
  auto result = (expression);                                  \
  if (!result.ok()) keyword result.status();                   \
  declaration = std::move(*result)
#define ASSIGN_OR_RETURN(declaration, expression) \
  MR_ASSIGN_OR(return, MR_CONCAT(mr_result_, __LINE__), declaration, expression)
#define ASSIGN_OR_CO_RETURN(declaration, expression) \
  MR_ASSIGN_OR(co_return, MR_CONCAT(mr_result_, __LINE__), declaration, expression)
