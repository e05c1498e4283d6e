#include "auth/token_cache.h"

#include <algorithm>
#include <utility>

namespace millrace::auth {

TokenCache::TokenCache(size_t tokens_max)
    : shard_tokens_max_(std::max<size_t>(1, tokens_max / kShards)) {}

std::shared_ptr<const TokenClaims> TokenCache::Find(std::string_view token) {
  Shard& shard = ShardOf(token);
  MutexLock lock(shard.mutex);
  const auto it = shard.by_token.find(token);
  if (it == shard.by_token.end()) return nullptr;
  shard.entries.splice(shard.entries.begin(), shard.entries, it->second);
  return it->second->claims;
}

void TokenCache::Insert(std::string_view token, std::shared_ptr<const TokenClaims> claims) {
  Shard& shard = ShardOf(token);
  MutexLock lock(shard.mutex);
  if (shard.by_token.contains(token)) return;
  if (shard.entries.size() >= shard_tokens_max_) {
    shard.by_token.erase(shard.entries.back().token);
    shard.entries.pop_back();
  }
  shard.entries.push_front({std::string(token), std::move(claims)});
  shard.by_token.emplace(shard.entries.front().token, shard.entries.begin());
}

size_t TokenCache::size() const {
  size_t tokens = 0;
  for (const Shard& shard : shards_) {
    MutexLock lock(shard.mutex);
    tokens += shard.entries.size();
  }
  return tokens;
}

}  // namespace millrace::auth
