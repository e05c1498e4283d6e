// The HTTP/1.1 server: accepts connections, deals them to the loops, and calls one
// handler per request. Bytes in, bytes out.
//
// A connection stays on the loop it was dealt to, where its handler runs too; the
// loop with the fewest connections gets the next one. Keep-alive and pipelining (in
// order), chunked bodies both ways, Expect: 100-continue, HEAD, gzip, limits, and a
// graceful shutdown. Timeouts are looked after by one coarse sweep per loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/status.h"
#include "net/http_types.h"
#include "net/request_parser.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "runtime/event_loop_group.h"

namespace millrace {

struct HttpServerOptions {
  std::string host = "127.0.0.1";  // a numeric address, or localhost
  uint16_t port = 0;               // 0: the system picks one
  uint32_t backlog = 1024;

  // Beyond: 503 and close.
  uint32_t connections_max = 10'000;
  RequestLimits request;
  // All request bodies in memory together; small ones do not count. Beyond: 503.
  uint64_t body_bytes_in_memory_max = 256 << 20;

  // From the first byte of a request to the end of its headers. Beyond: 408 and close.
  std::chrono::milliseconds head_timeout{10'000};
  // A body may take this long and, on top, as long as it takes at the minimum rate.
  std::chrono::milliseconds body_timeout{30'000};
  uint32_t body_bytes_per_second_min = 16 << 10;
  // Between two requests, and before the first.
  std::chrono::milliseconds idle_timeout{75'000};
  // A client that does not read at all for this long is cut off.
  std::chrono::milliseconds write_timeout{60'000};
  // How long a closed connection waits for the client to close its side.
  std::chrono::milliseconds linger_timeout{1'000};
  // How often a loop looks at the timeouts: their precision.
  std::chrono::milliseconds sweep_interval{250};
  // A client that shut its sending side while its request runs is probed this often,
  // by an interim "100 Continue", to learn whether it is still there.
  std::chrono::milliseconds probe_interval{5'000};

  // Bodies from this size on are compressed when the client accepts it.
  uint32_t gzip_bytes_min = 1024;

  // Makes the answer to a request that never reached the handler, or whose handler
  // gave none. Null: plain text.
  std::function<HttpResponse(int status, std::string_view reason)> error_response;
};

// What a server works with. All must outlive it.
struct HttpServerServices {
  EventLoopGroup& loops;
  const Clock& clock;
  Random& random;
  Metrics& metrics;
  Log& log;
};

// Metrics: `net_http_requests_total{class}`, `net_http_request_seconds`,
// `net_http_connections`, `net_http_body_bytes`, `net_http_refused_connections_total`,
// `net_http_received_bytes_total`, `net_http_sent_bytes_total`.
class HttpServer {
 public:
  HttpServer(HttpServerOptions options, HttpHandler handler, HttpServerServices services);
  // Calls Shutdown(0).
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Binds and begins to accept. kUnavailable when the address is in use or not
  // permitted, kInvalidArgument when it is no address. Once.
  Status Start();
  // The port in use, after Start.
  uint16_t bound_port() const;

  // Stops accepting, closes idle connections, and lets running requests end; after
  // `drain` it stops their tokens and cuts their connections, then waits for the
  // handlers to return. May be called again. Blocks; not on an event loop.
  void Shutdown(std::chrono::milliseconds drain);

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

}  // namespace millrace
