#include "auth/identities.h"

#include <utility>

#include "net/http_types.h"

namespace millrace::auth {

// The text after "Bearer "; empty for another scheme.
static std::string_view BearerText(std::string_view header) {
  constexpr std::string_view kScheme = "bearer ";
  if (header.size() < kScheme.size() ||
      !EqualsIgnoreCase(header.substr(0, kScheme.size()), kScheme)) {
    return {};
  }
  header.remove_prefix(kScheme.size());
  while (header.starts_with(' ')) header.remove_prefix(1);
  return header;
}

Task<AuthResult<Principal>> Identities::IdentifyKey(std::string key) {
  AuthResult<Principal> principal = api_keys_.Authenticate(key);
  if (principal) co_await api_keys_.NoteUse(principal->api_key);
  co_return principal;
}

Task<AuthResult<Principal>> Identities::Identify(Proof proof) {
  const std::string_view bearer = BearerText(proof.authorization);
  AuthResult<Principal> principal = std::unexpected(InvalidCredentials());
  if (!proof.api_key.empty() && !proof.authorization.empty()) {
    // Which of the two is meant, nobody can tell.
    co_return std::unexpected(
        AuthError{AuthErrorCode::kInvalidCredentials,
                  Unauthenticated("send an API key or an Authorization header, not both")});
  }
  if (!proof.api_key.empty()) {
    principal = co_await IdentifyKey(std::move(proof.api_key));
  } else if (ApiKeys::LooksLikeKey(bearer)) {
    principal = co_await IdentifyKey(std::string(bearer));
  } else if (oidc_ != nullptr && oidc_->IsForMe(bearer)) {
    principal = co_await oidc_->Authenticate(std::string(bearer));
  } else {
    principal = authenticator_.Authenticate(proof.authorization);
  }
  if (principal) principal->address = std::move(proof.address);
  co_return principal;
}

}  // namespace millrace::auth
