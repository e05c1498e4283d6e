#include "auth/jwt.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <simdjson.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "auth/base64url.h"
#include "types/json_text.h"

namespace millrace::auth {
namespace {

constexpr size_t kSignatureBytes = 32;
using Signature = std::array<uint8_t, kSignatureBytes>;

constexpr std::string_view kAccessName = "access";
constexpr std::string_view kRefreshName = "refresh";
// The last second whose number JSON readers keep exactly; also keeps sums from overflowing.
constexpr int64_t kSecondsMax = int64_t{1} << 53;

std::string EncodeRandom(Random& random, size_t size) {
  std::string bytes(size, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  return EncodeBase64Url(bytes);
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

// 0 when there is none.
uint64_t Number(const simdjson::dom::object& object, std::string_view name) {
  uint64_t number = 0;
  return object.at_key(name).get(number) == simdjson::SUCCESS ? number : 0;
}

struct TokenHeader {
  std::string algorithm;
  std::string key_id;
};

// Empty when it is no header we could honour.
std::optional<TokenHeader> ReadHeader(std::string_view header) {
  const std::optional<std::string> json = DecodeBase64Url(header);
  if (!json) return std::nullopt;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(*json).get(object) != simdjson::SUCCESS) return std::nullopt;
  // RFC 7515, 4.1.11: what a critical extension demands must be understood or refused.
  if (object.at_key("crit").error() != simdjson::NO_SUCH_FIELD) return std::nullopt;
  const auto algorithm = Text(object, "alg");
  if (!algorithm) return std::nullopt;
  const auto key_id = object.at_key("kid");
  if (key_id.error() != simdjson::NO_SUCH_FIELD && !key_id.is_string()) return std::nullopt;
  return TokenHeader{.algorithm = std::string(*algorithm),
                     .key_id = std::string(Text(object, "kid").value_or(""))};
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
                     .epoch = Number(object, "epoch"),
                     .session = std::string(Text(object, "sid").value_or("")),
                     .refreshes = Number(object, "rn"),
                     .email = std::string(Text(object, "email").value_or("")),
                     .key_id = ""};
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
  if (claims.refreshes > 0) json += R"(,"rn":)" + std::to_string(claims.refreshes);
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
    case TokenProblem::kKey:
      return "the token's key is not in force";
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

Result<TokenSigner> TokenSigner::Create(std::vector<TokenKey> keys) {
  if (keys.empty()) return InvalidArgument("there is no key to sign tokens with");
  for (size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].secret.size() < kTokenSecretBytesMin) {
      return InvalidArgument("the token secret is too short")
          .WithHint("Use at least 32 characters.");
    }
    for (size_t j = 0; j < i; ++j) {
      if (keys[i].id == keys[j].id) return InvalidArgument("two token keys have the same id");
    }
  }
  return TokenSigner(std::move(keys));
}

TokenSigner::TokenSigner(std::vector<TokenKey> keys) : keys_(std::move(keys)) {
  std::string json = R"({"alg":"HS256","typ":"JWT")";
  if (!keys_.back().id.empty()) {
    json += R"(,"kid":)";
    AppendJsonString(&json, keys_.back().id);
  }
  header_ = EncodeBase64Url(json + "}");
}

const TokenKey* TokenSigner::FindKey(std::string_view id) const {
  const auto found = std::ranges::find(keys_, id, &TokenKey::id);
  return found == keys_.end() ? nullptr : &*found;
}

std::string TokenSigner::Sign(const TokenClaims& claims) const {
  std::string token = header_ + '.' + EncodeBase64Url(WriteClaims(claims));
  const Signature signature = SignatureOf(keys_.back().secret, token);
  token += '.';
  token += EncodeBase64Url({reinterpret_cast<const char*>(signature.data()), signature.size()});
  return token;
}

std::expected<TokenClaims, TokenProblem> TokenSigner::Read(std::string_view token) const {
  if (token.size() > kTokenBytesMax) return std::unexpected(TokenProblem::kMalformed);
  const std::optional<TokenParts> parts = Split(token);
  if (!parts) return std::unexpected(TokenProblem::kMalformed);
  const std::optional<TokenHeader> header = ReadHeader(parts->header);
  if (!header) return std::unexpected(TokenProblem::kMalformed);
  if (header->algorithm != "HS256") return std::unexpected(TokenProblem::kAlgorithm);
  const TokenKey* const key = FindKey(header->key_id);
  if (key == nullptr) return std::unexpected(TokenProblem::kKey);
  const std::optional<std::string> signature = DecodeBase64Url(parts->signature);
  if (!signature) return std::unexpected(TokenProblem::kMalformed);
  if (!SignatureMatches(SignatureOf(key->secret, parts->signed_text), *signature)) {
    return std::unexpected(TokenProblem::kSignature);
  }
  const std::optional<std::string> payload = DecodeBase64Url(parts->payload);
  if (!payload) return std::unexpected(TokenProblem::kMalformed);
  std::expected<TokenClaims, TokenProblem> claims = ReadClaims(*payload);
  if (claims) claims->key_id = header->key_id;
  return claims;
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
