// What can be said about accounts on the command line, and what is refused.
#include "server/account_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace millrace {
namespace {

using ::testing::HasSubstr;

Status Set(const AccountFlags& flags) {
  ServerOptions options;
  return SetAccounts(flags, &options);
}

TEST(AccountFlagsTest, WithoutAnyTheServersDefaultsStay) {
  ServerOptions options;
  ASSERT_TRUE(SetAccounts({}, &options).ok());
  const ServerOptions defaults;
  EXPECT_EQ(options.accounts.passwords.characters_min, defaults.accounts.passwords.characters_min);
  EXPECT_EQ(options.accounts.failed_logins_max, defaults.accounts.failed_logins_max);
  EXPECT_EQ(options.accounts.lock_duration, defaults.accounts.lock_duration);
  EXPECT_EQ(options.tokens.access_lifetime, defaults.tokens.access_lifetime);
  EXPECT_EQ(options.tokens.refresh_lifetime, defaults.tokens.refresh_lifetime);
  EXPECT_TRUE(options.oidc.issuers.empty());
}

TEST(AccountFlagsTest, EachReachesItsOption) {
  ServerOptions options;
  ASSERT_TRUE(SetAccounts({.password_min_length = 12,
                           .password_complexity = true,
                           .login_failures_max = 3,
                           .login_lock_minutes = 60,
                           .access_token_seconds = 600,
                           .refresh_token_seconds = 7200,
                           .oidc_issuer = "https://id.example",
                           .oidc_audience = "us",
                           .oidc_user_prefix = "id:",
                           .oidc_default_role = "service",
                           .oidc_create_users = true},
                          &options)
                  .ok());
  EXPECT_EQ(options.accounts.passwords.characters_min, 12u);
  EXPECT_TRUE(options.accounts.passwords.complex);
  EXPECT_EQ(options.accounts.failed_logins_max, 3u);
  EXPECT_EQ(options.accounts.lock_duration, std::chrono::minutes(60));
  EXPECT_EQ(options.tokens.access_lifetime, std::chrono::seconds(600));
  EXPECT_EQ(options.tokens.refresh_lifetime, std::chrono::seconds(7200));
  ASSERT_EQ(options.oidc.issuers.size(), 1u);
  EXPECT_EQ(options.oidc.issuers[0].default_role, Role::kService);
  EXPECT_EQ(options.oidc.issuers[0].user_prefix, "id:");
  EXPECT_TRUE(options.oidc.issuers[0].creates_users);
}

TEST(AccountFlagsTest, WhatMakesNoSenseIsRefusedByName) {
  EXPECT_THAT(Set({.password_min_length = 7}).message(), HasSubstr("--password-min-length"));
  EXPECT_THAT(Set({.login_failures_max = 0}).message(), HasSubstr("--login-failures-max"));
  EXPECT_THAT(Set({.login_lock_minutes = -1}).message(), HasSubstr("--login-lock-minutes"));
  EXPECT_THAT(Set({.access_token_seconds = 0}).message(), HasSubstr("--access-token-seconds"));
  EXPECT_THAT(Set({.refresh_token_seconds = 1}).message(), HasSubstr("--refresh-token-seconds"));
  EXPECT_THAT(Set({.oidc_issuer = "https://a.example"}).message(), HasSubstr("--oidc-audience"));
  EXPECT_THAT(
      Set({.oidc_issuer = "https://a.example", .oidc_audience = "us", .oidc_default_role = "dba"})
          .message(),
      HasSubstr("--oidc-default-role"));
}

}  // namespace
}  // namespace millrace
