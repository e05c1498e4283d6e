#include "testing/token_issuer.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <utility>

#include "auth/base64url.h"
#include "base/assert.h"

namespace millrace::testing {

using auth::EncodeBase64Url;

struct TokenIssuer::Key {
  std::string id;
  std::string algorithm;
  EVP_PKEY* handle = nullptr;

  Key() = default;
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() { EVP_PKEY_free(handle); }

  bool elliptic() const { return algorithm.starts_with("ES"); }
  size_t coordinate_bytes() const { return algorithm == "ES256" ? 32 : 48; }

  std::string Number(const char* name, size_t size = 0) const {
    BIGNUM* number = nullptr;
    MR_ASSERT(EVP_PKEY_get_bn_param(handle, name, &number) == 1, "the key lacks a number");
    std::string bytes(size > 0 ? size : static_cast<size_t>(BN_num_bytes(number)), '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
                 static_cast<int>(bytes.size()));
    BN_free(number);
    return EncodeBase64Url(bytes);
  }

  std::string Json() const {
    std::string json = R"({"use":"sig","kid":")" + id + R"(","alg":")" + algorithm + R"(",)";
    if (!elliptic()) {
      return json + R"("kty":"RSA","n":")" + Number(OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
             Number(OSSL_PKEY_PARAM_RSA_E) + R"("})";
    }
    const std::string curve = algorithm == "ES256" ? "P-256" : "P-384";
    return json + R"("kty":"EC","crv":")" + curve + R"(","x":")" +
           Number(OSSL_PKEY_PARAM_EC_PUB_X, coordinate_bytes()) + R"(","y":")" +
           Number(OSSL_PKEY_PARAM_EC_PUB_Y, coordinate_bytes()) + R"("})";
  }

  // ASN.1 to the two numbers one after the other.
  std::string RawSignature(const std::string& der) const {
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* const signature = d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()));
    MR_ASSERT(signature != nullptr, "our own signature does not read");
    const int half = static_cast<int>(coordinate_bytes());
    std::string raw(2 * coordinate_bytes(), '\0');
    auto* out = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, half);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + half, half);
    ECDSA_SIG_free(signature);
    return raw;
  }

  std::string Signature(std::string_view text) const {
    const std::string hash = "SHA" + algorithm.substr(2);
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* key_context = nullptr;
    MR_ASSERT(EVP_DigestSignInit(context, &key_context, EVP_get_digestbyname(hash.c_str()), nullptr,
                                 handle) == 1,
              "the key does not sign");
    if (algorithm.starts_with("PS")) {
      EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING);
      EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST);
    }
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    size_t size = 0;
    EVP_DigestSign(context, nullptr, &size, bytes, text.size());
    std::string signature(size, '\0');
    const int made = EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()),
                                    &size, bytes, text.size());
    MR_ASSERT(made == 1, "signing failed");
    signature.resize(size);
    EVP_MD_CTX_free(context);
    return elliptic() ? RawSignature(signature) : signature;
  }
};

TokenIssuer::TokenIssuer() {
  EventLoopGroupOptions options;
  options.loops = 1;
  auto loops = EventLoopGroup::Create(std::move(options), clock_, metrics_, log_);
  MR_ASSERT(loops.ok(), "no loop for the issuer");
  loops_ = *std::move(loops);
  auto handle = [this](const HttpRequest& request, ResponseWriter& response) {
    return Handle(request, response);
  };
  server_ =
      std::make_unique<HttpServer>(HttpServerOptions{}, std::move(handle),
                                   HttpServerServices{*loops_, clock_, random_, metrics_, log_});
  MR_ASSERT(server_->Start().ok(), "no port for the issuer");
}

TokenIssuer::~TokenIssuer() { server_->Shutdown(std::chrono::milliseconds(0)); }

std::string TokenIssuer::url() const {
  return "http://127.0.0.1:" + std::to_string(server_->bound_port()) + "/realm";
}

void TokenIssuer::AddKey(const std::string& key_id, const std::string& algorithm) {
  auto key = std::make_shared<Key>();
  key->id = key_id;
  key->algorithm = algorithm;
  if (key->elliptic()) {
    key->handle = EVP_EC_gen(algorithm == "ES256" ? "P-256" : "P-384");
  } else {
    key->handle = EVP_RSA_gen(2048);
  }
  MR_ASSERT(key->handle != nullptr, "no key could be made");
  const MutexLock lock(mutex_);
  keys_[key_id] = std::move(key);
}

void TokenIssuer::RemoveKey(const std::string& key_id) {
  const MutexLock lock(mutex_);
  keys_.erase(key_id);
}

std::string TokenIssuer::Sign(const std::string& key_id, std::string_view claims) const {
  std::shared_ptr<const Key> key;
  {
    const MutexLock lock(mutex_);
    key = keys_.at(key_id);
  }
  std::string token = EncodeBase64Url(R"({"typ":"JWT","alg":")" + key->algorithm + R"(","kid":")" +
                                      key->id + R"("})");
  token += "." + EncodeBase64Url(claims);
  const std::string signature = key->Signature(token);
  return token + "." + EncodeBase64Url(signature);
}

std::string TokenIssuer::TokenFor(const std::string& key_id, std::string_view subject,
                                  std::string_view audience, int64_t now_seconds) const {
  std::string claims = R"({"iss":")" + url() + R"(","sub":")";
  claims.append(subject).append(R"(","aud":")").append(audience);
  claims += R"(","iat":)" + std::to_string(now_seconds) + R"(,"exp":)" +
            std::to_string(now_seconds + 3600) + "}";
  return Sign(key_id, claims);
}

std::string TokenIssuer::PublicPem(const std::string& key_id) const {
  const MutexLock lock(mutex_);
  BIO* const memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(memory, keys_.at(key_id)->handle);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  std::string pem(text, static_cast<size_t>(size));
  BIO_free(memory);
  return pem;
}

std::string TokenIssuer::Discovery() const {
  const std::string named =
      mood_.load() == IssuerMood::kImpersonal ? "https://evil.example" : url();
  return R"({"issuer":")" + named + R"(","jwks_uri":")" + url() + R"(/keys"})";
}

std::string TokenIssuer::KeySet() const {
  const MutexLock lock(mutex_);
  std::string json = R"({"keys":[)";
  if (mood_.load() != IssuerMood::kKeyless) {
    for (const auto& [id, key] : keys_) {
      if (json.back() == '}') json.push_back(',');
      json += key->Json();
    }
  }
  if (mood_.load() == IssuerMood::kHuge) json += R"(,")" + std::string(1 << 20, 'x') + R"(")";
  return json + "]}";
}

Task<void> TokenIssuer::Handle(const HttpRequest& request, ResponseWriter& response) {
  requests_.fetch_add(1);
  HttpResponse answer(404);
  if (mood_.load() == IssuerMood::kSilent) {
    // Until the client gives up.
    const Status woken = co_await EventLoop::Current()->Sleep(std::chrono::hours(1), request.stop);
    co_return;
  }
  if (request.path == "/realm/.well-known/openid-configuration") {
    answer = HttpResponse(200, "application/json", Discovery());
  } else if (request.path == "/realm/keys") {
    answer = HttpResponse(200, "application/json", KeySet());
  }
  if (mood_.load() == IssuerMood::kFailing) answer = HttpResponse(500);
  if (mood_.load() == IssuerMood::kGarbage) answer = HttpResponse(200, "text/html", "<html>");
  if (mood_.load() == IssuerMood::kRedirecting) {
    answer = HttpResponse(302);
    answer.headers.emplace_back("Location", url() + "/keys");
  }
  const Status ignored = co_await response.Send(std::move(answer));
}

}  // namespace millrace::testing
