// Who is asking: what authentication gives and every permission check takes.
#pragma once

#include <cstdint>
#include <string>

#include "catalog/definitions.h"

namespace millrace::auth {

struct Principal {
  std::string user_id;
  uint32_t account = 1;  // which account of that name; see UserDefinition
  Role role = Role::kAnonymous;
  // What else the token said that it is worth nothing without; see Accounts::CheckPrincipal.
  uint64_t token_epoch = 0;
  std::string session;
  // Wall microseconds at which the proof of identity ends; 0 = never. Whoever keeps a
  // principal longer than one request (a WebSocket) ends its work then.
  int64_t expires_at = 0;
  // When an API key was the proof: its id. It has no epoch and no session.
  std::string api_key;
  // Where the request came from, for the audit log; empty: from inside.
  std::string address;
};

}  // namespace millrace::auth
