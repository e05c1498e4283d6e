// Bearer tokens of other issuers: OpenID Connect providers that the configuration trusts.
//
//   token -> iss -> trusted issuer -> its keys (discovery document, key set; cached)
//         -> signature, aud, exp, nbf, iat -> sub -> the user of that id
//
//   keys    none --fetch--> fresh --1 h--> stale: still used, fetched anew by the next token
//           a token with an unknown key id has them fetched anew, at most once a minute:
//           whoever sends nonsense cannot make us ask the issuer again and again
//
// The user is the one whose id is the issuer's prefix and the token's subject, with the
// login "oauth". His role is ours, whatever the token says. His `auth_data`, when it
// names an issuer or a subject, must name these.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/accounts.h"
#include "auth/auth_error.h"
#include "auth/jwks.h"
#include "auth/principal.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "observe/log.h"
#include "runtime/async_mutex.h"
#include "runtime/task.h"

namespace millrace::auth {

struct OidcIssuer {
  std::string issuer;    // the URL, exactly as tokens name it
  std::string audience;  // what `aud` must hold: our client id
  // Stands before the subject in user ids; different for each issuer.
  std::string user_prefix;
  // Whether a subject without a user becomes one, with this role.
  bool creates_users = false;
  Role default_role = Role::kUser;
};

struct OidcOptions {
  std::vector<OidcIssuer> issuers;
  std::chrono::seconds keys_fresh{3600};
  // A failed fetch, and one for an unknown key, is not repeated sooner.
  std::chrono::seconds fetch_again{60};
  // Keys that could not be fetched anew are used for so long.
  std::chrono::seconds keys_stale_max{24 * 3600};
};

// Gives the document behind a URL; see HttpClient::Get.
using FetchDocument = std::function<Task<Result<std::string>>(std::string url)>;

// Thread-safe. The references must outlive the object.
class Oidc {
 public:
  // kInvalidArgument for an issuer without audience, a URL that cannot be fetched, two
  // issuers of one URL or one prefix, and a default role that is not user or service.
  static Result<std::unique_ptr<Oidc>> Create(OidcOptions options, FetchDocument fetch,
                                              Accounts& accounts, const Clock& clock, Log& log);

  // Whether the token says that it comes from one of the issuers. Nothing is checked yet.
  bool IsForMe(std::string_view token) const;

  // kTokenExpired; kInvalidCredentials for anything else that is wrong with the token or
  // its user; kInternal when the issuer's keys cannot be had.
  Task<AuthResult<Principal>> Authenticate(std::string token);

 private:
  struct Issuer {
    OidcIssuer trust;
    AsyncMutex fetching;
    mutable Mutex mutex;
    std::shared_ptr<const JsonWebKeys> keys;
    int64_t fetched_at = 0;  // monotonic nanos
    int64_t tried_at = 0;    // 0: never
  };
  struct Parsed;

  Oidc(OidcOptions options, FetchDocument fetch, Accounts& accounts, const Clock& clock, Log& log);
  Issuer* FindIssuer(std::string_view url) const;
  std::optional<Parsed> Parse(std::string_view token) const;
  Task<Result<std::shared_ptr<const JsonWebKeys>>> KeysFor(Issuer& issuer, const Parsed& token);
  Task<Result<JsonWebKeys>> Fetch(const Issuer& issuer);
  std::optional<AuthError> CheckClaims(const Parsed& token, const OidcIssuer& trust) const;
  Task<AuthResult<Principal>> FindUser(const OidcIssuer& trust, const Parsed& token);

  const OidcOptions options_;
  const FetchDocument fetch_;
  Accounts& accounts_;
  const Clock& clock_;
  Log& log_;
  std::vector<std::unique_ptr<Issuer>> issuers_;
};

}  // namespace millrace::auth
