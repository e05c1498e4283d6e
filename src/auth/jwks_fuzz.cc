// Whatever an issuer answers as its keys, and whatever a token claims to be signed with,
// nothing crashes and no made-up signature matches. Keys of tokens read or are refused.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "auth/base64url.h"
#include "auth/jwks.h"
#include "auth/token_keys.h"
#include "base/assert.h"

namespace millrace::auth {
namespace {

void CheckInput(std::string_view input) {
  if (const auto bytes = DecodeBase64Url(input)) {
    MR_ASSERT(EncodeBase64Url(*bytes) == input, "a text is not the only one of its bytes");
  }
  if (const auto keys = DecodeTokenKeys(input); keys.ok()) {
    MR_ASSERT(DecodeTokenKeys(EncodeTokenKeys(*keys)).ok(), "what was written does not read");
  }
  const auto set = JsonWebKeys::Parse(input);
  if (!set.ok()) return;
  MR_ASSERT(set->size() > 0 && set->size() <= kJsonWebKeysMax, "a set has too many keys");
  for (const char* name : {"RS256", "PS512", "ES256", "ES384"}) {
    const SignatureAlgorithm& algorithm = *FindSignatureAlgorithm(name);
    MR_ASSERT(!set->Verify("", algorithm, "text", input), "a made-up signature matches");
  }
}

}  // namespace
}  // namespace millrace::auth

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millrace::auth::CheckInput({reinterpret_cast<const char*>(data), size});
  return 0;
}

extern "C" const char* MillraceFuzzSeed(size_t index) {
  // The example of RFC 7517, appendix A.1, in part.
  static const char kEllipticSet[] =
      R"({"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",)"
      R"("y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"sig","kid":"1"}]})";
  static const char* const kSeeds[] = {
      kEllipticSet, R"({"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","alg":"RS256"}]})",
      R"({"keys":[]})", "AQIDBA"};
  return index < std::size(kSeeds) ? kSeeds[index] : nullptr;
}
