#include "net/http_client.h"

#include "runtime/asio.h"
// After asio.h, which sets how Asio is compiled.
#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>
#include <functional>
#include <optional>
#include <utility>

#include "base/thread_role.h"
#include "runtime/completion.h"

namespace millrace {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr size_t kReadBytes = 16 << 10;

bool IsLoopbackHost(std::string_view host) {
  const bool number = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "[::1]" || (number && host.starts_with("127."));
}

Status BadUrl(std::string_view url, std::string_view why) {
  return InvalidArgument("\"" + std::string(url) +
                         "\" is not a URL to fetch from: " + std::string(why));
}

bool IsPlain(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f') return false;
  }
  return true;
}

}  // namespace

Result<FetchUrl> ParseFetchUrl(std::string_view url) {
  FetchUrl parsed;
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
    parsed.secure = false;
    parsed.port = 80;
  } else {
    return BadUrl(url, "it does not begin with https://");
  }
  if (!IsPlain(rest) || rest.find_first_of("@#\\") != std::string_view::npos) {
    return BadUrl(url, "it holds a character that has no place in it");
  }
  const size_t slash = std::min(rest.find_first_of("/?"), rest.size());
  std::string_view authority = rest.substr(0, slash);
  parsed.target = slash == rest.size() ? "/" : std::string(rest.substr(slash));
  if (parsed.target.front() == '?') parsed.target.insert(0, "/");
  const size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    const std::string_view port = authority.substr(colon + 1);
    const auto read = std::from_chars(port.data(), port.data() + port.size(), parsed.port);
    if (read.ec != std::errc() || read.ptr != port.data() + port.size() || parsed.port == 0) {
      return BadUrl(url, "its port is not a number");
    }
    authority = authority.substr(0, colon);
  }
  parsed.host = std::string(authority);
  if (parsed.host.empty()) return BadUrl(url, "it names no host");
  if (!parsed.secure && !IsLoopbackHost(parsed.host)) {
    return BadUrl(url, "without TLS only this machine is asked");
  }
  return parsed;
}

struct HttpClient::Context {
  ssl::context tls{ssl::context::tls_client};
};

namespace {

// One request on its way. Every step holds it; the timer and any error end it.
class Fetch : public std::enable_shared_from_this<Fetch> {
 public:
  Fetch(EventLoop& loop, ssl::context& tls, FetchUrl url, const HttpClientOptions& options,
        std::function<void(Result<std::string>)> done)
      : loop_(loop),
        url_(std::move(url)),
        resolver_(loop.impl().context),
        stream_(loop.impl().context, tls),
        done_(std::move(done)) {
    parser_.header_limit(static_cast<uint32_t>(options.head_bytes_max));
    parser_.body_limit(options.body_bytes_max);
    timeout_ = options.timeout;
  }

  void Start() {
    auto self = shared_from_this();
    loop_.ScheduleAfter(timeout_, timer_, [self] {
      self->End(DeadlineExceeded("the server \"" + self->url_.host + "\" did not answer in time"));
    });
    std::string host = url_.host;
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    resolver_.async_resolve(
        host, std::to_string(url_.port),
        [self](const error_code& error, const tcp::resolver::results_type& found) {
          if (self->Failed(error, "cannot be found")) return;
          self->endpoints_ = found;
          self->next_ = self->endpoints_.begin();
          self->Connect();
        });
  }

 private:
  bool Failed(const error_code& error, std::string_view what) {
    if (!done_) return true;
    if (!error) return false;
    End(Unavailable("the server \"" + url_.host + "\" " + std::string(what))
            .WithDetail(error.message()));
    return true;
  }

  void End(Result<std::string> result) {
    if (!done_) return;
    timer_.Cancel();
    resolver_.cancel();
    error_code ignored;
    stream_.next_layer().close(ignored);
    std::exchange(done_, nullptr)(std::move(result));
  }

  // One address after the other.
  void Connect() {
    auto self = shared_from_this();
    stream_.next_layer().async_connect(next_->endpoint(), [self](const error_code& error) {
      if (!self->done_) return;
      if (error && ++self->next_ != self->endpoints_.end()) {
        error_code ignored;
        self->stream_.next_layer().close(ignored);
        return self->Connect();
      }
      if (self->Failed(error, "cannot be reached")) return;
      self->url_.secure ? self->Handshake() : self->Send();
    });
  }

  void Handshake() {
    auto self = shared_from_this();
    if (SSL_set_tlsext_host_name(stream_.native_handle(), url_.host.c_str()) != 1) {
      return End(Unavailable("the name of the server \"" + url_.host + "\" is not one for TLS"));
    }
    stream_.set_verify_mode(ssl::verify_peer);
    stream_.set_verify_callback(ssl::host_name_verification(url_.host));
    stream_.async_handshake(ssl::stream_base::client, [self](const error_code& error) {
      if (self->Failed(error, "has no certificate that is trusted")) return;
      self->Send();
    });
  }

  void Send() {
    const bool default_port = url_.port == (url_.secure ? 443 : 80);
    request_ = "GET " + url_.target + " HTTP/1.1\r\nHost: " + url_.host +
               (default_port ? "" : ":" + std::to_string(url_.port)) +
               "\r\nAccept: application/json\r\nUser-Agent: millrace\r\nConnection: close\r\n\r\n";
    auto self = shared_from_this();
    const auto sent = [self](const error_code& error, size_t) {
      if (self->Failed(error, "broke the connection")) return;
      self->Receive();
    };
    if (url_.secure) {
      asio::async_write(stream_, asio::buffer(request_), sent);
    } else {
      asio::async_write(stream_.next_layer(), asio::buffer(request_), sent);
    }
  }

  void Receive() {
    auto self = shared_from_this();
    const auto received = [self](const error_code& error, size_t bytes) {
      self->OnReceived(error, bytes);
    };
    // What the parser left is still at the front.
    const size_t kept = unread_;
    received_.resize(kept + kReadBytes);
    const auto space = asio::buffer(received_.data() + kept, kReadBytes);
    if (url_.secure) {
      stream_.async_read_some(space, received);
    } else {
      stream_.next_layer().async_read_some(space, received);
    }
  }

  void OnReceived(const error_code& error, size_t bytes) {
    if (!done_) return;
    const bool ended = error == asio::error::eof || error == ssl::error::stream_truncated;
    if (error && !ended && Failed(error, "broke the connection")) return;
    unread_ += bytes;
    error_code parsed;
    if (unread_ > 0) {
      const size_t used = parser_.put(asio::buffer(received_.data(), unread_), parsed);
      received_.erase(0, used);
      unread_ -= used;
    }
    if (parsed == http::error::need_more) parsed = {};
    // An answer without a length ends with its connection; one that TLS did not end may be
    // cut by anybody on the way.
    if (!parsed && error == asio::error::eof && !parser_.is_done()) parser_.put_eof(parsed);
    if (parsed == http::error::body_limit || parsed == http::error::header_limit) {
      return End(ResourceExhausted("the answer of the server \"" + url_.host + "\" is too long"));
    }
    if (Failed(parsed, "gave an answer that is not HTTP")) return;
    if (parser_.is_done()) return Finish();
    if (ended) {
      return End(Unavailable("the server \"" + url_.host + "\" ended its answer too early"));
    }
    Receive();
  }

  void Finish() {
    const unsigned status = parser_.get().result_int();
    if (status != 200) {
      return End(
          Unavailable("the server \"" + url_.host + "\" answered " + std::to_string(status)));
    }
    End(std::move(parser_.get().body()));
  }

  EventLoop& loop_;
  FetchUrl url_;
  std::chrono::milliseconds timeout_{0};
  Timer timer_;
  tcp::resolver resolver_;
  tcp::resolver::results_type endpoints_;
  tcp::resolver::results_type::iterator next_;
  ssl::stream<tcp::socket> stream_;
  std::string request_;
  std::string received_;
  size_t unread_ = 0;
  http::response_parser<http::string_body> parser_;
  std::function<void(Result<std::string>)> done_;  // null once it is over
};

}  // namespace

HttpClient::HttpClient(HttpClientOptions options, std::unique_ptr<Context> context)
    : options_(std::move(options)), context_(std::move(context)) {}

HttpClient::~HttpClient() = default;

Result<std::unique_ptr<HttpClient>> HttpClient::Create(HttpClientOptions options) {
  MayBlock();
  auto context = std::make_unique<Context>();
  error_code error;
  context->tls.set_options(
      ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1, error);
  if (!error) context->tls.set_default_verify_paths(error);
  if (!error && !options.authorities_file.empty()) {
    context->tls.load_verify_file(options.authorities_file, error);
  }
  if (error) {
    return InvalidArgument("the certificates to trust cannot be read").WithDetail(error.message());
  }
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(options), std::move(context)));
}

Task<Result<std::string>> HttpClient::Get(std::string url) const {
  ASSIGN_OR_CO_RETURN(FetchUrl parsed, ParseFetchUrl(url));
  EventLoop* const loop = EventLoop::Current();
  MR_ASSERT(loop != nullptr, "a page is fetched on an event loop");
  Completion<Result<std::string>> completion;
  std::function<void(Result<std::string>)> done = [&completion](Result<std::string> result) {
    completion.Set(std::move(result));
  };
  auto fetch =
      std::make_shared<Fetch>(*loop, context_->tls, std::move(parsed), options_, std::move(done));
  fetch->Start();
  co_return co_await completion;
}

}  // namespace millrace
