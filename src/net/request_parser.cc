// The only file that includes Beast: header-only here, it is compiled nowhere else.
#include "net/request_parser.h"

#include "runtime/asio.h"
// After asio.h, which sets how Asio is compiled.
#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <new>
#include <optional>

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

}  // namespace

// Beast's parser of one message, writing into our request. A new one per request.
class RequestParser::Framing {
 public:
  void Begin(RequestParser& owner) {
    message_.emplace(owner);
    message_->header_limit(std::numeric_limits<uint32_t>::max());  // the door counts
    message_->body_limit(owner.limits_.body_bytes_max);
  }
  void End() { message_.reset(); }
  size_t Put(std::string_view bytes, error_code& error) {
    return message_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  }
  bool head_done() const { return message_->is_header_done(); }
  bool done() const { return message_->is_done(); }
  bool keep_alive() const { return message_->keep_alive(); }
  uint64_t length() const { return message_->content_length().value_or(0); }

 private:
  class Message final : public http::basic_parser<true> {
   public:
    explicit Message(RequestParser& owner) : owner_(owner) {}

   private:
    using Text = boost::beast::string_view;

    void on_request_impl(http::verb verb, Text method, Text target, int version,
                         error_code& error) override {
      HttpRequest& request = owner_.request_;
      request.method = MethodOf(verb);
      request.method_name = View(method);
      request.target = View(target);
      request.minor_version = static_cast<uint32_t>(version % 10);
    }
    void on_field_impl(http::field field, Text name, Text value, error_code& error) override {
      // Trailers are checked and dropped: nothing we serve has a use for them.
      if (in_body_) return;
      if (owner_.request_.fields.size() >= owner_.limits_.fields_max) {
        error = http::error::header_limit;
        return;
      }
      owner_.request_.fields.push_back({View(name), View(value)});
    }
    void on_header_impl(error_code&) override { in_body_ = true; }
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
      // What a client claims is not yet worth much memory.
      owner_.request_.body.reserve(std::min<uint64_t>(length.value_or(0), kKeptBufferBytes));
    }
    size_t on_body_impl(Text body, error_code&) override {
      owner_.request_.body.append(body.data(), body.size());
      return body.size();
    }
    size_t on_chunk_body_impl(std::uint64_t, Text body, error_code&) override {
      owner_.request_.body.append(body.data(), body.size());
      return body.size();
    }
    void on_chunk_header_impl(std::uint64_t, Text, error_code&) override {}
    void on_finish_impl(error_code&) override {}
    void on_response_impl(int, Text, int, error_code& error) override {
      error = http::error::bad_method;
    }

    RequestParser& owner_;
    bool in_body_ = false;
  };

  std::optional<Message> message_;
};

RequestParser::RequestParser(const RequestLimits& limits)
    : limits_(limits), framing_(std::make_unique<Framing>()) {}

RequestParser::~RequestParser() = default;

void RequestParser::Reset() {
  state_ = State::kStart;
  request_.fields.clear();
  request_.body.clear();
  if (request_.body.capacity() > kKeptBufferBytes) request_.body = std::string();
  request_.stop = {};
  head_.clear();
  line_begin_ = 0;
  expects_continue_ = false;
  framing_->End();
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
  framing_->Begin(*this);
  error_code error;
  std::string_view rest = head_;
  // The first put ends after the request line or after the whole head.
  while (!framing_->head_done() && !rest.empty() && !error) {
    rest.remove_prefix(framing_->Put(rest, error));
  }
  if (error == http::error::header_limit) return Fail(431, "there are too many headers");
  if (error == http::error::bad_version) {
    return Fail(NamesAnotherVersion(head_) ? 505 : 400, "the HTTP version is not supported");
  }
  if (error == http::error::body_limit) return Fail(413, "the request body is too large");
  if (error || !framing_->head_done()) return Fail(400, "the request is malformed");
  if (!CheckHead()) return;
  SplitTarget();
  request_.keep_alive = framing_->keep_alive();
  state_ = framing_->done() ? State::kComplete : State::kBody;
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
  while (used < bytes.size()) {
    error_code error;
    used += framing_->Put(bytes.substr(used), error);
    if (error == http::error::need_more) {
      // A chunk's size line with extensions, or the trailers.
      if (bytes.size() - used > kUnusedBytesMax) Fail(400, "a chunk header is too large");
      return used;
    }
    if (error == http::error::body_limit) {
      Fail(413, "the request body is too large");
      return used;
    }
    if (error) {
      Fail(400, "the request body is malformed");
      return used;
    }
    expects_continue_ = false;  // it did not wait
    if (framing_->done()) {
      state_ = State::kComplete;
      return used;
    }
  }
  return used;
}

}  // namespace millrace
