// The tokens we issue: JSON Web Tokens (RFC 7519) signed with HMAC-SHA256 and one of our
// own keys. One algorithm, one issuer; whatever a token says about either is only
// compared, never followed. The key id chooses among our keys and nothing else.
//
//   base64url({"alg":"HS256","typ":"JWT","kid":…}) . base64url(claims) . base64url(signature)
//   claims: sub, iss "millrace", iat, exp (seconds), role, token_type, jti,
//           epoch, sid, rn (refresh tokens), email?
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/status.h"
#include "catalog/definitions.h"

namespace millrace::auth {

enum class TokenType : uint8_t { kAccess, kRefresh };

inline constexpr std::string_view kTokenIssuer = "millrace";
inline constexpr size_t kTokenBytesMax = 8192;
inline constexpr size_t kTokenSecretBytesMin = 32;
// How far clocks may differ before a token counts as expired.
inline constexpr int64_t kTokenLeewaySeconds = 60;

struct TokenClaims {
  std::string subject;
  Role role = Role::kAnonymous;
  TokenType type = TokenType::kAccess;
  int64_t issued_at = 0;   // seconds since 1970
  int64_t expires_at = 0;  // the same
  std::string id;          // unique per token
  // The user's UserDefinition::token_epoch when the token was issued; 0 is nobody's.
  uint64_t epoch = 0;
  std::string session;     // the tokens of one login and of their refreshes share it
  uint64_t refreshes = 0;  // refresh tokens: how many came before in this session
  std::string email;       // may be empty
  std::string key_id;      // in the header: which key signed it
  bool operator==(const TokenClaims&) const = default;
};

// Why a token is refused, checked in this order: an expired token is known to be
// genuine and of the right type.
enum class TokenProblem : uint8_t {
  kMalformed,
  kAlgorithm,
  kKey,
  kSignature,
  kClaims,
  kIssuer,
  kType,
  kExpired,
};
// A message for the client.
std::string_view TokenProblemText(TokenProblem problem);

bool TokenExpired(const TokenClaims& claims, int64_t now_seconds);

// A secret that tokens are signed with.
struct TokenKey {
  std::string id;  // empty for the key of servers that had one only: no `kid`
  std::string secret;
  int64_t created_at = 0;  // wall micros
  int64_t retired_at = 0;  // when the next key took its place; 0: it signs
  bool operator==(const TokenKey&) const = default;
};

// Immutable: thread-safe. A signature or a check costs a few microseconds.
class TokenSigner {
 public:
  // Signs with the last of the keys, accepts all. kInvalidArgument for none, for a secret
  // shorter than 32 bytes and for two keys of one id.
  static Result<TokenSigner> Create(std::vector<TokenKey> keys);
  static Result<TokenSigner> Create(std::string secret) {
    return Create(std::vector<TokenKey>{{.id = "", .secret = std::move(secret)}});
  }

  // Whether tokens of the key are still accepted.
  bool Accepts(std::string_view key_id) const { return FindKey(key_id) != nullptr; }
  // Ignores claims.key_id.
  std::string Sign(const TokenClaims& claims) const;
  // What a genuine token of either type says, expired or not.
  std::expected<TokenClaims, TokenProblem> Read(std::string_view token) const;
  // The same, of one type and not expired.
  std::expected<TokenClaims, TokenProblem> Verify(std::string_view token, TokenType wanted,
                                                  int64_t now_seconds) const;

 private:
  explicit TokenSigner(std::vector<TokenKey> keys);
  const TokenKey* FindKey(std::string_view id) const;

  std::vector<TokenKey> keys_;
  std::string header_;  // of what is signed now, encoded
};

// 32 random bytes as text.
std::string GenerateSecret(Random& random);
// 16 random bytes as text, for `jti`.
std::string GenerateTokenId(Random& random);

}  // namespace millrace::auth
