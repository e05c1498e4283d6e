// Who may come in, and how.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "auth/jwt.h"
#include "auth/token_keys.h"
#include "runtime/await_on_worker.h"
#include "session/session.h"
#include "test_server.h"

namespace millrace::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string LogInBody(std::string_view user, std::string_view password) {
  return "{\"user\":" + JsonText(user) + ",\"password\":" + JsonText(password) + "}";
}

class AuthTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = std::make_unique<TestServer>(); }
  static void TearDownTestSuite() { server_.reset(); }

  static SqlAnswer RunWith(std::string_view authorization_line) {
    return ReadAnswer(
        server_->Request("POST", "/v1/api/sql", SqlBody("SELECT 1"), authorization_line));
  }
  static Response LogIn(std::string_view user, std::string_view password) {
    return server_->Request("POST", "/v1/api/auth/login", LogInBody(user, password));
  }
  // A token with these claims, signed with the server's own secret.
  static std::string Sign(const auth::TokenClaims& claims) { return Signer().Sign(claims); }
  static auth::TokenSigner Signer() {
    auto keys = auth::DecodeTokenKeys(server_->server().catalog().Setting(auth::kTokenKeysSetting));
    return *auth::TokenSigner::Create(*std::move(keys));
  }
  static int64_t Now() { return SystemClock().WallMicros() / 1'000'000; }
  static auth::TokenClaims RootClaims() {
    return {.subject = "root",
            .role = Role::kSystem,
            .type = auth::TokenType::kAccess,
            .issued_at = Now(),
            .expires_at = Now() + 1000,
            .id = "e2e",
            .epoch = 1};  // of a user whose password was never changed
  }

  static std::unique_ptr<TestServer> server_;
};
std::unique_ptr<TestServer> AuthTest::server_;

TEST_F(AuthTest, WithoutCredentialsNothingRuns) {
  const SqlAnswer answer = RunWith("");
  EXPECT_EQ(answer.http_status, 401);
  EXPECT_EQ(answer.code, "MISSING_AUTHORIZATION") << answer;
}

TEST_F(AuthTest, GarbledTokensAreRefused) {
  const std::string good = server_->root_token();
  ASSERT_TRUE(RunWith(Bearer(good)).ok());
  std::string changed = good;
  changed[good.size() / 2] = good[good.size() / 2] == 'A' ? 'B' : 'A';
  for (const std::string& token :
       {changed, good + "x", good.substr(0, good.size() - 1), good.substr(5), std::string("a.b.c"),
        std::string(".."), std::string("x"), std::string(6000, 'a')}) {
    const SqlAnswer answer = RunWith("Authorization: Bearer " + token + "\r\n");
    EXPECT_EQ(answer.http_status, 401) << token;
    EXPECT_EQ(answer.code, "INVALID_CREDENTIALS") << token << answer;
  }
}

TEST_F(AuthTest, TheAlgorithmNoneIsNoSignature) {
  // {"alg":"none","typ":"JWT"} and the claims of a good token.
  const std::string good = Sign(RootClaims());
  const size_t first = good.find('.');
  const std::string claims = good.substr(first, good.rfind('.') - first + 1);
  const SqlAnswer answer = RunWith(Bearer("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0" + claims));
  EXPECT_EQ(answer.http_status, 401) << answer;
}

TEST_F(AuthTest, ExpiredTokensSaySoAndOthersDoNot) {
  auth::TokenClaims claims = RootClaims();
  ASSERT_TRUE(RunWith(Bearer(Sign(claims))).ok());
  claims.issued_at = Now() - 5000;
  claims.expires_at = Now() - auth::kTokenLeewaySeconds - 5;
  const SqlAnswer expired = RunWith(Bearer(Sign(claims)));
  EXPECT_EQ(expired.http_status, 401);
  EXPECT_EQ(expired.code, "TOKEN_EXPIRED") << expired;
}

TEST_F(AuthTest, ATokenOfAnotherRoleOrOfNobodyIsRefused) {
  auth::TokenClaims claims = RootClaims();
  claims.role = Role::kDba;
  EXPECT_EQ(RunWith(Bearer(Sign(claims))).code, "INVALID_CREDENTIALS");
  claims.subject = "nobody here";
  EXPECT_EQ(RunWith(Bearer(Sign(claims))).code, "INVALID_CREDENTIALS");
}

TEST_F(AuthTest, BasicIsRefused) {
  // root:root password of e2e
  const SqlAnswer answer = RunWith("Authorization: Basic cm9vdDpyb290IHBhc3N3b3JkIG9mIGUyZQ==\r\n");
  EXPECT_EQ(answer.http_status, 401);
  EXPECT_EQ(answer.code, "INVALID_CREDENTIALS") << answer;
}

TEST_F(AuthTest, OddAuthorizationLinesAreRefused) {
  for (const std::string_view line :
       {"Authorization: Bearer\r\n", "Authorization: Bearer \r\n", "Authorization: \r\n",
        "Authorization: bearer\tx\r\n", "Authorization: Digest x\r\n"}) {
    EXPECT_EQ(RunWith(line).http_status, 401) << line;
  }
}

TEST_F(AuthTest, EachKindOfTokenOpensItsOwnDoorOnly) {
  const Response tokens = LogIn("root", kRootPassword);
  ASSERT_EQ(tokens.status, 200) << tokens.body;
  const std::string access = JsonMember(tokens.body, "access_token");
  const std::string refresh = JsonMember(tokens.body, "refresh_token");
  EXPECT_EQ(RunWith(Bearer(refresh)).code, "INVALID_CREDENTIALS");
  EXPECT_EQ(server_->Request("POST", "/v1/api/auth/refresh", "", Bearer(access)).status, 401);
  const Response renewed = server_->Request("POST", "/v1/api/auth/refresh", "", Bearer(refresh));
  EXPECT_EQ(renewed.status, 200) << renewed.body;
  EXPECT_TRUE(RunWith(Bearer(JsonMember(renewed.body, "access_token"))).ok());
  EXPECT_EQ(server_->Request("POST", "/v1/api/auth/refresh").status, 401);
}

TEST_F(AuthTest, LoginAnswersWithUserTokensAndCookies) {
  const Response response = LogIn("root", kRootPassword);
  EXPECT_EQ(JsonMember(JsonMember(response.body, "user"), "id"), "root");
  EXPECT_EQ(JsonMember(JsonMember(response.body, "user"), "role"), "system");
  EXPECT_EQ(JsonMember(response.body, "admin_ui_access"), "true");
  const std::vector<std::string> cookies = response.Headers("Set-Cookie");
  ASSERT_EQ(cookies.size(), 2);
  for (const std::string& cookie : cookies) {
    EXPECT_THAT(cookie, AllOf(HasSubstr("HttpOnly"), HasSubstr("SameSite=Strict"),
                              HasSubstr("Path=/"), HasSubstr("Max-Age=")));
  }
}

TEST_F(AuthTest, MeKnowsTheCallerByTokenAndByCookie) {
  const std::string token = server_->TokenOf("mia");
  const Response by_token = server_->Request("GET", "/v1/api/auth/me", "", Bearer(token));
  EXPECT_EQ(JsonMember(JsonMember(by_token.body, "user"), "id"), "mia") << by_token.body;
  const Response by_cookie =
      server_->Request("GET", "/v1/api/auth/me", "", "Cookie: a=b; kalamdb_auth=" + token + "\r\n");
  EXPECT_EQ(JsonMember(JsonMember(by_cookie.body, "user"), "id"), "mia") << by_cookie.body;
  EXPECT_EQ(JsonMember(by_cookie.body, "admin_ui_access"), "false");
  EXPECT_EQ(server_->Request("GET", "/v1/api/auth/me").status, 401);
}

TEST_F(AuthTest, LogoutClearsBothCookies) {
  const Response response = server_->Request("POST", "/v1/api/auth/logout");
  const std::vector<std::string> cookies = response.Headers("Set-Cookie");
  ASSERT_EQ(cookies.size(), 2);
  EXPECT_THAT(cookies[0], AllOf(StartsWith("kalamdb_auth=;"), HasSubstr("Max-Age=0")));
  EXPECT_THAT(cookies[1], AllOf(StartsWith("kalamdb_refresh=;"), HasSubstr("Max-Age=0")));
}

TEST_F(AuthTest, WrongUserWrongPasswordAndDroppedUserLookTheSame) {
  server_->TokenOf("dora");
  server_->Root().Text("DROP USER 'dora'");
  const Response wrong_user = LogIn("nobody here", kUserPassword);
  const Response wrong_password = LogIn("root", "not the password");
  const Response dropped = LogIn("dora", kUserPassword);
  EXPECT_EQ(wrong_user.status, 401);
  EXPECT_EQ(wrong_user.body, wrong_password.body);
  EXPECT_EQ(wrong_user.body, dropped.body);
}

TEST_F(AuthTest, TheFifthWrongPasswordLocksEvenTheRightOneOut) {
  server_->TokenOf("lea");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(LogIn("lea", "wrong password").status, 401);
  const Response locked = LogIn("lea", kUserPassword);
  EXPECT_EQ(locked.status, 401);
  EXPECT_EQ(locked.body, LogIn("nobody here", kUserPassword).body);
  server_->Root().Text("ALTER USER 'lea' SET PASSWORD 'another good password'");
  EXPECT_EQ(LogIn("lea", "another good password").status, 200);
}

// Nobody gets more than five tries by trying at the same time.
TEST_F(AuthTest, ParallelGuessesAreCountedOneByOne) {
  server_->TokenOf("gus");
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([] { LogIn("gus", "wrong password"); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(LogIn("gus", kUserPassword).status, 401);
  EXPECT_EQ(server_->Root().Text("SELECT failed_login_attempts FROM system.users "
                                 "WHERE user_id = 'gus'"),
            "5");
}

TEST_F(AuthTest, OddLoginsAreRefusedWithoutHarm) {
  for (const std::string& body :
       {std::string("{}"), std::string("[]"), std::string(R"({"user":"root"})"),
        std::string(R"({"user":1,"password":"x"})"), LogInBody(std::string(200, 'u'), "x"),
        LogInBody("root", std::string(300, 'p')),
        std::string(R"({"user":"root","password":"x","more":"y"})")}) {
    const Response response = server_->Request("POST", "/v1/api/auth/login", body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(JsonMember(response.body, "error"), "invalid_request") << response.body;
  }
}

TEST_F(AuthTest, ADroppedUsersTokenStopsWorkingAtOnce) {
  SqlClient eve = server_->As("eve");
  eve.Text("SELECT 1");
  server_->Root().Text("DROP USER 'eve'");
  EXPECT_EQ(eve.Run("SELECT 1").code, "INVALID_CREDENTIALS");
}

// The new account has the name and nothing else: no token and no row of the old one.
TEST_F(AuthTest, AnAccountInheritsNothingFromItsNamesake) {
  SqlClient root = server_->Root();
  root.Text("CREATE NAMESPACE IF NOT EXISTS heirs");
  root.Text("CREATE USER TABLE heirs.notes (id INT PRIMARY KEY, body TEXT)");
  root.Text("CREATE STREAM TABLE heirs.events (body TEXT) WITH (TTL_SECONDS = 3600)");
  const auto create = [&](const std::string& password) {
    root.Text("CREATE USER 'carl' WITH PASSWORD '" + password + "' ROLE 'user'");
    return LogIn("carl", password);
  };
  const Response old = create("first password");
  SqlClient before(server_->port(), JsonMember(old.body, "access_token"));
  before.Text("INSERT INTO heirs.notes VALUES (1, 'private')");
  before.Text("INSERT INTO heirs.events VALUES ('private')");
  root.Text("DROP USER 'carl'");
  SqlClient after(server_->port(), JsonMember(create("second password").body, "access_token"));
  EXPECT_EQ(before.Run("SELECT 1").code, "INVALID_CREDENTIALS");
  EXPECT_EQ(server_
                ->Request("POST", "/v1/api/auth/refresh", "",
                          Bearer(JsonMember(old.body, "refresh_token")))
                .status,
            401);
  EXPECT_EQ(after.Text("SELECT * FROM heirs.notes"), "");
  EXPECT_EQ(after.Text("SELECT COUNT(*) FROM heirs.notes"), "0");
  EXPECT_EQ(after.Text("SELECT * FROM heirs.events"), "");
  after.Text("INSERT INTO heirs.notes VALUES (1, 'mine')");
  EXPECT_EQ(root.Text("EXECUTE AS USER 'carl' (SELECT body FROM heirs.notes)"), "mine");
  server_->Restart();
  SqlClient later(server_->port(), server_->LogIn("carl", "second password"));
  EXPECT_EQ(later.Text("SELECT body FROM heirs.notes WHERE id = 1"), "mine");
}

TEST_F(AuthTest, ANewPasswordEndsTheTokensOfTheOldOne) {
  server_->TokenOf("paul");
  const Response tokens = LogIn("paul", kUserPassword);
  const std::string access = JsonMember(tokens.body, "access_token");
  EXPECT_TRUE(RunWith(Bearer(access)).ok());
  server_->Root().Text("ALTER USER 'paul' SET PASSWORD 'another good password'");
  EXPECT_EQ(RunWith(Bearer(access)).code, "INVALID_CREDENTIALS");
  const std::string refresh = Bearer(JsonMember(tokens.body, "refresh_token"));
  EXPECT_EQ(server_->Request("POST", "/v1/api/auth/refresh", "", refresh).status, 401);
}

TEST_F(AuthTest, LogoutEndsTheSessionForGood) {
  server_->TokenOf("lou");
  const Response tokens = LogIn("lou", kUserPassword);
  const std::string access = Bearer(JsonMember(tokens.body, "access_token"));
  const std::string refresh = JsonMember(tokens.body, "refresh_token");
  EXPECT_TRUE(RunWith(access).ok());
  const std::string cookie = "Cookie: kalamdb_refresh=" + refresh + "\r\n";
  EXPECT_EQ(server_->Request("POST", "/v1/api/auth/logout", "", cookie).status, 200);
  for (const bool restarted : {false, true}) {
    if (restarted) server_->Restart();
    EXPECT_EQ(RunWith(access).code, "INVALID_CREDENTIALS");
    EXPECT_EQ(server_->Request("POST", "/v1/api/auth/refresh", "", Bearer(refresh)).status, 401);
  }
  EXPECT_EQ(LogIn("lou", kUserPassword).status, 200);
}

TEST_F(AuthTest, LogoutWithAnExpiredTokenEndsTheSession) {
  server_->TokenOf("max");
  const std::string refresh = JsonMember(LogIn("max", kUserPassword).body, "refresh_token");
  auth::TokenClaims claims = *Signer().Read(refresh);
  claims.type = auth::TokenType::kAccess;
  claims.expires_at = Now() - auth::kTokenLeewaySeconds - 5;
  const std::string expired = Bearer(Sign(claims));
  ASSERT_EQ(RunWith(expired).code, "TOKEN_EXPIRED");
  EXPECT_EQ(server_->Request("POST", "/v1/api/auth/logout", "", expired).status, 200);
  EXPECT_EQ(server_->Request("POST", "/v1/api/auth/refresh", "", Bearer(refresh)).status, 401);
}

// What ends a token ends a script that began with it, before its next statement.
TEST_F(AuthTest, AScriptEndsWithTheTokenItBeganWith) {
  SqlClient root = server_->Root();
  root.Text("CREATE TABLE script_marks (id BIGINT PRIMARY KEY)");
  int id = 0;
  for (const std::string_view change : {"PASSWORD 'a new password'", "ROLE service"}) {
    const std::string user = "dan" + std::to_string(++id);
    SqlClient dan(server_->port(), server_->TokenOf(user, "dba"));
    const SqlAnswer answer = dan.Run("ALTER USER '" + user + "' SET " + std::string(change) +
                                     "; INSERT INTO script_marks VALUES (1)");
    EXPECT_EQ(answer.http_status, 401) << change << answer;
    EXPECT_EQ(answer.code, "INVALID_CREDENTIALS") << change << answer;
    EXPECT_THAT(answer.message, StartsWith("Statement 2 failed")) << change;
  }
  EXPECT_EQ(root.Text("SELECT COUNT(*) FROM script_marks"), "0");
}

// The same when somebody else ends it while the script runs.
TEST_F(AuthTest, ASessionRunsNothingAfterItsLogoutOrItsUsersDrop) {
  SqlClient root = server_->Root();
  for (const std::string_view end : {"logout", "drop"}) {
    const std::string token = server_->TokenOf("ned");
    const auth::TokenClaims claims = *Signer().Read(token);
    Session session(server_->server().sessions(),
                    {.user_id = "ned",
                     .role = claims.role,
                     .token_epoch = claims.epoch,
                     .session = claims.session},
                    "default");
    EventLoop& loop = server_->server().loops().loop(0);
    const auto script =
        std::make_shared<const Script>(*AwaitOnWorker(loop, session.Parse("SELECT 1; SELECT 2")));
    EXPECT_TRUE(AwaitOnWorker(loop, session.Execute(script, 0, {}, StopToken())).ok());
    if (end == "logout") {
      server_->Request("POST", "/v1/api/auth/logout", "", Bearer(token));
    } else {
      root.Text("DROP USER 'ned'");
    }
    EXPECT_EQ(AwaitOnWorker(loop, session.Execute(script, 1, {}, StopToken())).status().code(),
              Code::kUnauthenticated)
        << end;
  }
}

TEST_F(AuthTest, AnErrorDoesNotRepeatAPassword) {
  for (const std::string_view sql :
       {"CREATE USER 'zoe' WITH PASSWORD 'hunt2'", "CREATE USER 'zoe' WITH PASWORD 'hunt2'",
        "ALTER USER 'root' SET PASSWORD 'hunt2'", "ALTER USER 'root' PASSWORD 'hunt2'",
        "SELECT 1; CREATE USER 'zoe' WITH PASSWORD 'hunt2"}) {
    const SqlAnswer answer = server_->Root().Run(sql);
    EXPECT_FALSE(answer.ok()) << sql;
    EXPECT_EQ(answer.body.find("hunt2"), std::string::npos) << answer.body;
  }
  const SqlAnswer other = server_->Root().Run("SELECT * FROM nosuch WHERE a = 'hunt2'");
  EXPECT_NE(other.body.find("hunt2"), std::string::npos) << other.body;
  for (const std::string& line : server_->log().Lines()) {
    EXPECT_EQ(line.find("hunt2"), std::string::npos) << line;
  }
}

TEST(SetUpTest, AFreshServerWantsItsFirstPassword) {
  ServerOptions options = TestServer::Defaults();
  options.root_password.reset();
  TestServer server(std::move(options));
  EXPECT_EQ(JsonMember(server.Request("GET", "/v1/api/auth/status").body, "needs_setup"), "true");
  const Response login = server.Request("POST", "/v1/api/auth/login", LogInBody("root", ""));
  EXPECT_EQ(login.status, 428);
  EXPECT_EQ(JsonMember(login.body, "error"), "setup_required") << login.body;

  const std::string weak = R"({"user":"ada","password":"short","root_password":"long enough 1"})";
  EXPECT_EQ(JsonMember(server.Request("POST", "/v1/api/auth/setup", weak).body, "error"),
            "weak_password");
  const std::string body =
      R"({"user":"ada","password":"a good password","root_password":"another good password"})";
  const Response done = server.Request("POST", "/v1/api/auth/setup", body);
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(JsonMember(JsonMember(done.body, "user"), "role"), "dba");
  EXPECT_EQ(server.Request("POST", "/v1/api/auth/setup", body).status, 409);
  EXPECT_EQ(JsonMember(server.Request("GET", "/v1/api/auth/status").body, "needs_setup"), "false");
  SqlClient ada(server.port(), server.LogIn("ada", "a good password"));
  ada.Text("SELECT COUNT(*) FROM system.users");
  EXPECT_FALSE(server.LogIn("root", "another good password").empty());
}

}  // namespace
}  // namespace millrace::e2e
