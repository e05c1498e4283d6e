// Tokens whose signature has been checked: the second request of a session costs a
// look-up instead of a signature and two JSON texts. What may change after a token was
// issued (time, the user's role) is not remembered here; the caller checks it each time.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "auth/jwt.h"
#include "base/mutex.h"

namespace millrace::auth {

// Thread-safe; never blocks for long. At the limit the token unused longest goes.
class TokenCache {
 public:
  explicit TokenCache(size_t tokens_max);

  // Null when not known.
  std::shared_ptr<const TokenClaims> Find(std::string_view token);
  void Insert(std::string_view token, std::shared_ptr<const TokenClaims> claims);
  size_t size() const;

 private:
  static constexpr size_t kShards = 8;

  struct Entry {
    std::string token;
    std::shared_ptr<const TokenClaims> claims;
  };
  // Tokens end in their signature, whose bytes are random: the last ones are hash enough,
  // and nobody without the secret can choose them.
  struct TailHash {
    size_t operator()(std::string_view token) const {
      constexpr size_t kTail = 16;
      return std::hash<std::string_view>()(token.size() > kTail ? token.substr(token.size() - kTail)
                                                                : token);
    }
  };
  struct Shard {
    mutable Mutex mutex;
    std::list<Entry> entries;  // the most recently used first
    // Keys borrow from the entries.
    std::unordered_map<std::string_view, std::list<Entry>::iterator, TailHash> by_token;
  };
  Shard& ShardOf(std::string_view token) { return shards_[TailHash()(token) % kShards]; }

  const size_t shard_tokens_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace millrace::auth
