// Errors on the wire: which code and HTTP status a Status becomes.
#pragma once

#include <string>
#include <string_view>

#include "auth/auth_error.h"
#include "base/status.h"
#include "net/http_types.h"

namespace millrace::front {

struct WireError {
  std::string code;  // TABLE_NOT_FOUND, SQL_EXECUTION_ERROR, …
  int http_status = 400;
  Status status;
};

WireError FromStatus(Status status);

// {"code":…,"message":…,"sqlstate":…[,"detail","hint","line","column","token","details"]}.
// `details` is the statement's text, for those who may see it; empty to leave it out.
std::string ErrorObject(const WireError& error, std::string_view details);

// The SQL envelope of a request that failed before anything was sent.
HttpResponse ErrorEnvelope(const WireError& error, double took_ms, std::string_view details = {});
// {"error":…,"message":…}, the form of the auth endpoints.
HttpResponse PlainError(int http_status, std::string_view code, std::string_view message);

std::string FormatMillis(double millis);

}  // namespace millrace::front
