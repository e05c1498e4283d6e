// The public keys of a token issuer (JSON Web Key Set, RFC 7517) and checking signatures
// with them (RFC 7518): RS256/384/512, PS256/384/512, ES256, ES384. Nothing symmetric, no
// "none": a public key can never be taken for the secret of an HMAC.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace millrace::auth {

// Keys read from one set; the others are ignored.
inline constexpr size_t kJsonWebKeysMax = 64;

enum class KeyFamily : uint8_t { kRsa, kP256, kP384 };

// What an `alg` asks for.
struct SignatureAlgorithm {
  std::string_view name;
  KeyFamily family = KeyFamily::kRsa;
  bool pss = false;
  int hash_bits = 256;
};
// Null for a name that is not accepted.
const SignatureAlgorithm* FindSignatureAlgorithm(std::string_view name);

// Immutable: thread-safe.
class JsonWebKeys {
 public:
  // Keys of kinds that are not accepted, too short ones (RSA below 2048 bits) and broken
  // ones are left out: a set may hold keys for others. kInvalidArgument for what is no
  // key set at all, or one without a usable key.
  static Result<JsonWebKeys> Parse(std::string_view json);

  // Whether there is a key of this id for that algorithm. Without an id: whether exactly
  // one key suits it.
  bool Has(std::string_view key_id, const SignatureAlgorithm& algorithm) const {
    return Find(key_id, algorithm) != nullptr;
  }
  // Whether the key made `signature` (raw bytes) of `text`. Some 50 microseconds of CPU.
  bool Verify(std::string_view key_id, const SignatureAlgorithm& algorithm, std::string_view text,
              std::string_view signature) const;
  size_t size() const { return keys_.size(); }

 private:
  struct Key {
    std::string id;
    std::string algorithm;  // empty: any of the family
    KeyFamily family = KeyFamily::kRsa;
    std::shared_ptr<void> handle;  // an EVP_PKEY
  };
  static std::optional<Key> ReadKey(const void* json_object);
  const Key* Find(std::string_view key_id, const SignatureAlgorithm& algorithm) const;

  std::vector<Key> keys_;
};

}  // namespace millrace::auth
