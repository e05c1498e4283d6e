// Every cell of the permission tables.
#include "auth/authorize.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace millrace::auth {
namespace {

constexpr std::array kRoles = {Role::kAnonymous, Role::kUser, Role::kService, Role::kDba,
                               Role::kSystem};

// One letter per role, in rising power: 'y' may, '-' may not.
template <typename Rule>
std::string Row(Rule rule) {
  std::string row;
  for (const Role role : kRoles) row += rule(role) ? 'y' : '-';
  return row;
}

std::string ReadRow(TableKind kind, AccessLevel access) {
  return Row([&](Role role) { return CanRead(role, kind, access); });
}
std::string WriteRow(TableKind kind, AccessLevel access) {
  return Row([&](Role role) { return CanWrite(role, kind, access); });
}

TEST(AuthorizeTest, SharedTablesAreReadByAccessLevel) {
  EXPECT_EQ(ReadRow(TableKind::kShared, AccessLevel::kPublic), "yyyyy");
  EXPECT_EQ(ReadRow(TableKind::kShared, AccessLevel::kPrivate), "--yyy");
  EXPECT_EQ(ReadRow(TableKind::kShared, AccessLevel::kRestricted), "--yyy");
  EXPECT_EQ(ReadRow(TableKind::kShared, AccessLevel::kDba), "---yy");
}

TEST(AuthorizeTest, SharedTablesAreWrittenByServicesAndDbaTablesByDbas) {
  EXPECT_EQ(WriteRow(TableKind::kShared, AccessLevel::kPublic), "--yyy");
  EXPECT_EQ(WriteRow(TableKind::kShared, AccessLevel::kPrivate), "--yyy");
  EXPECT_EQ(WriteRow(TableKind::kShared, AccessLevel::kRestricted), "--yyy");
  EXPECT_EQ(WriteRow(TableKind::kShared, AccessLevel::kDba), "---yy");
}

// The access level says nothing about tables whose rows belong to one user each.
TEST(AuthorizeTest, UserAndStreamTablesAreOpenToEveryUserWhateverTheirAccessLevel) {
  for (const TableKind kind : {TableKind::kUser, TableKind::kStream}) {
    for (const AccessLevel access : {AccessLevel::kPublic, AccessLevel::kPrivate,
                                     AccessLevel::kRestricted, AccessLevel::kDba}) {
      EXPECT_EQ(ReadRow(kind, access), "-yyyy");
      EXPECT_EQ(WriteRow(kind, access), "-yyyy");
    }
  }
}

TEST(AuthorizeTest, UsersCreateAndAlterTheirKindsOfTables) {
  const auto create = [](TableKind kind) {
    return Row([&](Role role) { return CanCreateTable(role, kind); });
  };
  const auto alter = [](TableKind kind) {
    return Row([&](Role role) { return CanAlterTable(role, kind, AccessLevel::kPrivate); });
  };
  EXPECT_EQ(create(TableKind::kShared), "--yyy");
  EXPECT_EQ(create(TableKind::kUser), "-yyyy");
  EXPECT_EQ(create(TableKind::kStream), "-yyyy");
  EXPECT_EQ(alter(TableKind::kShared), "--yyy");
  EXPECT_EQ(alter(TableKind::kUser), "-yyyy");
  EXPECT_EQ(alter(TableKind::kStream), "-yyyy");
}

// Altering a table includes its access level.
TEST(AuthorizeTest, NobodyOpensATableForAdministratorsToHimself) {
  const auto alter = [](TableKind kind) {
    return Row([&](Role role) { return CanAlterTable(role, kind, AccessLevel::kDba); });
  };
  EXPECT_EQ(alter(TableKind::kShared), "---yy");
  EXPECT_EQ(alter(TableKind::kUser), "-yyyy");
}

// What of the four rights, as initials, by role.
TEST(AuthorizeTest, FixedRightsAreThoseOfReadingAndWriting) {
  const auto rights = [](TableKind kind, AccessLevel access, Role role) {
    return PrivilegeNames(FixedRights(role, kind, access));
  };
  EXPECT_EQ(rights(TableKind::kUser, AccessLevel::kDba, Role::kUser), "ALL");
  EXPECT_EQ(rights(TableKind::kShared, AccessLevel::kPublic, Role::kUser), "SELECT");
  EXPECT_EQ(rights(TableKind::kShared, AccessLevel::kPublic, Role::kService), "ALL");
  EXPECT_EQ(rights(TableKind::kShared, AccessLevel::kPrivate, Role::kUser), "");
  EXPECT_EQ(rights(TableKind::kShared, AccessLevel::kDba, Role::kService), "");
  EXPECT_EQ(rights(TableKind::kShared, AccessLevel::kDba, Role::kDba), "ALL");
}

TEST(AuthorizeTest, DbasDropTablesReadSystemTablesAndAdminister) {
  EXPECT_EQ(Row(CanDropTable), "---yy");
  EXPECT_EQ(Row(CanReadSystem), "---yy");
  EXPECT_EQ(Row(CanAdminister), "---yy");
}

// Rows: the actor; letters: the target.
TEST(AuthorizeTest, ImpersonationFollowsTheMatrix) {
  const auto targets = [](Role actor) {
    return Row([&](Role target) { return MayImpersonate(actor, target); });
  };
  EXPECT_EQ(targets(Role::kAnonymous), "-----");
  EXPECT_EQ(targets(Role::kUser), "-----");
  EXPECT_EQ(targets(Role::kService), "-y---");
  EXPECT_EQ(targets(Role::kDba), "-yy--");
  EXPECT_EQ(targets(Role::kSystem), "yyyyy");
}

TEST(AuthorizeTest, NobodyManagesAMorePowerfulUser) {
  const auto targets = [](Role actor) {
    return Row([&](Role target) { return CanManageUser(actor, target); });
  };
  EXPECT_EQ(targets(Role::kAnonymous), "-----");
  EXPECT_EQ(targets(Role::kUser), "-----");
  EXPECT_EQ(targets(Role::kService), "-----");
  EXPECT_EQ(targets(Role::kDba), "yyyy-");
  EXPECT_EQ(targets(Role::kSystem), "yyyyy");
}

}  // namespace
}  // namespace millrace::auth
