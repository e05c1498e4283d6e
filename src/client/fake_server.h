// A tiny HTTP/1.1 server on an ephemeral loopback port, for tests of the client
// and the shell: answers every request by a function. Only tests include it.
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace millrace::client {

struct FakeRequest {
  std::string method;
  std::string path;
  std::string authorization;
  std::string body;
};

struct FakeReply {
  int status = 200;
  std::string body;
  std::string extra_headers;  // each ended by "\r\n"
  size_t piece_bytes = 0;     // 0: the body in one write; else chunked, in pieces of this size
  bool cut_off = false;       // close in the middle of the body
  bool hang = false;          // answer nothing until the client goes away
  bool vanish = false;        // close without an answer, as a server that crashes
};

class FakeServer {
 public:
  // `answer` runs on the connection's thread.
  explicit FakeServer(std::function<FakeReply(const FakeRequest&)> answer)
      : answer_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), length);
    listen(listener_, 16);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { Accept(); });
  }

  ~FakeServer() {
    stopping_ = true;
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      std::lock_guard lock(mutex_);
      for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    close(listener_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int connections() const { return connections_; }
  // How many hanging requests ended because the client went away.
  int abandoned() const { return abandoned_; }

  std::vector<FakeRequest> requests() {
    std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void Accept() {
    while (!stopping_) {
      const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) continue;
      ++connections_;
      std::lock_guard lock(mutex_);
      sockets_.push_back(socket);
      threads_.emplace_back([this, socket] { Serve(socket); });
    }
  }

  void Serve(int socket) {
    std::string input;
    FakeRequest request;
    while (ReadRequest(socket, input, request)) {
      {
        std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      const FakeReply reply = answer_(request);
      if (reply.hang) {
        char byte = 0;
        if (recv(socket, &byte, 1, 0) <= 0) ++abandoned_;
        break;
      }
      if (reply.vanish || !Write(socket, reply)) break;
    }
    std::lock_guard lock(mutex_);
    sockets_.erase(std::find(sockets_.begin(), sockets_.end(), socket));
    close(socket);
  }

  static std::string HeaderValue(const std::string& head, const std::string& name) {
    const size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const size_t start = at + name.size() + 4;
    return head.substr(start, head.find("\r\n", start) - start);
  }

  static bool ReadRequest(int socket, std::string& input, FakeRequest& request) {
    size_t head_end = std::string::npos;
    while ((head_end = input.find("\r\n\r\n")) == std::string::npos) {
      if (!Receive(socket, input)) return false;
    }
    const std::string head = input.substr(0, head_end + 2);
    const std::string length_text = HeaderValue(head, "Content-Length");
    const size_t length = length_text.empty() ? 0 : std::stoul(length_text);
    while (input.size() < head_end + 4 + length) {
      if (!Receive(socket, input)) return false;
    }
    const size_t space = head.find(' ');
    request.method = head.substr(0, space);
    request.path = head.substr(space + 1, head.find(' ', space + 1) - space - 1);
    request.authorization = HeaderValue(head, "Authorization");
    request.body = input.substr(head_end + 4, length);
    input.erase(0, head_end + 4 + length);
    return true;
  }

  static bool Receive(int socket, std::string& input) {
    char buffer[65536];
    const ssize_t got = recv(socket, buffer, sizeof(buffer), 0);
    if (got <= 0) return false;
    input.append(buffer, static_cast<size_t>(got));
    return true;
  }

  static bool Write(int socket, const FakeReply& reply) {
    std::string head = "HTTP/1.1 " + std::to_string(reply.status) +
                       " Canned\r\nContent-Type: application/json\r\n" + reply.extra_headers;
    if (reply.piece_bytes == 0) {
      head += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n";
      const size_t sent = reply.cut_off ? reply.body.size() / 2 : reply.body.size();
      return SendAll(socket, head + reply.body.substr(0, sent)) && !reply.cut_off;
    }
    if (!SendAll(socket, head + "Transfer-Encoding: chunked\r\n\r\n")) return false;
    for (size_t at = 0; at < reply.body.size(); at += reply.piece_bytes) {
      const std::string piece = reply.body.substr(at, reply.piece_bytes);
      char size[32];
      snprintf(size, sizeof(size), "%zx\r\n", piece.size());
      if (!SendAll(socket, size + piece + "\r\n")) return false;
    }
    return SendAll(socket, "0\r\n\r\n");
  }

  static bool SendAll(int socket, const std::string& bytes) {
    size_t at = 0;
    while (at < bytes.size()) {
      const ssize_t sent = send(socket, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
      if (sent <= 0) return false;
      at += static_cast<size_t>(sent);
    }
    return true;
  }

  std::function<FakeReply(const FakeRequest&)> answer_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0;
  std::atomic<int> abandoned_ = 0;
  std::mutex mutex_;
  std::vector<int> sockets_;
  std::vector<FakeRequest> requests_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace millrace::client
