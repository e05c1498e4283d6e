#include "front/http/error_body.h"

#include <cmath>
#include <utility>

#include "front/http/json_writer.h"

namespace millrace::front {

WireError FromStatus(Status status) {
  WireError error{.code = "SQL_EXECUTION_ERROR", .status = std::move(status)};
  const std::string_view sqlstate = error.status.sqlstate();
  switch (error.status.code()) {
    case Code::kPermissionDenied:
      error.code = "PERMISSION_DENIED";
      error.http_status = 403;
      break;
    case Code::kUnauthenticated:
      error.code = "INVALID_CREDENTIALS";
      error.http_status = 401;
      break;
    case Code::kInternal:
    case Code::kUnknown:
    case Code::kDataLoss:
      error.code = "INTERNAL_ERROR";
      error.http_status = 500;
      break;
    case Code::kUnavailable:
      error.code = "UNAVAILABLE";
      error.http_status = 503;
      break;
    case Code::kResourceExhausted:
      // A statement that is too big will not fit later either.
      error.code = sqlstate.starts_with("54") ? "SQL_EXECUTION_ERROR" : "RESOURCE_EXHAUSTED";
      error.http_status = sqlstate.starts_with("54") ? 400 : 503;
      break;
    default:
      if (sqlstate == "42P01") error.code = "TABLE_NOT_FOUND";
      if (sqlstate == "42601" || sqlstate == "42P02") error.code = "INVALID_SQL";
      if (sqlstate == "08P01") error.code = "INVALID_PARAMETER";
  }
  return error;
}

std::string ErrorObject(const WireError& error, std::string_view details) {
  const Status& status = error.status;
  std::string json = "{";
  AddText(&json, "code", error.code);
  AddText(&json, "message", status.message());
  AddText(&json, "sqlstate", status.sqlstate());
  if (!status.detail().empty()) AddText(&json, "detail", status.detail());
  if (!status.hint().empty()) AddText(&json, "hint", status.hint());
  if (const SqlPosition* position = status.position()) {
    AddRaw(&json, "line", std::to_string(position->line));
    AddRaw(&json, "column", std::to_string(position->column));
    AddText(&json, "token", position->token);
  }
  if (!details.empty()) AddText(&json, "details", details);
  json.push_back('}');
  return json;
}

std::string FormatMillis(double millis) {
  std::string text;
  AppendJsonDouble(&text, std::round(millis * 1000.0) / 1000.0);
  return text;
}

HttpResponse ErrorEnvelope(const WireError& error, double took_ms, std::string_view details) {
  std::string json = R"({"status":"error","results":[],"took":)";
  json.append(FormatMillis(took_ms));
  AddRaw(&json, "error", ErrorObject(error, details));
  json.push_back('}');
  return HttpResponse(error.http_status, "application/json", std::move(json));
}

HttpResponse PlainError(int http_status, std::string_view code, std::string_view message) {
  std::string json = "{";
  AddText(&json, "error", code);
  AddText(&json, "message", message);
  json.push_back('}');
  return HttpResponse(http_status, "application/json", std::move(json));
}

}  // namespace millrace::front
