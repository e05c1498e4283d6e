// From proof to Principal: passwords for tokens (LogIn), refresh tokens for new ones
// (Refresh), access tokens for the right to a request (Authenticate).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "auth/accounts.h"
#include "auth/async_passwords.h"
#include "auth/auth_error.h"
#include "auth/jwt.h"
#include "auth/principal.h"
#include "auth/token_cache.h"
#include "auth/token_keys.h"
#include "base/clock.h"
#include "base/random.h"
#include "observe/log.h"
#include "runtime/task.h"

namespace millrace::auth {

struct AuthenticatorOptions {
  std::chrono::seconds access_lifetime = std::chrono::hours(24);
  std::chrono::seconds refresh_lifetime = std::chrono::hours(7 * 24);
  // Checked tokens remembered; the one unused longest is forgotten and checked again.
  uint32_t cached_tokens_max = 8192;
};

// What a login gives. Times in wall microseconds.
struct IssuedTokens {
  UserPtr user;
  std::string access_token;
  int64_t expires_at = 0;
  std::string refresh_token;
  int64_t refresh_expires_at = 0;
};

// Thread-safe.
class Authenticator {
 public:
  // The references must outlive the object.
  Authenticator(AuthenticatorOptions options, const TokenKeys& keys, Accounts& accounts,
                AsyncPasswords& passwords, const Clock& clock, Random& random, Log& log);

  // The caller behind an Authorization header (empty when there was none). Never
  // blocks: no I/O, no hashing; well below a microsecond for a token seen before.
  // kMissingAuthorization; kTokenExpired; kInvalidCredentials for anything else,
  // a token whose user was dropped, has another role or another password now or logged
  // out among it, and for Basic:
  // passwords are accepted by LogIn only.
  AuthResult<Principal> Authenticate(std::string_view authorization_header);
  // The same for an access token that came by a cookie or a WebSocket message.
  AuthResult<Principal> AuthenticateToken(std::string_view access_token);

  // kInvalidCredentials, for a locked account too and after the same work, so that the
  // answer tells nobody which names exist; kSetupRequired for root without a password,
  // logging in with an empty one; kOverloaded when too many are logging in.
  // `address` is where the request came from, for the audit log.
  Task<AuthResult<IssuedTokens>> LogIn(std::string user_id, std::string password,
                                       std::string address = "");

  // A new pair of tokens for a refresh token, which is used up by that: whoever comes
  // with it again ends the session. The old access token stays valid until it expires.
  // kTokenExpired, kInvalidCredentials.
  Task<AuthResult<IssuedTokens>> Refresh(std::string refresh_token, std::string address = "");

  // Ends the session of a token of either kind, expired or not: its tokens and all that
  // were or will be refreshed from them are refused from now on, after a restart too. Ok
  // for a token that is not ours and for a session that is over. Errors are the commit log's: the
  // session lives on.
  Task<Status> LogOut(std::string token);

 private:
  AuthResult<UserPtr> UserOf(const TokenClaims& claims) const;
  // What needs no look at the password. `user` may be null.
  std::optional<AuthError> RefuseUnseen(const UserPtr& user, std::string_view password) const;
  // Tokens of a session that was refreshed so often.
  IssuedTokens Issue(UserPtr user, std::string session, uint64_t refreshes);
  // Wall micros at which every token is expired that a session has or may yet be given.
  int64_t EndOfSession() const;
  // Checks one password against one state of the user's row, and has the outcome
  // recorded. Null when the row changed meanwhile.
  Task<AuthResult<UserPtr>> TryLogIn(std::string user_id, std::string password,
                                     std::string address);
  // The hash to replace `hash` by; empty when it is good, or hashing failed.
  Task<std::string> Renew(std::string hash, std::string password);
  int64_t NowSeconds() const { return clock_.WallMicros() / 1'000'000; }

  const AuthenticatorOptions options_;
  const TokenKeys& keys_;
  Accounts& accounts_;
  AsyncPasswords& passwords_;
  const Clock& clock_;
  Random& random_;
  Log& log_;
  TokenCache cache_;
};

}  // namespace millrace::auth
