// Binary forms; integers are varints, times 8 bytes, strings length-prefixed.
//
//   grant          version=1 | grantee kind, grantee | on, table id, namespace | privileges |
//                  granted by | created updated
//   API key        version=1 | id name user account hash created_by | created expires last used
//   refresh state  version=1 | user session refreshes epoch | until
#include "catalog/account_definitions.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/coding.h"

namespace millrace {
namespace {

constexpr uint8_t kFormatVersion = 1;
constexpr size_t kApiKeyHashBytes = 32;

constexpr std::array<std::pair<std::string_view, Privileges>, 5> kNames = {{
    {"SELECT", Privileges::kSelect},
    {"INSERT", Privileges::kInsert},
    {"UPDATE", Privileges::kUpdate},
    {"DELETE", Privileges::kDelete},
    {"ALL", Privileges::kAll},
}};

Status Damaged(std::string_view what) {
  return DataLoss("the catalog entry of " + std::string(what) + " is damaged");
}

std::string Begun() { return std::string(1, static_cast<char>(kFormatVersion)); }
std::string GetText(ByteReader* reader) { return std::string(reader->LengthPrefixed()); }

template <typename T>
T GetUpTo(ByteReader* reader, T max, bool* valid) {
  const uint64_t value = reader->Varint();
  if (value > static_cast<uint64_t>(max)) *valid = false;
  return static_cast<T>(value);
}

}  // namespace

std::string PrivilegeNames(Privileges privileges) {
  if (privileges == Privileges::kAll) return "ALL";
  std::string names;
  for (const auto& [name, privilege] : kNames) {
    if (privilege == Privileges::kAll || (privileges & privilege) == Privileges::kNone) continue;
    if (!names.empty()) names += ", ";
    names += name;
  }
  return names;
}

Privileges PrivilegesFromName(std::string_view name) {
  const auto same = [&](std::string_view known) {
    return std::ranges::equal(name, known, {},
                              [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  };
  for (const auto& [known, privileges] : kNames) {
    if (same(known)) return privileges;
  }
  return Privileges::kNone;
}

std::string GrantDefinition::Key() const {
  std::string key(1, grantee_kind == GranteeKind::kUser ? 'u' : 'r');
  key.append(grantee).push_back('\0');
  key.push_back(on == GrantedOn::kNamespace ? 'n' : 't');
  if (on == GrantedOn::kNamespace) {
    key += namespace_name;
  } else {
    PutBigEndian32(&key, table.value);
  }
  return key;
}

std::string RefreshState::RefreshKey(std::string_view user_id, std::string_view session) {
  std::string key(user_id);
  key.push_back('\0');
  key += session;
  return key;
}

std::string EncodeGrant(const GrantDefinition& grant) {
  std::string out = Begun();
  PutVarint(&out, static_cast<uint8_t>(grant.grantee_kind));
  PutLengthPrefixed(&out, grant.grantee);
  PutVarint(&out, static_cast<uint8_t>(grant.on));
  PutVarint(&out, grant.table.value);
  PutLengthPrefixed(&out, grant.namespace_name);
  PutVarint(&out, static_cast<uint8_t>(grant.privileges));
  PutLengthPrefixed(&out, grant.granted_by);
  PutFixed(&out, grant.created_at);
  PutFixed(&out, grant.updated_at);
  return out;
}

Result<GrantDefinition> DecodeGrant(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.Fixed<uint8_t>() != kFormatVersion) return Damaged("a grant");
  bool valid = true;
  GrantDefinition grant;
  grant.grantee_kind = GetUpTo(&reader, GranteeKind::kRole, &valid);
  grant.grantee = GetText(&reader);
  grant.on = GetUpTo(&reader, GrantedOn::kTable, &valid);
  grant.table = TableId(GetUpTo(&reader, UINT32_MAX, &valid));
  grant.namespace_name = GetText(&reader);
  grant.privileges = GetUpTo(&reader, Privileges::kAll, &valid);
  grant.granted_by = GetText(&reader);
  grant.created_at = reader.Fixed<int64_t>();
  grant.updated_at = reader.Fixed<int64_t>();
  if (!reader.ok() || !reader.empty() || !valid) return Damaged("a grant");
  return grant;
}

std::string EncodeApiKey(const ApiKeyDefinition& key) {
  std::string out = Begun();
  for (const std::string* text : {&key.id, &key.name, &key.user_id}) PutLengthPrefixed(&out, *text);
  PutVarint(&out, key.account);
  PutLengthPrefixed(&out, key.hash);
  PutLengthPrefixed(&out, key.created_by);
  for (const int64_t time : {key.created_at, key.expires_at, key.last_used_at}) {
    PutFixed(&out, time);
  }
  return out;
}

Result<ApiKeyDefinition> DecodeApiKey(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.Fixed<uint8_t>() != kFormatVersion) return Damaged("an API key");
  bool valid = true;
  ApiKeyDefinition key;
  for (std::string* text : {&key.id, &key.name, &key.user_id}) *text = GetText(&reader);
  key.account = GetUpTo(&reader, UINT32_MAX, &valid);
  key.hash = GetText(&reader);
  key.created_by = GetText(&reader);
  for (int64_t* time : {&key.created_at, &key.expires_at, &key.last_used_at}) {
    *time = reader.Fixed<int64_t>();
  }
  valid = valid && key.hash.size() == kApiKeyHashBytes;
  if (!reader.ok() || !reader.empty() || !valid) return Damaged("an API key");
  return key;
}

std::string EncodeRefreshState(const RefreshState& state) {
  std::string out = Begun();
  PutLengthPrefixed(&out, state.user_id);
  PutLengthPrefixed(&out, state.session);
  PutVarint(&out, state.refreshes);
  PutVarint(&out, state.token_epoch);
  PutFixed(&out, state.until);
  return out;
}

Result<RefreshState> DecodeRefreshState(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.Fixed<uint8_t>() != kFormatVersion) return Damaged("a session");
  RefreshState state;
  state.user_id = GetText(&reader);
  state.session = GetText(&reader);
  state.refreshes = reader.Varint();
  state.token_epoch = reader.Varint();
  state.until = reader.Fixed<int64_t>();
  if (!reader.ok() || !reader.empty()) return Damaged("a session");
  return state;
}

}  // namespace millrace
