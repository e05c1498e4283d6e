#include "net/http_server.h"

#include "runtime/asio.h"
// After asio.h, which sets how Asio is compiled.
#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/thread_role.h"
#include "net/http_shard.h"
#include "runtime/await_on_worker.h"
#include "runtime/gate.h"

namespace millrace {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// Connections beyond the maximum that are told so; the rest is closed without a word.
constexpr uint32_t kPoliteRefusalsMax = 64;
// After an error of accept, such as too many open files.
constexpr std::chrono::milliseconds kAcceptRetry{100};
constexpr std::chrono::seconds kCutWarning{5};

}  // namespace

struct HttpServer::Shared {
  Shared(HttpServerOptions o, HttpHandler h, HttpServerServices s)
      : options(std::move(o)),
        handler(std::move(h)),
        services(s),
        metrics(s.metrics),
        acceptor(s.loops.loop(0).impl().context) {
    for (size_t i = 0; i < services.loops.size(); ++i) {
      shards.push_back(std::make_unique<HttpShard>(services.loops.loop(i), options, handler,
                                                   metrics, gate, services.random.NextUint64()));
    }
  }

  Status Listen();
  // On the first loop.
  void AcceptNext();
  void OnAccept(HttpShard& shard, const error_code& error, tcp::socket socket);
  HttpShard& LeastLoaded();
  uint32_t Load() const;
  Task<void> OnShard(HttpShard* shard, void (HttpShard::*action)());
  void OnEveryShard(void (HttpShard::*action)());
  Task<void> StopAccepting();

  const HttpServerOptions options;
  const HttpHandler handler;
  HttpServerServices services;
  HttpMetrics metrics;
  Gate gate;  // every connection, and the pending accept
  std::vector<std::unique_ptr<HttpShard>> shards;
  tcp::acceptor acceptor;
  Timer accept_retry;
  size_t next_shard = 0;
  bool accepting = false;
  uint16_t port = 0;
  bool started = false;
  bool stopped = false;
};

Status HttpServer::Shared::Listen() {
  error_code error;
  const std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
  const auto address = boost::asio::ip::make_address(host, error);
  if (error) {
    return InvalidArgument("\"" + options.host + "\" is not a numeric address")
        .WithHint("Use an address such as 127.0.0.1, 0.0.0.0 or ::1, or localhost.");
  }
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(static_cast<int>(options.backlog), error);
  if (error) {
    return Unavailable("cannot listen on " + options.host + ":" + std::to_string(options.port))
        .WithDetail(error.message());
  }
  port = acceptor.local_endpoint(error).port();
  return Status::Ok();
}

uint32_t HttpServer::Shared::Load() const {
  uint32_t load = 0;
  for (const auto& shard : shards) load += shard->load();
  return load;
}

// Ties go round, so that short connections spread as well.
HttpShard& HttpServer::Shared::LeastLoaded() {
  const size_t count = shards.size();
  size_t best = next_shard++ % count;
  for (size_t i = 1; i < count; ++i) {
    const size_t candidate = (best + i) % count;
    if (shards[candidate]->load() < shards[best]->load()) best = candidate;
  }
  return *shards[best];
}

void HttpServer::Shared::AcceptNext() {
  std::optional<Gate::Pass> pass = gate.Enter();
  if (!pass || !accepting) return;
  HttpShard& shard = LeastLoaded();
  acceptor.async_accept(
      shard.loop().impl().context,
      [this, &shard, pass = *std::move(pass)](const error_code& error, tcp::socket socket) mutable {
        OnAccept(shard, error, std::move(socket));
      });
}

void HttpServer::Shared::OnAccept(HttpShard& shard, const error_code& error, tcp::socket socket) {
  if (!accepting) return;
  if (error) {
    services.log.Warn("http_accept_failed", {{"error", error.message()}});
    shards[0]->loop().ScheduleAfter(kAcceptRetry, accept_retry, [this] { AcceptNext(); });
    return;
  }
  const uint32_t load = Load();
  if (load >= options.connections_max) metrics.refused.Add();
  if (load < options.connections_max + kPoliteRefusalsMax) {
    const auto admission = load < options.connections_max ? HttpConnection::Admission::kServe
                                                          : HttpConnection::Admission::kRefuse;
    shard.Reserve();
    // The pass keeps the server until the shard has taken the socket.
    if (std::optional<Gate::Pass> pass = gate.Enter()) {
      shard.loop().Post(
          [&shard, admission, socket = std::move(socket), pass = *std::move(pass)]() mutable {
            shard.Adopt(std::move(socket), admission);
          });
    } else {
      shard.Unreserve();
    }
  }
  AcceptNext();
}

Task<void> HttpServer::Shared::OnShard(HttpShard* shard, void (HttpShard::*action)()) {
  (shard->*action)();
  co_return;
}

void HttpServer::Shared::OnEveryShard(void (HttpShard::*action)()) {
  for (const auto& shard : shards) AwaitOnWorker(shard->loop(), OnShard(shard.get(), action));
}

Task<void> HttpServer::Shared::StopAccepting() {
  accepting = false;
  accept_retry.Cancel();
  error_code ignored;
  acceptor.close(ignored);
  co_return;
}

HttpServer::HttpServer(HttpServerOptions options, HttpHandler handler, HttpServerServices services)
    : shared_(std::make_unique<Shared>(std::move(options), std::move(handler), services)) {}

HttpServer::~HttpServer() { Shutdown(std::chrono::milliseconds(0)); }

Status HttpServer::Start() {
  MR_ASSERT(!shared_->started, "a server starts once");
  RETURN_IF_ERROR(shared_->Listen());
  shared_->started = true;
  shared_->OnEveryShard(&HttpShard::StartSweeping);
  shared_->services.loops.loop(0).Post([shared = shared_.get()] {
    shared->accepting = true;
    shared->AcceptNext();
  });
  shared_->services.log.Info("http_listening",
                             {{"host", shared_->options.host}, {"port", shared_->port}});
  return Status::Ok();
}

uint16_t HttpServer::bound_port() const { return shared_->port; }

void HttpServer::Shutdown(std::chrono::milliseconds drain) {
  MayBlock();
  if (!shared_->started || std::exchange(shared_->stopped, true)) return;
  Log& log = shared_->services.log;
  AwaitOnWorker(shared_->services.loops.loop(0), shared_->StopAccepting());
  shared_->OnEveryShard(&HttpShard::Drain);
  log.Info("http_draining", {{"connections", shared_->Load()}});
  if (!shared_->gate.CloseBlockingFor(drain)) {
    log.Info("http_cutting", {{"connections", shared_->Load()}});
    do {
      shared_->OnEveryShard(&HttpShard::CutAll);
    } while (!shared_->gate.CloseBlockingFor(kCutWarning) &&
             (log.Warn("http_handlers_running", {{"connections", shared_->Load()}}), true));
  }
  shared_->OnEveryShard(&HttpShard::StopSweeping);
  log.Info("http_stopped", {{"port", shared_->port}});
}

}  // namespace millrace
