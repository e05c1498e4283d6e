// Tokens of another issuer, API keys and rotating refresh tokens, through the front door.
#include <gtest/gtest.h>

#include <string>

#include "test_server.h"
#include "testing/token_issuer.h"

namespace millrace::e2e {
namespace {

class ProofTest : public ::testing::Test {
 protected:
  ProofTest() {
    issuer_.AddKey("k1", "ES256");
    ServerOptions options = TestServer::Defaults();
    options.oidc.issuers = {{.issuer = issuer_.url(),
                             .audience = "millrace",
                             .user_prefix = "id:",
                             .creates_users = true}};
    server_ = std::make_unique<TestServer>(std::move(options));
  }

  SqlAnswer RunWith(std::string_view header, std::string_view sql = "SELECT CURRENT_USER") {
    return ReadAnswer(server_->Request("POST", "/v1/api/sql", SqlBody(sql), header));
  }
  static std::string Bearer(const std::string& token) {
    return "Authorization: Bearer " + token + "\r\n";
  }
  static int64_t Now() { return SystemClock().WallMicros() / 1'000'000; }

  testing::TokenIssuer issuer_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(ProofTest, ATokenOfATrustedIssuerRunsStatements) {
  const std::string token = issuer_.TokenFor("k1", "jo", "millrace", Now());
  EXPECT_EQ(RunWith(Bearer(token)).Text(), "id:jo");
  EXPECT_EQ(RunWith(Bearer(token), "SELECT * FROM system.users").sqlstate, "42501");
  const Response me = server_->Request("GET", "/v1/api/auth/me", "", Bearer(token));
  EXPECT_EQ(me.status, 200) << me.body;
  SqlClient root = server_->Root();
  ASSERT_TRUE(root.Run("DROP USER 'id:jo'").ok());
  EXPECT_EQ(RunWith(Bearer(token)).code, "INVALID_CREDENTIALS");
}

TEST_F(ProofTest, ATokenForSomebodyElseIsRefused) {
  const std::string token = issuer_.TokenFor("k1", "jo", "another client", Now());
  const SqlAnswer answer = RunWith(Bearer(token));
  EXPECT_EQ(answer.http_status, 401);
  EXPECT_EQ(answer.code, "INVALID_CREDENTIALS") << answer;
}

TEST_F(ProofTest, AnIssuerThatIsDownStopsNobodyElse) {
  issuer_.SetMood(testing::IssuerMood::kFailing);
  const std::string token = issuer_.TokenFor("k1", "jo", "millrace", Now());
  EXPECT_EQ(RunWith(Bearer(token)).code, "AUTHENTICATION_ERROR");
  EXPECT_EQ(RunWith(Bearer(server_->root_token())).Text(), "root");
}

TEST_F(ProofTest, AnApiKeyRunsStatementsUntilItIsDropped) {
  server_->TokenOf("svc", "service");
  SqlClient root = server_->Root();
  const SqlAnswer made = root.Run("CREATE API KEY nightly FOR USER svc");
  ASSERT_TRUE(made.ok()) << made;
  const std::string id = made.rows[0][0];
  const std::string key = made.rows[0][1];
  EXPECT_EQ(RunWith(Bearer(key)).Text(), "svc");
  EXPECT_EQ(RunWith("X-API-Key: " + key + "\r\n").Text(), "svc");
  EXPECT_EQ(RunWith("X-API-Key: " + key + "x\r\n").code, "INVALID_CREDENTIALS");
  EXPECT_EQ(RunWith("X-API-Key: " + key + "\r\n" + Bearer(key)).code, "INVALID_CREDENTIALS");
  EXPECT_EQ(root.Text("SELECT last_used_at IS NOT NULL FROM system.api_keys"), "true");
  EXPECT_EQ(RunWith(Bearer(key), "SELECT key_id FROM system.api_keys").Text(), id);
  ASSERT_TRUE(root.Run("DROP API KEY '" + id + "'").ok());
  EXPECT_EQ(RunWith(Bearer(key)).code, "INVALID_CREDENTIALS");
}

TEST_F(ProofTest, ARefreshTokenIsGoodOnceAndItsReplayEndsTheSession) {
  server_->TokenOf("max");
  const std::string body = R"({"user":"max","password":")" + std::string(kUserPassword) + R"("})";
  const Response login = server_->Request("POST", "/v1/api/auth/login", body);
  const std::string first = JsonMember(login.body, "refresh_token");
  const auto refresh = [&](const std::string& token) {
    return server_->Request("POST", "/v1/api/auth/refresh", "", Bearer(token));
  };
  const Response next = refresh(first);
  ASSERT_EQ(next.status, 200) << next.body;
  EXPECT_EQ(RunWith(Bearer(JsonMember(next.body, "access_token"))).Text(), "max");
  EXPECT_EQ(refresh(first).status, 401);
  EXPECT_EQ(refresh(JsonMember(next.body, "refresh_token")).status, 401);
  EXPECT_EQ(RunWith(Bearer(JsonMember(next.body, "access_token"))).code, "INVALID_CREDENTIALS");
  SqlClient root = server_->Root();
  EXPECT_EQ(root.Text("SELECT actor_user_id, ip_address FROM system.audit_log "
                      "WHERE action = 'refresh_token_replayed'"),
            "max,127.0.0.1");
}

TEST_F(ProofTest, AUserEndsHisOwnSessions) {
  SqlClient max = server_->As("max");
  ASSERT_TRUE(max.Run("ALTER USER max REVOKE SESSIONS").ok());
  EXPECT_EQ(max.Run("SELECT 1").code, "INVALID_CREDENTIALS");
}

}  // namespace
}  // namespace millrace::e2e
