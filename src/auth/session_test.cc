// Sessions: refresh tokens that are used once, what ends them, and the keys that sign
// them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/auth_for_test.h"

namespace millrace::auth {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::Not;
using ::testing::StartsWith;

class SessionTokensTest : public AuthForTest {};

TEST_F(SessionTokensTest, EachRefreshTokenIsGoodOnce) {
  AuthResult<IssuedTokens> tokens = LogIn("alice", "wonderland");
  for (int i = 0; i < 5; ++i) {
    tokens = Refresh(tokens->refresh_token);
    ASSERT_TRUE(tokens.has_value()) << i;
    EXPECT_EQ(Bearer(tokens->access_token), "ok");
  }
}

TEST_F(SessionTokensTest, AReplayedRefreshTokenEndsTheWholeFamily) {
  const auto other = LogIn("alice", "wonderland");
  const auto first = LogIn("alice", "wonderland");
  const auto second = Refresh(first->refresh_token);
  const auto third = Refresh(second->refresh_token);
  ASSERT_TRUE(third.has_value());
  EXPECT_EQ(Outcome(Refresh(first->refresh_token)), "INVALID_CREDENTIALS");
  // Nobody can tell the thief from the victim, so neither goes on.
  EXPECT_EQ(Outcome(Refresh(third->refresh_token)), "INVALID_CREDENTIALS");
  for (const auto& tokens : {*first, *second, *third}) {
    EXPECT_EQ(Bearer(tokens.access_token), "INVALID_CREDENTIALS");
  }
  EXPECT_EQ(Bearer(other->access_token), "ok");
  EXPECT_EQ(Outcome(Refresh(other->refresh_token)), "ok");
  EXPECT_THAT(Audited(), Contains("alice refresh_token_replayed alice"));
  EXPECT_EQ(log_.Count(LogLevel::kWarn, "refresh_token_replayed"), 1u);
}

TEST_F(SessionTokensTest, OfTwoUsesAtTheSameTimeOneIsAReplay) {
  const auto login = LogIn("alice", "wonderland");
  Together<AuthResult<IssuedTokens>> uses(loop_);
  for (int i = 0; i < 2; ++i) uses.Add(authenticator_.Refresh(login->refresh_token));
  const auto results = uses.Finish();
  EXPECT_EQ(results[0].has_value() + results[1].has_value(), 1);
  EXPECT_EQ(Bearer(login->access_token), "INVALID_CREDENTIALS");
}

TEST_F(SessionTokensTest, UsedTokensStayUsedAfterARestart) {
  const auto login = LogIn("alice", "wonderland");
  ASSERT_TRUE(Refresh(login->refresh_token).has_value());
  EXPECT_EQ(data_.log().durabilities().back(), Durability::kStrict);
  const std::unique_ptr<Catalog> reloaded = *Catalog::Load(data_.store());
  ASSERT_EQ(reloaded->RefreshStates("alice").size(), 1u);
  EXPECT_EQ(reloaded->RefreshStates("alice")[0]->refreshes, 1u);
}

TEST_F(SessionTokensTest, ARefreshThatCannotBeWrittenGivesNothing) {
  const auto login = LogIn("alice", "wonderland");
  data_.log().FailNext(Unavailable("the disk is full"));
  EXPECT_EQ(Outcome(Refresh(login->refresh_token)), "AUTHENTICATION_ERROR");
  EXPECT_EQ(Outcome(Refresh(login->refresh_token)), "ok");
}

// A disk that lost the last write: the number is ours all the same.
TEST_F(SessionTokensTest, ATokenAheadOfWhatIsKnownIsGood) {
  const auto login = LogIn("alice", "wonderland");
  TokenClaims ahead = *keys_.signer()->Read(login->refresh_token);
  ahead.refreshes = 3;
  EXPECT_EQ(Outcome(Refresh(SignedFor(ahead))), "ok");
  EXPECT_EQ(Outcome(Refresh(login->refresh_token)), "INVALID_CREDENTIALS");
}

TEST_F(SessionTokensTest, ExpiredSessionsOfEverybodyAreForgotten) {
  ASSERT_TRUE(Run(accounts_.CreateUser(kRoot, {.id = "bob", .password = "the builder"})).ok());
  ASSERT_TRUE(Refresh(LogIn("bob", "the builder")->refresh_token).has_value());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Refresh(LogIn("alice", "wonderland")->refresh_token).has_value());
  }
  EXPECT_EQ(data_.catalog().RefreshStatesAfter("", 100).size(), 4u);
  Advance(hours(8 * 24));
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(Refresh(LogIn("alice", "wonderland")->refresh_token).has_value());
  }
  EXPECT_EQ(data_.catalog().RefreshStatesAfter("", 100).size(), 2u);
}

TEST_F(SessionTokensTest, AllSessionsOfAUserCanBeEnded) {
  const auto first = LogIn("alice", "wonderland");
  const auto second = LogIn("alice", "wonderland");
  ASSERT_TRUE(Refresh(first->refresh_token).has_value());
  ASSERT_TRUE(Run(accounts_.AlterUser(kRoot, "alice", {.end_sessions = true})).ok());
  EXPECT_EQ(Bearer(first->access_token), "INVALID_CREDENTIALS");
  EXPECT_EQ(Outcome(Refresh(second->refresh_token)), "INVALID_CREDENTIALS");
  EXPECT_TRUE(data_.catalog().RefreshStates("alice").empty());
  EXPECT_EQ(LogInOutcome("alice", "wonderland"), "ok");
}

TEST_F(SessionTokensTest, EverybodyMayEndHisOwnSessionsAndNothingElse) {
  const Principal alice{.user_id = "alice", .role = Role::kUser};
  const auto login = LogIn("alice", "wonderland");
  EXPECT_EQ(Run(accounts_.AlterUser(alice, "alice", {.email = "a@b.example", .end_sessions = true}))
                .code(),
            Code::kPermissionDenied);
  EXPECT_EQ(Run(accounts_.AlterUser(alice, "root", {.end_sessions = true})).code(),
            Code::kPermissionDenied);
  EXPECT_EQ(Bearer(login->access_token), "ok");
  EXPECT_TRUE(Run(accounts_.AlterUser(alice, "alice", {.end_sessions = true})).ok());
  EXPECT_EQ(Bearer(login->access_token), "INVALID_CREDENTIALS");
}

TEST_F(SessionTokensTest, AnAdministratorUnlocksAnAccount) {
  LockAlice();
  EXPECT_EQ(LogInOutcome("alice", "wonderland"), "INVALID_CREDENTIALS");
  ASSERT_TRUE(Run(accounts_.AlterUser(kRoot, "alice", {.unlock = true})).ok());
  EXPECT_EQ(LogInOutcome("alice", "wonderland"), "ok");
  EXPECT_THAT(Audited(), Contains("alice lock_account alice"));
}

// ---- Keys -------------------------------------------------------------------

TEST_F(SessionTokensTest, TheKeyOfAnOlderServerGoesOn) {
  TokenClaims claims = Claims();
  const std::string old = TokenSigner::Create(kSecret)->Sign(claims);
  EXPECT_EQ(Bearer(old), "ok");
  ASSERT_TRUE(Run(keys_.Rotate(kRoot, OldKeys::kKeepUntilExpiry)).ok());
  EXPECT_EQ(Bearer(old), "ok");
  EXPECT_EQ(data_.catalog().Setting(kTokenSecretSetting), "");
}

TEST_F(SessionTokensTest, TokensOfARotatedKeyLiveUntilTheyExpire) {
  const auto before = LogIn("alice", "wonderland");
  ASSERT_TRUE(Run(keys_.Rotate(kRoot, OldKeys::kKeepUntilExpiry)).ok());
  const auto after = LogIn("alice", "wonderland");
  EXPECT_NE(keys_.signer()->Read(before->access_token)->key_id,
            keys_.signer()->Read(after->access_token)->key_id);
  EXPECT_EQ(Bearer(before->access_token), "ok");
  EXPECT_EQ(Bearer(after->access_token), "ok");
  EXPECT_EQ(Outcome(Refresh(before->refresh_token)), "ok");
  Advance(hours(7 * 24) + seconds(121));
  ASSERT_TRUE(Run(keys_.Rotate(kRoot, OldKeys::kKeepUntilExpiry)).ok());
  EXPECT_FALSE(keys_.signer()->Accepts(""));
}

TEST_F(SessionTokensTest, RevokingTheOldKeysEndsEveryTokenAtOnce) {
  const auto before = LogIn("alice", "wonderland");
  ASSERT_EQ(Bearer(before->access_token), "ok");  // and is in the cache from now on
  ASSERT_TRUE(Run(keys_.Rotate(kRoot, OldKeys::kRevoke)).ok());
  EXPECT_EQ(Bearer(before->access_token), "INVALID_CREDENTIALS");
  EXPECT_EQ(Outcome(Refresh(before->refresh_token)), "INVALID_CREDENTIALS");
  EXPECT_EQ(Bearer(LogIn("alice", "wonderland")->access_token), "ok");
}

TEST_F(SessionTokensTest, KeysOutliveARestartAndAreNeverLogged) {
  ASSERT_TRUE(Run(keys_.Rotate(kRoot, OldKeys::kKeepUntilExpiry)).ok());
  const auto login = LogIn("alice", "wonderland");
  TokenKeys reopened(hours(1), data_.catalog(), journal_, clock_, random_, log_);
  ASSERT_TRUE(Run(reopened.Open()).ok());
  EXPECT_TRUE(reopened.signer()->Read(login->access_token).has_value());
  const auto keys = *DecodeTokenKeys(data_.catalog().Setting(kTokenKeysSetting));
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys[0].secret, kSecret);
  for (const std::string& line : log_.Lines()) {
    for (const TokenKey& key : keys) EXPECT_THAT(line, Not(::testing::HasSubstr(key.secret)));
  }
}

TEST_F(SessionTokensTest, TheOldestKeyGoesWhenThereAreTooMany) {
  for (size_t i = 0; i < kTokenKeysMax; ++i) {
    EXPECT_TRUE(keys_.signer()->Accepts("")) << i;
    ASSERT_TRUE(Run(keys_.Rotate(kRoot, OldKeys::kKeepUntilExpiry)).ok());
  }
  EXPECT_FALSE(keys_.signer()->Accepts(""));
}

TEST_F(SessionTokensTest, OnlyAdministratorsRotateKeys) {
  const Principal service{.user_id = "svc", .role = Role::kService};
  EXPECT_EQ(Run(keys_.Rotate(service, OldKeys::kRevoke)).code(), Code::kPermissionDenied);
  ASSERT_TRUE(Run(keys_.Rotate(kRoot, OldKeys::kRevoke)).ok());
  EXPECT_THAT(Audited().back(), StartsWith("root rotate_token_key "));
}

TEST_F(SessionTokensTest, ATokenOfAnUnknownKeyIsRefused) {
  const TokenSigner other = *TokenSigner::Create({{.id = "mine", .secret = kSecret}});
  EXPECT_EQ(Bearer(other.Sign(Claims())), "INVALID_CREDENTIALS");
  EXPECT_EQ(keys_.signer()->Read(other.Sign(Claims())).error(), TokenProblem::kKey);
}

TEST(TokenKeysTest, DamagedKeysAreRefused) {
  const std::string bytes = EncodeTokenKeys({{.id = "a", .secret = std::string(43, 's')}});
  ASSERT_TRUE(DecodeTokenKeys(bytes).ok());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeTokenKeys(bytes.substr(0, size)).status().code(), Code::kDataLoss) << size;
  }
}

}  // namespace
}  // namespace millrace::auth
