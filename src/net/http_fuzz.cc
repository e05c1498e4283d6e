// Feeds bytes to the request parser twice, whole and in pieces, and expects the same
// requests and the same end: where a packet ends must not matter.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "net/request_parser.h"

namespace {

using millrace::RequestParser;

// Everything a handler could tell apart, of all requests in `bytes`. `step` bytes are
// offered at a time.
std::string Describe(std::string_view bytes, size_t step) {
  const millrace::RequestLimits limits{
      .head_bytes_max = 512, .fields_max = 8, .body_bytes_max = 256};
  RequestParser parser(limits);
  std::string seen;
  size_t offered = 0;
  size_t begin = 0;
  while (offered < bytes.size()) {
    offered = std::min(bytes.size(), offered + step);
    while (begin < offered) {
      const size_t used = parser.Put(bytes.substr(begin, offered - begin));
      begin += used;
      if (parser.state() == RequestParser::State::kFailed) {
        return seen + "failed " + std::to_string(parser.error_status());
      }
      if (parser.state() != RequestParser::State::kComplete) {
        MR_ASSERT(begin == offered, "a parser that wants more has taken everything");
        break;
      }
      const millrace::HttpRequest& request = parser.request();
      MR_ASSERT(request.body.size() <= limits.body_bytes_max, "the body limit is kept");
      MR_ASSERT(request.fields.size() <= limits.fields_max, "the header limit is kept");
      MR_ASSERT(used > 0, "a request is made of bytes");
      seen.append(request.method_name).append(" ").append(request.path).append("?");
      seen.append(request.query).append(request.keep_alive ? " keep " : " close ");
      for (const millrace::HttpField& field : request.fields) {
        MR_ASSERT(field.value.find_first_of("\r\n") == std::string_view::npos,
                  "a header is one line");
        seen.append(field.name).append("=").append(field.value).append(";");
      }
      seen.append(request.body).append("\n");
      parser.Reset();
    }
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = Describe(bytes, size + 1);
  MR_ASSERT(Describe(bytes, 1) == whole, "byte by byte gives the same requests");
  MR_ASSERT(Describe(bytes, 7) == whole, "pieces give the same requests");
  const std::string request_target(bytes.substr(0, 200));
  (void)millrace::QueryParameter(request_target, "q").has_value();
  (void)millrace::AcceptsGzip(request_target);
  return 0;
}

extern "C" const char* MillraceFuzzSeed(size_t index) {
  static const char* const kSeeds[] = {
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "POST /v1/api/sql?x=1&y=%20 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
       "5;a=b\r\nhello\r\n0\r\nT: x\r\n\r\n"),
      "GET / HTTP/1.1\r\nHost: a\r\n\r\nHEAD /b HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
       "0\r\n / HTTP/1.1\r\nHost: a\r\n\r\n0\r\n"),
      "OPTIONS * HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip;q=0, *\r\n\r\n",
      "GET http://h/p?q#f HTTP/1.1\r\nHost: a\r\nX: \t y \r\n\r\n",
  };
  return index < sizeof(kSeeds) / sizeof(kSeeds[0]) ? kSeeds[index] : nullptr;
}
