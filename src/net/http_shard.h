// One loop's part of the server: its connections, their sweep, and what they share.
// Internal to net. On its loop's thread, except where said.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/gzip.h"
#include "net/http_connection.h"
#include "net/http_server.h"
#include "net/tcp_stream.h"
#include "runtime/event_loop.h"
#include "runtime/gate.h"

namespace millrace {

// The server's instruments.
struct HttpMetrics {
  explicit HttpMetrics(Metrics& metrics);
  Counter* requests[5];  // by the first digit of the status, 1xx to 5xx
  Histogram& request_seconds;
  Gauge& connections;
  Gauge& body_bytes;
  Counter& refused;
  StreamCounters bytes;
};

class HttpShard {
 public:
  HttpShard(EventLoop& loop, const HttpServerOptions& options, const HttpHandler& handler,
            HttpMetrics& metrics, Gate& gate, uint64_t request_id_seed);
  HttpShard(const HttpShard&) = delete;
  HttpShard& operator=(const HttpShard&) = delete;

  EventLoop& loop() const { return loop_; }
  const HttpServerOptions& options() const { return options_; }
  const HttpHandler& handler() const { return handler_; }
  HttpMetrics& metrics() const { return metrics_; }
  GzipPool& gzip_pool() { return gzip_pool_; }
  bool draining() const { return draining_; }

  // From any thread: connections dealt to this shard and not yet gone.
  uint32_t load() const { return load_.load(std::memory_order_relaxed); }
  // From any thread: counts a connection that is on its way here.
  void Reserve() { load_.fetch_add(1, std::memory_order_relaxed); }
  void Unreserve() { load_.fetch_sub(1, std::memory_order_relaxed); }

  // Serves a socket of this loop that was reserved for.
  void Adopt(TcpStream::Socket socket, HttpConnection::Admission admission);
  void StartSweeping();
  void Drain();
  void CutAll();
  // Cancels the sweep: nothing of the shard stays on the loop.
  void StopSweeping() { sweep_timer_.Cancel(); }

  void Register(HttpConnection& connection);
  void Unregister(HttpConnection& connection);

  std::string NextRequestId();
  // The Date header's value, made once a second.
  std::string_view Date();

 private:
  void Sweep();

  EventLoop& loop_;
  const HttpServerOptions& options_;
  const HttpHandler& handler_;
  HttpMetrics& metrics_;
  Gate& gate_;
  std::vector<HttpConnection*> connections_;
  Timer sweep_timer_;
  GzipPool gzip_pool_;
  bool draining_ = false;
  std::atomic<uint32_t> load_{0};
  const uint64_t request_id_seed_;
  uint64_t requests_ = 0;
  int64_t date_second_ = -1;
  std::string date_;
};

}  // namespace millrace
