// Tokens, and every way to abuse one.
#include "auth/jwt.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include "auth/token_cache.h"

namespace millrace::auth {
namespace {

constexpr int64_t kNow = 1'700'000'000;
const char* const kSecret = "0123456789abcdef0123456789abcdef";
const char* const kHeader = R"({"alg":"HS256","typ":"JWT"})";

TokenSigner MakeSigner(std::string secret = kSecret) {
  return *TokenSigner::Create(std::move(secret));
}

TokenClaims MakeClaims() {
  return {.subject = "alice",
          .role = Role::kService,
          .type = TokenType::kAccess,
          .issued_at = kNow,
          .expires_at = kNow + 3600,
          .id = "id-1",
          .epoch = 3,
          .session = "session-1",
          .email = "alice@example.com"};
}

std::string Base64(std::string_view bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), kVariant);
  text.pop_back();
  return text;
}

std::string Unbase64(std::string_view text) {
  std::string bytes(text.size(), '\0');
  size_t size = 0;
  EXPECT_EQ(sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                              text.data(), text.size(), nullptr, &size, nullptr,
                              sodium_base64_VARIANT_URLSAFE_NO_PADDING),
            0);
  bytes.resize(size);
  return bytes;
}

// A token with a genuine signature over whatever it says.
std::string Forge(std::string_view header, std::string_view payload,
                  std::string_view secret = kSecret) {
  const std::string text = Base64(header) + "." + Base64(payload);
  std::string signature(32, '\0');
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(signature.data()), nullptr);
  return text + "." + Base64(signature);
}

std::string PayloadOf(const std::string& token) {
  const size_t first = token.find('.') + 1;
  return Unbase64(token.substr(first, token.find('.', first) - first));
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string GoodPayload() { return PayloadOf(MakeSigner().Sign(MakeClaims())); }

// The problem of a token, or "ok".
std::string Check(const std::string& token, TokenType wanted = TokenType::kAccess,
                  int64_t now = kNow) {
  const auto claims = MakeSigner().Verify(token, wanted, now);
  return std::string(claims ? "ok" : TokenProblemText(claims.error()));
}
std::string Text(TokenProblem problem) { return std::string(TokenProblemText(problem)); }

TEST(JwtTest, AnIssuedTokenGivesItsClaimsBack) {
  const TokenClaims claims = MakeClaims();
  const auto read = MakeSigner().Verify(MakeSigner().Sign(claims), TokenType::kAccess, kNow);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, claims);
}

TEST(JwtTest, ClaimsAreWrittenUnderTheirRegisteredNames) {
  EXPECT_EQ(GoodPayload(),
            R"({"sub":"alice","iss":"millrace","iat":1700000000,"exp":1700003600,)"
            R"("role":"service","token_type":"access","jti":"id-1","epoch":3,"sid":"session-1",)"
            R"("email":"alice@example.com"})");
}

TEST(JwtTest, SubjectsSurviveQuotesAndUnicode) {
  TokenClaims claims = MakeClaims();
  claims.subject = "a\"b\\c\n日本";
  claims.email = "";
  const auto read = MakeSigner().Verify(MakeSigner().Sign(claims), TokenType::kAccess, kNow);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, claims);
}

// RFC 7515, A.1: its signature is right, its issuer is "joe".
TEST(JwtTest, ReadsTheSignatureOfTheRfc) {
  const TokenSigner signer = MakeSigner(Unbase64(
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"));
  const std::string token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
      "fQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  EXPECT_EQ(signer.Verify(token, TokenType::kAccess, kNow).error(), TokenProblem::kIssuer);
}

TEST(JwtTest, RefusesEveryOtherAlgorithm) {
  const std::string payload = GoodPayload();
  for (const char* algorithm : {"none", "None", "NONE", "", "HS384", "HS512", "RS256", "hs256"}) {
    const std::string header = R"({"alg":")" + std::string(algorithm) + R"("})";
    EXPECT_EQ(Check(Forge(header, payload)), Text(TokenProblem::kAlgorithm)) << algorithm;
    EXPECT_EQ(Check(Base64(header) + "." + Base64(payload) + "."), Text(TokenProblem::kAlgorithm));
  }
  EXPECT_EQ(Check(Forge(R"({"alg":"HS256"})", payload)), "ok");
}

TEST(JwtTest, RefusesHeadersItCannotHonour) {
  const std::string payload = GoodPayload();
  for (const char* header : {"", "{", "[]", "1", R"({"typ":"JWT"})", R"({"alg":1})",
                             R"({"alg":"HS256","crit":["x"]})"}) {
    EXPECT_EQ(Check(Forge(header, payload)), Text(TokenProblem::kMalformed)) << header;
  }
}

TEST(JwtTest, RefusesAnotherKeyAndAnEmptySignature) {
  EXPECT_EQ(Check(MakeSigner(std::string(32, 'x')).Sign(MakeClaims())),
            Text(TokenProblem::kSignature));
  const std::string token = MakeSigner().Sign(MakeClaims());
  EXPECT_EQ(Check(token.substr(0, token.rfind('.') + 1)), Text(TokenProblem::kSignature));
}

// Whichever character of a token is changed, it is refused.
TEST(JwtTest, RefusesATokenWithAnyCharacterChanged) {
  const std::string token = MakeSigner().Sign(MakeClaims());
  for (size_t i = 0; i < token.size(); ++i) {
    for (const char c : {'A', 'z', '.', '='}) {
      if (token[i] == c) continue;
      std::string changed = token;
      changed[i] = c;
      EXPECT_NE(Check(changed), "ok") << i << c;
    }
  }
}

TEST(JwtTest, RefusesATamperedPayloadUnderTheOldSignature) {
  const std::string token = MakeSigner().Sign(MakeClaims());
  const std::string better = Replaced(PayloadOf(token), "service", "system");
  const std::string forged =
      token.substr(0, token.find('.') + 1) + Base64(better) + token.substr(token.rfind('.'));
  EXPECT_EQ(Check(forged), Text(TokenProblem::kSignature));
}

TEST(JwtTest, RefusesWhatIsNotThreeParts) {
  const std::string token = MakeSigner().Sign(MakeClaims());
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("a.b"), token + ".",
        token + ".x", "." + token, token + "=", token + " ", token + "\n"}) {
    EXPECT_NE(Check(text), "ok") << text;
  }
}

TEST(JwtTest, RefusesATokenOverTheLimitUnread) {
  TokenClaims claims = MakeClaims();
  claims.email = std::string(5000, 'x');
  const std::string fits = MakeSigner().Sign(claims);
  ASSERT_LE(fits.size(), kTokenBytesMax);
  EXPECT_EQ(Check(fits), "ok");
  claims.email = std::string(7000, 'x');
  const std::string large = MakeSigner().Sign(claims);
  ASSERT_GT(large.size(), kTokenBytesMax);
  EXPECT_EQ(Check(large), Text(TokenProblem::kMalformed));
}

TEST(JwtTest, RefusesMissingAndWrongClaims) {
  const std::string payload = GoodPayload();
  const std::string wrong = Text(TokenProblem::kClaims);
  EXPECT_EQ(Check(Forge(kHeader, Replaced(payload, R"("sub":"alice",)", ""))), wrong);
  EXPECT_EQ(Check(Forge(kHeader, Replaced(payload, R"("alice")", R"("")"))), wrong);
  EXPECT_EQ(Check(Forge(kHeader, Replaced(payload, R"("iss":"millrace",)", ""))), wrong);
  EXPECT_EQ(Check(Forge(kHeader, Replaced(payload, R"("exp":1700003600,)", ""))), wrong);
  EXPECT_EQ(Check(Forge(kHeader, Replaced(payload, "1700003600", R"("1700003600")"))), wrong);
  EXPECT_EQ(Check(Forge(kHeader, Replaced(payload, "1700003600", "9223372036854775807"))), wrong);
  EXPECT_EQ(Check(Forge(kHeader, Replaced(payload, "1700003600", "-1"))), wrong);
  EXPECT_EQ(Check(Forge(kHeader, Replaced(payload, "service", "emperor"))), wrong);
  EXPECT_EQ(Check(Forge(kHeader, Replaced(payload, R"("access")", R"("id")"))), wrong);
  EXPECT_EQ(Check(Forge(kHeader, Replaced(payload, R"("token_type":"access",)", ""))), wrong);
  EXPECT_EQ(Check(Forge(kHeader, "[]")), wrong);
  EXPECT_EQ(Check(Forge(kHeader, "")), wrong);
}

TEST(JwtTest, RefusesAnotherIssuer) {
  const std::string payload = GoodPayload();
  EXPECT_EQ(Check(Forge(kHeader, Replaced(payload, "millrace", "kalamdb"))),
            Text(TokenProblem::kIssuer));
}

TEST(JwtTest, ATokenServesItsOwnPurposeOnly) {
  TokenClaims claims = MakeClaims();
  EXPECT_EQ(Check(MakeSigner().Sign(claims), TokenType::kRefresh), Text(TokenProblem::kType));
  claims.type = TokenType::kRefresh;
  EXPECT_EQ(Check(MakeSigner().Sign(claims), TokenType::kAccess), Text(TokenProblem::kType));
  EXPECT_EQ(Check(MakeSigner().Sign(claims), TokenType::kRefresh), "ok");
}

TEST(JwtTest, ExpiresAMinuteAfterItsTime) {
  const std::string token = MakeSigner().Sign(MakeClaims());
  EXPECT_EQ(Check(token, TokenType::kAccess, kNow + 3600 + 60), "ok");
  EXPECT_EQ(Check(token, TokenType::kAccess, kNow + 3600 + 61), Text(TokenProblem::kExpired));
}

// Otherwise a client would log in again, and get what was wrong in the first place.
TEST(JwtTest, AnExpiredTokenOfTheWrongTypeIsNotCalledExpired) {
  const std::string token = MakeSigner().Sign(MakeClaims());
  EXPECT_EQ(Check(token, TokenType::kRefresh, kNow + 100'000), Text(TokenProblem::kType));
}

TEST(JwtTest, SecretsHave32BytesAndAreRandom) {
  EXPECT_EQ(TokenSigner::Create(std::string(31, 'x')).status().code(), Code::kInvalidArgument);
  EXPECT_TRUE(TokenSigner::Create(std::string(32, 'x')).ok());
  SeededRandom random(1);
  const std::string first = GenerateSecret(random);
  EXPECT_EQ(Unbase64(first).size(), 32u);
  EXPECT_NE(first, GenerateSecret(random));
  EXPECT_EQ(Unbase64(GenerateTokenId(random)).size(), 16u);
}

std::shared_ptr<const TokenClaims> SharedClaims() {
  return std::make_shared<const TokenClaims>(MakeClaims());
}

TEST(TokenCacheTest, FindsWhatWasInsertedAndNothingAlike) {
  TokenCache cache(64);
  const std::string token = MakeSigner().Sign(MakeClaims());
  EXPECT_EQ(cache.Find(token), nullptr);
  cache.Insert(token, SharedClaims());
  ASSERT_NE(cache.Find(token), nullptr);
  EXPECT_EQ(cache.Find(token)->subject, "alice");
  // The same signature under another payload.
  EXPECT_EQ(cache.Find("x" + token), nullptr);
  EXPECT_EQ(cache.Find(token.substr(1)), nullptr);
  EXPECT_EQ(cache.Find(""), nullptr);
}

TEST(TokenCacheTest, HoldsNoMoreThanItsLimitAndKeepsWhatIsUsed) {
  TokenCache cache(64);
  cache.Insert("the token in use", SharedClaims());
  for (int i = 0; i < 1000; ++i) {
    cache.Insert("token " + std::to_string(i), SharedClaims());
    ASSERT_NE(cache.Find("the token in use"), nullptr) << i;
  }
  EXPECT_LE(cache.size(), 64u);
  EXPECT_EQ(cache.Find("token 0"), nullptr);
  EXPECT_NE(cache.Find("token 999"), nullptr);
}

}  // namespace
}  // namespace millrace::auth
