#include "auth/auth_error.h"

#include <array>
#include <utility>

namespace millrace::auth {
namespace {

// In the order of AuthErrorCode.
constexpr std::array<AuthErrorWire, 12> kWireForms = {{
    {"MISSING_AUTHORIZATION", 401, "unauthorized", 401},
    {"TOKEN_EXPIRED", 401, "token_expired", 401},
    {"INVALID_CREDENTIALS", 401, "unauthorized", 401},
    {"SETUP_REQUIRED", 401, "setup_required", 428},
    {"REMOTE_ACCESS_DENIED", 403, "forbidden", 403},
    {"INSUFFICIENT_PERMISSIONS", 403, "forbidden", 403},
    {"AUTHENTICATION_ERROR", 409, "already_configured", 409},
    {"AUTHENTICATION_ERROR", 409, "user_exists", 409},
    {"AUTHENTICATION_ERROR", 400, "weak_password", 400},
    {"AUTHENTICATION_ERROR", 400, "invalid_user", 400},
    {"RATE_LIMIT_EXCEEDED", 429, "rate_limited", 429},
    {"AUTHENTICATION_ERROR", 500, "internal_error", 500},
}};
static_assert(kWireForms.size() == static_cast<size_t>(AuthErrorCode::kInternal) + 1);

}  // namespace

const AuthErrorWire& WireForm(AuthErrorCode code) { return kWireForms[static_cast<size_t>(code)]; }

AuthError ServerSideError(Status status) {
  const bool overloaded = status.code() == Code::kResourceExhausted;
  return {overloaded ? AuthErrorCode::kOverloaded : AuthErrorCode::kInternal, std::move(status)};
}

}  // namespace millrace::auth
