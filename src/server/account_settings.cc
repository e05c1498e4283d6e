// Settings of accounts: passwords, lockouts, lifetimes of tokens, and one OpenID Connect
// issuer to trust.
#include <chrono>

#include "server/server_setting.h"

namespace millrace {
namespace {

using config::SettingType;
using config::SettingValue;

constexpr int64_t kMinute = 60 * kSettingSecond;
constexpr int64_t kYear = int64_t{365} * 24 * 60 * kMinute;

// The one issuer, made by the first setting that is about it.
auth::OidcIssuer& Issuer(ServeOptions* options) {
  std::vector<auth::OidcIssuer>& issuers = options->server.oidc.issuers;
  if (issuers.empty()) issuers.emplace_back();
  return issuers.front();
}

std::chrono::minutes MinutesOf(const SettingValue& value) {
  return std::chrono::minutes(NumberOf(value) / kMinute);
}

std::string RefusePartsOfMinutes(const SettingValue& value) {
  return NumberOf(value) % kMinute == 0 ? "" : "whole minutes";
}

std::chrono::seconds SecondsOf(const SettingValue& value) {
  return std::chrono::seconds(NumberOf(value) / kSettingSecond);
}

constexpr ServerSetting kSettings[] = {
    {{.name = "auth.password_min_length",
      .flag = "password-min-length",
      .type = SettingType::kInteger,
      .default_text = "8",
      .description = "Characters of a new password",
      .least = 8,
      .most = 256},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.accounts.passwords.characters_min = static_cast<size_t>(NumberOf(value));
     }},
    {{.name = "auth.password_complexity",
      .flag = "password-complexity",
      .type = SettingType::kFlag,
      .default_text = "false",
      .description = "Ask new passwords for upper and lower case, a digit and another character"},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.accounts.passwords.complex = FlagOf(value);
     }},
    {{.name = "auth.login_failures_max",
      .flag = "login-failures-max",
      .type = SettingType::kInteger,
      .default_text = "5",
      .description = "Wrong passwords in a row that lock an account",
      .least = 1,
      .most = 1000},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.accounts.failed_logins_max = static_cast<uint32_t>(NumberOf(value));
     }},
    {{.name = "auth.login_lock",
      .flag = "login-lock-seconds",
      .type = SettingType::kDuration,
      .default_text = "15m",
      .description = "How long an account is locked",
      .least = kMinute,
      .most = 7 * 24 * 60 * kMinute,
      .refuse = &RefusePartsOfMinutes},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.accounts.lock_duration = MinutesOf(value);
     }},
    {{.name = "auth.access_token_lifetime",
      .flag = "access-token-seconds",
      .type = SettingType::kDuration,
      .default_text = "1d",
      .description = "Lifetime of an access token",
      .least = kMinute,
      .most = kYear},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.tokens.access_lifetime = SecondsOf(value);
     }},
    {{.name = "auth.refresh_token_lifetime",
      .flag = "refresh-token-seconds",
      .type = SettingType::kDuration,
      .default_text = "7d",
      .description = "Lifetime of a refresh token",
      .least = kMinute,
      .most = kYear},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.tokens.refresh_lifetime = SecondsOf(value);
     }},

    {{.name = "oidc.issuer",
      .flag = "oidc-issuer",
      .default_text = "",
      .description = "URL of an OpenID Connect issuer whose tokens are accepted"},
     [](const SettingValue& value, ServeOptions* options) {
       Issuer(options).issuer = TextOf(value);
     }},
    {{.name = "oidc.audience",
      .flag = "oidc-audience",
      .default_text = "",
      .description = "Client id that its tokens must be made for"},
     [](const SettingValue& value, ServeOptions* options) {
       Issuer(options).audience = TextOf(value);
     }},
    {{.name = "oidc.user_prefix",
      .flag = "oidc-user-prefix",
      .default_text = "",
      .description = "Stands before a token's subject in the user's id"},
     [](const SettingValue& value, ServeOptions* options) {
       Issuer(options).user_prefix = TextOf(value);
     }},
    {{.name = "oidc.create_users",
      .flag = "oidc-create-users",
      .type = SettingType::kFlag,
      .default_text = "false",
      .description = "Make users of subjects that are none yet"},
     [](const SettingValue& value, ServeOptions* options) {
       Issuer(options).creates_users = FlagOf(value);
     }},
    {{.name = "oidc.default_role",
      .flag = "oidc-default-role",
      .type = SettingType::kWord,
      .default_text = "user",
      .description = "Role of those users",
      .words = "user|service"},
     [](const SettingValue& value, ServeOptions* options) {
       Issuer(options).default_role = TextOf(value) == "service" ? Role::kService : Role::kUser;
     }},
    {{.name = "oidc.authorities_file",
      .flag = "oidc-authorities-file",
      .default_text = "",
      .description = "Certificates (PEM) to trust beside the system's when asking the issuer"},
     [](const SettingValue& value, ServeOptions* options) {
       options->server.oidc_fetch.authorities_file = TextOf(value);
     }},
};

}  // namespace

std::span<const ServerSetting> AccountSettings() { return kSettings; }

}  // namespace millrace
