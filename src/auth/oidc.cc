#include "auth/oidc.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "auth/account_rules.h"
#include "auth/base64url.h"
#include "auth/jwt.h"
#include "net/http_client.h"
#include "types/json_text.h"

namespace millrace::auth {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kSecondsMax = int64_t{1} << 53;
constexpr std::string_view kDiscoveryPath = "/.well-known/openid-configuration";

AuthError Refused(std::string message) {
  return {AuthErrorCode::kInvalidCredentials, Unauthenticated(std::move(message))};
}

std::string Quoted(std::string_view text) {
  std::string json;
  AppendJsonString(&json, text);
  return json;
}

std::string_view Text(const simdjson::dom::object& object, std::string_view name) {
  std::string_view text;
  return object.at_key(name).get(text) == simdjson::SUCCESS ? text : std::string_view();
}

// RFC 7519 allows fractions. Empty when it is no time.
std::optional<int64_t> Seconds(const simdjson::dom::object& object, std::string_view name) {
  double seconds = 0;
  if (object.at_key(name).get(seconds) != simdjson::SUCCESS) return std::nullopt;
  if (!(seconds >= 0 && seconds <= static_cast<double>(kSecondsMax))) return std::nullopt;
  return static_cast<int64_t>(seconds);
}

// One text, or several.
std::vector<std::string> Texts(const simdjson::dom::object& object, std::string_view name) {
  std::vector<std::string> texts;
  simdjson::dom::array array;
  if (object.at_key(name).get(array) != simdjson::SUCCESS) {
    const std::string_view text = Text(object, name);
    if (!text.empty()) texts.emplace_back(text);
    return texts;
  }
  for (const simdjson::dom::element element : array) {
    std::string_view text;
    if (element.get(text) == simdjson::SUCCESS) texts.emplace_back(text);
  }
  return texts;
}

// Whether a user's auth_data, a JSON object or nothing, lets this subject in.
bool IdentityMatches(std::string_view auth_data, std::string_view issuer,
                     std::string_view subject) {
  if (auth_data.empty()) return true;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(auth_data.data(), auth_data.size()).get(object) != simdjson::SUCCESS) {
    return false;
  }
  const std::string_view wanted_issuer = Text(object, "issuer");
  const std::string_view wanted_subject = Text(object, "subject");
  return (wanted_issuer.empty() || wanted_issuer == issuer) &&
         (wanted_subject.empty() || wanted_subject == subject);
}

}  // namespace

struct Oidc::Parsed {
  const SignatureAlgorithm* algorithm = nullptr;  // null: one that is not accepted
  std::string key_id;
  std::string signed_text;
  std::string signature;
  std::string issuer;
  std::string subject;
  std::vector<std::string> audiences;
  std::optional<int64_t> expires_at;  // seconds since 1970, as the other two
  std::optional<int64_t> issued_at;
  int64_t not_before = 0;
  std::string email;
};

Oidc::Oidc(OidcOptions options, FetchDocument fetch, Accounts& accounts, const Clock& clock,
           Log& log)
    : options_(std::move(options)),
      fetch_(std::move(fetch)),
      accounts_(accounts),
      clock_(clock),
      log_(log) {}

Result<std::unique_ptr<Oidc>> Oidc::Create(OidcOptions options, FetchDocument fetch,
                                           Accounts& accounts, const Clock& clock, Log& log) {
  auto oidc =
      std::unique_ptr<Oidc>(new Oidc(std::move(options), std::move(fetch), accounts, clock, log));
  for (const OidcIssuer& trust : oidc->options_.issuers) {
    RETURN_IF_ERROR(ParseFetchUrl(trust.issuer).status());
    if (trust.audience.empty()) {
      return InvalidArgument("the issuer \"" + trust.issuer + "\" is trusted without an audience")
          .WithHint("Name the client id that its tokens are made for.");
    }
    if (trust.default_role != Role::kUser && trust.default_role != Role::kService) {
      return InvalidArgument("users of an issuer are created with the role user or service");
    }
    for (const auto& other : oidc->issuers_) {
      if (other->trust.issuer != trust.issuer && other->trust.user_prefix != trust.user_prefix) {
        continue;
      }
      return InvalidArgument("two issuers have the same URL or the same user prefix")
          .WithDetail("One could then name the users of the other.");
    }
    oidc->issuers_.push_back(std::make_unique<Issuer>());
    oidc->issuers_.back()->trust = trust;
  }
  return oidc;
}

Oidc::Issuer* Oidc::FindIssuer(std::string_view url) const {
  for (const auto& issuer : issuers_) {
    if (issuer->trust.issuer == url) return issuer.get();
  }
  return nullptr;
}

std::optional<Oidc::Parsed> Oidc::Parse(std::string_view token) const {
  const size_t first = token.find('.');
  const size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (token.size() > kTokenBytesMax || second == std::string_view::npos) return std::nullopt;
  const auto header_json = DecodeBase64Url(token.substr(0, first));
  const auto claims_json = DecodeBase64Url(token.substr(first + 1, second - first - 1));
  const auto signature = DecodeBase64Url(token.substr(second + 1));
  if (!header_json || !claims_json || !signature) return std::nullopt;
  simdjson::dom::parser header_parser;
  simdjson::dom::parser claims_parser;
  simdjson::dom::object header;
  simdjson::dom::object claims;
  if (header_parser.parse(*header_json).get(header) != simdjson::SUCCESS ||
      claims_parser.parse(*claims_json).get(claims) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  // RFC 7515, 4.1.11: what a critical extension demands must be understood or refused.
  if (header.at_key("crit").error() != simdjson::NO_SUCH_FIELD) return std::nullopt;
  return Parsed{.algorithm = FindSignatureAlgorithm(Text(header, "alg")),
                .key_id = std::string(Text(header, "kid")),
                .signed_text = std::string(token.substr(0, second)),
                .signature = *signature,
                .issuer = std::string(Text(claims, "iss")),
                .subject = std::string(Text(claims, "sub")),
                .audiences = Texts(claims, "aud"),
                .expires_at = Seconds(claims, "exp"),
                .issued_at = Seconds(claims, "iat"),
                .not_before = Seconds(claims, "nbf").value_or(0),
                .email = std::string(Text(claims, "email"))};
}

bool Oidc::IsForMe(std::string_view token) const {
  if (issuers_.empty()) return false;
  const std::optional<Parsed> parsed = Parse(token);
  return parsed && FindIssuer(parsed->issuer) != nullptr;
}

// ---- Keys -------------------------------------------------------------------

Task<Result<JsonWebKeys>> Oidc::Fetch(const Issuer& issuer) {
  std::string base = issuer.trust.issuer;
  if (base.ends_with('/')) base.pop_back();
  ASSIGN_OR_CO_RETURN(const std::string document, co_await fetch_(base.append(kDiscoveryPath)));
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(document).get(object) != simdjson::SUCCESS) {
    co_return InvalidArgument("the issuer's discovery document is not JSON");
  }
  // OpenID Connect Discovery, 4.3: or one could speak for another.
  if (Text(object, "issuer") != issuer.trust.issuer) {
    co_return InvalidArgument("the discovery document is of another issuer");
  }
  const std::string keys_url(Text(object, "jwks_uri"));
  if (keys_url.empty()) co_return InvalidArgument("the discovery document names no keys");
  ASSIGN_OR_CO_RETURN(const std::string keys, co_await fetch_(keys_url));
  co_return JsonWebKeys::Parse(keys);
}

Task<Result<std::shared_ptr<const JsonWebKeys>>> Oidc::KeysFor(Issuer& issuer,
                                                               const Parsed& token) {
  // What is there may do; null when it must be fetched first.
  const auto known = [&](bool last_chance) -> std::shared_ptr<const JsonWebKeys> {
    const MutexLock lock(issuer.mutex);
    if (issuer.keys == nullptr) return nullptr;
    const int64_t now = clock_.MonotonicNanos();
    const int64_t age = now - issuer.fetched_at;
    const bool tried = now - issuer.tried_at < options_.fetch_again.count() * kNanosPerSecond;
    const bool fresh = age < options_.keys_fresh.count() * kNanosPerSecond;
    const bool usable = age < options_.keys_stale_max.count() * kNanosPerSecond;
    const bool enough = fresh && issuer.keys->Has(token.key_id, *token.algorithm);
    return enough || ((tried || last_chance) && usable) ? issuer.keys : nullptr;
  };
  if (auto keys = known(false)) co_return keys;
  const AsyncMutex::Guard guard = co_await issuer.fetching.Lock();
  if (auto keys = known(false)) co_return keys;  // somebody else has fetched them
  const int64_t now = clock_.MonotonicNanos();
  if (issuer.tried_at != 0 &&
      now - issuer.tried_at < options_.fetch_again.count() * kNanosPerSecond) {
    co_return Unavailable("the keys of the token's issuer could not be fetched");
  }
  Result<JsonWebKeys> fetched = co_await Fetch(issuer);
  if (!fetched.ok()) {
    log_.Warn("oidc_keys_not_fetched",
              {{"issuer", issuer.trust.issuer}, {"error", fetched.status().ToString()}});
  }
  {
    const MutexLock lock(issuer.mutex);
    issuer.tried_at = std::max<int64_t>(1, clock_.MonotonicNanos());
    if (fetched.ok()) {
      issuer.keys = std::make_shared<const JsonWebKeys>(*std::move(fetched));
      issuer.fetched_at = clock_.MonotonicNanos();
    }
  }
  if (auto keys = known(true)) co_return keys;
  co_return Unavailable("the keys of the token's issuer could not be fetched");
}

// ---- Tokens -----------------------------------------------------------------

std::optional<AuthError> Oidc::CheckClaims(const Parsed& token, const OidcIssuer& trust) const {
  const int64_t now = clock_.WallMicros() / kMicrosPerSecond;
  if (std::ranges::find(token.audiences, trust.audience) == token.audiences.end()) {
    return Refused("the token was issued for somebody else");
  }
  if (token.subject.empty() || !token.expires_at || !token.issued_at) {
    return Refused("the token lacks a claim or holds a wrong one");
  }
  if (token.not_before > now + kTokenLeewaySeconds ||
      *token.issued_at > now + kTokenLeewaySeconds) {
    return Refused("the token is not valid yet");
  }
  if (now > *token.expires_at + kTokenLeewaySeconds) {
    return AuthError{AuthErrorCode::kTokenExpired, Unauthenticated("the token has expired")};
  }
  return std::nullopt;
}

Task<AuthResult<Principal>> Oidc::Authenticate(std::string token) {
  const std::optional<Parsed> parsed = Parse(token);
  Issuer* const issuer = parsed ? FindIssuer(parsed->issuer) : nullptr;
  if (issuer == nullptr) co_return std::unexpected(Refused("the token's issuer is not trusted"));
  if (parsed->algorithm == nullptr) {
    co_return std::unexpected(
        Refused("the token is signed with an algorithm that is not accepted"));
  }
  // What is refused anyway must not make us ask the issuer.
  if (auto refused = CheckClaims(*parsed, issuer->trust)) {
    co_return std::unexpected(*std::move(refused));
  }
  const auto keys = co_await KeysFor(*issuer, *parsed);
  if (!keys.ok()) co_return std::unexpected(ServerSideError(keys.status()));
  if (!(*keys)->Verify(parsed->key_id, *parsed->algorithm, parsed->signed_text,
                       parsed->signature)) {
    co_return std::unexpected(Refused("the token's signature does not match"));
  }
  co_return co_await FindUser(issuer->trust, *parsed);
}

Task<AuthResult<Principal>> Oidc::FindUser(const OidcIssuer& trust, const Parsed& token) {
  const std::string id = trust.user_prefix + token.subject;
  UserPtr user = accounts_.Find(id);
  // Somebody dropped this user: it is for him to let him in again.
  if (user == nullptr && trust.creates_users && !accounts_.WasDropped(id)) {
    std::string identity = R"({"issuer":)";
    identity += Quoted(trust.issuer) + R"(,"subject":)" + Quoted(token.subject) + "}";
    NewUser fresh{.id = id,
                  .role = trust.default_role,
                  .auth_type = std::string(kOauthAuth),
                  .email = CheckEmail(token.email).ok() ? token.email : "",
                  .auth_data = std::move(identity)};
    Status created = co_await accounts_.CreateUser(AccountJournal::Server(), std::move(fresh));
    if (!created.ok() && created.code() != Code::kAlreadyExists) {
      if (created.code() == Code::kInvalidArgument) co_return std::unexpected(InvalidCredentials());
      co_return std::unexpected(ServerSideError(std::move(created)));
    }
    user = accounts_.Find(id);
  }
  if (user == nullptr || user->auth_type != kOauthAuth ||
      !IdentityMatches(user->auth_data, trust.issuer, token.subject)) {
    co_return std::unexpected(Refused("the token's subject is no user of this server"));
  }
  // Whole seconds against micros: a token of the second in which all were ended is over.
  if (*token.issued_at * kMicrosPerSecond < user->tokens_valid_from) {
    co_return std::unexpected(Refused("the user's sessions were ended: log in again"));
  }
  co_return Principal{.user_id = user->id,
                      .account = user->account,
                      .role = user->role,
                      .token_epoch = user->token_epoch,
                      .expires_at = (*token.expires_at + kTokenLeewaySeconds) * kMicrosPerSecond};
}

}  // namespace millrace::auth
