// Fetching a page from another server: GET over HTTP/1.1 with or without TLS, one
// connection each, for the few and small documents the server itself needs (the keys of
// an OIDC issuer). Redirects are not followed: what is fetched is what was configured.
//
// TLS checks the certificate against the system's authorities (or those of a file) and
// the host's name, always. A plain http URL is for loopback only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "runtime/task.h"

namespace millrace {

struct HttpClientOptions {
  // For everything: resolving, connecting, the handshake, sending and receiving.
  std::chrono::milliseconds timeout{5000};
  size_t head_bytes_max = 16 << 10;
  size_t body_bytes_max = 256 << 10;
  // PEM certificates trusted beside the system's; empty: none.
  std::string authorities_file;
};

struct FetchUrl {
  bool secure = true;
  std::string host;
  uint16_t port = 443;
  std::string target;  // path and query
};
// 22023 for what is no http or https URL without user and fragment, and for a plain one
// of a host that is not loopback.
Result<FetchUrl> ParseFetchUrl(std::string_view url);

// Thread-safe.
class HttpClient {
 public:
  // Reads the certificates: blocks. kInvalidArgument for an unreadable file.
  static Result<std::unique_ptr<HttpClient>> Create(HttpClientOptions options);
  ~HttpClient();

  // The body of a 200 answer, on the calling event loop. kDeadlineExceeded after the
  // timeout; kUnavailable for a host that cannot be reached, is not who it says, or
  // answers with anything but 200; kResourceExhausted for an answer that is too long.
  Task<Result<std::string>> Get(std::string url) const;

 private:
  struct Context;
  HttpClient(HttpClientOptions options, std::unique_ptr<Context> context);

  const HttpClientOptions options_;
  const std::unique_ptr<Context> context_;
};

}  // namespace millrace
