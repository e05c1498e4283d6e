// Plain sockets: a library would not let us misbehave.
#include "http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <zlib.h>

#include <utility>

namespace millrace::e2e {

std::vector<std::string> Response::Headers(std::string_view name) const {
  std::vector<std::string> values;
  const std::string line = "\r\n" + std::string(name) + ": ";
  for (size_t at = head.find(line); at != std::string::npos; at = head.find(line, at + 1)) {
    const size_t begin = at + line.size();
    values.push_back(head.substr(begin, head.find("\r\n", begin) - begin));
  }
  return values;
}

std::string Response::Header(std::string_view name) const {
  const std::vector<std::string> values = Headers(name);
  return values.empty() ? "" : values.front();
}

HttpClient::HttpClient(uint16_t port, int receive_buffer_bytes) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer_bytes > 0) {
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(int));
  }
  const timeval timeout{.tv_sec = 60, .tv_usec = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = ::htons(port);
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) Close();
}

HttpClient::~HttpClient() { Close(); }

bool HttpClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void HttpClient::ShutdownSend() { ::shutdown(fd_, SHUT_WR); }

void HttpClient::Close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void HttpClient::Reset() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  Close();
}

bool HttpClient::AtEnd() { return buffer_.empty() && !Fill(); }

Response HttpClient::Receive(bool head_only) {
  Response response;
  size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return response;
  }
  response.head = Take(end + 4);
  response.status = ::atoi(response.head.c_str() + std::string_view("HTTP/1.1 ").size());
  if (response.status == 100) return Receive(head_only);
  if (head_only || response.status == 204) return response;
  const std::string length = response.Header("Content-Length");
  if (!length.empty()) {
    response.body = TakeExactly(::strtoull(length.c_str(), nullptr, 10));
  } else if (response.Header("Transfer-Encoding") == "chunked") {
    while (const size_t size = ::strtoull(TakeLine().c_str(), nullptr, 16)) {
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

bool HttpClient::Fill() {
  char bytes[65536];
  const ssize_t received = ::recv(fd_, bytes, sizeof(bytes), 0);
  if (received <= 0) return false;
  buffer_.append(bytes, static_cast<size_t>(received));
  return true;
}

std::string HttpClient::Take(size_t bytes) {
  std::string taken = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  return taken;
}

std::string HttpClient::TakeExactly(size_t bytes) {
  while (buffer_.size() < bytes && Fill()) {
  }
  return Take(bytes);
}

std::string HttpClient::TakeLine() {
  size_t end = 0;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (!Fill()) return "";
  }
  std::string line = Take(end + 2);
  line.resize(end);
  return line;
}

std::string MakeRequest(std::string_view method, std::string_view path, std::string_view body,
                        std::string_view headers) {
  std::string request =
      std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: e2e\r\n";
  request.append(headers);
  if (!body.empty() || method == "POST") {
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  request.append("\r\n").append(body);
  return request;
}

std::string Bearer(std::string_view token) {
  return token.empty() ? "" : "Authorization: Bearer " + std::string(token) + "\r\n";
}

std::string Gunzip(std::string_view compressed) {
  z_stream stream{};
  if (::inflateInit2(&stream, 15 + 16) != Z_OK) return "";
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string plain;
  int code = Z_OK;
  while (code == Z_OK) {
    char part[16384];
    stream.next_out = reinterpret_cast<Bytef*>(part);
    stream.avail_out = sizeof(part);
    code = ::inflate(&stream, Z_NO_FLUSH);
    plain.append(part, sizeof(part) - stream.avail_out);
  }
  ::inflateEnd(&stream);
  return plain;
}

}  // namespace millrace::e2e
