// User rows: root, setup, the account statements, and what happens when two of them
// meet.
#include "auth/accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/account_rules.h"
#include "auth/catalog_for_test.h"
#include "auth/token_keys.h"

namespace millrace::auth {
namespace {

using ::testing::HasSubstr;

const Principal kRoot{.user_id = "root", .role = Role::kSystem};
const Principal kDba{.user_id = "operator", .role = Role::kDba};

class AccountsTest : public ::testing::Test {
 protected:
  template <typename T>
  T Run(Task<T> task) {
    return RunOnLoop(loop_, std::move(task));
  }
  Status Create(NewUser user, const Principal& actor = kDba) {
    return Run(accounts_.CreateUser(actor, std::move(user)));
  }
  Status Alter(std::string id, UserChange change, const Principal& actor = kDba) {
    return Run(accounts_.AlterUser(actor, std::move(id), std::move(change)));
  }
  Status Drop(std::string id, const Principal& actor = kDba) {
    return Run(accounts_.DropUser(actor, std::move(id)));
  }
  bool PasswordIs(const std::string& id, std::string_view password) {
    return VerifyPassword(accounts_.Find(id)->password_hash, password);
  }
  static NewUser Alice() { return {.id = "alice", .password = "wonderland"}; }

  CatalogForTest data_;
  ManualClock clock_;
  Metrics metrics_;
  CapturedLog log_;
  EventLoop loop_{"test", clock_};
  BlockingPool pool_{{.threads = 2}, clock_, metrics_};
  AsyncPasswords passwords_{{.cost = PasswordCost::Cheapest()}, pool_, metrics_};
  SeededRandom random_{5};
  AccountJournal journal_{data_.log(), clock_, random_};
  Accounts accounts_{{}, data_.catalog(), journal_, passwords_, clock_, log_};
};

TEST_F(AccountsTest, TheFirstStartCreatesRootWithoutPassword) {
  EXPECT_TRUE(accounts_.needs_setup());
  ASSERT_TRUE(Run(accounts_.EnsureRoot(std::nullopt)).ok());
  const UserPtr root = accounts_.Find("root");
  ASSERT_NE(root, nullptr);
  EXPECT_EQ(root->role, Role::kSystem);
  EXPECT_EQ(root->password_hash, "");
  EXPECT_EQ(root->created_at, clock_.WallMicros());
  EXPECT_TRUE(accounts_.needs_setup());
}

TEST_F(AccountsTest, RootGetsThePasswordOfTheEnvironmentOnce) {
  ASSERT_TRUE(Run(accounts_.EnsureRoot("first password")).ok());
  EXPECT_FALSE(accounts_.needs_setup());
  EXPECT_TRUE(PasswordIs("root", "first password"));
  ASSERT_TRUE(Run(accounts_.EnsureRoot("second password")).ok());
  EXPECT_TRUE(PasswordIs("root", "first password"));
  ASSERT_TRUE(Run(accounts_.EnsureRoot(std::nullopt)).ok());
  EXPECT_TRUE(PasswordIs("root", "first password"));
}

TEST_F(AccountsTest, RootWithoutPasswordGetsOneAtALaterStart) {
  ASSERT_TRUE(Run(accounts_.EnsureRoot(std::nullopt)).ok());
  const int64_t created_at = accounts_.Find("root")->created_at;
  clock_.AdvanceMicros(5);
  ASSERT_TRUE(Run(accounts_.EnsureRoot("first password")).ok());
  EXPECT_TRUE(PasswordIs("root", "first password"));
  EXPECT_EQ(accounts_.Find("root")->created_at, created_at);
}

TEST_F(AccountsTest, AWeakRootPasswordIsRefusedBeforeAnythingIsWritten) {
  EXPECT_EQ(Run(accounts_.EnsureRoot("short")).code(), Code::kInvalidArgument);
  EXPECT_EQ(accounts_.Find("root"), nullptr);
}

class SetUpTest : public AccountsTest {
 protected:
  SetUpTest() { EXPECT_TRUE(Run(accounts_.EnsureRoot(std::nullopt)).ok()); }
  static SetUpRequest Request() {
    return {.user = "ada",
            .password = "analytical",
            .root_password = "difference",
            .email = "ada@example.com"};
  }
  AuthErrorCode Refusal(SetUpRequest request) {
    const AuthResult<UserPtr> result = Run(accounts_.SetUp(std::move(request)));
    EXPECT_FALSE(result.has_value());
    return result ? AuthErrorCode::kInternal : result.error().code;
  }
};

TEST_F(SetUpTest, GivesRootItsPasswordAndCreatesADba) {
  const AuthResult<UserPtr> ada = Run(accounts_.SetUp(Request()));
  ASSERT_TRUE(ada.has_value()) << ada.error().status.ToString();
  EXPECT_EQ((*ada)->id, "ada");
  EXPECT_EQ((*ada)->role, Role::kDba);
  EXPECT_EQ((*ada)->email, "ada@example.com");
  EXPECT_TRUE(PasswordIs("ada", "analytical"));
  EXPECT_TRUE(PasswordIs("root", "difference"));
  EXPECT_FALSE(accounts_.needs_setup());
}

TEST_F(SetUpTest, HappensOnce) {
  ASSERT_TRUE(Run(accounts_.SetUp(Request())).has_value());
  SetUpRequest again = Request();
  again.user = "eve";
  EXPECT_EQ(Refusal(again), AuthErrorCode::kAlreadyConfigured);
  EXPECT_EQ(accounts_.Find("eve"), nullptr);
}

TEST_F(SetUpTest, RefusesWhatIsWrongAndChangesNothing) {
  SetUpRequest request = Request();
  request.password = "password";
  EXPECT_EQ(Refusal(request), AuthErrorCode::kWeakPassword);
  request = Request();
  request.root_password = "short";
  EXPECT_EQ(Refusal(request), AuthErrorCode::kWeakPassword);
  request = Request();
  request.user = "../ada";
  EXPECT_EQ(Refusal(request), AuthErrorCode::kInvalidUser);
  request = Request();
  request.email = "nowhere";
  EXPECT_EQ(Refusal(request), AuthErrorCode::kInvalidUser);
  request = Request();
  request.user = "root";
  EXPECT_EQ(Refusal(request), AuthErrorCode::kUserExists);
  EXPECT_TRUE(accounts_.needs_setup());
  EXPECT_EQ(data_.catalog().Users().size(), 1u);
  EXPECT_EQ(MetricValue(metrics_, "auth_password_hashes_total"), 0);
}

// Both were let in, hashed, and met at the lock.
TEST_F(SetUpTest, OfTwoAtTheSameTimeOneWins) {
  Together<AuthResult<UserPtr>> both(loop_);
  SetUpRequest other = Request();
  other.user = "eve";
  both.Add(accounts_.SetUp(Request()));
  both.Add(accounts_.SetUp(other));
  const auto results = both.Finish();
  EXPECT_NE(results[0].has_value(), results[1].has_value());
  const auto& loser = results[0] ? results[1] : results[0];
  EXPECT_EQ(loser.error().code, AuthErrorCode::kAlreadyConfigured);
  EXPECT_EQ(data_.catalog().Users().size(), 2u);
}

TEST_F(SetUpTest, AFailedWriteSetsUpNothing) {
  data_.log().FailNext(Unavailable("the disk is full"));
  EXPECT_EQ(Refusal(Request()), AuthErrorCode::kInternal);
  EXPECT_TRUE(accounts_.needs_setup());
  EXPECT_EQ(accounts_.Find("ada"), nullptr);
}

TEST_F(AccountsTest, CreateUserStoresWhatWasAsked) {
  NewUser alice = Alice();
  alice.role = Role::kService;
  alice.email = "alice@example.com";
  ASSERT_TRUE(Create(alice).ok());
  const UserPtr user = accounts_.Find("alice");
  ASSERT_NE(user, nullptr);
  EXPECT_EQ(user->role, Role::kService);
  EXPECT_EQ(user->email, "alice@example.com");
  EXPECT_EQ(user->auth_type, "password");
  EXPECT_EQ(user->created_at, clock_.WallMicros());
  EXPECT_TRUE(PasswordIs("alice", "wonderland"));
  EXPECT_EQ(data_.log().durabilities().back(), Durability::kStrict);
}

TEST_F(AccountsTest, OauthAndInternalUsersHaveNoPassword) {
  ASSERT_TRUE(Create({.id = "bot", .auth_type = "internal"}).ok());
  ASSERT_TRUE(Create({.id = "olga", .auth_type = "oauth", .auth_data = R"({"sub":"1"})"}).ok());
  EXPECT_EQ(accounts_.Find("bot")->password_hash, "");
  EXPECT_EQ(accounts_.Find("olga")->auth_data, R"({"sub":"1"})");
  EXPECT_EQ(Create({.id = "x", .auth_type = "internal", .password = "wonderland"}).code(),
            Code::kInvalidArgument);
  EXPECT_EQ(Create({.id = "x", .auth_type = "palm"}).code(), Code::kInvalidArgument);
  EXPECT_EQ(Alter("bot", {.password = "wonderland"}).code(), Code::kFailedPrecondition);
}

TEST_F(AccountsTest, CreateUserRefusesWhatIsNotValid) {
  EXPECT_EQ(Create({.id = "a/b", .password = "wonderland"}).code(), Code::kInvalidArgument);
  EXPECT_EQ(Create({.id = "alice", .password = "short"}).code(), Code::kInvalidArgument);
  EXPECT_EQ(Create({.id = "alice"}).code(), Code::kInvalidArgument);
  EXPECT_EQ(Create({.id = "alice", .password = "wonderland", .email = "x"}).code(),
            Code::kInvalidArgument);
  EXPECT_EQ(Create({.id = "alice", .role = Role::kAnonymous, .password = "wonderland"}).code(),
            Code::kInvalidArgument);
  EXPECT_EQ(data_.catalog().Users().size(), 0u);
}

TEST_F(AccountsTest, AUserIsCreatedOnce) {
  ASSERT_TRUE(Create(Alice()).ok());
  const Status again = Create(Alice());
  EXPECT_EQ(again.code(), Code::kAlreadyExists);
  EXPECT_EQ(again.sqlstate(), "42710");
  EXPECT_EQ(MetricValue(metrics_, "auth_password_hashes_total"), 1);
}

TEST_F(AccountsTest, OfTwoCreationsAtTheSameTimeOneWins) {
  Together<Status> both(loop_);
  both.Add(accounts_.CreateUser(kDba, Alice()));
  both.Add(accounts_.CreateUser(kDba, Alice()));
  const std::vector<Status> results = both.Finish();
  EXPECT_NE(results[0].ok(), results[1].ok());
  EXPECT_EQ((results[0].ok() ? results[1] : results[0]).code(), Code::kAlreadyExists);
}

// Another process of a cluster may write between our look and our entry.
TEST_F(AccountsTest, ARefusedEntryIsReportedAsWhatItMeans) {
  data_.log().RefuseNext(Verdict::kKeyExists);
  EXPECT_EQ(Create(Alice()).code(), Code::kAlreadyExists);
  ASSERT_TRUE(Create(Alice()).ok());
  data_.log().RefuseNext(Verdict::kTableChanged);
  EXPECT_EQ(Alter("alice", {.role = Role::kService}).code(), Code::kAborted);
  data_.log().RefuseNext(Verdict::kTableChanged);
  EXPECT_EQ(Drop("alice").code(), Code::kAborted);
  EXPECT_NE(accounts_.Find("alice"), nullptr);
}

TEST_F(AccountsTest, AlterUserChangesWhatIsSetAndKeepsTheRest) {
  NewUser alice = Alice();
  alice.email = "alice@example.com";
  ASSERT_TRUE(Create(alice).ok());
  clock_.AdvanceMicros(7);
  ASSERT_TRUE(Alter("alice", {.role = Role::kDba}).ok());
  EXPECT_EQ(accounts_.Find("alice")->role, Role::kDba);
  EXPECT_EQ(accounts_.Find("alice")->email, "alice@example.com");
  EXPECT_EQ(accounts_.Find("alice")->updated_at, clock_.WallMicros());
  EXPECT_EQ(accounts_.Find("alice")->created_at, clock_.WallMicros() - 7);
  ASSERT_TRUE(Alter("alice", {.email = ""}).ok());
  EXPECT_EQ(accounts_.Find("alice")->email, "");
  ASSERT_TRUE(Alter("alice", {.password = "looking glass"}).ok());
  EXPECT_TRUE(PasswordIs("alice", "looking glass"));
}

TEST_F(AccountsTest, AlterUserRefusesWhatIsNotValid) {
  ASSERT_TRUE(Create(Alice()).ok());
  EXPECT_EQ(Alter("alice", {.password = ""}).code(), Code::kInvalidArgument);
  EXPECT_EQ(Alter("alice", {.email = "x"}).code(), Code::kInvalidArgument);
  EXPECT_EQ(Alter("alice", {.role = Role::kAnonymous}).code(), Code::kInvalidArgument);
  const Status unknown = Alter("bob", {.role = Role::kService});
  EXPECT_EQ(unknown.code(), Code::kNotFound);
  EXPECT_EQ(unknown.sqlstate(), "42704");
  EXPECT_TRUE(PasswordIs("alice", "wonderland"));
}

TEST_F(AccountsTest, ANewPasswordEndsALockout) {
  ASSERT_TRUE(Create(Alice()).ok());
  UserDefinition locked = *accounts_.Find("alice");
  locked.failed_logins = 5;
  locked.locked_until = clock_.WallMicros() + 1'000'000;
  data_.WriteUser(locked);
  ASSERT_TRUE(accounts_.IsLocked(*accounts_.Find("alice")));
  ASSERT_TRUE(Alter("alice", {.password = "looking glass"}).ok());
  EXPECT_FALSE(accounts_.IsLocked(*accounts_.Find("alice")));
  EXPECT_EQ(accounts_.Find("alice")->failed_logins, 0u);
}

TEST_F(AccountsTest, ADroppedUserIsGoneAndMayBeCreatedAnew) {
  ASSERT_TRUE(Create(Alice()).ok());
  clock_.AdvanceMicros(1'000'000);
  ASSERT_TRUE(Drop("alice").ok());
  EXPECT_EQ(accounts_.Find("alice"), nullptr);
  const UserPtr dropped = data_.catalog().FindUser("alice");
  EXPECT_EQ(dropped->deleted_at, clock_.WallMicros());
  EXPECT_EQ(dropped->password_hash, "");
  EXPECT_EQ(Drop("alice").code(), Code::kNotFound);
  EXPECT_EQ(Alter("alice", {.role = Role::kDba}).code(), Code::kNotFound);

  ASSERT_TRUE(Create({.id = "alice", .role = Role::kService, .password = "second life"}).ok());
  EXPECT_EQ(accounts_.Find("alice")->role, Role::kService);
  EXPECT_EQ(accounts_.Find("alice")->deleted_at, 0);
  EXPECT_EQ(accounts_.Find("alice")->created_at, clock_.WallMicros());
}

TEST_F(AccountsTest, RootStaysSystemAndCannotBeDropped) {
  ASSERT_TRUE(Run(accounts_.EnsureRoot("first password")).ok());
  const Principal other{.user_id = "other", .role = Role::kSystem};
  EXPECT_EQ(Alter("root", {.role = Role::kDba}, other).code(), Code::kFailedPrecondition);
  EXPECT_EQ(Drop("root", other).code(), Code::kFailedPrecondition);
  EXPECT_EQ(accounts_.Find("root")->role, Role::kSystem);
  EXPECT_TRUE(Alter("root", {.password = "second password"}, kRoot).ok());
}

TEST_F(AccountsTest, NobodyDropsHimself) {
  ASSERT_TRUE(Create({.id = "operator", .role = Role::kDba, .password = "wonderland"}).ok());
  EXPECT_EQ(Drop("operator").sqlstate(), "55006");
}

TEST_F(AccountsTest, ADbaCannotMakeOrTouchAUserOfRoleSystem) {
  ASSERT_TRUE(Run(accounts_.EnsureRoot("first password")).ok());
  ASSERT_TRUE(Create(Alice()).ok());
  NewUser boss = Alice();
  boss.id = "boss";
  boss.role = Role::kSystem;
  for (const Status& status :
       {Create(boss), Alter("alice", {.role = Role::kSystem}),
        Alter("root", {.password = "taken over"}), Alter("root", {.email = "a@b"}), Drop("root")}) {
    EXPECT_EQ(status.code(), Code::kPermissionDenied) << status.ToString();
    EXPECT_EQ(status.sqlstate(), "42501");
  }
  EXPECT_TRUE(PasswordIs("root", "first password"));
  EXPECT_TRUE(Create(boss, kRoot).ok());
}

// Whether the user exists is not told either.
TEST_F(AccountsTest, UsersAndServicesManageNobody) {
  for (const Role role : {Role::kAnonymous, Role::kUser, Role::kService}) {
    const Principal actor{.user_id = "eve", .role = role};
    EXPECT_EQ(Create(Alice(), actor).code(), Code::kPermissionDenied);
    EXPECT_EQ(Alter("alice", {.password = "taken over"}, actor).code(), Code::kPermissionDenied);
    EXPECT_EQ(Drop("alice", actor).code(), Code::kPermissionDenied);
  }
}

// Without the lock from reading a row to its receipt, each would put back the other's
// old value.
TEST_F(AccountsTest, ChangesOfOneUserAtTheSameTimeAllSurvive) {
  ASSERT_TRUE(Create(Alice()).ok());
  const std::string hash = accounts_.Find("alice")->password_hash;
  LogInAttempt wrong{.user_id = "alice", .checked_hash = hash};
  Together<Status> changes(loop_);
  Together<AuthResult<UserPtr>> attempts(loop_);
  attempts.Add(accounts_.RecordLogIn(wrong));
  changes.Add(accounts_.AlterUser(kDba, "alice", {.role = Role::kService}));
  attempts.Add(accounts_.RecordLogIn(wrong));
  changes.Add(accounts_.AlterUser(kDba, "alice", {.email = "alice@example.com"}));
  attempts.Add(accounts_.RecordLogIn(wrong));
  attempts.Finish();
  for (const Status& status : changes.Finish()) EXPECT_TRUE(status.ok()) << status.ToString();

  const UserPtr alice = accounts_.Find("alice");
  EXPECT_EQ(alice->failed_logins, 3u);
  EXPECT_EQ(alice->role, Role::kService);
  EXPECT_EQ(alice->email, "alice@example.com");
}

TEST_F(AccountsTest, AnAttemptAgainstAReplacedHashIsNotCounted) {
  ASSERT_TRUE(Create(Alice()).ok());
  LogInAttempt stale{.user_id = "alice", .checked_hash = "another", .password_matched = true};
  const AuthResult<UserPtr> result = Run(accounts_.RecordLogIn(stale));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(*result, nullptr);
  EXPECT_EQ(accounts_.Find("alice")->last_login_at, 0);
}

TEST_F(AccountsTest, PasswordsAndHashesAreNeverLogged) {
  ASSERT_TRUE(Run(accounts_.EnsureRoot("first password")).ok());
  ASSERT_TRUE(Create(Alice()).ok());
  ASSERT_TRUE(Alter("alice", {.password = "looking glass"}).ok());
  ASSERT_TRUE(Drop("alice").ok());
  EXPECT_EQ(log_.Count(LogLevel::kInfo, "user_created"), 1u);
  EXPECT_EQ(log_.Count(LogLevel::kInfo, "user_altered"), 1u);
  EXPECT_EQ(log_.Count(LogLevel::kInfo, "user_dropped"), 1u);
  for (const std::string& line : log_.Lines()) {
    for (const char* secret : {"argon2", "wonderland", "looking", "first"}) {
      EXPECT_THAT(line, ::testing::Not(HasSubstr(secret)));
    }
  }
}

}  // namespace
}  // namespace millrace::auth
