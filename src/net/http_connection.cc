#include "net/http_connection.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "net/http_shard.h"

namespace millrace {
namespace {

// Bodies up to this are copied behind their head: one flat write. Larger ones go out
// from where they are.
constexpr size_t kCopiedBodyBytes = 64 << 10;
// A body is accounted for in steps of this.
constexpr int64_t kAccountedStepBytes = 64 << 10;
// Answers to pipelined requests are collected up to this.
constexpr size_t kCollectedBytes = 64 << 10;
constexpr size_t kRequestIdBytes = 128;

bool IsSaneRequestId(std::string_view id) {
  return !id.empty() && id.size() <= kRequestIdBytes &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

int64_t Nanos(std::chrono::milliseconds time) { return std::chrono::nanoseconds(time).count(); }

std::string PeerAddress(const TcpStream::Socket& socket) {
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  return error ? std::string() : endpoint.address().to_string();
}

HttpResponse PlainError(int status, std::string_view reason) {
  return HttpResponse(status, "text/plain; charset=utf-8", std::string(reason) + "\n");
}

}  // namespace

HttpConnection::HttpConnection(HttpShard& shard, TcpStream::Socket socket, Admission admission)
    : shard_(shard),
      admission_(admission),
      peer_address_(PeerAddress(socket)),
      parser_(shard.options().request) {
  stream_ = std::make_shared<TcpStream>(shard.loop(), std::move(socket), shard.metrics().bytes);
  Enter(Phase::kIdle);
  shard_.Register(*this);
}

HttpConnection::~HttpConnection() {
  stream_->Close();
  ReleaseBody();
  shard_.Unregister(*this);
}

Task<void> HttpConnection::Serve(std::unique_ptr<HttpConnection> self) {
  if (self->admission_ == Admission::kRefuse) {
    co_await self->SendError(503, "there are too many connections");
  }
  // Not `else while (co_await …)`: g++ 12 loses a loop on co_await inside a branch.
  while (self->keep_alive_) {
    const bool complete = co_await self->ReadRequest();
    if (!complete) break;
    co_await self->HandleRequest();
  }
  // Nothing sent, nothing unread: closing cannot take an answer with it.
  const bool at_rest = self->phase_ == Phase::kIdle && self->stream_->output().empty();
  if (at_rest) co_return;
  co_await self->Linger();
}

void HttpConnection::Enter(Phase phase) {
  phase_ = phase;
  const int64_t now_nanos = shard_.loop().clock().MonotonicNanos();
  const HttpServerOptions& options = shard_.options();
  switch (phase) {
    case Phase::kIdle:
      deadline_nanos_ = now_nanos + Nanos(options.idle_timeout);
      break;
    case Phase::kHead:
      deadline_nanos_ = now_nanos + Nanos(options.head_timeout);
      break;
    case Phase::kBody:
      deadline_nanos_ = now_nanos + Nanos(options.body_timeout);
      break;
    case Phase::kHandling:
      next_probe_nanos_ = 0;
      break;
    case Phase::kClosing:
      deadline_nanos_ = now_nanos + Nanos(options.linger_timeout);
      break;
  }
}

void HttpConnection::Sweep(int64_t now_nanos) {
  const HttpServerOptions& options = shard_.options();
  const int64_t blocked_since = stream_->blocked_since_nanos();
  if (blocked_since != 0) {
    if (now_nanos - blocked_since > Nanos(options.write_timeout)) stream_->Close();
    return;
  }
  if (phase_ != Phase::kHandling) {
    if (now_nanos < deadline_nanos_ || timed_out_) return;
    timed_out_ = true;
    stream_->Interrupt();
    return;
  }
  // The client's sending side is shut. A client that is gone altogether answers the
  // probe with a reset; one that waits for its answer ignores an interim response.
  const bool may_probe = stream_->input_ended() && answer_ == Answer::kNone &&
                         parser_.request().minor_version >= 1 && stream_->output().empty();
  if (!may_probe || now_nanos < next_probe_nanos_) return;
  next_probe_nanos_ = now_nanos + Nanos(options.probe_interval);
  stream_->output() += kContinue;
  stream_->TryFlush();
}

// Reads until a request is complete. False when the connection is to end.
Task<bool> HttpConnection::ReadRequest() {
  BeginRequest();
  while (true) {
    const Step step = TakeInput();
    if (step == Step::kRequest) co_return true;
    if (step == Step::kRefused) co_await SendError(parser_.error_status(), parser_.error_reason());
    if (step == Step::kNoMemory) co_await SendError(503, "too many large requests at once");
    if (step != Step::kMore) co_return false;
    // Answers to pipelined requests leave together, before we wait.
    if (!stream_->output().empty()) {
      const Status flushed = co_await stream_->Flush();
      if (!flushed.ok()) co_return false;
    }
    co_await stream_->WaitForInput();
    if (timed_out_ && phase_ != Phase::kIdle) {
      co_await SendError(408, "the request did not arrive in time");
      co_return false;
    }
  }
}

void HttpConnection::BeginRequest() {
  parser_.Reset();
  ReleaseBody();
  continue_sent_ = false;
  answer_ = Answer::kNone;
  Enter(Phase::kIdle);
}

// Gives the parser what has come.
HttpConnection::Step HttpConnection::TakeInput() {
  if (stream_->dead() || timed_out_) return Step::kClose;
  if (!stream_->input().empty()) {
    if (phase_ == Phase::kIdle) Enter(Phase::kHead);
    const size_t used = parser_.Put(stream_->input());
    stream_->Consume(used);
    if (parser_.state() == RequestParser::State::kFailed) return Step::kRefused;
    if (!AccountBody()) return Step::kNoMemory;
    if (parser_.state() == RequestParser::State::kComplete) return Step::kRequest;
    if (parser_.state() == RequestParser::State::kBody) {
      if (phase_ != Phase::kBody) Enter(Phase::kBody);
      const auto bytes = static_cast<int64_t>(used);
      deadline_nanos_ += bytes * 1'000'000'000 / shard_.options().body_bytes_per_second_min;
    }
  } else if (phase_ == Phase::kIdle && shard_.draining()) {
    return Step::kClose;
  }
  if (stream_->input_ended()) return Step::kClose;
  if (parser_.expects_continue() && !std::exchange(continue_sent_, true)) {
    stream_->output() += kContinue;
  }
  return Step::kMore;
}

// False when the server holds as many body bytes as it may.
bool HttpConnection::AccountBody() {
  const auto bytes = static_cast<int64_t>(parser_.request().body.size());
  if (bytes - accounted_body_bytes_ < kAccountedStepBytes) return true;
  Gauge& total = shard_.metrics().body_bytes;
  total.Add(bytes - std::exchange(accounted_body_bytes_, bytes));
  return total.value() <= static_cast<int64_t>(shard_.options().body_bytes_in_memory_max);
}

void HttpConnection::ReleaseBody() {
  if (accounted_body_bytes_ == 0) return;
  shard_.metrics().body_bytes.Add(-std::exchange(accounted_body_bytes_, 0));
}

void HttpConnection::ChooseRequestId() {
  const std::optional<std::string_view> given = parser_.request().Header("x-request-id");
  request_id_ = given && IsSaneRequestId(*given) ? std::string(*given) : shard_.NextRequestId();
}

Task<void> HttpConnection::HandleRequest() {
  const int64_t started_nanos = shard_.loop().clock().MonotonicNanos();
  Enter(Phase::kHandling);
  ChooseRequestId();
  HttpRequest& request = parser_.request();
  request.peer_address = peer_address_;
  request.request_id = request_id_;
  request.stop = stream_->stop_token();
  keep_alive_ = request.keep_alive;
  // Earlier answers must not wait for this handler.
  if (!stream_->flushes_soon() && !stream_->output().empty()) {
    (void)co_await stream_->Flush();
  }
  stream_->Watch();
  co_await shard_.handler()(request, *this);
  stream_->Unwatch();
  if (answer_ == Answer::kNone) co_await SendError(500, "the request was not answered");
  if (answer_ == Answer::kStreaming) {
    // Half an answer: only a broken connection tells the client so.
    gzip_.reset();
    keep_alive_ = false;
    stream_->Close();
  }
  RecordRequest(started_nanos);
}

void HttpConnection::RecordRequest(int64_t started_nanos) {
  HttpMetrics& metrics = shard_.metrics();
  metrics.request_seconds.ObserveNanos(shard_.loop().clock().MonotonicNanos() - started_nanos);
  metrics.requests[std::clamp(status_ / 100, 1, 5) - 1]->Add();
}

// Answers what never reached the handler, or got no answer from it, and ends the
// connection.
Task<void> HttpConnection::SendError(int status, std::string_view reason) {
  if (phase_ != Phase::kHandling) {
    Enter(Phase::kClosing);
    parser_.request().body = std::string();  // nobody will read it
    ReleaseBody();
    ChooseRequestId();
    shard_.metrics().requests[std::clamp(status / 100, 1, 5) - 1]->Add();
  }
  keep_alive_ = false;
  const auto& make = shard_.options().error_response;
  HttpResponse response = make ? make(status, reason) : PlainError(status, reason);
  (void)co_await Send(std::move(response));
}

// Sends what is left and waits for the client to close first: closing while its bytes
// are unread would reset the connection and could take the answer with it.
Task<void> HttpConnection::Linger() {
  timed_out_ = false;
  const Status flushed = co_await stream_->Flush();
  if (!flushed.ok()) co_return;
  Enter(Phase::kClosing);
  stream_->ShutdownSend();
  while (!timed_out_ && !stream_->dead() && !stream_->input_ended()) {
    stream_->Consume(stream_->input().size());
    co_await stream_->WaitForInput();
  }
}

bool HttpConnection::WantsGzip(const HttpResponse& head, size_t body_bytes) const {
  if (body_bytes < shard_.options().gzip_bytes_min || !IsCompressible(head.content_type)) {
    return false;
  }
  const bool coded = std::any_of(head.headers.begin(), head.headers.end(), [](const auto& header) {
    return EqualsIgnoreCase(header.first, "content-encoding");
  });
  const std::optional<std::string_view> accepted = parser_.request().Header("accept-encoding");
  return !coded && accepted && AcceptsGzip(*accepted);
}

// In slices: a loop must not be busy with one body for long.
Task<void> HttpConnection::Compress(GzipEncoder& encoder, std::string_view bytes, GzipStep last,
                                    std::string* out) {
  while (bytes.size() > GzipEncoder::kSliceBytes) {
    encoder.Append(bytes.substr(0, GzipEncoder::kSliceBytes), GzipStep::kMore, out);
    bytes.remove_prefix(GzipEncoder::kSliceBytes);
    co_await shard_.loop().Yield();
  }
  encoder.Append(bytes, last, out);
}

void HttpConnection::AppendHead(const HttpResponse& response, BodyFraming framing,
                                ContentCoding coding, uint64_t length) {
  status_ = response.status;
  if (shard_.draining()) keep_alive_ = false;
  const ResponseHead head{.framing = framing,
                          .coding = coding,
                          .length = length,
                          .minor_version = parser_.request().minor_version,
                          .keep_alive = keep_alive_,
                          .date = shard_.Date(),
                          .request_id = request_id_};
  AppendResponseHead(response, head, &stream_->output());
}

// The stream flushes on its own when the handler suspends; collecting until then
// sends the answers to pipelined requests together.
Task<Status> HttpConnection::FlushSoon() {
  if (stream_->dead()) co_return Cancelled("the client is gone");
  if (stream_->flushes_soon() && stream_->output().size() < kCollectedBytes) co_return Status::Ok();
  co_return co_await stream_->Flush();
}

Task<Status> HttpConnection::Send(HttpResponse response) {
  MR_ASSERT(answer_ == Answer::kNone, "a request is answered once");
  answer_ = Answer::kDone;
  const bool head_only = parser_.request().method == HttpMethod::kHead;
  std::string_view body = response.body;
  std::string compressed;
  ContentCoding coding = ContentCoding::kIdentity;
  if (!head_only && WantsGzip(response, body.size())) {
    std::unique_ptr<GzipEncoder> encoder = shard_.gzip_pool().Take();
    co_await Compress(*encoder, body, GzipStep::kEnd, &compressed);
    shard_.gzip_pool().Return(std::move(encoder));
    body = compressed;
    coding = ContentCoding::kGzip;
  }
  const bool no_body = StatusHasNoBody(response.status);
  AppendHead(response, no_body ? BodyFraming::kNone : BodyFraming::kLength, coding, body.size());
  if (head_only || no_body) body = {};
  if (body.size() > kCopiedBodyBytes) co_return co_await stream_->Flush(body);
  stream_->output() += body;
  co_return co_await FlushSoon();
}

Task<Status> HttpConnection::StartChunked(HttpResponse head) {
  MR_ASSERT(answer_ == Answer::kNone, "a request is answered once");
  answer_ = Answer::kStreaming;
  const HttpRequest& request = parser_.request();
  const bool no_body = StatusHasNoBody(head.status) || request.method == HttpMethod::kHead;
  chunked_ = request.minor_version >= 1 && !no_body;
  if (!chunked_ && !no_body) keep_alive_ = false;
  // How long a stream gets is not known: it is compressed in any case.
  if (!no_body && WantsGzip(head, shard_.options().gzip_bytes_min)) {
    gzip_ = shard_.gzip_pool().Take();
  }
  const BodyFraming framing = no_body    ? BodyFraming::kNone
                              : chunked_ ? BodyFraming::kChunked
                                         : BodyFraming::kUntilClose;
  AppendHead(head, framing, gzip_ ? ContentCoding::kGzip : ContentCoding::kIdentity, 0);
  if (!head.body.empty()) co_return co_await WriteChunk(head.body);
  co_return co_await FlushSoon();
}

Task<Status> HttpConnection::WriteChunk(std::string_view bytes) {
  MR_ASSERT(answer_ == Answer::kStreaming, "WriteChunk outside a stream");
  const bool no_body = StatusHasNoBody(status_) || parser_.request().method == HttpMethod::kHead;
  if (stream_->dead()) co_return Cancelled("the client is gone");
  if (bytes.empty() || no_body) co_return Status::Ok();
  std::string compressed;
  if (gzip_) {
    co_await Compress(*gzip_, bytes, GzipStep::kFlush, &compressed);
    bytes = compressed;
  }
  std::string& output = stream_->output();
  if (chunked_) AppendChunkSize(bytes.size(), &output);
  if (bytes.size() > kCopiedBodyBytes) {
    CO_RETURN_IF_ERROR(co_await stream_->Flush(bytes));
  } else {
    output += bytes;
  }
  if (chunked_) output += kChunkEnd;
  co_return co_await stream_->Flush();
}

Task<Status> HttpConnection::Finish() {
  MR_ASSERT(answer_ == Answer::kStreaming, "Finish outside a stream");
  answer_ = Answer::kDone;
  if (gzip_) {
    std::string rest;
    gzip_->Append({}, GzipStep::kEnd, &rest);
    shard_.gzip_pool().Return(std::move(gzip_));
    if (chunked_) AppendChunkSize(rest.size(), &stream_->output());
    stream_->output() += rest;
    if (chunked_) stream_->output() += kChunkEnd;
  }
  if (chunked_) stream_->output() += kLastChunk;
  co_return co_await FlushSoon();
}

}  // namespace millrace
