#include "auth/jwt.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <simdjson.h>
#include <sodium.h>

#include <array>
#include <optional>
#include <span>
#include <utility>

#include "types/json_text.h"

namespace millrace::auth {
namespace {

constexpr size_t kSignatureBytes = 32;
using Signature = std::array<uint8_t, kSignatureBytes>;

constexpr std::string_view kAccessName = "access";
constexpr std::string_view kRefreshName = "refresh";
// The last second whose number JSON readers keep exactly; also keeps sums from overflowing.
constexpr int64_t kSecondsMax = int64_t{1} << 53;

std::string EncodeBase64(std::span<const uint8_t> bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();  // the terminating zero
  return text;
}

std::string EncodeBase64(std::string_view text) {
  return EncodeBase64({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

// Strict: no padding, no other characters, no stray bits at the end. Each text that
// decodes is the only one of its bytes.
std::optional<std::string> DecodeBase64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, nullptr,
                        sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0) {
    return std::nullopt;
  }
  bytes.resize(size);
  return bytes;
}

std::string EncodeRandom(Random& random, size_t size) {
  std::string bytes(size, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  return EncodeBase64(bytes);
}

Signature SignatureOf(std::string_view secret, std::string_view signed_text) {
  Signature signature;
  unsigned int size = 0;
  const unsigned char* const written =
      HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(),
           signature.data(), &size);
  MR_ASSERT(written != nullptr && size == signature.size(), "HMAC-SHA256 is not available");
  return signature;
}

bool SignatureMatches(const Signature& right, std::string_view given) {
  return given.size() == right.size() &&
         sodium_memcmp(right.data(), given.data(), right.size()) == 0;
}

struct TokenParts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;
};

std::optional<TokenParts> Split(std::string_view token) {
  const size_t first = token.find('.');
  const size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  return TokenParts{.header = token.substr(0, first),
                    .payload = token.substr(first + 1, second - first - 1),
                    .signature = token.substr(second + 1),
                    .signed_text = token.substr(0, second)};
}

std::optional<std::string_view> Text(const simdjson::dom::object& object, std::string_view name) {
  std::string_view text;
  if (object.at_key(name).get(text) != simdjson::SUCCESS) return std::nullopt;
  return text;
}

std::optional<int64_t> Seconds(const simdjson::dom::object& object, std::string_view name) {
  int64_t seconds = 0;
  if (object.at_key(name).get(seconds) != simdjson::SUCCESS) return std::nullopt;
  if (seconds < 0 || seconds > kSecondsMax) return std::nullopt;
  return seconds;
}

// 0, which is nobody's, when there is none.
uint64_t Epoch(const simdjson::dom::object& object) {
  uint64_t epoch = 0;
  return object.at_key("epoch").get(epoch) == simdjson::SUCCESS ? epoch : 0;
}

// The algorithm a header names; empty when it is no header we could honour.
std::optional<std::string> HeaderAlgorithm(std::string_view header) {
  const std::optional<std::string> json = DecodeBase64(header);
  if (!json) return std::nullopt;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(*json).get(object) != simdjson::SUCCESS) return std::nullopt;
  // RFC 7515, 4.1.11: what a critical extension demands must be understood or refused.
  if (object.at_key("crit").error() != simdjson::NO_SUCH_FIELD) return std::nullopt;
  const auto algorithm = Text(object, "alg");
  if (!algorithm) return std::nullopt;
  return std::string(*algorithm);
}

std::optional<TokenType> TokenTypeFromName(std::string_view name) {
  if (name == kAccessName) return TokenType::kAccess;
  if (name == kRefreshName) return TokenType::kRefresh;
  return std::nullopt;
}

std::expected<TokenClaims, TokenProblem> ReadClaims(const std::string& json) {
  const auto refused = std::unexpected(TokenProblem::kClaims);
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(json).get(object) != simdjson::SUCCESS) return refused;
  const auto issuer = Text(object, "iss");
  if (!issuer) return refused;
  if (*issuer != kTokenIssuer) return std::unexpected(TokenProblem::kIssuer);

  const auto subject = Text(object, "sub");
  const auto role_name = Text(object, "role");
  const auto type_name = Text(object, "token_type");
  const auto issued_at = Seconds(object, "iat");
  const auto expires_at = Seconds(object, "exp");
  if (!subject || !role_name || !type_name || !issued_at || !expires_at) return refused;
  const auto role = RoleFromName(*role_name);
  const auto type = TokenTypeFromName(*type_name);
  if (subject->empty() || !role || !type) return refused;
  return TokenClaims{.subject = std::string(*subject),
                     .role = *role,
                     .type = *type,
                     .issued_at = *issued_at,
                     .expires_at = *expires_at,
                     .id = std::string(Text(object, "jti").value_or("")),
                     .epoch = Epoch(object),
                     .session = std::string(Text(object, "sid").value_or("")),
                     .email = std::string(Text(object, "email").value_or(""))};
}

std::string WriteClaims(const TokenClaims& claims) {
  std::string json = R"({"sub":)";
  AppendJsonString(&json, claims.subject);
  json += R"(,"iss":")";
  json += kTokenIssuer;
  json += R"(","iat":)" + std::to_string(claims.issued_at);
  json += R"(,"exp":)" + std::to_string(claims.expires_at);
  json += R"(,"role":")";
  json += RoleName(claims.role);
  json += R"(","token_type":")";
  json += claims.type == TokenType::kAccess ? kAccessName : kRefreshName;
  json += R"(","jti":)";
  AppendJsonString(&json, claims.id);
  json += R"(,"epoch":)" + std::to_string(claims.epoch);
  json += R"(,"sid":)";
  AppendJsonString(&json, claims.session);
  if (!claims.email.empty()) {
    json += R"(,"email":)";
    AppendJsonString(&json, claims.email);
  }
  json += '}';
  return json;
}

}  // namespace

std::string_view TokenProblemText(TokenProblem problem) {
  switch (problem) {
    case TokenProblem::kMalformed:
      return "the token is malformed";
    case TokenProblem::kAlgorithm:
      return "the token is signed with an algorithm that is not accepted";
    case TokenProblem::kSignature:
      return "the token's signature does not match";
    case TokenProblem::kClaims:
      return "the token lacks a claim or holds a wrong one";
    case TokenProblem::kIssuer:
      return "the token was issued by somebody else";
    case TokenProblem::kType:
      return "the token is of the wrong type";
    case TokenProblem::kExpired:
      return "the token has expired";
  }
  return "the token is not valid";
}

bool TokenExpired(const TokenClaims& claims, int64_t now_seconds) {
  return now_seconds > claims.expires_at + kTokenLeewaySeconds;
}

Result<TokenSigner> TokenSigner::Create(std::string secret) {
  if (secret.size() < kTokenSecretBytesMin) {
    return InvalidArgument("the token secret is too short").WithHint("Use at least 32 characters.");
  }
  return TokenSigner(std::move(secret));
}

std::string TokenSigner::Sign(const TokenClaims& claims) const {
  static const std::string header = EncodeBase64(R"({"alg":"HS256","typ":"JWT"})");
  std::string token = header + '.' + EncodeBase64(WriteClaims(claims));
  const Signature signature = SignatureOf(secret_, token);
  token += '.';
  token += EncodeBase64(signature);
  return token;
}

std::expected<TokenClaims, TokenProblem> TokenSigner::Read(std::string_view token) const {
  if (token.size() > kTokenBytesMax) return std::unexpected(TokenProblem::kMalformed);
  const std::optional<TokenParts> parts = Split(token);
  if (!parts) return std::unexpected(TokenProblem::kMalformed);
  const std::optional<std::string> algorithm = HeaderAlgorithm(parts->header);
  if (!algorithm) return std::unexpected(TokenProblem::kMalformed);
  if (*algorithm != "HS256") return std::unexpected(TokenProblem::kAlgorithm);
  const std::optional<std::string> signature = DecodeBase64(parts->signature);
  if (!signature) return std::unexpected(TokenProblem::kMalformed);
  if (!SignatureMatches(SignatureOf(secret_, parts->signed_text), *signature)) {
    return std::unexpected(TokenProblem::kSignature);
  }
  const std::optional<std::string> payload = DecodeBase64(parts->payload);
  if (!payload) return std::unexpected(TokenProblem::kMalformed);
  return ReadClaims(*payload);
}

std::expected<TokenClaims, TokenProblem> TokenSigner::Verify(std::string_view token,
                                                             TokenType wanted,
                                                             int64_t now_seconds) const {
  std::expected<TokenClaims, TokenProblem> claims = Read(token);
  if (!claims) return claims;
  if (claims->type != wanted) return std::unexpected(TokenProblem::kType);
  if (TokenExpired(*claims, now_seconds)) return std::unexpected(TokenProblem::kExpired);
  return claims;
}

std::string GenerateSecret(Random& random) { return EncodeRandom(random, 32); }

std::string GenerateTokenId(Random& random) { return EncodeRandom(random, 16); }

}  // namespace millrace::auth
