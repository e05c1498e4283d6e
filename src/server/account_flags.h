// What `millrace serve` can be told about accounts: passwords, lockouts, lifetimes of
// tokens, and one OpenID Connect issuer to trust.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "server/server.h"

namespace millrace {

struct AccountFlags {
  int64_t password_min_length = 8;
  bool password_complexity = false;
  int64_t login_failures_max = 5;
  int64_t login_lock_minutes = 15;
  int64_t access_token_seconds = 24 * 3600;
  int64_t refresh_token_seconds = 7 * 24 * 3600;
  std::string oidc_issuer;  // empty: none
  std::string oidc_audience;
  std::string oidc_user_prefix;
  std::string oidc_default_role = "user";
  std::string oidc_authorities_file;
  bool oidc_create_users = false;
};

// kInvalidArgument with the flag's name and what it takes.
Status SetAccounts(const AccountFlags& flags, ServerOptions* options);

}  // namespace millrace
