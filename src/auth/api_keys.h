// API keys: what a service sends instead of logging in.
//
//   mk_ID_SECRET   ID 16 hexadecimal digits, SECRET 43 characters of base64url (32 bytes)
//
// The key acts for one user, with that user's present role. It is shown once, when it
// is made; kept is the SHA-256 of its secret. It ends when it is dropped, when it
// expires, and with its user; a new password or role of the user does not end it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "auth/account_journal.h"
#include "auth/auth_error.h"
#include "auth/principal.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/status.h"
#include "catalog/catalog.h"
#include "observe/log.h"
#include "runtime/async_mutex.h"
#include "runtime/task.h"

namespace millrace::auth {

inline constexpr std::string_view kApiKeyPrefix = "mk_";
inline constexpr size_t kApiKeysPerUserMax = 64;
inline constexpr size_t kApiKeyNameCharactersMax = 128;

struct NewApiKey {
  std::string name;
  std::string user_id;
  int64_t expires_at = 0;  // wall micros; 0: never
};

struct MadeApiKey {
  std::string id;
  std::string key;  // the only time it is known
};

// Thread-safe. The references must outlive the object.
class ApiKeys {
 public:
  ApiKeys(Catalog& catalog, AccountJournal& journal, const Clock& clock, Random& random, Log& log)
      : catalog_(catalog), journal_(journal), clock_(clock), random_(random), log_(log) {}

  // 42501 unless the actor may manage the user; 42704 no such user; 22023 a bad name or
  // a time that has passed; 54000 when the user has kApiKeysPerUserMax.
  Task<Result<MadeApiKey>> Create(Principal actor, NewApiKey key);
  // 42704 when there is none of the id; else as Create.
  Task<Status> Drop(Principal actor, std::string id);

  static bool LooksLikeKey(std::string_view text) { return text.starts_with(kApiKeyPrefix); }
  // Who is behind a key: kInvalidCredentials for whatever reason it is not good, but
  // kTokenExpired when it is over. No I/O.
  AuthResult<Principal> Authenticate(std::string_view key) const;
  // Notes that the key was used, unless that was noted within the last minute. Never
  // fails a request: what cannot be noted is logged.
  Task<void> NoteUse(std::string id);

 private:
  Status CheckManages(const Principal& actor, std::string_view user_id) const;
  Status CheckNew(const Principal& actor, const NewApiKey& key) const;

  Catalog& catalog_;
  AccountJournal& journal_;
  const Clock& clock_;
  Random& random_;
  Log& log_;
  AsyncMutex making_;  // so that two at a time do not pass the limit
};

}  // namespace millrace::auth
