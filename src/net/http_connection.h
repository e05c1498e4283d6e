// One HTTP connection: reads a request, calls the handler, sends the answer, again.
//
//   idle --first byte--> head --empty line--> body --end--> handling --answered--> idle
//     idle: closed after idle_timeout, or when the server drains
//     head, body: 408 and closing after their timeouts
//     handling: the stream watches for a client that goes away
//     closing: nothing more is sent; the client's bytes are dropped until it closes
//
// Internal to net. Everything on one loop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/gzip.h"
#include "net/http_server.h"
#include "net/http_types.h"
#include "net/request_parser.h"
#include "net/response_encoder.h"
#include "net/tcp_stream.h"
#include "runtime/task.h"

namespace millrace {

class HttpShard;

class HttpConnection final : public ResponseWriter {
 public:
  // Whether the connection is served or told that there are too many.
  enum class Admission : uint8_t { kServe, kRefuse };

  HttpConnection(HttpShard& shard, TcpStream::Socket socket, Admission admission);
  ~HttpConnection() override;

  // The connection's life. Owns it.
  static Task<void> Serve(std::unique_ptr<HttpConnection> self);

  // Looks at the timeouts. Never ends the connection before it returns.
  void Sweep(int64_t now_nanos);
  // The server drains: wakes the connection so that it sees that.
  void Drain() { stream_->Interrupt(); }
  void Cut() { stream_->Close(); }

  // ResponseWriter, for the handler.
  Task<Status> Send(HttpResponse response) override;
  Task<Status> StartChunked(HttpResponse head) override;
  Task<Status> WriteChunk(std::string_view bytes) override;
  Task<Status> Finish() override;
  bool started() const override { return answer_ != Answer::kNone; }

 private:
  friend class HttpShard;
  enum class Phase : uint8_t { kIdle, kHead, kBody, kHandling, kClosing };
  enum class Answer : uint8_t { kNone, kStreaming, kDone };
  // What a step of reading asks of ReadRequest.
  enum class Step : uint8_t { kRequest, kMore, kRefused, kNoMemory, kClose };

  Task<bool> ReadRequest();
  Step TakeInput();
  bool AccountBody();
  void ReleaseBody();
  Task<void> HandleRequest();
  Task<void> SendError(int status, std::string_view reason);
  Task<void> Linger();

  void Enter(Phase phase);
  void BeginRequest();
  void ChooseRequestId();
  bool WantsGzip(const HttpResponse& head, size_t body_bytes) const;
  void AppendHead(const HttpResponse& response, BodyFraming framing, ContentCoding coding,
                  uint64_t length);
  Task<void> Compress(GzipEncoder& encoder, std::string_view bytes, GzipStep last,
                      std::string* out);
  Task<Status> FlushSoon();
  void RecordRequest(int64_t started_nanos);

  HttpShard& shard_;
  const Admission admission_;
  size_t shard_index_ = 0;  // place in the shard's list
  std::shared_ptr<TcpStream> stream_;
  std::string peer_address_;
  RequestParser parser_;
  std::string request_id_;

  Phase phase_ = Phase::kIdle;
  int64_t deadline_nanos_ = 0;
  int64_t next_probe_nanos_ = 0;
  int64_t accounted_body_bytes_ = 0;
  bool timed_out_ = false;
  bool continue_sent_ = false;

  Answer answer_ = Answer::kNone;
  int status_ = 0;
  bool keep_alive_ = true;
  bool chunked_ = false;
  std::unique_ptr<GzipEncoder> gzip_;  // of the streamed answer
};

}  // namespace millrace
