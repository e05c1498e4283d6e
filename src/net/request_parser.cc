// One of the two files that include Beast, beside http_client.cc: it is header-only here.
// Its chunk decoder is not used: where a packet ended could change what it saw.
#include "net/request_parser.h"

#include "runtime/asio.h"
// After asio.h, which sets how Asio is compiled.
#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <charconv>
#include <limits>
#include <system_error>

#include "base/assert.h"

namespace millrace {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

// Above this a buffer is not kept from one request to the next.
constexpr size_t kKeptBufferBytes = 64 << 10;

HttpMethod MethodOf(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return HttpMethod::kGet;
    case http::verb::head:
      return HttpMethod::kHead;
    case http::verb::post:
      return HttpMethod::kPost;
    case http::verb::put:
      return HttpMethod::kPut;
    case http::verb::patch:
      return HttpMethod::kPatch;
    case http::verb::delete_:
      return HttpMethod::kDelete;
    case http::verb::options:
      return HttpMethod::kOptions;
    default:
      return HttpMethod::kOther;
  }
}

// `… HTTP/2.0` and the like, as opposed to no version at all.
bool NamesAnotherVersion(std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\r'));
  const std::string_view version = line.substr(line.rfind(' ') + 1);
  return version.starts_with("HTTP/") && !version.starts_with("HTTP/1.");
}

std::string_view View(boost::beast::string_view text) { return {text.data(), text.size()}; }

// Beast's parser of one head, writing into our request.
class HeadParser final : public http::basic_parser<true> {
 public:
  HeadParser(HttpRequest& request, const RequestLimits& limits)
      : request_(request), limits_(limits) {
    header_limit(std::numeric_limits<uint32_t>::max());  // the door has counted
    body_limit(limits.body_bytes_max);
  }

 private:
  using Text = boost::beast::string_view;

  void on_request_impl(http::verb verb, Text method, Text target, int version,
                       error_code&) override {
    request_.method = MethodOf(verb);
    request_.method_name = View(method);
    request_.target = View(target);
    request_.minor_version = static_cast<uint32_t>(version % 10);
  }
  void on_field_impl(http::field, Text name, Text value, error_code& error) override {
    if (request_.fields.size() >= limits_.fields_max) {
      error = http::error::header_limit;
      return;
    }
    request_.fields.push_back({View(name), View(value)});
  }
  void on_header_impl(error_code&) override {}
  void on_finish_impl(error_code&) override {}
  // Never given a body or a response.
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  size_t on_body_impl(Text, error_code&) override { return 0; }
  size_t on_chunk_body_impl(std::uint64_t, Text, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, Text, error_code&) override {}
  void on_response_impl(int, Text, int, error_code&) override {}

  HttpRequest& request_;
  const RequestLimits& limits_;
};

// A chunk's size line and all trailers of a request are no larger than this.
constexpr size_t kChunkLineBytesMax = 4096;

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

}  // namespace

RequestParser::RequestParser(const RequestLimits& limits) : limits_(limits) {}

void RequestParser::Reset() {
  state_ = State::kStart;
  // A new request, so that nothing of the old one shows in the answer to a malformed
  // one; only the buffers stay.
  HttpRequest fresh;
  fresh.fields = std::move(request_.fields);
  fresh.fields.clear();
  if (request_.body.capacity() <= kKeptBufferBytes) fresh.body = std::move(request_.body);
  fresh.body.clear();
  request_ = std::move(fresh);
  head_.clear();
  line_begin_ = 0;
  expects_continue_ = false;
  line_.clear();
  trailer_bytes_ = 0;
}

void RequestParser::Fail(int status, std::string_view reason) {
  state_ = State::kFailed;
  error_status_ = status;
  error_reason_ = reason;
}

size_t RequestParser::Put(std::string_view bytes) {
  size_t used = 0;
  if (state_ == State::kStart || state_ == State::kHead) used = TakeHead(bytes);
  if (state_ == State::kBody) used += TakeBody(bytes.substr(used));
  return used;
}

// Takes whole lines, and the beginning of one, until the empty line.
size_t RequestParser::TakeHead(std::string_view bytes) {
  size_t used = 0;
  while (used < bytes.size()) {
    const std::string_view rest = bytes.substr(used);
    const size_t end = rest.find('\n');
    const std::string_view piece =
        rest.substr(0, end == std::string_view::npos ? rest.size() : end + 1);
    used += piece.size();
    if (head_.size() + piece.size() > limits_.head_bytes_max) {
      Fail(431, "the request line and headers are too large");
      return used;
    }
    state_ = State::kHead;
    head_ += piece;
    if (end == std::string_view::npos) return used;

    const size_t line_bytes = head_.size() - line_begin_;
    if (line_bytes < 2 || head_[head_.size() - 2] != '\r') {
      Fail(400, "a line ends without a carriage return");
      return used;
    }
    if (line_bytes == 2 && line_begin_ == 0) {
      // An empty line before the request line is to be ignored (RFC 9112 section 2.2).
      head_.clear();
      state_ = State::kStart;
      continue;
    }
    if (line_bytes == 2) {
      FinishHead();
      return used;
    }
    const char first = head_[line_begin_];
    if (first == ' ' || first == '\t') {
      Fail(400, "a header is folded over two lines");
      return used;
    }
    line_begin_ = head_.size();
  }
  return used;
}

void RequestParser::FinishHead() {
  HeadParser head(request_, limits_);
  error_code error;
  std::string_view rest = head_;
  // One put ends after the request line, another after the headers.
  while (!head.is_header_done() && !rest.empty() && !error) {
    rest.remove_prefix(head.put(boost::asio::const_buffer(rest.data(), rest.size()), error));
  }
  if (error == http::error::header_limit) return Fail(431, "there are too many headers");
  if (error == http::error::bad_version) {
    return Fail(NamesAnotherVersion(head_) ? 505 : 400, "the HTTP version is not supported");
  }
  if (error == http::error::body_limit) return Fail(413, "the request body is too large");
  if (error || !head.is_header_done()) return Fail(400, "the request is malformed");
  if (!CheckHead()) return;
  SplitTarget();
  request_.keep_alive = head.keep_alive();
  state_ = head.is_done() ? State::kComplete : State::kBody;
  framing_ = head.chunked() ? Framing::kSize : Framing::kLength;
  remaining_ = head.content_length().value_or(0);
  // What a client claims is not yet worth much memory.
  request_.body.reserve(std::min<uint64_t>(remaining_, kKeptBufferBytes));
}

// What Beast lets pass and two servers in a row could understand differently.
bool RequestParser::CheckHead() {
  size_t hosts = 0;
  size_t codings = 0;
  size_t lengths = 0;
  bool chunked = false;
  for (const HttpField& field : request_.fields) {
    if (EqualsIgnoreCase(field.name, "host")) {
      ++hosts;
    } else if (EqualsIgnoreCase(field.name, "transfer-encoding")) {
      ++codings;
      chunked = EqualsIgnoreCase(field.value, "chunked");
    } else if (EqualsIgnoreCase(field.name, "content-length")) {
      ++lengths;
      const bool number = field.value.find_first_not_of("0123456789") == std::string_view::npos;
      if (field.value.empty() || !number || lengths > 1) {
        return Fail(400, "the Content-Length is not one plain number"), false;
      }
    } else if (EqualsIgnoreCase(field.name, "expect")) {
      if (!EqualsIgnoreCase(field.value, "100-continue")) {
        return Fail(417, "the Expect header is not understood"), false;
      }
      expects_continue_ = request_.minor_version >= 1;
    }
  }
  if (codings > 0 && lengths > 0) {
    return Fail(400, "Content-Length and Transfer-Encoding contradict each other"), false;
  }
  if (codings > 0 && request_.minor_version == 0) {
    return Fail(400, "HTTP/1.0 has no Transfer-Encoding"), false;
  }
  if (codings > 1 || (codings == 1 && !chunked)) {
    return Fail(501, "only the transfer coding \"chunked\" is understood"), false;
  }
  if (hosts > 1 || (hosts == 0 && request_.minor_version >= 1)) {
    return Fail(400, "an HTTP/1.1 request needs exactly one Host header"), false;
  }
  return true;
}

// origin-form `/path?query`, absolute-form `http://host/path?query`, or `*`.
void RequestParser::SplitTarget() {
  std::string_view rest = request_.target;
  if (!rest.empty() && rest.front() != '/') {
    const size_t scheme = rest.find("://");
    if (scheme != std::string_view::npos) {
      const size_t path = rest.find_first_of("/?", scheme + 3);
      rest = path == std::string_view::npos ? std::string_view("/") : rest.substr(path);
    }
  }
  rest = rest.substr(0, rest.find('#'));
  const size_t question = rest.find('?');
  request_.path = rest.substr(0, question);
  if (request_.path.empty()) request_.path = "/";
  request_.query =
      question == std::string_view::npos ? std::string_view() : rest.substr(question + 1);
}

size_t RequestParser::TakeBody(std::string_view bytes) {
  size_t used = 0;
  while (used < bytes.size() && state_ == State::kBody) {
    expects_continue_ = false;  // it does not wait, or no longer
    const bool data = framing_ == Framing::kLength || framing_ == Framing::kData;
    used += data ? TakeData(bytes.substr(used)) : TakeLine(bytes.substr(used));
  }
  return used;
}

size_t RequestParser::TakeData(std::string_view bytes) {
  const size_t used = std::min<uint64_t>(remaining_, bytes.size());
  request_.body.append(bytes.substr(0, used));
  remaining_ -= used;
  if (remaining_ > 0) return used;
  if (framing_ == Framing::kLength) {
    state_ = State::kComplete;
  } else {
    framing_ = Framing::kDataEnd;
  }
  return used;
}

// Collects one line of the chunked framing and looks at it when it is whole.
size_t RequestParser::TakeLine(std::string_view bytes) {
  const size_t end = bytes.find('\n');
  const size_t used = end == std::string_view::npos ? bytes.size() : end + 1;
  const size_t room = kChunkLineBytesMax - std::min(line_.size(), kChunkLineBytesMax);
  if (used > room) {
    Fail(400, "a chunk header is too large");
    return used;
  }
  line_.append(bytes.substr(0, used));
  if (end == std::string_view::npos) return used;
  if (!line_.ends_with("\r\n")) {
    Fail(400, "a line ends without a carriage return");
    return used;
  }
  OnLine(std::string_view(line_).substr(0, line_.size() - 2));
  line_.clear();
  return used;
}

// RFC 9112 section 7.1. Trailers are checked and dropped: nothing we serve has a use
// for them.
void RequestParser::OnLine(std::string_view line) {
  if (HasControl(line)) return Fail(400, "the request body is malformed");
  if (framing_ == Framing::kSize) return OnChunkSize(line);
  if (framing_ == Framing::kDataEnd) {
    framing_ = Framing::kSize;
    if (!line.empty()) Fail(400, "a chunk is longer than its size");
    return;
  }
  if (line.empty()) {
    state_ = State::kComplete;
    return;
  }
  trailer_bytes_ += line.size();
  const size_t colon = line.find(':');
  const bool named = colon != std::string_view::npos && colon > 0 &&
                     line.substr(0, colon).find_first_of(" \t") == std::string_view::npos;
  if (!named) return Fail(400, "a trailer is malformed");
  if (trailer_bytes_ > kChunkLineBytesMax) Fail(431, "the trailers are too large");
}

// Hexadecimal digits, then nothing or an extension after ';', which is ignored.
void RequestParser::OnChunkSize(std::string_view line) {
  uint64_t size = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  std::string_view extension = line.substr(static_cast<size_t>(end - line.data()));
  extension.remove_prefix(std::min(extension.find_first_not_of(" \t"), extension.size()));
  const bool plain =
      extension.empty() && (line.empty() || (line.back() != ' ' && line.back() != '\t'));
  if (error != std::errc() || (!plain && !extension.starts_with(';'))) {
    return Fail(400, "a chunk has no plain size");
  }
  // Written so that the sum cannot overflow.
  if (size > limits_.body_bytes_max - request_.body.size()) {
    return Fail(413, "the request body is too large");
  }
  remaining_ = size;
  framing_ = size == 0 ? Framing::kTrailer : Framing::kData;
}

}  // namespace millrace
