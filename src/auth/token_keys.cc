#include "auth/token_keys.h"

#include <utility>

#include "auth/authorize.h"
#include "base/coding.h"

namespace millrace::auth {
namespace {

constexpr uint8_t kFormatVersion = 1;
// A token may be signed by a key that is being replaced, on another loop.
constexpr int64_t kOverlapSeconds = 60;

Status Damaged() { return DataLoss("the keys of tokens are damaged"); }

}  // namespace

std::string EncodeTokenKeys(const std::vector<TokenKey>& keys) {
  std::string out(1, static_cast<char>(kFormatVersion));
  PutVarint(&out, keys.size());
  for (const TokenKey& key : keys) {
    PutLengthPrefixed(&out, key.id);
    PutLengthPrefixed(&out, key.secret);
    PutFixed(&out, key.created_at);
    PutFixed(&out, key.retired_at);
  }
  return out;
}

Result<std::vector<TokenKey>> DecodeTokenKeys(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.Fixed<uint8_t>() != kFormatVersion) return Damaged();
  const uint64_t count = reader.Varint();
  std::vector<TokenKey> keys;
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    TokenKey key;
    key.id = std::string(reader.LengthPrefixed());
    key.secret = std::string(reader.LengthPrefixed());
    key.created_at = reader.Fixed<int64_t>();
    key.retired_at = reader.Fixed<int64_t>();
    keys.push_back(std::move(key));
  }
  if (!reader.ok() || !reader.empty() || keys.empty()) return Damaged();
  return keys;
}

TokenKeys::TokenKeys(std::chrono::seconds lifetime, Catalog& catalog, AccountJournal& journal,
                     const Clock& clock, Random& random, Log& log)
    : lifetime_(lifetime),
      catalog_(catalog),
      journal_(journal),
      clock_(clock),
      random_(random),
      log_(log) {}

std::shared_ptr<const TokenSigner> TokenKeys::signer() const {
  const MutexLock lock(mutex_);
  return signer_;
}

Result<std::vector<TokenKey>> TokenKeys::Stored() const {
  const std::string keys = catalog_.Setting(kTokenKeysSetting);
  if (!keys.empty()) return DecodeTokenKeys(keys);
  const std::string secret = catalog_.Setting(kTokenSecretSetting);
  if (secret.empty()) return std::vector<TokenKey>();
  return std::vector<TokenKey>{{.id = "", .secret = secret}};
}

Status TokenKeys::Use(std::vector<TokenKey> keys) {
  ASSIGN_OR_RETURN(TokenSigner signer, TokenSigner::Create(std::move(keys)));
  auto shared = std::make_shared<const TokenSigner>(std::move(signer));
  const MutexLock lock(mutex_);
  signer_ = std::move(shared);
  return Status::Ok();
}

Task<Status> TokenKeys::Store(std::vector<TokenKey> keys, CatalogChange audit) {
  std::vector<CatalogChange> changes;
  changes.push_back({.op = CatalogOp::kPutSetting,
                     .name = std::string(kTokenKeysSetting),
                     .body = EncodeTokenKeys(keys)});
  // What an older version left, now among the keys, or gone with them.
  if (!catalog_.Setting(kTokenSecretSetting).empty()) {
    changes.push_back({.op = CatalogOp::kPutSetting, .name = std::string(kTokenSecretSetting)});
  }
  changes.push_back(std::move(audit));
  ASSIGN_OR_CO_RETURN(const Receipt receipt, co_await journal_.Commit(std::move(changes)));
  MR_ASSERT(receipt.verdict == Verdict::kApplied, "storing a setting has no precondition");
  co_return Use(std::move(keys));
}

Task<Status> TokenKeys::Open() {
  ASSIGN_OR_CO_RETURN(std::vector<TokenKey> keys, Stored());
  if (!keys.empty()) co_return Use(std::move(keys));
  keys.push_back({.id = GenerateTokenId(random_),
                  .secret = GenerateSecret(random_),
                  .created_at = clock_.WallMicros()});
  CatalogChange audit = journal_.Audit(AccountJournal::Server(),
                                       {.action = "create_token_key", .target = keys.back().id});
  co_return co_await Store(std::move(keys), std::move(audit));
}

Task<Status> TokenKeys::Rotate(Principal actor, OldKeys old) {
  if (!CanAdminister(actor.role)) {
    co_return PermissionDenied("permission denied: changing the keys of tokens needs the role dba");
  }
  const AsyncMutex::Guard guard = co_await rotating_.Lock();
  ASSIGN_OR_CO_RETURN(std::vector<TokenKey> keys, Stored());
  const int64_t now = clock_.WallMicros();
  if (old == OldKeys::kRevoke) keys.clear();
  const int64_t seconds = lifetime_.count() + kTokenLeewaySeconds + kOverlapSeconds;
  for (TokenKey& key : keys) {
    if (key.retired_at == 0) key.retired_at = now;
  }
  std::erase_if(keys,
                [&](const TokenKey& key) { return key.retired_at + seconds * 1'000'000 < now; });
  if (keys.size() >= kTokenKeysMax) keys.erase(keys.begin());
  keys.push_back(
      {.id = GenerateTokenId(random_), .secret = GenerateSecret(random_), .created_at = now});
  const std::string id = keys.back().id;
  const bool revoked = old == OldKeys::kRevoke;
  CatalogChange audit = journal_.Audit(
      actor, {.action = "rotate_token_key",
              .target = id,
              .details = revoked ? JsonMember("old_keys", "revoked") : std::string()});
  CO_RETURN_IF_ERROR(co_await Store(std::move(keys), std::move(audit)));
  log_.Info("token_key_rotated", {{"key", id}, {"old_revoked", revoked}, {"by", actor.user_id}});
  co_return Status::Ok();
}

}  // namespace millrace::auth
