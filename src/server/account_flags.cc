#include "server/account_flags.h"

#include <chrono>
#include <string_view>

namespace millrace {
namespace {

struct Range {
  std::string_view name;
  int64_t value;
  int64_t least;
  int64_t most;
};

Status CheckRange(const Range& range) {
  if (range.value >= range.least && range.value <= range.most) return Status::Ok();
  return InvalidArgument("--" + std::string(range.name) + " takes a number from " +
                         std::to_string(range.least) + " to " + std::to_string(range.most) +
                         ", not " + std::to_string(range.value));
}

Status SetOidc(const AccountFlags& flags, ServerOptions* options) {
  if (flags.oidc_issuer.empty()) return Status::Ok();
  if (flags.oidc_audience.empty()) {
    return InvalidArgument("--oidc-issuer needs --oidc-audience")
        .WithHint("It is the client id that the issuer's tokens are made for.");
  }
  const std::optional<Role> role = RoleFromName(flags.oidc_default_role);
  if (!role || (*role != Role::kUser && *role != Role::kService)) {
    return InvalidArgument("--oidc-default-role takes user or service");
  }
  options->oidc.issuers = {{.issuer = flags.oidc_issuer,
                            .audience = flags.oidc_audience,
                            .user_prefix = flags.oidc_user_prefix,
                            .creates_users = flags.oidc_create_users,
                            .default_role = *role}};
  options->oidc_fetch.authorities_file = flags.oidc_authorities_file;
  return Status::Ok();
}

}  // namespace

Status SetAccounts(const AccountFlags& flags, ServerOptions* options) {
  constexpr int64_t kYear = int64_t{365} * 24 * 3600;
  const Range ranges[] = {
      {"password-min-length", flags.password_min_length, 8, 256},
      {"login-failures-max", flags.login_failures_max, 1, 1000},
      {"login-lock-minutes", flags.login_lock_minutes, 1, 7 * 24 * 60},
      {"access-token-seconds", flags.access_token_seconds, 60, kYear},
      {"refresh-token-seconds", flags.refresh_token_seconds, 60, kYear},
  };
  for (const Range& range : ranges) RETURN_IF_ERROR(CheckRange(range));
  options->accounts.passwords.characters_min = static_cast<size_t>(flags.password_min_length);
  options->accounts.passwords.complex = flags.password_complexity;
  options->accounts.failed_logins_max = static_cast<uint32_t>(flags.login_failures_max);
  options->accounts.lock_duration = std::chrono::minutes(flags.login_lock_minutes);
  options->tokens.access_lifetime = std::chrono::seconds(flags.access_token_seconds);
  options->tokens.refresh_lifetime = std::chrono::seconds(flags.refresh_token_seconds);
  return SetOidc(flags, options);
}

}  // namespace millrace
