// The keys our tokens are signed with: made at the first start, kept as the catalog
// setting "jwt_keys", so that tokens outlive a restart. Rotating makes a new key, which
// signs from then on; the older ones are accepted until the last token they can have
// signed has expired.
//
//   setting  version=1 | count | keys { id, secret, created, retired }
//
// A server of an older version kept one key without an id as "jwt_secret": it becomes
// the first of the keys, and its tokens go on.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/account_journal.h"
#include "auth/jwt.h"
#include "auth/principal.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "observe/log.h"
#include "runtime/async_mutex.h"
#include "runtime/task.h"

namespace millrace::auth {

// Never to be shown: whoever lists settings leaves them out.
inline constexpr std::string_view kTokenKeysSetting = "jwt_keys";
inline constexpr std::string_view kTokenSecretSetting = "jwt_secret";

// Keys accepted at the same time. The oldest goes when one more is made; its tokens end.
inline constexpr size_t kTokenKeysMax = 16;

enum class OldKeys : uint8_t {
  kKeepUntilExpiry,
  kRevoke,  // every token of everybody ends now
};

// Thread-safe. The references must outlive the object.
class TokenKeys {
 public:
  // `lifetime`: of the token that lives longest.
  TokenKeys(std::chrono::seconds lifetime, Catalog& catalog, AccountJournal& journal,
            const Clock& clock, Random& random, Log& log);

  // Before anything else: reads the keys, or makes the first one durably. kDataLoss when
  // they are damaged.
  Task<Status> Open();

  // What signs and accepts now.
  std::shared_ptr<const TokenSigner> signer() const;

  // kPermissionDenied unless the actor administers.
  Task<Status> Rotate(Principal actor, OldKeys old);

 private:
  Result<std::vector<TokenKey>> Stored() const;
  Task<Status> Store(std::vector<TokenKey> keys, CatalogChange audit);
  Status Use(std::vector<TokenKey> keys);

  const std::chrono::seconds lifetime_;
  Catalog& catalog_;
  AccountJournal& journal_;
  const Clock& clock_;
  Random& random_;
  Log& log_;
  AsyncMutex rotating_;
  mutable Mutex mutex_;
  std::shared_ptr<const TokenSigner> signer_;
};

std::string EncodeTokenKeys(const std::vector<TokenKey>& keys);
Result<std::vector<TokenKey>> DecodeTokenKeys(std::string_view bytes);

}  // namespace millrace::auth
