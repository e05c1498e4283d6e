// Logging in, tokens of the logged in, and lockouts.
#include "auth/authenticator.h"

#include <gtest/gtest.h>

#include <latch>

#include "auth/auth_for_test.h"

namespace millrace::auth {
namespace {

using std::chrono::minutes;

class AuthenticatorTest : public AuthForTest {};

TEST_F(AuthenticatorTest, ALoginGivesTokensThatAuthenticate) {
  const AuthResult<IssuedTokens> login = LogIn("alice", "wonderland");
  ASSERT_TRUE(login.has_value());
  EXPECT_EQ(login->user->id, "alice");
  EXPECT_EQ(login->expires_at, clock_.WallMicros() + 24 * 3600 * kSecond);
  EXPECT_EQ(login->refresh_expires_at, clock_.WallMicros() + 7 * 24 * 3600 * kSecond);

  const AuthResult<Principal> principal =
      authenticator_.Authenticate("Bearer " + login->access_token);
  ASSERT_TRUE(principal.has_value());
  EXPECT_EQ(principal->user_id, "alice");
  EXPECT_EQ(principal->role, Role::kUser);
  EXPECT_EQ(principal->expires_at, login->expires_at + 60 * kSecond);
  EXPECT_EQ(Outcome(authenticator_.AuthenticateToken(login->access_token)), "ok");
}

TEST_F(AuthenticatorTest, EveryTokenIsAnother) {
  const auto first = LogIn("alice", "wonderland");
  const auto second = LogIn("alice", "wonderland");
  EXPECT_NE(first->access_token, second->access_token);
  EXPECT_NE(first->refresh_token, second->refresh_token);
}

TEST_F(AuthenticatorTest, ALoginIsRecordedWithoutAnFsync) {
  Advance(minutes(1));
  ASSERT_EQ(LogInOutcome("alice", "wonderland"), "ok");
  EXPECT_EQ(Row("alice").last_login_at, clock_.WallMicros());
  EXPECT_EQ(data_.log().durabilities().back(), Durability::kRelaxed);
  EXPECT_EQ(LogInOutcome("alice", "wrong guess"), "INVALID_CREDENTIALS");
  EXPECT_EQ(Row("alice").failed_logins, 1u);
  EXPECT_EQ(data_.log().durabilities().back(), Durability::kRelaxed);
}

TEST_F(AuthenticatorTest, ReadsTheHeaderAsClientsWriteIt) {
  const std::string token = LogIn("alice", "wonderland")->access_token;
  for (const std::string& header :
       {"bearer " + token, "BEARER  " + token + " ", " Bearer\t" + token}) {
    EXPECT_EQ(Outcome(authenticator_.Authenticate(header)), "ok") << header;
  }
  EXPECT_EQ(Outcome(authenticator_.Authenticate("")), "MISSING_AUTHORIZATION");
  EXPECT_EQ(Outcome(authenticator_.Authenticate("  ")), "MISSING_AUTHORIZATION");
  for (const std::string& header :
       {std::string("Bearer"), std::string("Bearer "), token, "Bearer" + token, "Bearer x" + token,
        "Digest " + token, std::string("Basic YWxpY2U6d29uZGVybGFuZA==")}) {
    EXPECT_EQ(Outcome(authenticator_.Authenticate(header)), "INVALID_CREDENTIALS") << header;
  }
}

// What an outsider can see of these is the same, the work included.
TEST_F(AuthenticatorTest, WhyALoginFailedIsNotTold) {
  ASSERT_TRUE(Run(accounts_.CreateUser(kRoot, {.id = "bob", .password = "wonderland"})).ok());
  ASSERT_TRUE(Run(accounts_.DropUser(kRoot, "bob")).ok());
  ASSERT_TRUE(Run(accounts_.CreateUser(kRoot, {.id = "bot", .auth_type = "internal"})).ok());
  ASSERT_TRUE(Run(accounts_.CreateUser(kRoot, {.id = "lea", .password = "wonderland"})).ok());
  for (int i = 0; i < 5; ++i) LogIn("lea", "wrong guess");
  ASSERT_TRUE(accounts_.IsLocked(Row("lea")));
  for (const char* user : {"alice", "nobody", "bob", "bot", "root", "lea"}) {
    const double before = Hashes();
    const AuthResult<IssuedTokens> login = LogIn(user, "wrong guess");
    ASSERT_FALSE(login.has_value());
    EXPECT_EQ(login.error().code, AuthErrorCode::kInvalidCredentials) << user;
    EXPECT_EQ(login.error().status.ToString(), InvalidCredentials().status.ToString()) << user;
    EXPECT_EQ(Hashes() - before, 1) << user;
  }
  EXPECT_EQ(LogInOutcome("bob", "wonderland"), "INVALID_CREDENTIALS");
}

TEST_F(AuthenticatorTest, AnEmptyPasswordIsNeverRight) {
  ASSERT_TRUE(Run(accounts_.CreateUser(kRoot, {.id = "bot", .auth_type = "internal"})).ok());
  for (const char* user : {"alice", "bot", "nobody", ""}) {
    EXPECT_EQ(LogInOutcome(user, ""), "INVALID_CREDENTIALS") << user;
  }
}

TEST_F(AuthenticatorTest, AnImpossiblyLongPasswordIsNotHashed) {
  const double before = Hashes();
  EXPECT_EQ(LogInOutcome("alice", std::string(257, 'x')), "INVALID_CREDENTIALS");
  EXPECT_EQ(Hashes(), before);
}

TEST_F(AuthenticatorTest, RootWithoutPasswordIsToldToSetUp) {
  EXPECT_EQ(LogInOutcome("root", ""), "SETUP_REQUIRED");
  EXPECT_EQ(WireForm(AuthErrorCode::kSetupRequired).endpoint_status, 428);
  ASSERT_TRUE(Run(accounts_.EnsureRoot("first password")).ok());
  EXPECT_EQ(LogInOutcome("root", ""), "INVALID_CREDENTIALS");
  EXPECT_EQ(LogInOutcome("root", "first password"), "ok");
}

TEST_F(AuthenticatorTest, FiveWrongPasswordsLockTheAccountFor15Minutes) {
  LockAlice();
  EXPECT_EQ(log_.Count(LogLevel::kWarn, "account_locked"), 1u);
  EXPECT_EQ(LogInOutcome("alice", "wonderland"), "INVALID_CREDENTIALS");
  EXPECT_EQ(LogInOutcome("alice", "wrong guess"), "INVALID_CREDENTIALS");
  Advance(minutes(15) - std::chrono::microseconds(1));
  EXPECT_EQ(LogInOutcome("alice", "wonderland"), "INVALID_CREDENTIALS");
  Advance(std::chrono::microseconds(1));
  EXPECT_EQ(LogInOutcome("alice", "wonderland"), "ok");
  EXPECT_EQ(Row("alice").failed_logins, 0u);
  EXPECT_EQ(Row("alice").locked_until, 0);
}

TEST_F(AuthenticatorTest, AfterALockTheCountBeginsAnew) {
  LockAlice();
  Advance(minutes(15));
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(LogInOutcome("alice", "wrong guess"), "INVALID_CREDENTIALS");
  EXPECT_EQ(Row("alice").failed_logins, 4u);
  EXPECT_EQ(LogInOutcome("alice", "wonderland"), "ok");
}

TEST_F(AuthenticatorTest, ARightPasswordResetsTheCount) {
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) LogIn("alice", "wrong guess");
    EXPECT_EQ(LogInOutcome("alice", "wonderland"), "ok");
  }
}

TEST_F(AuthenticatorTest, ALockOutlivesARestart) {
  LockAlice();
  const std::unique_ptr<Catalog> reloaded = *Catalog::Load(data_.store());
  EXPECT_TRUE(accounts_.IsLocked(*reloaded->FindUser("alice")));
}

// A lock keeps guessers out, not who is in.
TEST_F(AuthenticatorTest, ALockDoesNotEndTheTokensInUse) {
  const auto login = LogIn("alice", "wonderland");
  LockAlice();
  EXPECT_EQ(Bearer(login->access_token), "ok");
  EXPECT_EQ(Outcome(Refresh(login->refresh_token)), "ok");
}

// All were let in before any failed; still no more than five count, and a right one among
// the later ones does not pay off.
TEST_F(AuthenticatorTest, GuessesAtTheSameTimeAreAllCounted) {
  Together<AuthResult<IssuedTokens>> guesses(loop_);
  for (int i = 0; i < 19; ++i) guesses.Add(authenticator_.LogIn("alice", "wrong guess"));
  guesses.Add(authenticator_.LogIn("alice", "wonderland"));
  for (const auto& result : guesses.Finish()) EXPECT_EQ(Outcome(result), "INVALID_CREDENTIALS");
  EXPECT_EQ(Row("alice").failed_logins, 5u);
  EXPECT_TRUE(accounts_.IsLocked(Row("alice")));
}

TEST_F(AuthenticatorTest, LoginsAtTheSameTimeAllSucceed) {
  Together<AuthResult<IssuedTokens>> logins(loop_);
  for (int i = 0; i < 20; ++i) logins.Add(authenticator_.LogIn("alice", "wonderland"));
  for (const auto& result : logins.Finish()) EXPECT_EQ(Outcome(result), "ok");
}

TEST_F(AuthenticatorTest, TooManyLoginsAtTheSameTimeAreTurnedAway) {
  Together<AuthResult<IssuedTokens>> logins(loop_);
  for (int i = 0; i < 200; ++i) logins.Add(authenticator_.LogIn("nobody", "wrong guess"));
  int refused = 0;
  for (const auto& result : logins.Finish()) {
    if (Outcome(result) == "RATE_LIMIT_EXCEEDED") ++refused;
  }
  EXPECT_GT(refused, 0);
  EXPECT_EQ(Hashes(), 201 - refused);  // one made alice's
}

// Occupies the pool, so that a login stays between its look at the row and its check.
class LoginInFlightTest : public AuthenticatorTest {
 protected:
  void Occupy(uint32_t threads) {
    for (uint32_t i = 0; i < threads; ++i) occupied_.Add(Wait());
    loop_.RunUntilIdle();
    begun_.wait();
  }
  AuthResult<IssuedTokens> LogInAround(std::string password, const UserDefinition& row) {
    Occupy(2);
    Together<AuthResult<IssuedTokens>> login(loop_);
    login.Add(authenticator_.LogIn("alice", std::move(password)));
    loop_.RunUntilIdle();
    data_.WriteUser(row);
    release_.count_down();
    occupied_.Finish();
    return std::move(login.Finish()[0]);
  }

 private:
  Task<Status> Wait() {
    auto wait = [this] {
      begun_.count_down();
      release_.wait();
    };
    co_return co_await pool_.Run(wait);
  }
  std::latch begun_{2};
  std::latch release_{1};
  Together<Status> occupied_{loop_};
};

TEST_F(LoginInFlightTest, ARightGuessDoesNotPayOffOnceTheAccountIsLocked) {
  UserDefinition locked = Row("alice");
  locked.locked_until = clock_.WallMicros() + kSecond;
  EXPECT_EQ(Outcome(LogInAround("wonderland", locked)), "INVALID_CREDENTIALS");
}

TEST_F(LoginInFlightTest, APasswordThatWasJustReplacedDoesNotLogIn) {
  UserDefinition changed = Row("alice");
  changed.password_hash = *HashPassword("looking glass", PasswordCost::Cheapest());
  EXPECT_EQ(Outcome(LogInAround("wonderland", changed)), "INVALID_CREDENTIALS");
  EXPECT_EQ(Row("alice").password_hash, changed.password_hash);
}

TEST_F(LoginInFlightTest, APasswordThatWasJustSetLogsIn) {
  UserDefinition changed = Row("alice");
  changed.password_hash = *HashPassword("looking glass", PasswordCost::Cheapest());
  EXPECT_EQ(Outcome(LogInAround("looking glass", changed)), "ok");
}

TEST_F(LoginInFlightTest, AUserWhoWasJustDroppedDoesNotLogIn) {
  UserDefinition dropped = Row("alice");
  dropped.deleted_at = clock_.WallMicros();
  EXPECT_EQ(Outcome(LogInAround("wonderland", dropped)), "INVALID_CREDENTIALS");
}

TEST_F(AuthenticatorTest, AGuessThatCannotBeCountedIsNotAnswered) {
  data_.log().FailNext(Unavailable("the disk is full"));
  EXPECT_EQ(LogInOutcome("alice", "wrong guess"), "AUTHENTICATION_ERROR");
}

TEST_F(AuthenticatorTest, ALoginThatCannotBeRecordedStillCounts) {
  data_.log().FailNext(Unavailable("the disk is full"));
  EXPECT_EQ(LogInOutcome("alice", "wonderland"), "ok");
  EXPECT_EQ(log_.Count(LogLevel::kWarn, "login_not_recorded"), 1u);
}

TEST_F(AuthenticatorTest, AHashOfAnotherCostIsReplacedByTheNextLogin) {
  UserDefinition row = Row("alice");
  row.password_hash = *HashPassword("wonderland", {.memory_bytes = 16384, .passes = 1});
  data_.WriteUser(row);
  EXPECT_EQ(LogInOutcome("alice", "wrong guess"), "INVALID_CREDENTIALS");
  EXPECT_EQ(Row("alice").password_hash, row.password_hash);
  EXPECT_EQ(LogInOutcome("alice", "wonderland"), "ok");
  EXPECT_FALSE(passwords_.NeedsRehash(Row("alice").password_hash));
  EXPECT_EQ(LogInOutcome("alice", "wonderland"), "ok");
}

TEST_F(AuthenticatorTest, AnExpiredTokenIsToldApart) {
  const std::string seen = LogIn("alice", "wonderland")->access_token;
  const std::string unseen = LogIn("alice", "wonderland")->access_token;
  EXPECT_EQ(Bearer(seen), "ok");  // now in the cache
  Advance(std::chrono::hours(24) + minutes(1));
  EXPECT_EQ(Bearer(seen), "ok");
  Advance(std::chrono::seconds(1));
  EXPECT_EQ(Bearer(seen), "TOKEN_EXPIRED");
  EXPECT_EQ(Bearer(unseen), "TOKEN_EXPIRED");
}

// Each is asked twice, before and after the token is in the cache.
TEST_F(AuthenticatorTest, ATokenEndsWithItsUsersRole) {
  const auto seen = LogIn("alice", "wonderland");
  const auto unseen = LogIn("alice", "wonderland");
  EXPECT_EQ(Bearer(seen->access_token), "ok");
  ASSERT_TRUE(Run(accounts_.AlterUser(kRoot, "alice", {.role = Role::kService})).ok());
  EXPECT_EQ(Bearer(seen->access_token), "INVALID_CREDENTIALS");
  EXPECT_EQ(Bearer(unseen->access_token), "INVALID_CREDENTIALS");
  EXPECT_EQ(Outcome(Refresh(seen->refresh_token)), "INVALID_CREDENTIALS");
}

TEST_F(AuthenticatorTest, ATokenDoesNotComeBackWithItsUsersRole) {
  const auto login = LogIn("alice", "wonderland");
  ASSERT_TRUE(Run(accounts_.AlterUser(kRoot, "alice", {.role = Role::kUser})).ok());
  EXPECT_EQ(Bearer(login->access_token), "ok") << "the role is the one alice had";
  for (const Role role : {Role::kService, Role::kUser}) {
    ASSERT_TRUE(Run(accounts_.AlterUser(kRoot, "alice", {.role = role})).ok());
    EXPECT_EQ(Bearer(login->access_token), "INVALID_CREDENTIALS");
    EXPECT_EQ(Outcome(Refresh(login->refresh_token)), "INVALID_CREDENTIALS");
  }
  EXPECT_EQ(LogInOutcome("alice", "wonderland"), "ok");
}

TEST_F(AuthenticatorTest, APrincipalEndsWithWhatItWasMadeFrom) {
  const auto principal = [&] {
    const std::string password = Row("alice").account == 1 ? "wonderland" : "second life";
    const auto login = LogIn("alice", password);
    return *authenticator_.AuthenticateToken(login->access_token);
  };
  const auto code = [&](const Principal& held) { return accounts_.CheckPrincipal(held).code(); };
  Principal held = principal();
  EXPECT_EQ(code(held), Code::kOk);
  Principal other = held;
  other.account = 2;
  EXPECT_EQ(code(other), Code::kUnauthenticated);

  ASSERT_TRUE(Run(accounts_.EndSession("alice", {held.session, INT64_MAX})).ok());
  EXPECT_EQ(code(held), Code::kUnauthenticated);
  held = principal();
  ASSERT_TRUE(Run(accounts_.AlterUser(kRoot, "alice", {.role = Role::kService})).ok());
  EXPECT_EQ(code(held), Code::kUnauthenticated);
  held = principal();
  ASSERT_TRUE(Run(accounts_.AlterUser(kRoot, "alice", {.password = "wonderland"})).ok());
  EXPECT_EQ(code(held), Code::kUnauthenticated);
  held = principal();
  ASSERT_TRUE(Run(accounts_.DropUser(kRoot, "alice")).ok());
  EXPECT_EQ(code(held), Code::kUnauthenticated);
  ASSERT_TRUE(Run(accounts_.CreateUser(kRoot, {.id = "alice", .password = "second life"})).ok());
  EXPECT_EQ(code(held), Code::kUnauthenticated);
  EXPECT_EQ(code(principal()), Code::kOk);
}

TEST_F(AuthenticatorTest, ATokenEndsWithItsUser) {
  const auto seen = LogIn("alice", "wonderland");
  const auto unseen = LogIn("alice", "wonderland");
  EXPECT_EQ(Bearer(seen->access_token), "ok");
  ASSERT_TRUE(Run(accounts_.DropUser(kRoot, "alice")).ok());
  EXPECT_EQ(Bearer(seen->access_token), "INVALID_CREDENTIALS");
  EXPECT_EQ(Bearer(unseen->access_token), "INVALID_CREDENTIALS");
  EXPECT_EQ(Outcome(Refresh(seen->refresh_token)), "INVALID_CREDENTIALS");
}

// In the same second, too: times are not what tells the two apart.
TEST_F(AuthenticatorTest, ATokenIsNotWorthItsUsersNamesake) {
  const auto login = LogIn("alice", "wonderland");
  ASSERT_TRUE(Run(accounts_.DropUser(kRoot, "alice")).ok());
  ASSERT_TRUE(Run(accounts_.CreateUser(kRoot, {.id = "alice", .password = "second life"})).ok());
  EXPECT_EQ(Bearer(login->access_token), "INVALID_CREDENTIALS");
  EXPECT_EQ(Outcome(Refresh(login->refresh_token)), "INVALID_CREDENTIALS");
  EXPECT_EQ(Bearer(LogIn("alice", "second life")->access_token), "ok");
}

TEST_F(AuthenticatorTest, APrincipalNamesItsAccountAndNotOnlyItsName) {
  const auto first = LogIn("alice", "wonderland");
  EXPECT_EQ(authenticator_.AuthenticateToken(first->access_token)->account, 1u);
  ASSERT_TRUE(Run(accounts_.DropUser(kRoot, "alice")).ok());
  ASSERT_TRUE(Run(accounts_.CreateUser(kRoot, {.id = "alice", .password = "second life"})).ok());
  const auto second = LogIn("alice", "second life");
  EXPECT_EQ(authenticator_.AuthenticateToken(second->access_token)->account, 2u);
}

TEST_F(AuthenticatorTest, TokensEndWithThePasswordTheyWereGivenFor) {
  const auto login = LogIn("alice", "wonderland");
  EXPECT_EQ(Bearer(login->access_token), "ok");
  ASSERT_TRUE(Run(accounts_.AlterUser(kRoot, "alice", {.password = "looking glass"})).ok());
  EXPECT_EQ(Bearer(login->access_token), "INVALID_CREDENTIALS");
  EXPECT_EQ(Outcome(Refresh(login->refresh_token)), "INVALID_CREDENTIALS");
  const auto again = LogIn("alice", "looking glass");
  ASSERT_TRUE(Run(accounts_.AlterUser(kRoot, "alice", {.email = "a@b.example"})).ok());
  EXPECT_EQ(Bearer(again->access_token), "ok");
}

TEST_F(AuthenticatorTest, LogoutEndsItsSessionAndNoOther) {
  const auto other = LogIn("alice", "wonderland");
  for (const bool by_refresh_token : {false, true}) {
    const auto login = LogIn("alice", "wonderland");
    const auto refreshed = Refresh(login->refresh_token);
    EXPECT_EQ(Bearer(login->access_token), "ok");
    const std::string token = by_refresh_token ? login->refresh_token : login->access_token;
    ASSERT_TRUE(Run(authenticator_.LogOut(token)).ok());
    for (const auto& tokens : {*login, *refreshed}) {
      EXPECT_EQ(Bearer(tokens.access_token), "INVALID_CREDENTIALS");
      EXPECT_EQ(Outcome(Refresh(tokens.refresh_token)), "INVALID_CREDENTIALS");
    }
  }
  EXPECT_EQ(Bearer(other->access_token), "ok");
  EXPECT_EQ(Outcome(Refresh(other->refresh_token)), "ok");
}

TEST_F(AuthenticatorTest, LogoutWithAnExpiredTokenEndsItsSession) {
  const auto login = LogIn("alice", "wonderland");
  Advance(std::chrono::hours(25));
  ASSERT_EQ(Bearer(login->access_token), "TOKEN_EXPIRED");
  const auto refreshed = Refresh(login->refresh_token);
  ASSERT_TRUE(Run(authenticator_.LogOut(login->access_token)).ok());
  EXPECT_EQ(Outcome(Refresh(login->refresh_token)), "INVALID_CREDENTIALS");
  EXPECT_EQ(Bearer(refreshed->access_token), "INVALID_CREDENTIALS");
}

// It passed the check before the end was written, and is issued after the logout began.
TEST_F(AuthenticatorTest, AnEndedSessionIsRememberedLongerThanTokensIssuedMeanwhileLive) {
  const auto login = LogIn("alice", "wonderland");
  const AuthResult<IssuedTokens> late = [&] {
    Advance(minutes(30));
    auto tokens = Refresh(login->refresh_token);
    Advance(-minutes(30));
    return tokens;
  }();
  ASSERT_TRUE(Run(authenticator_.LogOut(login->access_token)).ok());
  EXPECT_GT(Row("alice").ended_sessions.at(0).until,
            late->refresh_expires_at + kTokenLeewaySeconds * kSecond);
}

TEST_F(AuthenticatorTest, AnEndedSessionIsRememberedUntilItsTokensHaveExpired) {
  const auto login = LogIn("alice", "wonderland");
  ASSERT_TRUE(Run(authenticator_.LogOut(login->access_token)).ok());
  EXPECT_EQ(data_.log().durabilities().back(), Durability::kStrict);
  const std::unique_ptr<Catalog> reloaded = *Catalog::Load(data_.store());
  EXPECT_EQ(reloaded->FindUser("alice")->ended_sessions, Row("alice").ended_sessions);
  ASSERT_EQ(Row("alice").ended_sessions.size(), 1u);
  Advance(std::chrono::hours(7 * 24 + 1) + minutes(2));
  ASSERT_TRUE(Run(authenticator_.LogOut(LogIn("alice", "wonderland")->access_token)).ok());
  EXPECT_EQ(Row("alice").ended_sessions.size(), 1u);
}

TEST_F(AuthenticatorTest, TooManyEndedSessionsEndThemAll) {
  const auto other = LogIn("alice", "wonderland");
  for (size_t i = 0; i < kEndedSessionsMax; ++i) {
    ASSERT_TRUE(Run(accounts_.EndSession("alice", {"s" + std::to_string(i), INT64_MAX})).ok());
  }
  EXPECT_EQ(Bearer(other->access_token), "ok");
  const auto login = LogIn("alice", "wonderland");
  ASSERT_TRUE(Run(authenticator_.LogOut(login->access_token)).ok());
  EXPECT_EQ(Bearer(login->access_token), "INVALID_CREDENTIALS");
  EXPECT_EQ(Bearer(other->access_token), "INVALID_CREDENTIALS");
  EXPECT_TRUE(Row("alice").ended_sessions.empty());
}

TEST_F(AuthenticatorTest, LogoutWithATokenThatIsNoneChangesNothing) {
  const size_t before = data_.log().durabilities().size();
  for (const char* token : {"", "x", "a.b.c"}) {
    EXPECT_TRUE(Run(authenticator_.LogOut(token)).ok());
  }
  EXPECT_EQ(data_.log().durabilities().size(), before);
  const auto login = LogIn("alice", "wonderland");
  data_.log().FailNext(Unavailable("the disk is full"));
  EXPECT_EQ(Run(authenticator_.LogOut(login->access_token)).code(), Code::kUnavailable);
}

TEST_F(AuthenticatorTest, AccessAndRefreshTokensDoNotReplaceEachOther) {
  const auto login = LogIn("alice", "wonderland");
  EXPECT_EQ(Bearer(login->refresh_token), "INVALID_CREDENTIALS");
  EXPECT_EQ(Bearer(login->access_token), "ok");
  EXPECT_EQ(Outcome(Refresh(login->access_token)), "INVALID_CREDENTIALS");
}

TEST_F(AuthenticatorTest, RefreshGivesANewPairUntilTheRefreshTokenExpires) {
  const auto login = LogIn("alice", "wonderland");
  Advance(std::chrono::hours(25));
  EXPECT_EQ(Bearer(login->access_token), "TOKEN_EXPIRED");
  const AuthResult<IssuedTokens> refreshed = Refresh(login->refresh_token);
  ASSERT_TRUE(refreshed.has_value());
  EXPECT_EQ(Bearer(refreshed->access_token), "ok");
  EXPECT_NE(refreshed->refresh_token, login->refresh_token);
  Advance(std::chrono::hours(7 * 24));
  EXPECT_EQ(Outcome(Refresh(login->refresh_token)), "TOKEN_EXPIRED");
}

TEST_F(AuthenticatorTest, AForgedRoleOrUserIsRefused) {
  EXPECT_EQ(Bearer(SignedFor(Claims())), "ok");
  TokenClaims claims = Claims();
  claims.role = Role::kSystem;
  EXPECT_EQ(Bearer(SignedFor(claims)), "INVALID_CREDENTIALS");
  claims = Claims();
  claims.subject = "nobody";
  EXPECT_EQ(Bearer(SignedFor(claims)), "INVALID_CREDENTIALS");
  const TokenSigner other = *TokenSigner::Create(std::string(32, 'x'));
  EXPECT_EQ(Bearer(other.Sign(Claims())), "INVALID_CREDENTIALS");
}

// The cache must not be a way around the limit either.
TEST_F(AuthenticatorTest, MoreTokensThanTheCacheHoldsAllStayValid) {
  Authenticator small({.cached_tokens_max = 8}, keys_, accounts_, passwords_, clock_, random_,
                      log_);
  std::vector<std::string> tokens;
  for (int i = 0; i < 50; ++i) {
    TokenClaims claims = Claims();
    claims.id = std::to_string(i);
    tokens.push_back(SignedFor(claims));
  }
  for (int round = 0; round < 2; ++round) {
    for (const std::string& token : tokens) {
      EXPECT_EQ(Outcome(small.AuthenticateToken(token)), "ok");
    }
  }
}

TEST(AuthErrorTest, EveryCodeHasItsWireForm) {
  EXPECT_EQ(WireForm(AuthErrorCode::kMissingAuthorization).envelope_code, "MISSING_AUTHORIZATION");
  EXPECT_EQ(WireForm(AuthErrorCode::kTokenExpired).envelope_status, 401);
  EXPECT_EQ(WireForm(AuthErrorCode::kAlreadyConfigured).endpoint_error, "already_configured");
  EXPECT_EQ(WireForm(AuthErrorCode::kUserExists).endpoint_status, 409);
  EXPECT_EQ(WireForm(AuthErrorCode::kWeakPassword).endpoint_error, "weak_password");
  EXPECT_EQ(WireForm(AuthErrorCode::kInvalidUser).endpoint_status, 400);
  EXPECT_EQ(WireForm(AuthErrorCode::kOverloaded).endpoint_status, 429);
  EXPECT_EQ(WireForm(AuthErrorCode::kInternal).envelope_code, "AUTHENTICATION_ERROR");
  EXPECT_EQ(WireForm(AuthErrorCode::kInternal).endpoint_status, 500);
  EXPECT_EQ(ServerSideError(ResourceExhausted("x")).code, AuthErrorCode::kOverloaded);
  EXPECT_EQ(ServerSideError(Unavailable("x")).code, AuthErrorCode::kInternal);
}

}  // namespace
}  // namespace millrace::auth
