// One keep-alive HTTP connection to one server. The only place that knows libcurl.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace millrace::client {

struct HttpOptions {
  // "http://host:port" or "https://…", without a path.
  std::string base_url;
  int64_t connect_timeout_ms = 10'000;
  // For a whole request with its body; 0 means no limit.
  int64_t request_timeout_ms = 0;
};

enum class HttpMethod : uint8_t { kGet, kPost };

struct HttpRequest {
  HttpMethod method = HttpMethod::kPost;
  std::string path;
  std::string_view body;          // JSON
  std::string_view bearer_token;  // empty: no Authorization header
  // Looked at about every 50 ms and whenever a signal arrives; may be null.
  const std::atomic<bool>* cancel = nullptr;
  std::string_view transaction;  // X-Millrace-Transaction; empty: without the header
};

// Blocking; not thread-safe. Certificates are verified, redirects are not
// followed (they would carry the token elsewhere), gzip bodies are unpacked.
class HttpConnection {
 public:
  static Result<std::unique_ptr<HttpConnection>> Open(HttpOptions options);
  ~HttpConnection();

  // Returns the HTTP status; the body goes to `on_body` piece by piece. A failed
  // Status from `on_body` ends the request and is returned. Cancelled when the
  // flag was set, DeadlineExceeded on a timeout, Unavailable when the server
  // cannot be reached or goes away. After a failure the connection is closed,
  // which tells the server to stop; the next call opens a new one.
  Result<int> Send(const HttpRequest& request,
                   const std::function<Status(std::string_view)>& on_body);

 private:
  struct Handles;
  explicit HttpConnection(std::unique_ptr<Handles> handles, HttpOptions options);
  Result<int> Perform(const std::atomic<bool>* cancel);

  HttpOptions options_;
  std::unique_ptr<Handles> handles_;
};

}  // namespace millrace::client
