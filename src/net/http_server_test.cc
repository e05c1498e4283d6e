// The server over real sockets, with a blocking client on the test's thread.
#include "net/http_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <zlib.h>

#include <charconv>
#include <latch>
#include <thread>

#include "runtime/completion.h"

namespace millrace {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Response {
  int status = 0;
  std::string head;
  std::string body;
};

// A blocking HTTP client of a few lines. Every receive gives up after ten seconds.
class Client {
 public:
  explicit Client(uint16_t port, int receive_buffer_bytes = 0) {
    fd_ = socket(AF_INET, SOCK_STREAM, 0);
    if (receive_buffer_bytes > 0) {
      setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(int));
    }
    const timeval timeout{.tv_sec = 10, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  ~Client() { Close(); }

  void Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the server may have refused and closed already
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }
  void ShutdownSend() { shutdown(fd_, SHUT_WR); }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }
  void Reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    Close();
  }

  // The next response; status 0 at the end of the stream.
  Response Receive(bool head_only = false) {
    Response response;
    size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!Fill()) return response;
    }
    response.head = Take(end + 4);
    std::from_chars(response.head.data() + 9, response.head.data() + 12, response.status);
    if (head_only || response.status == 100 || response.status == 204) return response;
    const std::string length = Field(response.head, "Content-Length");
    if (!length.empty()) {
      response.body = TakeExactly(std::stoul(length));
    } else if (Field(response.head, "Transfer-Encoding") == "chunked") {
      while (const size_t size = std::stoul(TakeLine(), nullptr, 16)) {
        response.body += TakeExactly(size);
        TakeLine();
      }
      TakeLine();
    } else {
      while (Fill()) {
      }
      response.body = Take(buffer_.size());
    }
    return response;
  }
  std::string ReceiveLine() { return TakeLine(); }
  // True when the server closed and nothing is left.
  bool AtEnd() { return buffer_.empty() && !Fill(); }

  static std::string Field(const std::string& head, const std::string& name) {
    const size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }

 private:
  bool Fill() {
    char bytes[16384];
    const ssize_t received = recv(fd_, bytes, sizeof(bytes), 0);
    if (received <= 0) return false;
    buffer_.append(bytes, static_cast<size_t>(received));
    return true;
  }
  std::string Take(size_t bytes) {
    std::string taken = buffer_.substr(0, bytes);
    buffer_.erase(0, bytes);
    return taken;
  }
  std::string TakeExactly(size_t bytes) {
    while (buffer_.size() < bytes && Fill()) {
    }
    return Take(bytes);
  }
  std::string TakeLine() {
    size_t end = 0;
    while ((end = buffer_.find("\r\n")) == std::string::npos) {
      if (!Fill()) return "";
    }
    std::string line = Take(end + 2);
    line.resize(end);
    return line;
  }

  int fd_ = -1;
  std::string buffer_;
};

std::string Unzip(const std::string& compressed) {
  z_stream z{};
  EXPECT_EQ(inflateInit2(&z, 15 + 16), Z_OK);
  std::string out(8 << 20, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  z.avail_in = static_cast<uInt>(compressed.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&z, Z_FINISH), Z_STREAM_END);
  const size_t bytes = z.total_out;
  inflateEnd(&z);
  return out.substr(0, bytes);
}

std::string Get(const std::string& path, const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: test\r\n" + fields + "\r\n";
}

std::string Post(const std::string& path, const std::string& body, const std::string& fields = "") {
  return "POST " + path +
         " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         fields + "\r\n" + body;
}

// The handler of the tests, by path. A request to /wait stays until the test lets it
// go, or its token stops.
struct Handler {
  Task<void> operator()(const HttpRequest& request, ResponseWriter& writer) {
    if (request.path == "/echo") {
      HttpResponse response(200, "text/plain", request.body);
      (void)co_await writer.Send(std::move(response));
    } else if (request.path == "/later") {
      co_await EventLoop::Current()->Yield();
      HttpResponse response(200, "text/plain", "later " + std::string(request.query));
      (void)co_await writer.Send(std::move(response));
    } else if (request.path == "/wait") {
      co_await Wait(request, writer);
    } else if (request.path == "/stream") {
      co_await Stream(request, writer);
    } else if (request.path == "/torrent") {
      co_await Torrent(writer);
    } else if (request.path == "/broken") {
      HttpResponse head(200, "text/plain", "half");
      (void)co_await writer.StartChunked(std::move(head));
    } else if (request.path == "/loop") {
      HttpResponse response(200, "text/plain", EventLoop::Current()->name());
      (void)co_await writer.Send(std::move(response));
    } else if (request.path == "/empty") {
      HttpResponse response(204);
      (void)co_await writer.Send(std::move(response));
    }
  }

  Task<void> Wait(const HttpRequest& request, ResponseWriter& writer) {
    Completion<std::string> completion;
    StopCallback on_stop(request.stop, [&] {
      if (!answered.exchange(true)) completion.Set("stopped");
    });
    release = [&] {
      if (!answered.exchange(true)) completion.Set("released");
    };
    waiting.count_down();
    const std::string outcome = co_await completion;
    HttpResponse response(200, "text/plain", outcome);
    const Status sent = co_await writer.Send(std::move(response));
    outcomes.push_back(outcome + (sent.ok() ? " sent" : " gone"));
    ended.count_down();
  }

  static Task<void> Stream(const HttpRequest& request, ResponseWriter& writer) {
    HttpResponse head(200, "text/plain", "first\n");
    EXPECT_TRUE((co_await writer.StartChunked(std::move(head))).ok());
    co_await EventLoop::Current()->Yield();
    EXPECT_TRUE((co_await writer.WriteChunk("second\n")).ok());
    const std::string large(100'000, 'x');
    EXPECT_TRUE((co_await writer.WriteChunk(large)).ok());
    EXPECT_TRUE((co_await writer.WriteChunk("")).ok());
    EXPECT_TRUE((co_await writer.Finish()).ok());
  }

  // More than any socket buffer takes, until the client goes.
  Task<void> Torrent(ResponseWriter& writer) {
    Status status = co_await writer.StartChunked(HttpResponse(200));
    const std::string piece(1 << 20, 'x');
    while (status.ok()) status = co_await writer.WriteChunk(piece);
    outcomes.push_back("torrent " + std::string(CodeName(status.code())));
    ended.count_down();
  }

  std::latch waiting{1};
  std::latch ended{1};
  std::atomic<bool> answered{false};
  std::function<void()> release;
  std::vector<std::string> outcomes;
};

class HttpServerTest : public testing::Test {
 protected:
  void Start(HttpServerOptions options = {}, uint32_t loops = 1) {
    loops_ = std::make_unique<EventLoopGroup>(EventLoopGroupOptions{.loops = loops}, clock_,
                                              metrics_, log_);
    server_ = std::make_unique<HttpServer>(
        options, [this](const HttpRequest& q, ResponseWriter& w) { return handler_(q, w); },
        HttpServerServices{*loops_, clock_, random_, metrics_, log_});
    ASSERT_TRUE(server_->Start().ok());
  }
  Client Connect() { return Client(server_->bound_port()); }
  Response Ask(const std::string& request) {
    Client client = Connect();
    client.Send(request);
    return client.Receive();
  }
  uint64_t Answered(const std::string& status_class) {
    return metrics_.AddCounter("net_http_requests_total", "", {{"class", status_class}}).value();
  }

  SystemClock clock_;
  SeededRandom random_{1};
  Metrics metrics_;
  CapturedLog log_;
  Handler handler_;
  std::unique_ptr<EventLoopGroup> loops_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, KeepsAConnectionForManyRequests) {
  Start();
  Client client = Connect();
  for (int i = 0; i < 50; ++i) {
    const std::string body = "body " + std::to_string(i);
    client.Send(Post("/echo", body));
    const Response response = client.Receive();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, body);
  }
  EXPECT_THAT(metrics_.PrometheusText(), HasSubstr("net_http_connections 1\n"));
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  Start();
  Client client = Connect();
  std::string requests;
  for (int i = 0; i < 300; ++i) {
    // Some answer at once and some later: the order must not change.
    requests += i % 3 == 0 ? Get("/later?" + std::to_string(i)) : Post("/echo", std::to_string(i));
  }
  client.Send(requests);
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(client.Receive().body, (i % 3 == 0 ? "later " : "") + std::to_string(i));
  }
}

// The first answer leaves although the handler of the second is still at work.
TEST_F(HttpServerTest, AnAnswerDoesNotWaitForTheNextHandler) {
  Start();
  Client client = Connect();
  client.Send(Post("/echo", "first") + Get("/wait"));
  EXPECT_EQ(client.Receive().body, "first");
  handler_.waiting.wait();
  handler_.release();
  EXPECT_EQ(client.Receive().body, "released");
}

TEST_F(HttpServerTest, TakesChunkedBodies) {
  Start();
  const Response response =
      Ask("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
          "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
  EXPECT_EQ(response.body, "abcdefg");
}

TEST_F(HttpServerTest, TakesBodiesLargerThanItsBuffer) {
  Start();
  const std::string body(3 << 20, 'b');
  EXPECT_EQ(Ask(Post("/echo", body)).body, body);
}

TEST_F(HttpServerTest, StreamsChunks) {
  Start();
  Client client = Connect();
  client.Send(Get("/stream") + Get("/later?x"));
  EXPECT_EQ(client.Receive().body, "first\nsecond\n" + std::string(100'000, 'x'));
  EXPECT_EQ(client.Receive().body, "later x");
}

// HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
TEST_F(HttpServerTest, StreamsToAnOldClientUntilItCloses) {
  Start();
  const Response response = Ask("GET /stream HTTP/1.0\r\n\r\n");
  EXPECT_EQ(response.body, "first\nsecond\n" + std::string(100'000, 'x'));
  EXPECT_THAT(response.head, HasSubstr("Connection: close"));
}

TEST_F(HttpServerTest, OldClientsMayKeepTheConnection) {
  Start();
  Client client = Connect();
  client.Send("GET /later?1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(client.Receive().head, HasSubstr("Connection: keep-alive"));
  client.Send("GET /later?2 HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.Receive().body, "later 2");
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(HttpServerTest, HeadHasTheHeadersAndNoBody) {
  Start();
  Client client = Connect();
  client.Send("HEAD /later?abc HTTP/1.1\r\nHost: x\r\n\r\n" + Get("/later?z"));
  const Response head = client.Receive(/*head_only=*/true);
  EXPECT_EQ(Client::Field(head.head, "Content-Length"), "9");
  EXPECT_EQ(client.Receive().body, "later z");
}

// The answer to a malformed request has a body, whatever came before it.
TEST_F(HttpServerTest, AnErrorAfterHeadHasItsBody) {
  Start();
  Client client = Connect();
  client.Send("HEAD /later HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Receive(/*head_only=*/true).status, 200);
  client.Send("nonsense\r\n\r\n");
  EXPECT_EQ(client.Receive().body, "the request is malformed\n");
}

TEST_F(HttpServerTest, A204HasNoLength) {
  Start();
  Client client = Connect();
  client.Send(Get("/empty") + Get("/later?z"));
  EXPECT_THAT(client.Receive().head, Not(HasSubstr("Content-Length")));
  EXPECT_EQ(client.Receive().body, "later z");
}

TEST_F(HttpServerTest, HonoursConnectionClose) {
  Start();
  Client client = Connect();
  client.Send(Get("/later?x", "Connection: close\r\n"));
  EXPECT_THAT(client.Receive().head, HasSubstr("Connection: close"));
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(HttpServerTest, InvitesABodyThatWaitsForContinue) {
  Start();
  Client client = Connect();
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 100);
  client.Send("hi");
  EXPECT_EQ(client.Receive().body, "hi");
}

// The body is refused before it is sent.
TEST_F(HttpServerTest, RefusesATooLargeBodyInsteadOfInvitingIt) {
  Start({.request = {.body_bytes_max = 10}});
  const Response response =
      Ask("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n");
  EXPECT_EQ(response.status, 413);
  EXPECT_THAT(response.head, HasSubstr("Connection: close"));
}

// The client gets its answer although it is still sending, not a reset connection.
TEST_F(HttpServerTest, ARefusedClientThatKeepsSendingGetsItsAnswer) {
  Start({.request = {.body_bytes_max = 10}});
  Client client = Connect();
  client.Send(Post("/echo", std::string(200'000, 'x')));
  EXPECT_EQ(client.Receive().status, 413);
}

// Many large bodies at once are refused, and their memory is given back.
TEST_F(HttpServerTest, RefusesBodiesBeyondWhatItMayHold) {
  Start({.body_bytes_in_memory_max = 400 << 10});
  Client client = Connect();
  client.Send(Post("/echo", std::string(300 << 10, 'x')));
  EXPECT_EQ(client.Receive().status, 200);
  client.Send(Post("/echo", std::string(500 << 10, 'x')));
  EXPECT_EQ(client.Receive().status, 503);
  EXPECT_EQ(Ask(Post("/echo", std::string(300 << 10, 'x'))).status, 200);
}

TEST_F(HttpServerTest, BadRequestsAreAnsweredAndClosed) {
  Start();
  Client client = Connect();
  client.Send("GET / HTTP/1.1\r\nHost : x\r\n\r\n" + Get("/later"));
  const Response response = client.Receive();
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.head, HasSubstr("X-Request-ID: "));
  EXPECT_TRUE(client.AtEnd());  // what follows is not a request any more
  EXPECT_EQ(Answered("4xx"), 1u);
}

TEST_F(HttpServerTest, ErrorsAreMadeByTheOptionsFunction) {
  Start({.error_response = [](int status, std::string_view reason) {
    return HttpResponse(status, "application/json", "{\"why\":\"" + std::string(reason) + "\"}");
  }});
  EXPECT_THAT(Ask("nonsense\r\n\r\n").body, StartsWith("{\"why\":\""));
}

TEST_F(HttpServerTest, AHandlerWithoutAnAnswerIsA500) {
  Start();
  EXPECT_EQ(Ask(Get("/nothing")).status, 500);
  EXPECT_EQ(Answered("5xx"), 1u);
}

// A client must not take half an answer for a whole one.
TEST_F(HttpServerTest, AHandlerThatEndsInItsStreamBreaksTheConnection) {
  Start();
  Client client = Connect();
  client.Send(Get("/broken"));
  EXPECT_EQ(client.ReceiveLine(), "HTTP/1.1 200 OK");
  while (client.ReceiveLine() != "4") {
  }
  EXPECT_EQ(client.ReceiveLine(), "half");
  EXPECT_TRUE(client.AtEnd());  // no last chunk
}

TEST_F(HttpServerTest, AdoptsSaneRequestIdsAndMakesUpOthers) {
  Start();
  EXPECT_EQ(Client::Field(Ask(Get("/later", "X-Request-ID: abc-1\r\n")).head, "X-Request-ID"),
            "abc-1");
  const std::string too_long(129, 'a');
  const std::string made =
      Client::Field(Ask(Get("/later", "X-Request-ID: " + too_long + "\r\n")).head, "X-Request-ID");
  EXPECT_EQ(made.size(), 16u);
  EXPECT_NE(Client::Field(Ask(Get("/later", "X-Request-ID: a b\r\n")).head, "X-Request-ID"), made);
}

TEST_F(HttpServerTest, CompressesLargeBodiesForThoseWhoAskForIt) {
  Start();
  const std::string gzip = "Accept-Encoding: gzip\r\n";
  const std::string large(5'000'000, 'a');
  const Response response = Ask(Post("/echo", large, gzip));
  EXPECT_THAT(response.head, AllOf(HasSubstr("Content-Encoding: gzip"), HasSubstr("Vary: ")));
  EXPECT_LT(response.body.size(), large.size() / 50);
  EXPECT_EQ(Unzip(response.body), large);
  EXPECT_EQ(Ask(Post("/echo", std::string(1023, 'a'), gzip)).body, std::string(1023, 'a'));
  EXPECT_EQ(Ask(Post("/echo", std::string(2000, 'a'))).body, std::string(2000, 'a'));
}

TEST_F(HttpServerTest, CompressesStreams) {
  Start();
  const Response response = Ask(Get("/stream", "Accept-Encoding: gzip\r\n"));
  EXPECT_LT(response.body.size(), 2000u);
  EXPECT_EQ(Unzip(response.body), "first\nsecond\n" + std::string(100'000, 'x'));
}

TEST_F(HttpServerTest, AClientTooSlowWithItsHeadersGets408) {
  Start({.head_timeout = milliseconds(20), .sweep_interval = milliseconds(5)});
  Client client = Connect();
  client.Send("GET / HTTP/1.1\r\nHost:");
  EXPECT_EQ(client.Receive().status, 408);
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(HttpServerTest, AClientTooSlowWithItsBodyGets408) {
  Start({.body_timeout = milliseconds(20), .sweep_interval = milliseconds(5)});
  Client client = Connect();
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_EQ(client.Receive().status, 408);
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(HttpServerTest, AnIdleConnectionIsClosedWithoutAWord) {
  Start({.idle_timeout = milliseconds(20), .sweep_interval = milliseconds(5)});
  Client client = Connect();
  client.Send(Get("/later?1"));
  EXPECT_EQ(client.Receive().body, "later 1");
  EXPECT_TRUE(client.AtEnd());
}

// Shutting the sending side is not going away: the answer still comes.
TEST_F(HttpServerTest, AHalfClosedClientGetsItsAnswer) {
  Start({.sweep_interval = milliseconds(5)});
  Client client = Connect();
  client.Send(Get("/wait"));
  client.ShutdownSend();
  handler_.waiting.wait();
  // The probe shows that the server has seen the end and looked after it.
  EXPECT_EQ(client.Receive().status, 100);
  handler_.release();
  EXPECT_EQ(client.Receive().body, "released");
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(HttpServerTest, AResetCancelsTheHandler) {
  Start();
  Client client = Connect();
  client.Send(Get("/wait"));
  handler_.waiting.wait();
  client.Reset();
  handler_.ended.wait();
  EXPECT_THAT(handler_.outcomes, testing::ElementsAre("stopped gone"));
}

TEST_F(HttpServerTest, AClosedConnectionCancelsTheHandler) {
  Start({.sweep_interval = milliseconds(5)});
  Client client = Connect();
  client.Send(Get("/wait"));
  handler_.waiting.wait();
  client.Close();
  handler_.ended.wait();
  EXPECT_THAT(handler_.outcomes, testing::ElementsAre("stopped gone"));
}

// Even when so much was sent ahead that the server does not read any more.
TEST_F(HttpServerTest, AResetBehindPipelinedRequestsCancelsTheHandler) {
  Start();
  Client client = Connect();
  client.Send(Get("/wait") + std::string(64 << 10, 'x'));
  handler_.waiting.wait();
  client.Reset();
  handler_.ended.wait();
  EXPECT_THAT(handler_.outcomes, testing::ElementsAre("stopped gone"));
}

TEST_F(HttpServerTest, AStreamWaitsForItsReaderAndEndsWithIt) {
  Start();
  Client client(server_->bound_port(), /*receive_buffer_bytes=*/4096);
  client.Send(Get("/torrent"));
  EXPECT_EQ(client.ReceiveLine(), "HTTP/1.1 200 OK");
  client.Close();
  handler_.ended.wait();
  EXPECT_THAT(handler_.outcomes, testing::ElementsAre("torrent cancelled"));
  // A writer that did not wait would have sent for as long as the test ran.
  EXPECT_LT(metrics_.AddCounter("net_http_sent_bytes_total", "").value(), 64u << 20);
}

TEST_F(HttpServerTest, AReaderThatStopsReadingIsCutOff) {
  Start({.write_timeout = milliseconds(20), .sweep_interval = milliseconds(5)});
  Client client(server_->bound_port(), /*receive_buffer_bytes=*/4096);
  client.Send(Get("/torrent"));
  handler_.ended.wait();
  EXPECT_THAT(handler_.outcomes, testing::ElementsAre("torrent cancelled"));
}

TEST_F(HttpServerTest, RefusesConnectionsBeyondTheMaximum) {
  Start({.connections_max = 2});
  Client first = Connect();
  first.Send(Get("/later?1"));
  EXPECT_EQ(first.Receive().status, 200);
  Client second = Connect();
  second.Send(Get("/later?2"));
  EXPECT_EQ(second.Receive().status, 200);
  Client third = Connect();
  EXPECT_EQ(third.Receive().status, 503);
  EXPECT_TRUE(third.AtEnd());
  EXPECT_EQ(metrics_.AddCounter("net_http_refused_connections_total", "").value(), 1u);
}

TEST_F(HttpServerTest, DealsConnectionsEvenlyAndEachStaysOnItsLoop) {
  Start({}, /*loops=*/2);
  std::vector<std::unique_ptr<Client>> clients;
  std::map<std::string, int> connections;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<Client>(server_->bound_port()));
    clients.back()->Send(Get("/loop") + Get("/loop"));
    const std::string loop = clients.back()->Receive().body;
    EXPECT_EQ(clients.back()->Receive().body, loop);
    ++connections[loop];
  }
  EXPECT_EQ(connections["loop-0"], 4);
  EXPECT_EQ(connections["loop-1"], 4);
}

TEST_F(HttpServerTest, ShutdownLetsARunningRequestEndAndClosesIdleOnes) {
  Start();
  Client idle = Connect();
  idle.Send(Get("/later?1"));
  EXPECT_EQ(idle.Receive().status, 200);
  Client busy = Connect();
  busy.Send(Get("/wait"));
  handler_.waiting.wait();
  std::thread shutdown([&] { server_->Shutdown(std::chrono::seconds(10)); });
  EXPECT_TRUE(idle.AtEnd());  // the drain has begun
  handler_.release();
  const Response response = busy.Receive();
  EXPECT_EQ(response.body, "released");
  EXPECT_THAT(response.head, HasSubstr("Connection: close"));
  EXPECT_TRUE(busy.AtEnd());
  busy.Close();
  shutdown.join();
  EXPECT_THAT(handler_.outcomes, testing::ElementsAre("released sent"));
}

TEST_F(HttpServerTest, ShutdownCutsWhatOutlivesTheDrain) {
  Start();
  Client client = Connect();
  client.Send(Get("/wait"));
  handler_.waiting.wait();
  server_->Shutdown(milliseconds(0));
  EXPECT_THAT(handler_.outcomes, testing::ElementsAre("stopped gone"));
  EXPECT_EQ(client.Receive().status, 0);
}

TEST_F(HttpServerTest, TellsWhenItsAddressIsTakenOrNone) {
  Start();
  const auto start = [&](HttpServerOptions options) {
    HttpServer server(options, nullptr,
                      HttpServerServices{*loops_, clock_, random_, metrics_, log_});
    return server.Start().code();
  };
  EXPECT_EQ(start({.port = server_->bound_port()}), Code::kUnavailable);
  EXPECT_EQ(start({.host = "not an address"}), Code::kInvalidArgument);
}

}  // namespace
}  // namespace millrace
