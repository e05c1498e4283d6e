// What belongs to accounts beside the user's own row: grants on tables and namespaces,
// API keys, and how often the tokens of a session were refreshed. Plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/status.h"
#include "catalog/definitions.h"

namespace millrace {

// A set of rights on the rows of a table. Stored: never renumber.
enum class Privileges : uint8_t {
  kNone = 0,
  kSelect = 1,
  kInsert = 2,
  kUpdate = 4,
  kDelete = 8,
  kWrite = 14,
  kAll = 15,
};
constexpr Privileges operator|(Privileges a, Privileges b) {
  return static_cast<Privileges>(static_cast<uint8_t>(a) | static_cast<uint8_t>(b));
}
constexpr Privileges operator&(Privileges a, Privileges b) {
  return static_cast<Privileges>(static_cast<uint8_t>(a) & static_cast<uint8_t>(b));
}
// What `a` has and `b` has not.
constexpr Privileges Without(Privileges a, Privileges b) {
  return static_cast<Privileges>(static_cast<uint8_t>(a) & ~static_cast<uint8_t>(b));
}
// "SELECT, INSERT"; "ALL" for all of them; empty for none.
std::string PrivilegeNames(Privileges privileges);
// kNone for a word that names none. Any letter case.
Privileges PrivilegesFromName(std::string_view name);

enum class GranteeKind : uint8_t { kUser = 0, kRole = 1 };
enum class GrantedOn : uint8_t { kNamespace = 0, kTable = 1 };

// Rights beyond those that a table's kind and access level give to a role. They go with
// what they are on and with whom they were given to: a namesake of either has none.
struct GrantDefinition {
  GranteeKind grantee_kind = GranteeKind::kUser;
  std::string grantee;  // a user's id or a role's name
  GrantedOn on = GrantedOn::kTable;
  TableId table;               // kTable
  std::string namespace_name;  // kNamespace
  Privileges privileges = Privileges::kNone;
  std::string granted_by;  // who gave the last of them
  int64_t created_at = 0;
  int64_t updated_at = 0;

  // Identifies grantee and object: one row each.
  std::string Key() const;
};
using GrantPtr = std::shared_ptr<const GrantDefinition>;

// A key that a service sends instead of a user's tokens. Its secret is shown once and
// known here by its SHA-256 only: of 32 random bytes nothing can be guessed.
struct ApiKeyDefinition {
  std::string id;    // public part of the key
  std::string name;  // what it is for, in its maker's words
  std::string user_id;
  uint32_t account = 1;
  std::string hash;  // 32 bytes
  std::string created_by;
  int64_t created_at = 0;
  int64_t expires_at = 0;    // 0: never
  int64_t last_used_at = 0;  // 0: not yet; to the minute
};
using ApiKeyPtr = std::shared_ptr<const ApiKeyDefinition>;

// How far the refresh tokens of one session have come: token number `refreshes` is the
// one that is good, a smaller one was used before. A session that was never refreshed
// has no row, and its token the number 0.
struct RefreshState {
  std::string user_id;
  std::string session;
  uint64_t refreshes = 0;
  uint64_t token_epoch = 0;  // of the user when it was written; a later one ends it
  int64_t until = 0;         // wall micros at which the good token has expired

  std::string Key() const { return RefreshKey(user_id, session); }
  // User ids hold no NUL.
  static std::string RefreshKey(std::string_view user_id, std::string_view session);
};
using RefreshStatePtr = std::shared_ptr<const RefreshState>;

// Binary forms, each beginning with a format version byte. Decode* give kDataLoss for
// anything Encode* did not write.
std::string EncodeGrant(const GrantDefinition& grant);
Result<GrantDefinition> DecodeGrant(std::string_view bytes);
std::string EncodeApiKey(const ApiKeyDefinition& key);
Result<ApiKeyDefinition> DecodeApiKey(std::string_view bytes);
std::string EncodeRefreshState(const RefreshState& state);
Result<RefreshState> DecodeRefreshState(std::string_view bytes);

}  // namespace millrace
