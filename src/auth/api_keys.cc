#include "auth/api_keys.h"

#include <openssl/sha.h>
#include <sodium.h>

#include <algorithm>
#include <utility>

#include "auth/account_rules.h"
#include "auth/accounts.h"
#include "auth/authorize.h"
#include "auth/jwt.h"
#include "types/json_text.h"

namespace millrace::auth {
namespace {

constexpr size_t kIdBytes = 16;
constexpr int64_t kNoteEveryMicros = 60'000'000;

std::string HashOf(std::string_view secret) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

std::string NewId(Random& random) {
  std::string id;
  PutBigEndian64(&id, random.NextUint64());
  return AuditIdText(id);
}

Status NoSuchUser(std::string_view id) {
  return NotFound("user \"" + std::string(id) + "\" does not exist").WithSqlState("42704");
}

}  // namespace

Status ApiKeys::CheckManages(const Principal& actor, std::string_view user_id) const {
  if (!CanAdminister(actor.role)) {
    return PermissionDenied("permission denied: API keys need the role dba");
  }
  const UserPtr user = catalog_.FindUser(user_id);
  if (user == nullptr || user->deleted_at != 0) return NoSuchUser(user_id);
  if (CanManageUser(actor.role, user->role)) return Status::Ok();
  return PermissionDenied("role " + std::string(RoleName(actor.role)) +
                          " may not manage users of role " + std::string(RoleName(user->role)));
}

Status ApiKeys::CheckNew(const Principal& actor, const NewApiKey& key) const {
  RETURN_IF_ERROR(CheckManages(actor, key.user_id));
  if (key.name.empty() || CountCharacters(key.name) > kApiKeyNameCharactersMax ||
      !IsValidUtf8(key.name)) {
    return InvalidArgument("the name of an API key has 1 to 128 characters");
  }
  if (key.expires_at != 0 && key.expires_at <= clock_.WallMicros()) {
    return InvalidArgument("the API key would have expired already");
  }
  const auto keys = catalog_.ApiKeys();
  const auto of_user = std::ranges::count_if(
      keys, [&](const ApiKeyPtr& other) { return other->user_id == key.user_id; });
  if (static_cast<size_t>(of_user) < kApiKeysPerUserMax) return Status::Ok();
  return ResourceExhausted("user \"" + key.user_id + "\" has 64 API keys")
      .WithSqlState("54000")
      .WithHint("Drop those that are not used: SHOW API KEYS tells when each was.");
}

Task<Result<MadeApiKey>> ApiKeys::Create(Principal actor, NewApiKey key) {
  const AsyncMutex::Guard guard = co_await making_.Lock();
  CO_RETURN_IF_ERROR(CheckNew(actor, key));
  const UserPtr user = catalog_.FindUser(key.user_id);
  const std::string secret = GenerateSecret(random_);
  const ApiKeyDefinition definition{.id = NewId(random_),
                                    .name = key.name,
                                    .user_id = key.user_id,
                                    .account = user->account,
                                    .hash = HashOf(secret),
                                    .created_by = actor.user_id,
                                    .created_at = clock_.WallMicros(),
                                    .expires_at = key.expires_at};
  std::vector<CatalogChange> changes;
  changes.push_back({.op = CatalogOp::kPutApiKey,
                     .name = definition.id,
                     .expected = static_cast<uint64_t>(Expect::kNew),
                     .body = EncodeApiKey(definition)});
  changes.push_back(journal_.Audit(actor, {.action = "create_api_key",
                                           .target = definition.id,
                                           .details = JsonMember("name", key.name),
                                           .subject = key.user_id}));
  ASSIGN_OR_CO_RETURN(const Receipt receipt, co_await journal_.Commit(std::move(changes)));
  if (receipt.verdict != Verdict::kApplied) co_return NoSuchUser(key.user_id);
  log_.Info("api_key_created",
            {{"key", definition.id}, {"user", key.user_id}, {"by", actor.user_id}});
  std::string shown = std::string(kApiKeyPrefix) + definition.id + "_" + secret;
  co_return MadeApiKey{.id = definition.id, .key = std::move(shown)};
}

Task<Status> ApiKeys::Drop(Principal actor, std::string id) {
  if (!CanAdminister(actor.role)) {
    co_return PermissionDenied("permission denied: API keys need the role dba");
  }
  const ApiKeyPtr key = catalog_.FindApiKey(id);
  Status missing = NotFound("there is no API key \"" + id + "\"").WithSqlState("42704");
  if (key == nullptr) co_return missing;
  CO_RETURN_IF_ERROR(CheckManages(actor, key->user_id));
  std::vector<CatalogChange> changes;
  changes.push_back({.op = CatalogOp::kDropApiKey,
                     .name = id,
                     .expected = static_cast<uint64_t>(Expect::kExisting)});
  changes.push_back(
      journal_.Audit(actor, {.action = "drop_api_key", .target = id, .subject = key->user_id}));
  ASSIGN_OR_CO_RETURN(const Receipt receipt, co_await journal_.Commit(std::move(changes)));
  if (receipt.verdict != Verdict::kApplied) co_return missing;
  log_.Info("api_key_dropped", {{"key", id}, {"user", key->user_id}, {"by", actor.user_id}});
  co_return Status::Ok();
}

AuthResult<Principal> ApiKeys::Authenticate(std::string_view key) const {
  const auto refused = std::unexpected(InvalidCredentials());
  if (!LooksLikeKey(key)) return refused;
  key.remove_prefix(kApiKeyPrefix.size());
  if (key.size() < kIdBytes + 1 || key[kIdBytes] != '_') return refused;
  const ApiKeyPtr known = catalog_.FindApiKey(key.substr(0, kIdBytes));
  const std::string hash = HashOf(key.substr(kIdBytes + 1));
  if (known == nullptr || sodium_memcmp(hash.data(), known->hash.data(), hash.size()) != 0) {
    return refused;
  }
  const UserPtr user = catalog_.FindUser(known->user_id);
  if (user == nullptr || user->deleted_at != 0 || user->account != known->account) return refused;
  if (known->expires_at != 0 && known->expires_at <= clock_.WallMicros()) {
    return std::unexpected(
        AuthError{AuthErrorCode::kTokenExpired, Unauthenticated("the API key has expired")});
  }
  return Principal{.user_id = user->id,
                   .account = user->account,
                   .role = user->role,
                   .expires_at = known->expires_at,
                   .api_key = known->id};
}

Task<void> ApiKeys::NoteUse(std::string id) {
  const int64_t now = clock_.WallMicros();
  const ApiKeyPtr key = catalog_.FindApiKey(id);
  if (key == nullptr || key->last_used_at + kNoteEveryMicros > now) co_return;
  ApiKeyDefinition used = *key;
  used.last_used_at = now;
  std::vector<CatalogChange> changes;
  changes.push_back({.op = CatalogOp::kPutApiKey,
                     .name = id,
                     .expected = static_cast<uint64_t>(Expect::kExisting),
                     .body = EncodeApiKey(used)});
  const auto receipt = co_await journal_.Commit(std::move(changes), Durability::kRelaxed);
  if (!receipt.ok()) {
    log_.Warn("api_key_use_not_noted", {{"key", id}, {"error", receipt.status().ToString()}});
  }
}

}  // namespace millrace::auth
