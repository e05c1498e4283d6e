#include "auth/jwks.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

#include "auth/base64url.h"

namespace millrace::auth {
namespace {

constexpr std::array<SignatureAlgorithm, 8> kAlgorithms = {{
    {"RS256", KeyFamily::kRsa, false, 256},
    {"RS384", KeyFamily::kRsa, false, 384},
    {"RS512", KeyFamily::kRsa, false, 512},
    {"PS256", KeyFamily::kRsa, true, 256},
    {"PS384", KeyFamily::kRsa, true, 384},
    {"PS512", KeyFamily::kRsa, true, 512},
    {"ES256", KeyFamily::kP256, false, 256},
    {"ES384", KeyFamily::kP384, false, 384},
}};

constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 8192;  // checking a larger one would cost milliseconds

template <auto kFree>
struct Freed {
  template <typename T>
  void operator()(T* value) const {
    kFree(value);
  }
};
using BigNumber = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

BigNumber Number(std::string_view bytes) {
  return BigNumber(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

size_t CoordinateBytes(KeyFamily family) { return family == KeyFamily::kP256 ? 32 : 48; }

std::string_view Text(const simdjson::dom::object& object, std::string_view name) {
  std::string_view text;
  return object.at_key(name).get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::shared_ptr<void> MakeKey(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return {key, [](void* handle) { EVP_PKEY_free(static_cast<EVP_PKEY*>(handle)); }};
}

std::shared_ptr<void> MakeRsaKey(const simdjson::dom::object& object) {
  const auto modulus = DecodeBase64Url(Text(object, "n"));
  const auto exponent = DecodeBase64Url(Text(object, "e"));
  if (!modulus || !exponent || exponent->empty() || exponent->size() > 8) return nullptr;
  const BigNumber n = Number(*modulus);
  const BigNumber e = Number(*exponent);
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (n == nullptr || e == nullptr || builder == nullptr) return nullptr;
  if (BN_num_bits(n.get()) < kRsaBitsMin || BN_num_bits(n.get()) > kRsaBitsMax) return nullptr;
  if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  return MakeKey("RSA", builder.get());
}

std::shared_ptr<void> MakeEcKey(const simdjson::dom::object& object, KeyFamily family) {
  const auto x = DecodeBase64Url(Text(object, "x"));
  const auto y = DecodeBase64Url(Text(object, "y"));
  const size_t size = CoordinateBytes(family);
  if (!x || !y || x->size() != size || y->size() != size) return nullptr;
  const std::string point = std::string(1, '\x04') + *x + *y;
  const char* const group = family == KeyFamily::kP256 ? "P-256" : "P-384";
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return nullptr;
  }
  return MakeKey("EC", builder.get());  // refuses a point that is not on the curve
}

const EVP_MD* HashOf(const SignatureAlgorithm& algorithm) {
  if (algorithm.hash_bits == 256) return EVP_sha256();
  return algorithm.hash_bits == 384 ? EVP_sha384() : EVP_sha512();
}

// A JSON Web Signature holds the two numbers one after the other, OpenSSL wants them in
// ASN.1. Empty when they do not have the right length.
std::string DerSignature(std::string_view raw, KeyFamily family) {
  const size_t half = CoordinateBytes(family);
  if (raw.size() != 2 * half) return {};
  const EcdsaSignature signature(ECDSA_SIG_new());
  BigNumber r = Number(raw.substr(0, half));
  BigNumber s = Number(raw.substr(half));
  if (signature == nullptr || r == nullptr || s == nullptr ||
      ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) {
    return {};
  }
  // They are the signature's now.
  (void)r.release();
  (void)s.release();
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  if (size <= 0) return {};
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

}  // namespace

const SignatureAlgorithm* FindSignatureAlgorithm(std::string_view name) {
  const auto found = std::ranges::find(kAlgorithms, name, &SignatureAlgorithm::name);
  return found == kAlgorithms.end() ? nullptr : &*found;
}

std::optional<JsonWebKeys::Key> JsonWebKeys::ReadKey(const void* json_object) {
  const auto& object = *static_cast<const simdjson::dom::object*>(json_object);
  const std::string_view use = Text(object, "use");
  if (!use.empty() && use != "sig") return std::nullopt;
  Key key{.id = std::string(Text(object, "kid")), .algorithm = std::string(Text(object, "alg"))};
  const std::string_view type = Text(object, "kty");
  const std::string_view curve = Text(object, "crv");
  if (type == "RSA") {
    key.handle = MakeRsaKey(object);
  } else if (type == "EC" && (curve == "P-256" || curve == "P-384")) {
    key.family = curve == "P-256" ? KeyFamily::kP256 : KeyFamily::kP384;
    key.handle = MakeEcKey(object, key.family);
  }
  if (key.handle == nullptr) return std::nullopt;
  return key;
}

Result<JsonWebKeys> JsonWebKeys::Parse(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::array array;
  if (parser.parse(json.data(), json.size()).at_key("keys").get(array) != simdjson::SUCCESS) {
    return InvalidArgument("the issuer's key set is not one");
  }
  JsonWebKeys keys;
  for (const simdjson::dom::element element : array) {
    simdjson::dom::object object;
    if (element.get(object) != simdjson::SUCCESS) continue;
    std::optional<Key> key = ReadKey(&object);
    if (!key || keys.keys_.size() >= kJsonWebKeysMax) continue;
    keys.keys_.push_back(*std::move(key));
  }
  if (keys.keys_.empty()) return InvalidArgument("the issuer's key set holds no usable key");
  return keys;
}

const JsonWebKeys::Key* JsonWebKeys::Find(std::string_view key_id,
                                          const SignatureAlgorithm& algorithm) const {
  const Key* found = nullptr;
  for (const Key& key : keys_) {
    if (key.family != algorithm.family) continue;
    if (!key.algorithm.empty() && key.algorithm != algorithm.name) continue;
    if (!key_id.empty() && key.id != key_id) continue;
    if (found != nullptr) return nullptr;  // which of them?
    found = &key;
  }
  return found;
}

bool JsonWebKeys::Verify(std::string_view key_id, const SignatureAlgorithm& algorithm,
                         std::string_view text, std::string_view signature) const {
  const Key* const key = Find(key_id, algorithm);
  const DigestContext context(EVP_MD_CTX_new());
  if (key == nullptr || context == nullptr) return false;
  EVP_PKEY_CTX* key_context = nullptr;  // the digest's
  if (EVP_DigestVerifyInit(context.get(), &key_context, HashOf(algorithm), nullptr,
                           static_cast<EVP_PKEY*>(key->handle.get())) != 1) {
    return false;
  }
  if (algorithm.pss &&
      (EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) != 1 ||
       EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return false;
  }
  std::string der;
  if (algorithm.family != KeyFamily::kRsa) {
    der = DerSignature(signature, algorithm.family);
    if (der.empty()) return false;
    signature = der;
  }
  return EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(text),
                          text.size()) == 1;
}

}  // namespace millrace::auth
