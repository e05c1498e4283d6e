// Any bytes as a token: never a crash, never accepted unless we signed them. The same
// bytes as claims under a genuine signature: never a crash, and what is accepted is
// accepted again after it was signed anew. The first byte chooses.
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <cstddef>
#include <cstdint>

#include "auth/jwt.h"
#include "base/assert.h"

namespace {

using millrace::auth::TokenClaims;
using millrace::auth::TokenSigner;
using millrace::auth::TokenType;

constexpr int64_t kNow = 1'700'000'000;

const std::string& Secret() {
  static const std::string secret(32, 's');
  return secret;
}

std::string Base64(std::string_view bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), kVariant);
  text.pop_back();
  return text;
}

std::string SignedAs(std::string_view payload) {
  const std::string text = Base64(R"({"alg":"HS256"})") + "." + Base64(payload);
  std::string signature(32, '\0');
  HMAC(EVP_sha256(), Secret().data(), static_cast<int>(Secret().size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(signature.data()), nullptr);
  return text + "." + Base64(signature);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const TokenSigner signer = *TokenSigner::Create(Secret());
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  const bool as_claims = bytes[0] == 'c';
  bytes.remove_prefix(1);
  for (const TokenType type : {TokenType::kAccess, TokenType::kRefresh}) {
    const auto claims = signer.Verify(as_claims ? SignedAs(bytes) : std::string(bytes), type, kNow);
    MR_ASSERT(as_claims || !claims, "a token we did not sign is accepted");
    if (!claims) continue;
    const std::string again = signer.Sign(*claims);
    // Written anew, some texts grow (escapes): over the limit they are rightly refused.
    if (again.size() > millrace::auth::kTokenBytesMax) continue;
    const auto reread = signer.Verify(again, type, kNow);
    MR_ASSERT(reread && *reread == *claims, "claims change when they are signed anew");
  }
  return 0;
}

extern "C" const char* MillraceFuzzSeed(size_t index) {
  static const char* const kSeeds[] = {
      "teyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "teyJhbGciOiJub25lIn0.e30.",
      "t..",
      R"(c{"sub":"a","iss":"millrace","iat":1,"exp":1800000000,"role":"user",)"
      R"("token_type":"access","jti":"x"})",
      R"(c{"sub":"\u00e4\"","iss":"millrace","iat":1,"exp":1800000000,"role":"dba",)"
      R"("token_type":"refresh"})",
      "c{}"};
  return index < std::size(kSeeds) ? kSeeds[index] : nullptr;
}
