#include "auth/authenticator.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "auth/account_rules.h"
#include "auth/password.h"

namespace millrace::auth {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
// How often a login is tried against a row that keeps changing under it.
constexpr int kLogInTriesMax = 3;
// Tokens can be issued to a session until its end is written, which waits for other
// changes of users and for the disk.
constexpr std::chrono::seconds kLogOutTakesAtMost = std::chrono::hours(1);

bool EqualsIgnoringCase(std::string_view a, std::string_view lower) {
  return std::ranges::equal(a, lower, {},
                            [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
}

std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

AuthError Refused(std::string message) {
  return {AuthErrorCode::kInvalidCredentials, Unauthenticated(std::move(message))};
}

int64_t EndOfToken(int64_t now_micros, std::chrono::seconds lifetime) {
  return now_micros + kMicrosPerSecond * (kTokenLeewaySeconds + 1 + lifetime.count());
}

AuthError TokenError(TokenProblem problem) {
  return {problem == TokenProblem::kExpired ? AuthErrorCode::kTokenExpired
                                            : AuthErrorCode::kInvalidCredentials,
          Unauthenticated(std::string(TokenProblemText(problem)))};
}

}  // namespace

Authenticator::Authenticator(AuthenticatorOptions options, const TokenKeys& keys,
                             Accounts& accounts, AsyncPasswords& passwords, const Clock& clock,
                             Random& random, Log& log)
    : options_(options),
      keys_(keys),
      accounts_(accounts),
      passwords_(passwords),
      clock_(clock),
      random_(random),
      log_(log),
      cache_(options.cached_tokens_max) {}

AuthResult<Principal> Authenticator::Authenticate(std::string_view authorization_header) {
  const std::string_view header = Trimmed(authorization_header);
  if (header.empty()) {
    return std::unexpected(
        AuthError{AuthErrorCode::kMissingAuthorization,
                  Unauthenticated("the request has no Authorization header")
                      .WithHint("Log in at /v1/api/auth/login and send the access token as "
                                "\"Authorization: Bearer TOKEN\".")});
  }
  const std::string_view scheme = header.substr(0, header.find_first_of(" \t"));
  if (EqualsIgnoringCase(scheme, "bearer")) {
    return AuthenticateToken(Trimmed(header.substr(scheme.size())));
  }
  if (EqualsIgnoringCase(scheme, "basic")) {
    return std::unexpected(Refused("passwords are accepted at /v1/api/auth/login only"));
  }
  return std::unexpected(Refused("the authorization scheme is not supported"));
}

AuthResult<Principal> Authenticator::AuthenticateToken(std::string_view access_token) {
  const std::shared_ptr<const TokenSigner> signer = keys_.signer();
  std::shared_ptr<const TokenClaims> claims = cache_.Find(access_token);
  // A key may have been revoked since the signature was checked.
  if (claims != nullptr && !signer->Accepts(claims->key_id)) {
    return std::unexpected(TokenError(TokenProblem::kKey));
  }
  if (claims == nullptr) {
    auto verified = signer->Verify(access_token, TokenType::kAccess, NowSeconds());
    if (!verified) return std::unexpected(TokenError(verified.error()));
    claims = std::make_shared<const TokenClaims>(*std::move(verified));
    cache_.Insert(access_token, claims);
  } else if (TokenExpired(*claims, NowSeconds())) {
    return std::unexpected(TokenError(TokenProblem::kExpired));
  }
  AuthResult<UserPtr> user = UserOf(*claims);
  if (!user) return std::unexpected(std::move(user.error()));
  return Principal{.user_id = (*user)->id,
                   .account = (*user)->account,
                   .role = (*user)->role,
                   .token_epoch = claims->epoch,
                   .session = claims->session,
                   .expires_at = (claims->expires_at + kTokenLeewaySeconds) * kMicrosPerSecond};
}

AuthResult<UserPtr> Authenticator::UserOf(const TokenClaims& claims) const {
  return accounts_.FindHolder({.user_id = claims.subject,
                               .epoch = claims.epoch,
                               .role = claims.role,
                               .session = claims.session});
}

Task<AuthResult<IssuedTokens>> Authenticator::Refresh(std::string refresh_token,
                                                      std::string address) {
  const auto claims = keys_.signer()->Verify(refresh_token, TokenType::kRefresh, NowSeconds());
  if (!claims) co_return std::unexpected(TokenError(claims.error()));
  // The last second of the token that this gives, and a margin for when it is signed.
  const int64_t until =
      EndOfToken(clock_.WallMicros(), options_.refresh_lifetime + kLogOutTakesAtMost);
  RefreshAttempt attempt{.user_id = claims->subject,
                         .epoch = claims->epoch,
                         .role = claims->role,
                         .session = claims->session,
                         .refreshes = claims->refreshes,
                         .next_until = until,
                         .ended_until = EndOfSession(),
                         .address = std::move(address)};
  AuthResult<UserPtr> user = co_await accounts_.RecordRefresh(std::move(attempt));
  if (!user) co_return std::unexpected(std::move(user.error()));
  co_return Issue(*std::move(user), claims->session, claims->refreshes + 1);
}

int64_t Authenticator::EndOfSession() const {
  return EndOfToken(
      clock_.WallMicros(),
      std::max(options_.access_lifetime, options_.refresh_lifetime) + kLogOutTakesAtMost);
}

Task<Status> Authenticator::LogOut(std::string token) {
  // Expired or not: other tokens of the session may still be good, or made so by Refresh.
  auto claims = keys_.signer()->Read(token);
  if (!claims || !UserOf(*claims)) co_return Status::Ok();
  EndedSession session{.id = std::move(claims->session), .until = EndOfSession()};
  co_return co_await accounts_.EndSession(std::move(claims->subject), std::move(session));
}

IssuedTokens Authenticator::Issue(UserPtr user, std::string session, uint64_t refreshes) {
  const std::shared_ptr<const TokenSigner> signer = keys_.signer();
  TokenClaims claims{.subject = user->id,
                     .role = user->role,
                     .type = TokenType::kAccess,
                     .issued_at = NowSeconds(),
                     .id = GenerateTokenId(random_),
                     .epoch = user->token_epoch,
                     .session = std::move(session),
                     .email = user->email};
  IssuedTokens issued;
  claims.expires_at = claims.issued_at + options_.access_lifetime.count();
  issued.expires_at = claims.expires_at * kMicrosPerSecond;
  issued.access_token = signer->Sign(claims);

  claims.type = TokenType::kRefresh;
  claims.refreshes = refreshes;
  claims.id = GenerateTokenId(random_);
  claims.expires_at = claims.issued_at + options_.refresh_lifetime.count();
  issued.refresh_expires_at = claims.expires_at * kMicrosPerSecond;
  issued.refresh_token = signer->Sign(claims);
  issued.user = std::move(user);
  return issued;
}

Task<AuthResult<IssuedTokens>> Authenticator::LogIn(std::string user_id, std::string password,
                                                    std::string address) {
  // No such password was ever accepted; hashing megabytes of it would only cost.
  if (CountCharacters(password) > kPasswordCharactersMax) {
    co_return std::unexpected(InvalidCredentials());
  }
  for (int tries = 0; tries < kLogInTriesMax; ++tries) {
    AuthResult<UserPtr> user = co_await TryLogIn(user_id, password, address);
    if (!user) co_return std::unexpected(std::move(user.error()));
    if (*user != nullptr) co_return Issue(*std::move(user), GenerateTokenId(random_), 0);
  }
  co_return std::unexpected(
      ServerSideError(Aborted("the account was changed again and again during the login")));
}

std::optional<AuthError> Authenticator::RefuseUnseen(const UserPtr& user,
                                                     std::string_view password) const {
  if (user == nullptr) return std::nullopt;  // told by a wrong password, not by the time
  if (user->id == kRootUser && user->password_hash.empty() && password.empty()) {
    return AuthError{AuthErrorCode::kSetupRequired,
                     FailedPrecondition("the server is not set up yet: root has no password")
                         .WithHint("Use /v1/api/auth/setup.")};
  }
  return std::nullopt;
}

Task<AuthResult<UserPtr>> Authenticator::TryLogIn(std::string user_id, std::string password,
                                                  std::string address) {
  const UserPtr user = accounts_.Find(user_id);
  if (auto refused = RefuseUnseen(user, password)) co_return std::unexpected(*std::move(refused));
  const std::string hash = user == nullptr ? "" : user->password_hash;
  const Result<bool> matched = co_await passwords_.Verify(hash, password);
  if (!matched.ok()) co_return std::unexpected(ServerSideError(matched.status()));
  if (hash.empty()) co_return std::unexpected(InvalidCredentials());

  LogInAttempt attempt{.user_id = std::move(user_id),
                       .checked_hash = hash,
                       .password_matched = *matched,
                       .address = std::move(address)};
  if (*matched) attempt.new_hash = co_await Renew(hash, std::move(password));
  co_return co_await accounts_.RecordLogIn(std::move(attempt));
}

Task<std::string> Authenticator::Renew(std::string hash, std::string password) {
  if (!passwords_.NeedsRehash(hash)) co_return std::string();
  Result<std::string> renewed = co_await passwords_.Hash(std::move(password));
  if (renewed.ok()) co_return *std::move(renewed);
  // The old hash still serves; the next login tries again.
  log_.Warn("password_not_rehashed", {{"error", renewed.status().ToString()}});
  co_return std::string();
}

}  // namespace millrace::auth
