// API keys, and GRANT and REVOKE below SQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/auth_for_test.h"
#include "catalog/definitions_for_test.h"

namespace millrace::auth {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ApiKeyTest : public AuthForTest {
 protected:
  Result<MadeApiKey> Make(NewApiKey key, const Principal& actor = kRoot) {
    return Run(api_keys_.Create(actor, std::move(key)));
  }
  std::string Use(const std::string& key) { return Outcome(api_keys_.Authenticate(key)); }
};

TEST_F(ApiKeyTest, AKeyActsForItsUser) {
  const MadeApiKey made = *Make({.name = "nightly", .user_id = "alice"});
  const AuthResult<Principal> principal = api_keys_.Authenticate(made.key);
  ASSERT_TRUE(principal.has_value());
  EXPECT_EQ(principal->user_id, "alice");
  EXPECT_EQ(principal->role, Role::kUser);
  EXPECT_EQ(principal->api_key, made.id);
  EXPECT_TRUE(accounts_.CheckPrincipal(*principal).ok());
  EXPECT_THAT(Audited(), Contains("root create_api_key " + made.id));
}

TEST_F(ApiKeyTest, AnyOtherTextIsRefusedInTheSameWords) {
  const std::string key = Make({.name = "k", .user_id = "alice"})->key;
  std::string other_secret = key;
  other_secret.back() = other_secret.back() == 'A' ? 'B' : 'A';
  std::string other_id = key;
  other_id[4] = other_id[4] == '0' ? '1' : '0';
  for (const std::string& text :
       {std::string("mk_"), std::string("mk_x"), std::string(""), key.substr(0, 19),
        key.substr(0, 20), key + "x", key.substr(1), other_secret, other_id}) {
    const auto refused = api_keys_.Authenticate(text);
    ASSERT_FALSE(refused.has_value()) << text;
    EXPECT_EQ(refused.error().status.ToString(), InvalidCredentials().status.ToString());
  }
}

TEST_F(ApiKeyTest, TheSecretIsNeitherKeptNorLogged) {
  const std::string key = Make({.name = "k", .user_id = "alice"})->key;
  const std::string secret = key.substr(20);
  EXPECT_EQ(secret.size(), 43u);
  EXPECT_EQ(data_.catalog().ApiKeys()[0]->hash.find(secret), std::string::npos);
  for (const std::string& line : log_.Lines()) EXPECT_THAT(line, Not(HasSubstr(secret)));
}

TEST_F(ApiKeyTest, AKeyEndsWithItsDropItsTimeAndItsUser) {
  const MadeApiKey dropped = *Make({.name = "a", .user_id = "alice"});
  const MadeApiKey timed =
      *Make({.name = "b", .user_id = "alice", .expires_at = clock_.WallMicros() + 60 * kSecond});
  const MadeApiKey kept = *Make({.name = "c", .user_id = "alice"});
  const Principal begun = *api_keys_.Authenticate(dropped.key);
  ASSERT_TRUE(Run(api_keys_.Drop(kRoot, dropped.id)).ok());
  EXPECT_EQ(Use(dropped.key), "INVALID_CREDENTIALS");
  EXPECT_FALSE(accounts_.CheckPrincipal(begun).ok());
  EXPECT_EQ(Use(timed.key), "ok");
  Advance(minutes(1));
  EXPECT_EQ(Use(timed.key), "TOKEN_EXPIRED");
  ASSERT_TRUE(Run(accounts_.AlterUser(kRoot, "alice", {.password = "looking glass"})).ok());
  EXPECT_EQ(Use(kept.key), "ok");
  ASSERT_TRUE(Run(accounts_.DropUser(kRoot, "alice")).ok());
  EXPECT_EQ(Use(kept.key), "INVALID_CREDENTIALS");
  ASSERT_TRUE(Run(accounts_.CreateUser(kRoot, {.id = "alice", .password = "wonderland"})).ok());
  EXPECT_EQ(Use(kept.key), "INVALID_CREDENTIALS");
  EXPECT_THAT(data_.catalog().ApiKeys(), IsEmpty());
}

TEST_F(ApiKeyTest, AKeyHasTheRoleOfItsUserNow) {
  const MadeApiKey made = *Make({.name = "k", .user_id = "alice"});
  const Principal before = *api_keys_.Authenticate(made.key);
  ASSERT_TRUE(Run(accounts_.AlterUser(kRoot, "alice", {.role = Role::kService})).ok());
  EXPECT_EQ(api_keys_.Authenticate(made.key)->role, Role::kService);
  EXPECT_FALSE(accounts_.CheckPrincipal(before).ok());
}

TEST_F(ApiKeyTest, LastUseIsKeptToTheMinuteWithoutAnFsync) {
  const MadeApiKey made = *Make({.name = "k", .user_id = "alice"});
  EXPECT_EQ(data_.catalog().FindApiKey(made.id)->last_used_at, 0);
  Run(api_keys_.NoteUse(made.id));
  EXPECT_EQ(data_.log().durabilities().back(), Durability::kRelaxed);
  const int64_t first = data_.catalog().FindApiKey(made.id)->last_used_at;
  EXPECT_EQ(first, clock_.WallMicros());
  const size_t writes = data_.log().durabilities().size();
  Advance(minutes(1) - std::chrono::seconds(1));
  Run(api_keys_.NoteUse(made.id));
  EXPECT_EQ(data_.log().durabilities().size(), writes);
  Advance(std::chrono::seconds(1));
  Run(api_keys_.NoteUse(made.id));
  EXPECT_GT(data_.catalog().FindApiKey(made.id)->last_used_at, first);
}

TEST_F(ApiKeyTest, WhoMayMakeThemAndHowMany) {
  const Principal dba{.user_id = "dora", .role = Role::kDba};
  const Principal service{.user_id = "svc", .role = Role::kService};
  EXPECT_EQ(Make({.name = "k", .user_id = "alice"}, service).status().code(),
            Code::kPermissionDenied);
  EXPECT_EQ(Make({.name = "k", .user_id = "root"}, dba).status().code(), Code::kPermissionDenied);
  EXPECT_EQ(Make({.name = "k", .user_id = "nobody"}, dba).status().sqlstate(), "42704");
  EXPECT_EQ(Make({.name = "", .user_id = "alice"}, dba).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(Make({.name = "k", .user_id = "alice", .expires_at = 1}, dba).status().code(),
            Code::kInvalidArgument);
  for (size_t i = 0; i < kApiKeysPerUserMax; ++i) {
    ASSERT_TRUE(Make({.name = "k", .user_id = "alice"}, dba).ok());
  }
  EXPECT_EQ(Make({.name = "k", .user_id = "alice"}, dba).status().sqlstate(), "54000");
  EXPECT_EQ(Run(api_keys_.Drop(dba, "0123456789abcdef")).sqlstate(), "42704");
}

class GrantsTest : public AuthForTest {
 protected:
  GrantsTest() {
    Apply({testing::PutNamespace("app")});
    table_ = Create("orders");
  }
  void Apply(const std::vector<CatalogChange>& changes) {
    const auto receipt = Run(journal_.Commit(changes));
    ASSERT_TRUE(receipt.ok());
    ASSERT_EQ(receipt->verdict, Verdict::kApplied);
  }
  TablePtr Create(const std::string& name) {
    Apply({testing::PutTable(
        testing::MakeTable(name, TableKind::kShared, {{"id", TypeId::kInt, true}}))});
    return data_.catalog().FindTable("app", name);
  }
  Status Change(GrantAction action, Privileges privileges, GranteeName grantee,
                const Principal& actor = kRoot) {
    return Run(grants_.Change(actor, {.action = action,
                                      .privileges = privileges,
                                      .tables = {table_},
                                      .grantees = {std::move(grantee)}}));
  }
  std::string Has(const std::string& user, Role role) {
    return PrivilegeNames(data_.catalog().GrantedOn(user, role, *table_));
  }

  TablePtr table_;
};

TEST_F(GrantsTest, RightsAddUpAndAreTakenOneByOne) {
  ASSERT_TRUE(Change(GrantAction::kGrant, Privileges::kSelect, {.name = "alice"}).ok());
  ASSERT_TRUE(Change(GrantAction::kGrant, Privileges::kInsert, {.name = "alice"}).ok());
  EXPECT_EQ(Has("alice", Role::kUser), "SELECT, INSERT");
  EXPECT_EQ(Has("bob", Role::kUser), "");
  ASSERT_TRUE(Change(GrantAction::kRevoke, Privileges::kSelect, {.name = "alice"}).ok());
  EXPECT_EQ(Has("alice", Role::kUser), "INSERT");
  ASSERT_TRUE(Change(GrantAction::kRevoke, Privileges::kAll, {.name = "alice"}).ok());
  EXPECT_EQ(Has("alice", Role::kUser), "");
  EXPECT_THAT(data_.catalog().Grants(), IsEmpty());
  EXPECT_TRUE(Change(GrantAction::kRevoke, Privileges::kAll, {.name = "alice"}).ok());
}

TEST_F(GrantsTest, RolesAndNamespacesCountToo) {
  ASSERT_TRUE(Change(GrantAction::kGrant, Privileges::kSelect, {.name = "developer"}).ok());
  EXPECT_EQ(Has("anybody", Role::kService), "SELECT");
  EXPECT_EQ(Has("anybody", Role::kUser), "");
  ASSERT_TRUE(Run(grants_.Change(kRoot, {.privileges = Privileges::kDelete,
                                         .namespaces = {"app"},
                                         .grantees = {{.name = "alice"}}}))
                  .ok());
  EXPECT_EQ(Has("alice", Role::kService), "SELECT, DELETE");
}

TEST_F(GrantsTest, TheyOutliveARestart) {
  ASSERT_TRUE(Change(GrantAction::kGrant, Privileges::kAll, {.name = "alice"}).ok());
  const std::unique_ptr<Catalog> reloaded = *Catalog::Load(data_.store());
  EXPECT_EQ(reloaded->GrantedOn("alice", Role::kUser, *table_), Privileges::kAll);
}

// Whoever or whatever bears the name next begins without them.
TEST_F(GrantsTest, TheyGoWithTheirTableTheirNamespaceAndTheirUser) {
  ASSERT_TRUE(Change(GrantAction::kGrant, Privileges::kAll, {.name = "alice"}).ok());
  Apply({testing::DropTable("app.orders")});
  EXPECT_THAT(data_.catalog().Grants(), IsEmpty());
  EXPECT_EQ(Change(GrantAction::kGrant, Privileges::kAll, {.name = "alice"}).code(),
            Code::kAborted);
  table_ = Create("orders");
  EXPECT_EQ(Has("alice", Role::kUser), "");

  ASSERT_TRUE(Change(GrantAction::kGrant, Privileges::kAll, {.name = "alice"}).ok());
  ASSERT_TRUE(Run(accounts_.DropUser(kRoot, "alice")).ok());
  ASSERT_TRUE(Run(accounts_.CreateUser(kRoot, {.id = "alice", .password = "wonderland"})).ok());
  EXPECT_EQ(Has("alice", Role::kUser), "");

  ASSERT_TRUE(Run(grants_.Change(kRoot, {.privileges = Privileges::kSelect,
                                         .namespaces = {"app"},
                                         .grantees = {{.name = "alice"}}}))
                  .ok());
  Apply({testing::DropTable("app.orders"),
         {.op = CatalogOp::kDropNamespace, .name = "app", .expected = 1}});
  EXPECT_THAT(data_.catalog().Grants(), IsEmpty());
}

// Together in one command: what the later step drops, the earlier one may not leave behind.
TEST_F(GrantsTest, AGrantAndADropInOneCommandLeaveNothing) {
  GrantDefinition grant{.grantee = "alice", .table = table_->id, .privileges = Privileges::kAll};
  Apply({{.op = CatalogOp::kGrant, .name = grant.Key(), .body = EncodeGrant(grant)},
         testing::DropTable("app.orders")});
  EXPECT_THAT(data_.catalog().Grants(), IsEmpty());
}

TEST_F(GrantsTest, OnlyAdministratorsGrantAndOnlyToThoseWhoExist) {
  const Principal service{.user_id = "svc", .role = Role::kService};
  EXPECT_EQ(Change(GrantAction::kGrant, Privileges::kAll, {.name = "alice"}, service).code(),
            Code::kPermissionDenied);
  EXPECT_EQ(Change(GrantAction::kGrant, Privileges::kAll, {.name = "nobody"}).sqlstate(), "42704");
  EXPECT_EQ(Change(GrantAction::kGrant, Privileges::kAll, {GranteeKind::kRole, "alice"}).sqlstate(),
            "42704");
  ASSERT_TRUE(Run(accounts_.CreateUser(kRoot, {.id = "service", .password = "wonderland"})).ok());
  EXPECT_EQ(Change(GrantAction::kGrant, Privileges::kAll, {.name = "service"}).sqlstate(), "42702");
  EXPECT_TRUE(Change(GrantAction::kGrant, Privileges::kAll, {GranteeKind::kUser, "service"}).ok());
  EXPECT_EQ(Has("anybody", Role::kService), "");
  EXPECT_EQ(Has("service", Role::kUser), "ALL");
  EXPECT_THAT(Audited().back(), "root grant app.orders");
}

}  // namespace
}  // namespace millrace::auth
