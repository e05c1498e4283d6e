#include "client/http_connection.h"

#include <curl/curl.h>

#include <mutex>

#include "millrace_version.h"

namespace millrace::client {
namespace {

constexpr int kPollMs = 50;

struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListFree>;

void Append(HeaderList& list, const std::string& line) {
  curl_slist* grown = curl_slist_append(list.get(), line.c_str());
  MR_ASSERT(grown != nullptr, "out of memory");
  list.release();  // NOLINT: owned by `grown` now
  list.reset(grown);
}

// What the body callback needs, because curl passes one pointer.
struct BodyTarget {
  const std::function<Status(std::string_view)>* on_body;
  Status failure;
};

size_t OnBytes(char* data, size_t size, size_t count, void* target_pointer) {
  auto* target = static_cast<BodyTarget*>(target_pointer);
  const size_t length = size * count;
  target->failure = (*target->on_body)(std::string_view(data, length));
  // Any other number than `length` makes curl give up.
  return target->failure.ok() ? length : CURL_WRITEFUNC_ERROR;
}

// curl sends a request again by itself when a connection that it kept is closed before
// the first byte of the answer. But then the request may have been carried out.
int RefuseSecondSending(void* sendings, char*, char*, int, int) {
  return ++*static_cast<int*>(sendings) == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

void InitLibraryOnce() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

// The environment's proxy is for other machines.
bool IsLoopback(const std::string& url) {
  const std::string host = url.substr(url.find("://") + 3);
  return host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]");
}

Status TransportError(CURLcode code, const char* text, const std::string& url) {
  std::string reason = text[0] != '\0' ? text : curl_easy_strerror(code);
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return InvalidArgument("invalid server URL '" + url + "'")
          .WithDetail(std::move(reason))
          .WithHint("Write it like http://localhost:7400.");
    case CURLE_OPERATION_TIMEDOUT:
      return DeadlineExceeded("no answer from " + url + " in time").WithDetail(std::move(reason));
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return Unavailable("cannot connect to " + url)
          .WithSqlState("08001")
          .WithDetail(std::move(reason))
          .WithHint("Is the server running there and accepting connections?");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
      return Unavailable("cannot make a secure connection to " + url)
          .WithSqlState("08001")
          .WithDetail(std::move(reason));
    default:
      return Unavailable("the connection to " + url + " broke off")
          .WithSqlState("08006")
          .WithDetail(std::move(reason));
  }
}

}  // namespace

struct HttpConnection::Handles {
  CURL* easy = nullptr;
  CURLM* multi = nullptr;
  char error[CURL_ERROR_SIZE] = {};
  ~Handles() {
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
  }
};

HttpConnection::HttpConnection(std::unique_ptr<Handles> handles, HttpOptions options)
    : options_(std::move(options)), handles_(std::move(handles)) {}

HttpConnection::~HttpConnection() = default;

Result<std::unique_ptr<HttpConnection>> HttpConnection::Open(HttpOptions options) {
  InitLibraryOnce();
  while (options.base_url.ends_with('/')) options.base_url.pop_back();
  if (!options.base_url.starts_with("http://") && !options.base_url.starts_with("https://")) {
    return InvalidArgument("invalid server URL '" + options.base_url + "'")
        .WithHint("Write it like http://localhost:7400.");
  }
  auto handles = std::make_unique<Handles>();
  handles->easy = curl_easy_init();
  handles->multi = curl_multi_init();
  if (handles->easy == nullptr || handles->multi == nullptr) {
    return ResourceExhausted("cannot start the HTTP library");
  }
  CURL* easy = handles->easy;
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, handles->error);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  if (IsLoopback(options.base_url)) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 128L * 1024);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "millrace/" MILLRACE_VERSION);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout_ms));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options.request_timeout_ms));
  return std::unique_ptr<HttpConnection>(
      new HttpConnection(std::move(handles), std::move(options)));
}

Result<int> HttpConnection::Send(const HttpRequest& request,
                                 const std::function<Status(std::string_view)>& on_body) {
  CURL* easy = handles_->easy;
  const std::string url = options_.base_url + request.path;
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  HeaderList headers;
  // A 100-continue round trip would only cost time: we know that the server takes the body.
  Append(headers, "Expect:");
  Append(headers, "Accept: application/json");
  if (request.method == HttpMethod::kPost) {
    Append(headers, "Content-Type: application/json");
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    // A null pointer would make curl read the body from stdin.
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
  } else {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  }
  if (!request.bearer_token.empty()) {
    Append(headers, "Authorization: Bearer " + std::string(request.bearer_token));
  }
  if (!request.transaction.empty()) {
    Append(headers, "X-Millrace-Transaction: " + std::string(request.transaction));
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  int sendings = 0;
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &RefuseSecondSending);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, &sendings);
  BodyTarget target{&on_body, Status::Ok()};
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &OnBytes);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &target);
  handles_->error[0] = '\0';

  Result<int> status = Perform(request.cancel);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, nullptr);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, nullptr);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, nullptr);
  if (!target.failure.ok()) return target.failure;
  return status;
}

// The multi interface, because curl_easy_perform looks at a cancel flag only once a second.
Result<int> HttpConnection::Perform(const std::atomic<bool>* cancel) {
  CURL* easy = handles_->easy;
  CURLM* multi = handles_->multi;
  curl_multi_add_handle(multi, easy);
  CURLcode code = CURLE_OK;
  bool done = false;
  bool cancelled = false;
  while (!done && !cancelled) {
    int running = 0;
    CURLMcode multi_code = curl_multi_perform(multi, &running);
    int queued = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &queued)) {
      if (message->msg == CURLMSG_DONE) {
        code = message->data.result;
        done = true;
      }
    }
    if (done) break;
    if (multi_code == CURLM_OK) multi_code = curl_multi_poll(multi, nullptr, 0, kPollMs, nullptr);
    if (multi_code != CURLM_OK) {
      curl_multi_remove_handle(multi, easy);
      return Internal(curl_multi_strerror(multi_code));
    }
    cancelled = cancel != nullptr && cancel->load(std::memory_order_acquire);
  }
  // Removing an unfinished transfer closes its connection.
  curl_multi_remove_handle(multi, easy);
  if (cancelled) return Cancelled("canceling statement due to user request");
  if (code != CURLE_OK) return TransportError(code, handles_->error, options_.base_url);
  long http_status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &http_status);
  return static_cast<int>(http_status);
}

}  // namespace millrace::client
