#include "client/server_error.h"

#include <string_view>

namespace millrace::client {
namespace {

struct CodeRow {
  std::string_view key;
  Code code;
};

// The longest matching prefix wins, so a whole SQLSTATE stands before its class.
constexpr CodeRow kBySqlState[] = {
    {"23505", Code::kAlreadyExists},
    {"42P01", Code::kNotFound},
    {"42704", Code::kNotFound},
    {"3F000", Code::kNotFound},
    {"42703", Code::kInvalidArgument},
    {"42501", Code::kPermissionDenied},
    {"42P07", Code::kAlreadyExists},
    {"42710", Code::kAlreadyExists},
    {"42P06", Code::kAlreadyExists},
    {"57014", Code::kCancelled},
    {"57P0", Code::kUnavailable},
    {"0A", Code::kUnimplemented},
    {"08", Code::kUnavailable},
    {"22003", Code::kOutOfRange},
    {"22", Code::kInvalidArgument},
    {"23", Code::kFailedPrecondition},
    {"25", Code::kFailedPrecondition},
    {"28", Code::kUnauthenticated},
    {"40", Code::kAborted},
    {"42", Code::kInvalidArgument},
    {"53", Code::kResourceExhausted},
    {"54", Code::kResourceExhausted},
    {"55", Code::kFailedPrecondition},
    {"58", Code::kUnavailable},
    {"XX001", Code::kDataLoss},
    {"XX", Code::kInternal},
};

constexpr CodeRow kByErrorCode[] = {
    {"RATE_LIMIT_EXCEEDED", Code::kResourceExhausted},
    {"PERMISSION_DENIED", Code::kPermissionDenied},
    {"INSUFFICIENT_PERMISSIONS", Code::kPermissionDenied},
    {"REMOTE_ACCESS_DENIED", Code::kPermissionDenied},
    {"forbidden", Code::kPermissionDenied},
    {"TABLE_NOT_FOUND", Code::kNotFound},
    {"FILE_NOT_FOUND", Code::kNotFound},
    {"FILE_TOO_LARGE", Code::kResourceExhausted},
    {"NOT_LEADER", Code::kUnavailable},
    {"FORWARD_FAILED", Code::kUnavailable},
    {"CLUSTER_UNAVAILABLE", Code::kUnavailable},
    {"LEADER_NOT_AVAILABLE", Code::kUnavailable},
    {"MISSING_AUTHORIZATION", Code::kUnauthenticated},
    {"TOKEN_EXPIRED", Code::kUnauthenticated},
    {"INVALID_CREDENTIALS", Code::kUnauthenticated},
    {"SETUP_REQUIRED", Code::kFailedPrecondition},
    {"setup_required", Code::kFailedPrecondition},
    {"INTERNAL_ERROR", Code::kInternal},
};

Code ByHttpStatus(int http_status) {
  switch (http_status) {
    case 401:
      return Code::kUnauthenticated;
    case 403:
      return Code::kPermissionDenied;
    case 404:
      return Code::kNotFound;
    case 408:
    case 504:
      return Code::kDeadlineExceeded;
    case 413:
    case 429:
      return Code::kResourceExhausted;
    case 428:
      return Code::kFailedPrecondition;
    case 502:
    case 503:
      return Code::kUnavailable;
    default:
      return http_status >= 500 ? Code::kInternal : Code::kInvalidArgument;
  }
}

Code ChooseCode(const ServerError& error, int http_status) {
  for (const CodeRow& row : kBySqlState) {
    if (error.sqlstate.starts_with(row.key)) return row.code;
  }
  for (const CodeRow& row : kByErrorCode) {
    if (error.code == row.key) return row.code;
  }
  return ByHttpStatus(http_status);
}

}  // namespace

Status ToStatus(const ServerError& error, int http_status) {
  std::string message = error.message.empty() ? error.code : error.message;
  if (message.empty()) message = "the server answered with status " + std::to_string(http_status);
  Status status(ChooseCode(error, http_status), std::move(message));
  if (error.sqlstate.size() == 5) status = std::move(status).WithSqlState(error.sqlstate);
  if (!error.detail.empty()) status = std::move(status).WithDetail(error.detail);
  if (!error.hint.empty()) status = std::move(status).WithHint(error.hint);
  if (error.line > 0) {
    status = std::move(status).WithPosition({error.line, error.column, error.token});
  }
  return status;
}

}  // namespace millrace::client
