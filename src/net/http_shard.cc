#include "net/http_shard.h"

#include <utility>

#include "base/assert.h"

namespace millrace {

HttpMetrics::HttpMetrics(Metrics& metrics)
    : request_seconds(metrics.AddHistogram("net_http_request_seconds",
                                           "Time from the whole request to the whole answer.")),
      connections(metrics.AddGauge("net_http_connections", "Open HTTP connections.")),
      body_bytes(metrics.AddGauge("net_http_body_bytes", "Large request bodies held in memory.")),
      refused(metrics.AddCounter("net_http_refused_connections_total",
                                 "Connections refused because there were too many.")),
      bytes{metrics.AddCounter("net_http_received_bytes_total", "Bytes received over HTTP."),
            metrics.AddCounter("net_http_sent_bytes_total", "Bytes sent over HTTP.")} {
  for (int i = 0; i < 5; ++i) {
    const std::string status_class = std::to_string(i + 1) + "xx";
    requests[i] = &metrics.AddCounter("net_http_requests_total", "HTTP requests answered.",
                                      {{"class", status_class}});
  }
}

HttpShard::HttpShard(EventLoop& loop, const HttpServerOptions& options, const HttpHandler& handler,
                     HttpMetrics& metrics, Gate& gate, uint64_t request_id_seed)
    : loop_(loop),
      options_(options),
      handler_(handler),
      metrics_(metrics),
      gate_(gate),
      request_id_seed_(request_id_seed) {}

void HttpShard::Adopt(TcpStream::Socket socket, HttpConnection::Admission admission) {
  auto connection = std::make_unique<HttpConnection>(*this, std::move(socket), admission);
  const Status spawned = Spawn(loop_, gate_, HttpConnection::Serve(std::move(connection)));
  if (!spawned.ok()) return;  // shutting down: the socket closes with its connection
}

void HttpShard::Register(HttpConnection& connection) {
  connection.shard_index_ = connections_.size();
  connections_.push_back(&connection);
  metrics_.connections.Add(1);
}

void HttpShard::Unregister(HttpConnection& connection) {
  const size_t index = connection.shard_index_;
  connections_[index] = connections_.back();
  connections_[index]->shard_index_ = index;
  connections_.pop_back();
  metrics_.connections.Add(-1);
  Unreserve();
}

void HttpShard::StartSweeping() {
  loop_.ScheduleAfter(options_.sweep_interval, sweep_timer_, [this] {
    Sweep();
    StartSweeping();
  });
}

void HttpShard::Sweep() {
  const int64_t now_nanos = loop_.clock().MonotonicNanos();
  for (HttpConnection* connection : connections_) connection->Sweep(now_nanos);
}

void HttpShard::Drain() {
  draining_ = true;
  for (HttpConnection* connection : connections_) connection->Drain();
}

void HttpShard::CutAll() {
  for (HttpConnection* connection : connections_) connection->Cut();
}

// Eight digits of the shard's seed and a counter: unique in the process, short in a log.
std::string HttpShard::NextRequestId() {
  static constexpr char kHex[] = "0123456789abcdef";
  const uint64_t number = ++requests_;
  std::string id(16, '0');
  for (int i = 0; i < 8; ++i) {
    id[static_cast<size_t>(7 - i)] = kHex[(request_id_seed_ >> (4 * i)) & 15];
    id[static_cast<size_t>(15 - i)] = kHex[(number >> (4 * i)) & 15];
  }
  return id;
}

std::string_view HttpShard::Date() {
  const int64_t second = loop_.clock().WallMicros() / 1'000'000;
  if (second != date_second_) {
    date_second_ = second;
    date_ = HttpDate(second);
  }
  return date_;
}

}  // namespace millrace
