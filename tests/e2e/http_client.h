// A blocking HTTP/1.1 client of a few lines, which also does what no good client
// does: half requests, resets, requests back to back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::e2e {

struct Response {
  int status = 0;  // 0: the server closed the connection instead
  std::string head;
  std::string body;

  // The value of the first header of this name, as the server writes it; empty when
  // there is none.
  std::string Header(std::string_view name) const;
  std::vector<std::string> Headers(std::string_view name) const;
};

// One thread. Every receive gives up after a minute.
class HttpClient {
 public:
  explicit HttpClient(uint16_t port, int receive_buffer_bytes = 0);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // False when the server does not take it any more.
  bool Send(std::string_view bytes);
  // The next response. `head_only` for an answer to HEAD.
  Response Receive(bool head_only = false);
  Response Roundtrip(std::string_view request) {
    Send(request);
    return Receive();
  }

  // Ends the sending side only.
  void ShutdownSend();
  void Close();
  // Closes so that the server sees a reset.
  void Reset();
  // Waits for the server to close; false when it sends something instead.
  bool AtEnd();
  bool connected() const { return fd_ >= 0; }

 private:
  bool Fill();
  std::string Take(size_t bytes);
  std::string TakeExactly(size_t bytes);
  std::string TakeLine();

  int fd_ = -1;
  std::string buffer_;
};

// A request as text. `headers` are whole lines, each with its line end.
std::string MakeRequest(std::string_view method, std::string_view path, std::string_view body,
                        std::string_view headers = {});
// The header line of a bearer token; empty for an empty token.
std::string Bearer(std::string_view token);

std::string Gunzip(std::string_view compressed);

}  // namespace millrace::e2e
