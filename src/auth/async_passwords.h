// Password hashing for coroutines: on blocking threads, few at a time, however many
// logins arrive, so that neither the CPU nor the memory is theirs.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "auth/password.h"
#include "observe/metrics.h"
#include "runtime/blocking_pool.h"
#include "runtime/channel.h"
#include "runtime/task.h"

namespace millrace::auth {

struct AsyncPasswordsOptions {
  PasswordCost cost;
  uint32_t running_max = 2;
  // Callers that may wait for their turn; beyond it kResourceExhausted at once.
  uint32_t waiting_max = 64;
};

// Thread-safe. Served in order of arrival. Metric: `auth_password_hashes_total`, hashes
// computed for whatever reason.
class AsyncPasswords {
 public:
  // The references must outlive the object.
  AsyncPasswords(AsyncPasswordsOptions options, BlockingPool& blocking, Metrics& metrics);

  Task<Result<std::string>> Hash(std::string password);

  // An empty hash stands for a user who is not there or has no password: false, after
  // the same work as for a wrong password.
  Task<Result<bool>> Verify(std::string hash, std::string password);

  bool NeedsRehash(const std::string& hash) const { return auth::NeedsRehash(hash, options_.cost); }

 private:
  class Turn;
  struct Token {};

  const AsyncPasswordsOptions options_;
  const std::string unmatchable_hash_;
  BlockingPool& blocking_;
  Counter& hashes_;
  std::atomic<uint32_t> inside_{0};
  // A full channel holds its writers back: each token in it is a hash being computed.
  Channel<Token> running_;
};

}  // namespace millrace::auth
