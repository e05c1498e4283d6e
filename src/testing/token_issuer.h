// A small OpenID Connect issuer for tests: a real HTTP server on loopback with a discovery
// document and a key set of generated keys, which can be rotated, and which can fail in
// the ways real ones do.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "net/http_server.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "runtime/event_loop_group.h"

namespace millrace::testing {

enum class IssuerMood : uint8_t {
  kGood,
  kFailing,      // 500
  kSilent,       // no answer at all
  kHuge,         // a megabyte of keys
  kGarbage,      // no JSON
  kImpersonal,   // a discovery document that names another issuer
  kKeyless,      // a key set without keys
  kRedirecting,  // 302 to somewhere else
};

// Thread-safe.
class TokenIssuer {
 public:
  TokenIssuer();
  ~TokenIssuer();

  // As tokens and the configuration name it.
  std::string url() const;

  // Generates a key; `algorithm` is RS256, PS384, ES256, ….
  void AddKey(const std::string& key_id, const std::string& algorithm);
  void RemoveKey(const std::string& key_id);
  // {"alg", "kid"} and the claims, a JSON object, signed with that key, which need not be
  // published any more.
  std::string Sign(const std::string& key_id, std::string_view claims) const;
  // The same for a subject and an audience, issued now, good for an hour.
  std::string TokenFor(const std::string& key_id, std::string_view subject,
                       std::string_view audience, int64_t now_seconds) const;
  // The public key as a PEM text, as an attacker would use it for an HMAC.
  std::string PublicPem(const std::string& key_id) const;

  void SetMood(IssuerMood mood) { mood_.store(mood); }
  // Of either document.
  int requests() const { return requests_.load(); }

 private:
  struct Key;
  Task<void> Handle(const HttpRequest& request, ResponseWriter& response);
  std::string Discovery() const;
  std::string KeySet() const;

  const SystemClock clock_;
  SystemRandom random_;
  NullLog log_;
  Metrics metrics_;
  std::unique_ptr<EventLoopGroup> loops_;
  std::unique_ptr<HttpServer> server_;
  std::atomic<IssuerMood> mood_{IssuerMood::kGood};
  std::atomic<int> requests_{0};
  mutable Mutex mutex_;
  std::map<std::string, std::shared_ptr<const Key>> keys_;
};

}  // namespace millrace::testing
