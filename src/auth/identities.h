// Whatever proves who is asking, to a Principal: our own tokens, API keys, tokens of
// trusted issuers.
#pragma once

#include <string>

#include "auth/api_keys.h"
#include "auth/auth_error.h"
#include "auth/authenticator.h"
#include "auth/oidc.h"
#include "auth/principal.h"
#include "runtime/task.h"

namespace millrace::auth {

// What a request brought. Empty where it brought nothing.
struct Proof {
  std::string authorization;  // the header
  std::string api_key;        // the header X-API-Key
  std::string address;        // where it came from
};

// Thread-safe. The references must outlive the object.
class Identities {
 public:
  // `oidc` may be null: no other issuer is trusted.
  Identities(Authenticator& authenticator, ApiKeys& api_keys, Oidc* oidc)
      : authenticator_(authenticator), api_keys_(api_keys), oidc_(oidc) {}

  // Errors are those of Authenticator, ApiKeys and Oidc. Suspends only for a key whose
  // use must be noted and for keys of an issuer that must be fetched.
  Task<AuthResult<Principal>> Identify(Proof proof);

 private:
  Task<AuthResult<Principal>> IdentifyKey(std::string key);

  Authenticator& authenticator_;
  ApiKeys& api_keys_;
  Oidc* const oidc_;
};

}  // namespace millrace::auth
