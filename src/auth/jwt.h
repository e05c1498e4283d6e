// The tokens we issue: JSON Web Tokens (RFC 7519) signed with HMAC-SHA256 and our own
// secret. One algorithm, one issuer; whatever a token says about either is only
// compared, never followed.
//
//   base64url({"alg":"HS256","typ":"JWT"}) . base64url(claims) . base64url(signature)
//   claims: sub, iss "millrace", iat, exp (seconds), role, token_type, jti,
//           epoch, sid, email?
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

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
  std::string session;  // the tokens of one login and of their refreshes share it
  std::string email;    // may be empty
  bool operator==(const TokenClaims&) const = default;
};

// Why a token is refused, checked in this order: an expired token is known to be
// genuine and of the right type.
enum class TokenProblem : uint8_t {
  kMalformed,
  kAlgorithm,
  kSignature,
  kClaims,
  kIssuer,
  kType,
  kExpired,
};
// A message for the client.
std::string_view TokenProblemText(TokenProblem problem);

bool TokenExpired(const TokenClaims& claims, int64_t now_seconds);

// Immutable: thread-safe. A signature or a check costs a few microseconds.
class TokenSigner {
 public:
  // kInvalidArgument for a secret shorter than 32 bytes.
  static Result<TokenSigner> Create(std::string secret);

  std::string Sign(const TokenClaims& claims) const;
  // What a genuine token of either type says, expired or not.
  std::expected<TokenClaims, TokenProblem> Read(std::string_view token) const;
  // The same, of one type and not expired.
  std::expected<TokenClaims, TokenProblem> Verify(std::string_view token, TokenType wanted,
                                                  int64_t now_seconds) const;

 private:
  explicit TokenSigner(std::string secret) : secret_(std::move(secret)) {}
  std::string secret_;
};

// 32 random bytes as text.
std::string GenerateSecret(Random& random);
// 16 random bytes as text, for `jti`.
std::string GenerateTokenId(Random& random);

}  // namespace millrace::auth
