// How a response looks on the wire: head, chunks, date. Pure functions over strings.
//
//   HTTP/1.1 200 OK CRLF
//   Date, Content-Type, the response's own headers, Content-Encoding, Vary,
//   Content-Length or Transfer-Encoding, X-Request-ID, Connection; CRLF; body
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http_types.h"

namespace millrace {

// How the end of the body shows.
enum class BodyFraming : uint8_t { kLength, kChunked, kUntilClose, kNone };
enum class ContentCoding : uint8_t { kIdentity, kGzip };

struct ResponseHead {
  BodyFraming framing = BodyFraming::kLength;
  ContentCoding coding = ContentCoding::kIdentity;
  uint64_t length = 0;  // for kLength
  uint32_t minor_version = 1;
  bool keep_alive = true;
  std::string_view date;
  std::string_view request_id;
};

void AppendResponseHead(const HttpResponse& response, const ResponseHead& head, std::string* out);
// The size line; the caller appends the bytes and kChunkEnd.
void AppendChunkSize(size_t bytes, std::string* out);
inline constexpr std::string_view kChunkEnd = "\r\n";
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";
inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// 1xx, 204 and 304 never have a body (RFC 9112 section 6.3).
bool StatusHasNoBody(int status);
// Text, JSON and the like; not images and archives.
bool IsCompressible(std::string_view content_type);
// `Sun, 06 Nov 1994 08:49:37 GMT`.
std::string HttpDate(int64_t seconds_since_1970);

}  // namespace millrace
