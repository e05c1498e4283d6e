// Grants, API keys, refreshed sessions and audit entries give back what went in, and
// refuse the rest.
#include "catalog/account_definitions.h"

#include <gtest/gtest.h>

#include "catalog/audit_log.h"

namespace millrace {
namespace {

GrantDefinition Grant() {
  return {.grantee_kind = GranteeKind::kRole,
          .grantee = "service",
          .on = GrantedOn::kTable,
          .table = TableId(7),
          .privileges = Privileges::kSelect | Privileges::kDelete,
          .granted_by = "root",
          .created_at = 3,
          .updated_at = -4};
}

ApiKeyDefinition Key() {
  return {.id = "0123456789abcdef",
          .name = "nightly",
          .user_id = "svc",
          .account = 3,
          .hash = std::string(32, 'h'),
          .created_by = "root",
          .created_at = 1,
          .expires_at = 2,
          .last_used_at = 3};
}

template <typename T>
void ExpectOnlyTheWhole(const std::string& bytes, Result<T> (*decode)(std::string_view)) {
  EXPECT_TRUE(decode(bytes).ok());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(decode(bytes.substr(0, size)).status().code(), Code::kDataLoss) << size;
  }
  EXPECT_EQ(decode(bytes + "x").status().code(), Code::kDataLoss);
  std::string newer = bytes;
  newer[0] = 2;
  EXPECT_EQ(decode(newer).status().code(), Code::kDataLoss);
}

TEST(AccountDefinitionsTest, GrantsRoundTrip) {
  const std::string bytes = EncodeGrant(Grant());
  ExpectOnlyTheWhole(bytes, &DecodeGrant);
  const GrantDefinition decoded = *DecodeGrant(bytes);
  EXPECT_EQ(EncodeGrant(decoded), bytes);
  EXPECT_EQ(decoded.Key(), Grant().Key());
  EXPECT_EQ(decoded.privileges, Grant().privileges);
  EXPECT_EQ(decoded.updated_at, -4);
  GrantDefinition wrong = Grant();
  wrong.privileges = static_cast<Privileges>(16);
  EXPECT_FALSE(DecodeGrant(EncodeGrant(wrong)).ok());
}

TEST(AccountDefinitionsTest, ApiKeysRoundTrip) {
  const std::string bytes = EncodeApiKey(Key());
  ExpectOnlyTheWhole(bytes, &DecodeApiKey);
  EXPECT_EQ(EncodeApiKey(*DecodeApiKey(bytes)), bytes);
  ApiKeyDefinition wrong = Key();
  wrong.hash = "short";
  EXPECT_FALSE(DecodeApiKey(EncodeApiKey(wrong)).ok());
}

TEST(AccountDefinitionsTest, RefreshStatesRoundTrip) {
  const RefreshState state{
      .user_id = "ann", .session = "s", .refreshes = 300, .token_epoch = 5, .until = 6};
  const std::string bytes = EncodeRefreshState(state);
  ExpectOnlyTheWhole(bytes, &DecodeRefreshState);
  EXPECT_EQ(DecodeRefreshState(bytes)->refreshes, 300u);
  EXPECT_EQ(DecodeRefreshState(bytes)->Key(), state.Key());
}

TEST(AccountDefinitionsTest, NoTwoGrantsShareAKey) {
  GrantDefinition user = Grant();
  user.grantee_kind = GranteeKind::kUser;
  EXPECT_NE(user.Key(), Grant().Key());
  GrantDefinition space = Grant();
  space.on = GrantedOn::kNamespace;
  space.namespace_name = std::string("\0\0\0\7", 4);
  EXPECT_NE(space.Key(), Grant().Key());
  GrantDefinition longer = Grant();
  longer.grantee = "services";
  EXPECT_NE(longer.Key(), Grant().Key());
}

TEST(AccountDefinitionsTest, PrivilegesHaveNames) {
  EXPECT_EQ(PrivilegeNames(Privileges::kSelect | Privileges::kUpdate), "SELECT, UPDATE");
  EXPECT_EQ(PrivilegeNames(Privileges::kAll), "ALL");
  EXPECT_EQ(PrivilegeNames(Privileges::kNone), "");
  EXPECT_EQ(PrivilegesFromName("sElEcT"), Privileges::kSelect);
  EXPECT_EQ(PrivilegesFromName("ALL"), Privileges::kAll);
  EXPECT_EQ(PrivilegesFromName("TRUNCATE"), Privileges::kNone);
  EXPECT_EQ(PrivilegesFromName(""), Privileges::kNone);
}

TEST(AuditLogTest, EntriesRoundTripAndStandInOrder) {
  SeededRandom random(1);
  AuditEntry entry{.id = MakeAuditId(1000, 7, random),
                   .at = 1000,
                   .actor = "root",
                   .action = "grant",
                   .target = "app.t",
                   .details = "{}",
                   .address = "::1",
                   .subject = "ann"};
  const std::string bytes = EncodeAuditEntry(entry);
  const AuditEntry decoded = *DecodeAuditEntry(entry.id, bytes);
  EXPECT_EQ(decoded.at, 1000);
  EXPECT_EQ(decoded.subject, "ann");
  EXPECT_EQ(EncodeAuditEntry(decoded), bytes);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(DecodeAuditEntry(entry.id, bytes.substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(DecodeAuditEntry("short", bytes).ok());
  EXPECT_LT(MakeAuditId(1000, 7, random), MakeAuditId(1000, 8, random));
  EXPECT_LT(MakeAuditId(1000, 9, random), MakeAuditId(1001, 0, random));
  EXPECT_EQ(AuditIdText(std::string("\x0a\xff", 2)), "0aff");
}

}  // namespace
}  // namespace millrace
