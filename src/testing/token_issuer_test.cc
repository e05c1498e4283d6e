// Tokens of other issuers, against an issuer that listens on a port of this machine.
#include "testing/token_issuer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <utility>

#include "auth/auth_for_test.h"
#include "auth/base64url.h"
#include "auth/identities.h"
#include "auth/oidc.h"
#include "net/http_client.h"

namespace millrace::auth {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::IssuerMood;
using ::testing::Not;
using testing::TokenIssuer;

constexpr char kAudience[] = "millrace";

class OidcTest : public AuthForTest {
 protected:
  OidcTest() {
    issuer_.AddKey("k1", "RS256");
    Trust({});
    const NewUser user{.id = "u1", .auth_type = "oauth"};
    EXPECT_TRUE(Run(accounts_.CreateUser(kRoot, user)).ok());
  }

  void Trust(OidcIssuer trust) {
    trust.issuer = issuer_.url();
    trust.audience = kAudience;
    auto fetch = [this](std::string url) { return client_->Get(std::move(url)); };
    auto oidc = Oidc::Create({.issuers = {trust}}, std::move(fetch), accounts_, clock_, log_);
    ASSERT_TRUE(oidc.ok()) << oidc.status().ToString();
    oidc_ = *std::move(oidc);
  }
  int64_t Now() { return clock_.WallMicros() / kSecond; }
  std::string Token(const std::string& key = "k1", std::string_view subject = "u1") {
    return issuer_.TokenFor(key, subject, kAudience, Now());
  }
  // A token with these claims beside issuer, subject and audience.
  std::string TokenWith(std::string claims) {
    return issuer_.Sign("k1", R"({"iss":")" + issuer_.url() + R"(",)" + claims + "}");
  }
  std::string Times() {
    return R"("iat":)" + std::to_string(Now()) + R"(,"exp":)" + std::to_string(Now() + 60);
  }
  AuthResult<Principal> Ask(const std::string& token) { return Run(oidc_->Authenticate(token)); }
  std::string Use(const std::string& token) { return Outcome(Ask(token)); }

  TokenIssuer issuer_;
  std::unique_ptr<HttpClient> client_ = *HttpClient::Create({.timeout = milliseconds(200)});
  std::unique_ptr<Oidc> oidc_;
};

TEST_F(OidcTest, ATokenOfATrustedIssuerIsItsUser) {
  const AuthResult<Principal> principal = Ask(Token());
  ASSERT_TRUE(principal.has_value()) << principal.error().status.ToString();
  EXPECT_EQ(principal->user_id, "u1");
  EXPECT_EQ(principal->role, Role::kUser);
  EXPECT_EQ(principal->expires_at, (Now() + 3600 + 60) * kSecond);
  EXPECT_TRUE(accounts_.CheckPrincipal(*principal).ok());
}

TEST_F(OidcTest, EveryAsymmetricAlgorithmIsAccepted) {
  for (const char* algorithm :
       {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"}) {
    issuer_.AddKey(algorithm, algorithm);
    Trust({});
    EXPECT_EQ(Use(Token(algorithm)), "ok") << algorithm;
    std::string forged = Token(algorithm);
    forged[forged.size() - 8] = forged[forged.size() - 8] == 'A' ? 'B' : 'A';
    EXPECT_EQ(Use(forged), "INVALID_CREDENTIALS") << algorithm;
  }
}

TEST_F(OidcTest, KeysAreFetchedOnceForManyTokens) {
  for (int i = 0; i < 20; ++i) ASSERT_EQ(Use(Token()), "ok");
  EXPECT_EQ(issuer_.requests(), 2);  // the discovery document and the keys
  Together<AuthResult<Principal>> together(loop_);
  Trust({});
  for (int i = 0; i < 10; ++i) together.Add(oidc_->Authenticate(Token()));
  for (const auto& result : together.Finish()) EXPECT_EQ(Outcome(result), "ok");
  EXPECT_EQ(issuer_.requests(), 4);
}

TEST_F(OidcTest, ANewKeyIsFoundWhenATokenNamesIt) {
  ASSERT_EQ(Use(Token()), "ok");
  issuer_.AddKey("k2", "ES256");
  Advance(minutes(2));
  EXPECT_EQ(Use(Token("k2")), "ok");
  EXPECT_EQ(Use(Token("k1")), "ok");
  issuer_.AddKey("k1", "RS256");  // another one under the old id
  EXPECT_EQ(Use(Token("k1")), "INVALID_CREDENTIALS");
  Advance(hours(2));
  EXPECT_EQ(Use(Token("k1")), "ok");
}

TEST_F(OidcTest, UnknownKeysAreAskedForOnceAMinute) {
  ASSERT_EQ(Use(Token()), "ok");
  issuer_.AddKey("gone", "ES256");
  const std::string token = Token("gone");
  issuer_.RemoveKey("gone");
  Advance(minutes(2));
  const int before = issuer_.requests();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(Use(token), "INVALID_CREDENTIALS");
  EXPECT_EQ(issuer_.requests(), before + 2);
  EXPECT_EQ(Use(Token()), "ok");
}

TEST_F(OidcTest, StaleKeysServeWhileTheIssuerIsDownButNotForEver) {
  ASSERT_EQ(Use(Token()), "ok");
  issuer_.SetMood(IssuerMood::kFailing);
  Advance(hours(2));
  EXPECT_EQ(Use(Token()), "ok");
  EXPECT_EQ(log_.Count(LogLevel::kWarn, "oidc_keys_not_fetched"), 1u);
  EXPECT_EQ(Use(Token()), "ok");
  Advance(hours(25));
  EXPECT_EQ(Use(Token()), "AUTHENTICATION_ERROR");
  issuer_.SetMood(IssuerMood::kGood);
  EXPECT_EQ(Use(Token()), "AUTHENTICATION_ERROR");  // within the minute
  Advance(minutes(2));
  EXPECT_EQ(Use(Token()), "ok");
}

TEST_F(OidcTest, WhateverAnIssuerAnswersNobodyComesInByIt) {
  for (const IssuerMood mood :
       {IssuerMood::kFailing, IssuerMood::kHuge, IssuerMood::kGarbage, IssuerMood::kImpersonal,
        IssuerMood::kKeyless, IssuerMood::kRedirecting}) {
    Trust({});
    issuer_.SetMood(mood);
    EXPECT_EQ(Use(Token()), "AUTHENTICATION_ERROR") << static_cast<int>(mood);
    const int asked = issuer_.requests();
    EXPECT_EQ(Use(Token()), "AUTHENTICATION_ERROR") << static_cast<int>(mood);
    EXPECT_EQ(issuer_.requests(), asked) << static_cast<int>(mood);
  }
}

TEST_F(OidcTest, ASilentIssuerIsWaitedForOnlySoLong) {
  issuer_.SetMood(IssuerMood::kSilent);
  const SystemClock real;
  EventLoop loop("real", real);
  const AuthResult<Principal> result = RunOnLoop(loop, oidc_->Authenticate(Token()));
  EXPECT_EQ(Outcome(result), "AUTHENTICATION_ERROR");
  const std::vector<std::string> lines = log_.Lines();
  EXPECT_THAT(lines, Contains(HasSubstr("did not answer in time")));
}

// ---- Tokens that are refused ------------------------------------------------

TEST_F(OidcTest, WrongClaimsAreRefusedWithoutAskingTheIssuer) {
  const std::string who = R"("sub":"u1","aud":"millrace",)";
  const std::string later = std::to_string(Now() + 600);
  for (const std::string& claims :
       {std::string(R"("sub":"u1","aud":"other",)") + Times(), R"("sub":"u1",)" + Times(),
        R"("aud":"millrace",)" + Times(), R"("sub":"","aud":"millrace",)" + Times(),
        who + R"("exp":)" + later, who + R"("iat":)" + std::to_string(Now()),
        who + Times() + R"(,"nbf":)" + later,
        who + R"("iat":)" + later + R"(,"exp":)" + std::to_string(Now() + 1200),
        R"("sub":"u1","aud":["a","b"],)" + Times(), who + R"("iat":"x","exp":"y")"}) {
    EXPECT_EQ(Use(TokenWith(claims)), "INVALID_CREDENTIALS") << claims;
  }
  EXPECT_EQ(issuer_.requests(), 0);
  EXPECT_EQ(Use(TokenWith(R"("sub":"u1","aud":["a","millrace"],)" + Times())), "ok");
}

TEST_F(OidcTest, TimesHaveALeewayOfAMinute) {
  const std::string token = Token();
  Advance(hours(1) + seconds(60));
  EXPECT_EQ(Use(token), "ok");
  Advance(seconds(1));
  EXPECT_EQ(Use(token), "TOKEN_EXPIRED");
}

TEST_F(OidcTest, NothingButAnAsymmetricSignatureCounts) {
  const auto with_header = [&](const std::string& header) {
    const std::string good = Token();
    const std::string rest = good.substr(good.find('.'));
    return EncodeBase64Url(header) + rest;
  };
  for (const char* header :
       {R"({"alg":"none","kid":"k1"})", R"({"alg":"HS256","kid":"k1"})", R"({"kid":"k1"})",
        R"({"alg":"ES256","kid":"k1"})", R"({"alg":"RS384","kid":"k1"})",
        R"({"alg":"RS256","kid":"k1","crit":["x"]})", R"({"alg":"RS256","kid":"other"})", "{"}) {
    EXPECT_EQ(Use(with_header(header)), "INVALID_CREDENTIALS") << header;
  }
  // The public key, which everybody knows, as the secret of an HMAC.
  const std::string pem = issuer_.PublicPem("k1");
  const std::string good = Token();
  std::string text = EncodeBase64Url(R"({"alg":"HS256","kid":"k1"})");
  text += good.substr(good.find('.'), good.rfind('.') - good.find('.'));
  unsigned char mac[32];
  unsigned int size = 0;
  HMAC(EVP_sha256(), pem.data(), static_cast<int>(pem.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  text += "." + EncodeBase64Url({reinterpret_cast<const char*>(mac), size});
  EXPECT_EQ(Use(text), "INVALID_CREDENTIALS");
  EXPECT_EQ(Use(good.substr(0, good.rfind('.') + 1)), "INVALID_CREDENTIALS");
}

TEST_F(OidcTest, AnotherIssuersTokensAreNotOurs) {
  TokenIssuer other;
  other.AddKey("k1", "RS256");
  const std::string token = other.TokenFor("k1", "u1", kAudience, Now());
  EXPECT_FALSE(oidc_->IsForMe(token));
  EXPECT_EQ(Use(token), "INVALID_CREDENTIALS");
  // And its signature does not stand for ours.
  const std::string claims =
      R"({"iss":")" + issuer_.url() + R"(","sub":"u1","aud":"millrace",)" + Times() + "}";
  EXPECT_EQ(Use(other.Sign("k1", claims)), "INVALID_CREDENTIALS");
}

// ---- Users ------------------------------------------------------------------

TEST_F(OidcTest, OnlyUsersWhoLogInThatWayAreLetIn) {
  EXPECT_EQ(Use(Token("k1", "alice")), "INVALID_CREDENTIALS");  // has a password
  EXPECT_EQ(Use(Token("k1", "root")), "INVALID_CREDENTIALS");
  EXPECT_EQ(Use(Token("k1", "nobody")), "INVALID_CREDENTIALS");
  EXPECT_EQ(accounts_.Find("nobody"), nullptr);
}

TEST_F(OidcTest, AuthDataNamesWhoMayBeTheUser) {
  const auto create = [&](const std::string& id, const std::string& data) {
    const NewUser user{.id = id, .auth_type = "oauth", .auth_data = data};
    ASSERT_TRUE(Run(accounts_.CreateUser(kRoot, user)).ok());
  };
  create("a", R"({"issuer":")" + issuer_.url() + R"(","subject":"a"})");
  create("b", R"({"issuer":"https://other.example"})");
  create("c", R"({"subject":"x"})");
  create("d", "not JSON");
  EXPECT_EQ(Use(Token("k1", "a")), "ok");
  for (const char* id : {"b", "c", "d"}) EXPECT_EQ(Use(Token("k1", id)), "INVALID_CREDENTIALS");
}

TEST_F(OidcTest, SubjectsBecomeUsersWhereThatIsWanted) {
  Trust({.user_prefix = "corp:", .creates_users = true, .default_role = Role::kService});
  const AuthResult<Principal> principal = Ask(Token("k1", "jo"));
  ASSERT_TRUE(principal.has_value()) << principal.error().status.ToString();
  EXPECT_EQ(principal->user_id, "corp:jo");
  EXPECT_EQ(principal->role, Role::kService);
  EXPECT_EQ(Row("corp:jo").auth_type, "oauth");
  EXPECT_THAT(Audited(), Contains("server create_user corp:jo"));
  EXPECT_EQ(Use(Token("k1", "../etc")), "INVALID_CREDENTIALS");
  // Whom somebody dropped does not come back by himself.
  ASSERT_TRUE(Run(accounts_.DropUser(kRoot, "corp:jo")).ok());
  EXPECT_EQ(Use(Token("k1", "jo")), "INVALID_CREDENTIALS");
}

TEST_F(OidcTest, EndingTheSessionsOfAUserEndsTokensIssuedBefore) {
  const std::string before = Token();
  const Principal begun = *Ask(before);
  Advance(seconds(2));
  ASSERT_TRUE(Run(accounts_.AlterUser(kRoot, "u1", {.end_sessions = true})).ok());
  EXPECT_EQ(Use(before), "INVALID_CREDENTIALS");
  EXPECT_FALSE(accounts_.CheckPrincipal(begun).ok());
  Advance(seconds(1));
  EXPECT_EQ(Use(Token()), "ok");
}

TEST_F(OidcTest, TheRoleIsOursWhateverTheTokenSays) {
  const std::string token = TokenWith(R"("sub":"u1","aud":"millrace","role":"system",)" + Times());
  EXPECT_EQ(Ask(token)->role, Role::kUser);
}

// ---- The configuration and the door -----------------------------------------

TEST_F(OidcTest, ATrustThatIsNotThoughtThroughIsRefused) {
  const auto create = [&](std::vector<OidcIssuer> issuers) {
    return Oidc::Create({.issuers = std::move(issuers)}, nullptr, accounts_, clock_, log_)
        .status()
        .code();
  };
  const OidcIssuer good{.issuer = "https://a.example", .audience = "us"};
  EXPECT_EQ(create({good}), Code::kOk);
  EXPECT_EQ(create({{.issuer = "https://a.example"}}), Code::kInvalidArgument);
  EXPECT_EQ(create({{.issuer = "http://a.example", .audience = "us"}}), Code::kInvalidArgument);
  EXPECT_EQ(create({{.issuer = "a.example", .audience = "us"}}), Code::kInvalidArgument);
  EXPECT_EQ(create({good, {.issuer = "https://b.example", .audience = "us"}}),
            Code::kInvalidArgument);
  EXPECT_EQ(create({good, {.issuer = "https://b.example", .audience = "us", .user_prefix = "b:"}}),
            Code::kOk);
  OidcIssuer powerful = good;
  powerful.default_role = Role::kDba;
  EXPECT_EQ(create({powerful}), Code::kInvalidArgument);
}

TEST_F(OidcTest, EveryProofFindsItsWay) {
  Identities identities(authenticator_, api_keys_, oidc_.get());
  const auto identify = [&](Proof proof) { return Run(identities.Identify(std::move(proof))); };
  const std::string key = Run(api_keys_.Create(kRoot, {.name = "k", .user_id = "alice"}))->key;
  const std::string own = LogIn("alice", "wonderland")->access_token;
  const auto by_oidc = identify({.authorization = "bearer " + Token(), .address = "10.0.0.9"});
  ASSERT_TRUE(by_oidc.has_value());
  EXPECT_EQ(by_oidc->user_id, "u1");
  EXPECT_EQ(by_oidc->address, "10.0.0.9");
  EXPECT_EQ(identify({.authorization = "Bearer " + own})->user_id, "alice");
  EXPECT_EQ(identify({.authorization = "Bearer " + key})->api_key.size(), 16u);
  EXPECT_EQ(identify({.api_key = key})->user_id, "alice");
  EXPECT_GT(data_.catalog().ApiKeys()[0]->last_used_at, 0);
  EXPECT_EQ(Outcome(identify({})), "MISSING_AUTHORIZATION");
  EXPECT_EQ(Outcome(identify({.authorization = "Bearer " + own, .api_key = key})),
            "INVALID_CREDENTIALS");
  EXPECT_EQ(Outcome(identify({.api_key = own})), "INVALID_CREDENTIALS");
  Identities alone(authenticator_, api_keys_, nullptr);
  EXPECT_EQ(Outcome(Run(alone.Identify({.authorization = "Bearer " + Token()}))),
            "INVALID_CREDENTIALS");
}

TEST(FetchUrlTest, OnlyTlsOrThisMachine) {
  EXPECT_EQ(ParseFetchUrl("https://a.example")->target, "/");
  EXPECT_EQ(ParseFetchUrl("https://a.example:8443/x?y=1")->port, 8443);
  EXPECT_EQ(ParseFetchUrl("https://a.example?y=1")->target, "/?y=1");
  EXPECT_EQ(ParseFetchUrl("http://[::1]:80/")->host, "[::1]");
  EXPECT_TRUE(ParseFetchUrl("http://localhost/").ok());
  for (const char* url :
       {"", "ftp://a.example", "http://a.example/", "https://", "https://u@a.example",
        "https://a.example:0", "https://a.example:x", "https://a.example/\r\nX: y",
        "https://a.example/#f", "http://localhost.evil.example/", "http://127.evil.example/"}) {
    EXPECT_FALSE(ParseFetchUrl(url).ok()) << url;
  }
}

TEST(FetchUrlTest, ACertificateNobodyTrustsIsRefused) {
  // A server without TLS stands for one whose handshake fails.
  TokenIssuer issuer;
  const SystemClock real;
  EventLoop loop("real", real);
  const auto client = *HttpClient::Create({.timeout = milliseconds(5000)});
  const std::string url = "https://127.0.0.1" + issuer.url().substr(issuer.url().rfind(':'));
  const Result<std::string> page = RunOnLoop(loop, client->Get(url));
  EXPECT_EQ(page.status().code(), Code::kUnavailable);
  EXPECT_THAT(page.status().message(), HasSubstr("certificate"));
}

}  // namespace
}  // namespace millrace::auth
