// Why a caller was not let in, with the names and HTTP statuses under which clients
// know each reason. There are two forms: the envelope of /v1/api/sql (clients log in
// again when it says TOKEN_EXPIRED) and the {error, message} of the auth endpoints.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "base/status.h"

namespace millrace::auth {

enum class AuthErrorCode : uint8_t {
  kMissingAuthorization,
  kTokenExpired,
  kInvalidCredentials,
  kSetupRequired,
  kRemoteAccessDenied,
  kInsufficientPermissions,
  kAlreadyConfigured,
  kUserExists,
  kWeakPassword,
  kInvalidUser,
  kOverloaded,
  kInternal,
};

struct AuthErrorWire {
  std::string_view envelope_code;
  uint16_t envelope_status;
  std::string_view endpoint_error;
  uint16_t endpoint_status;
};
const AuthErrorWire& WireForm(AuthErrorCode code);

// The status' message is for the client. Never says which of several reasons
// (unknown user, wrong password, dropped user, locked account) applied.
struct AuthError {
  AuthErrorCode code = AuthErrorCode::kInternal;
  Status status;
};

template <typename T>
using AuthResult = std::expected<T, AuthError>;

// The error for a login, a setup or a refresh that failed for a reason of the server's:
// kOverloaded for kResourceExhausted, kInternal for anything else.
AuthError ServerSideError(Status status);

}  // namespace millrace::auth
