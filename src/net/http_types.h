// What an HTTP handler sees: a request, a response, and the writer that sends it.
// net knows bytes only: no SQL, no JSON.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "runtime/stop_token.h"
#include "runtime/task.h"

namespace millrace {

enum class HttpMethod : uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

struct HttpField {
  std::string_view name;
  std::string_view value;
};

// One request, complete with its body. All views point into the connection and are
// valid until the handler's task ends.
struct HttpRequest {
  HttpMethod method = HttpMethod::kOther;
  std::string_view method_name;
  std::string_view target;  // as sent
  std::string_view path;    // before '?', not percent-decoded
  std::string_view query;   // after '?', not percent-decoded
  uint32_t minor_version = 1;
  bool keep_alive = true;
  std::vector<HttpField> fields;  // headers in the order sent
  std::string body;               // de-chunked
  std::string_view peer_address;  // without the port
  // X-Request-ID when the client sent a sane one, else generated. In the response too.
  std::string_view request_id;
  // Stops when the client is gone, or the server's shutdown deadline has passed.
  StopToken stop;

  // The first header of this name; names are compared without case.
  std::optional<std::string_view> Header(std::string_view name) const;
};

// A whole answer, or the head of a streamed one. Content-Length, Date, Connection and
// X-Request-ID are the server's; line ends in values are replaced by blanks.
struct HttpResponse {
  // Constructors, so that it is no aggregate (CONVENTIONS 17).
  HttpResponse() = default;
  explicit HttpResponse(int status_code) : status(status_code) {}
  HttpResponse(int status_code, std::string type, std::string content)
      : status(status_code), content_type(std::move(type)), body(std::move(content)) {}

  int status = 200;
  std::string content_type;  // empty: no Content-Type
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// Sends exactly one answer to one request: Send, or StartChunked, WriteChunk…, Finish.
// On the connection's loop only. Every call gives kCancelled once the client is gone;
// a handler then has nothing left to do. A body over about 1 KiB is compressed when
// the client accepts gzip and the response has no Content-Encoding of its own.
class ResponseWriter {
 public:
  virtual ~ResponseWriter() = default;
  virtual Task<Status> Send(HttpResponse response) = 0;

  // `head.body`, if any, is the first chunk.
  virtual Task<Status> StartChunked(HttpResponse head) = 0;
  // Sent at once; waits while the client does not read. `bytes` is borrowed until then.
  virtual Task<Status> WriteChunk(std::string_view bytes) = 0;
  virtual Task<Status> Finish() = 0;

  // Whether Send or StartChunked has been called.
  virtual bool started() const = 0;
};

// Called once per request on the connection's loop. Must not block. A handler that
// ends without an answer becomes a 500; one that ends within a stream cuts it short.
using HttpHandler = std::function<Task<void>(const HttpRequest&, ResponseWriter&)>;

// "Not Found" for 404; "Unknown" for a code without a name.
std::string_view ReasonPhrase(int status);

bool EqualsIgnoreCase(std::string_view a, std::string_view b);
// Decodes %XX and, if asked, '+' as a blank. kInvalidArgument on a broken escape.
enum class PlusSign : uint8_t { kKeep, kIsBlank };
Result<std::string> DecodePercent(std::string_view text, PlusSign plus);
// The first parameter of this name in a query string, decoded; empty when there is
// none or it is broken.
std::optional<std::string> QueryParameter(std::string_view query, std::string_view name);
// Whether an Accept-Encoding value allows gzip (RFC 9110 section 12.5.3).
bool AcceptsGzip(std::string_view accept_encoding);

}  // namespace millrace
