// Turns bytes into HTTP/1.x requests: Beast parses the head, behind a stricter door;
// the body's framing is ours, so that it does not matter where a packet ends.
//
//   start --first byte--> head --empty line--> body --end--> complete --Reset--> start
//     any of them --malformed or over a limit--> failed (answer error_status, close)
//
// Stricter than Beast, against request smuggling: only CRLF ends a line; no folded
// headers; Content-Length with Transfer-Encoding, two different lengths or a length
// that is no plain number is 400; any transfer coding but a single "chunked" is 501;
// no transfer coding in HTTP/1.0; HTTP/1.1 needs exactly one Host.
// RFC 9112. Needs no socket: the fuzz target drives it directly.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http_types.h"

namespace millrace {

struct RequestLimits {
  // Request line and headers together. Beyond: 431.
  uint32_t head_bytes_max = 16 << 10;
  uint32_t fields_max = 128;
  // After de-chunking. Beyond: 413.
  uint64_t body_bytes_max = 10 << 20;
};

// Not thread-safe. Not movable: its request points into it.
class RequestParser {
 public:
  enum class State : uint8_t { kStart, kHead, kBody, kComplete, kFailed };

  explicit RequestParser(const RequestLimits& limits);
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // Takes bytes and returns how many it used: all, unless the request ended or failed.
  // Never goes beyond the end of one request.
  size_t Put(std::string_view bytes);

  State state() const { return state_; }
  // From kBody on the head is there; the body in kComplete. Peer, id and stop token
  // are for the caller to fill in.
  HttpRequest& request() { return request_; }
  const HttpRequest& request() const { return request_; }
  // The client waits for "100 Continue" before it sends the body.
  bool expects_continue() const { return state_ == State::kBody && expects_continue_; }

  // In kFailed: the status to answer and a short reason, in our words.
  int error_status() const { return error_status_; }
  std::string_view error_reason() const { return error_reason_; }

  // Makes ready for the next request; keeps its buffers unless they grew large.
  void Reset();

 private:
  // How the rest of the body is framed; kSize to kTrailer are a chunked one.
  enum class Framing : uint8_t { kLength, kSize, kData, kDataEnd, kTrailer };

  size_t TakeHead(std::string_view bytes);
  size_t TakeBody(std::string_view bytes);
  size_t TakeData(std::string_view bytes);
  size_t TakeLine(std::string_view bytes);
  void OnLine(std::string_view line);
  void OnChunkSize(std::string_view line);
  void FinishHead();
  bool CheckHead();
  void SplitTarget();
  void Fail(int status, std::string_view reason);

  const RequestLimits limits_;
  State state_ = State::kStart;
  HttpRequest request_;
  std::string head_;       // request line and headers, what the views point into
  size_t line_begin_ = 0;  // of the line that is being read, in head_
  bool expects_continue_ = false;
  int error_status_ = 0;
  std::string_view error_reason_;

  Framing framing_ = Framing::kLength;
  uint64_t remaining_ = 0;  // of the body, or of the chunk
  std::string line_;        // the beginning of a chunk's size line or a trailer
  size_t trailer_bytes_ = 0;
};

}  // namespace millrace
